//! What an Engine.IO session has said and nobody has read yet, with a bound.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engineioxide::Str;
use tokio::sync::Notify;
use web::socket::{Close, Ended, close};

/// So many bytes may wait to be read; a page that sends more at once is not one of people.
const BYTES: usize = 1024 * 1024;
const TOO_MUCH: Close = Close(close::TOO_MANY, "too much at once");

/// The inbox of a session. Engine.IO hands in without waiting, so what does not fit ends the session.
#[derive(Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Str>,
    bytes: usize,
    /// Why there will be no more.
    ended: Option<Ended>,
}

impl Inbox {
    pub(super) fn put(&self, text: Str) {
        let mut state = self.lock();
        if state.ended.is_some() {
            return;
        }
        state.bytes += text.len();
        if state.bytes > BYTES {
            state.ended = Some(TOO_MUCH.into());
            state.waiting = VecDeque::new();
        } else {
            state.waiting.push_back(text);
        }
        drop(state);
        self.news.notify_one();
    }

    /// Nothing comes after this.
    pub(super) fn end(&self, ended: Ended) {
        self.lock().ended.get_or_insert(ended);
        self.news.notify_one();
    }

    /// The next that was said. May be dropped and called again.
    pub(super) async fn next(&self) -> Result<Str, Ended> {
        loop {
            {
                let mut state = self.lock();
                if let Some(text) = state.waiting.pop_front() {
                    state.bytes -= text.len();
                    if state.waiting.is_empty() {
                        state.waiting = VecDeque::new();
                    }
                    return Ok(text);
                }
                if let Some(ended) = state.ended {
                    return Err(ended);
                }
            }
            self.news.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("bytes", &self.lock().bytes).finish_non_exhaustive()
    }
}
