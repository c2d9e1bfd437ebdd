//! What the desk remembers of conversations that are busy: one lock each, the state, a short tail of the log.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Seq;
use domain::conversation::{Conversation, Event};
use domain::id::ConversationId;

/// Above so many, rooms in which nobody is are forgotten.
const ROOMS: usize = 4096;
/// How many events a follower may be behind and still not need the store.
const TAIL: usize = 64;

/// The rooms of all busy conversations.
#[derive(Default)]
pub(crate) struct Rooms(Mutex<HashMap<ConversationId, Arc<Room>>>);

/// One busy conversation.
#[derive(Default)]
pub(crate) struct Room {
    /// Held while a command is carried out, so that within this process nobody conflicts. `None`: load it.
    pub(crate) state: tokio::sync::Mutex<Option<Conversation>>,
    tail: Mutex<VecDeque<Arc<Event>>>,
}

/// A poisoned lock guards a value that is whole all the same: nothing panics halfway through a change of it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rooms {
    pub(crate) fn enter(&self, id: ConversationId) -> Arc<Room> {
        let mut rooms = lock(&self.0);
        if rooms.len() >= ROOMS && !rooms.contains_key(&id) {
            rooms.retain(|_, room| Arc::strong_count(room) > 1);
        }
        Arc::clone(rooms.entry(id).or_default())
    }
}

impl Room {
    /// Keeps events that were just stored, for those who follow.
    pub(crate) fn keep(&self, events: impl IntoIterator<Item = Arc<Event>>) {
        let mut tail = lock(&self.tail);
        for event in events {
            if tail.back().is_some_and(|last| last.seq.next() != event.seq) {
                tail.clear();
            }
            tail.push_back(event);
            if tail.len() > TAIL {
                tail.pop_front();
            }
        }
    }

    /// What came after `after`, if the tail reaches back that far; `None` sends the reader to the store.
    pub(crate) fn after(&self, after: Seq) -> Option<Vec<Arc<Event>>> {
        let tail = lock(&self.tail);
        let first = tail.front()?.seq;
        (first <= after.next()).then(|| tail.iter().filter(|event| event.seq > after).cloned().collect())
    }
}
