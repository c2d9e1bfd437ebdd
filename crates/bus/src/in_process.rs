//! The bus of a single process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::ConversationId;
use tokio::sync::{broadcast, watch};

use crate::{Bell, Bus, Hook, Mark, News, Topic, Whisper};

/// How many whispers a slow ear may be behind.
const WHISPERS: usize = 4;

/// Bells and whispers within one process. Topics cost memory only while somebody listens.
#[derive(Clone, Default)]
pub struct InProcessBus(Arc<Lines>);

#[derive(Default)]
struct Lines {
    bells: Mutex<HashMap<Topic, watch::Sender<Mark>>>,
    whispers: Mutex<HashMap<ConversationId, broadcast::Sender<Whisper>>>,
}

/// The maps stay whole whatever panics while they are held, so a poisoned lock is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bus for InProcessBus {
    fn ring(&self, topic: Topic, news: News) {
        if let Some(bell) = lock(&self.0.bells).get(&topic) {
            bell.send_modify(|mark| {
                mark.seq = mark.seq.max(news.seq);
                mark.views += u64::from(news.view);
            });
        }
    }

    fn ring_all(&self) {
        for bell in lock(&self.0.bells).values() {
            bell.send_modify(|mark| {
                mark.views += 1;
                mark.doubts += 1;
            });
        }
    }

    fn listen(&self, topic: Topic) -> Bell {
        let mut bells = lock(&self.0.bells);
        let marks = bells.entry(topic).or_default().subscribe();
        let lines = Arc::clone(&self.0);
        let unhook = move || {
            let mut bells = lock(&lines.bells);
            // The bell that goes still counts itself unless its receiver went first.
            if bells.get(&topic).is_some_and(|bell| bell.receiver_count() == 0) {
                bells.remove(&topic);
            }
        };
        Bell { marks, _hook: Hook(Some(Box::new(unhook))) }
    }

    fn whisper(&self, conversation: ConversationId, whisper: Whisper) {
        let mut whispers = lock(&self.0.whispers);
        let unheard = whispers.get(&conversation).is_some_and(|ears| ears.send(whisper).is_err());
        if unheard {
            whispers.remove(&conversation);
        }
    }

    fn overhear(&self, conversation: ConversationId) -> broadcast::Receiver<Whisper> {
        let mut whispers = lock(&self.0.whispers);
        if whispers.len() >= 1024 && !whispers.contains_key(&conversation) {
            whispers.retain(|_, ears| ears.receiver_count() > 0);
        }
        whispers.entry(conversation).or_insert_with(|| broadcast::channel(WHISPERS).0).subscribe()
    }
}

impl fmt::Debug for InProcessBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessBus").field("topics", &lock(&self.0.bells).len()).finish_non_exhaustive()
    }
}
