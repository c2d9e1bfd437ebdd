//! Rings a doorbell when something has changed, and carries whispers that nobody needs to remember.
//!
//! A bell never says *what* happened, only "read again": a lost ring costs a moment, never a word.
//! Whispers (typing, read marks) are lost on purpose when nobody listens.

mod in_process;

use std::fmt;

use domain::Seq;
use domain::conversation::Actor;
use domain::id::{ConversationId, VisitorId};
use tokio::sync::{broadcast, watch};

pub use in_process::InProcessBus;

/// What a bell hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One conversation's log or view.
    Conversation(ConversationId),
    /// What belongs to one visitor: their inquiries, and which conversation is theirs.
    Visitor(VisitorId),
    /// The line of waiting and active calls.
    Queue,
    /// The inquiry board.
    Board,
    /// Notices to be sent.
    Outbox,
    /// The deadlines of waiting calls.
    Deadlines,
    /// Sign-ins that may have lost their right: somebody was disabled, signed out, or has a new password.
    Rights,
}

/// What a ring tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// The last place of the log, where the topic has one and the ringer knows it.
    pub seq: Seq,
    /// Whether more than the log has changed: who is in, who was told, who is there.
    pub view: bool,
}

impl News {
    /// Something other than a log has changed.
    pub const VIEW: Self = Self { seq: Seq::START, view: true };
}

/// Where a bell stands. Compare with an earlier one to know what to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The log has reached this place.
    pub seq: Seq,
    /// Counts the changes of the view.
    pub views: u64,
    /// Counts the times when anything may have changed, the log too.
    pub doubts: u64,
}

/// A bell on one topic. Several rings before it is looked at are one.
pub struct Bell {
    marks: watch::Receiver<Mark>,
    _hook: Hook,
}

impl Bell {
    /// Where it stands; clears it. Look here *before* reading, so that what comes while reading rings again.
    pub fn mark(&mut self) -> Mark {
        *self.marks.borrow_and_update()
    }

    /// Whether it was rung since the last [`Bell::mark`].
    pub fn is_rung(&self) -> bool {
        self.marks.has_changed().unwrap_or(false)
    }

    /// Waits until it was rung since the last [`Bell::mark`].
    pub async fn changed(&mut self) {
        if self.marks.changed().await.is_err() {
            // The bus is gone, and with it everybody who could ring.
            std::future::pending::<()>().await;
        }
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bell").finish_non_exhaustive()
    }
}

/// Takes a bell off its topic when it is dropped.
struct Hook(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Drop for Hook {
    fn drop(&mut self) {
        if let Some(unhook) = self.0.take() {
            unhook();
        }
    }
}

/// What is worth telling, and not worth keeping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whisper {
    /// Somebody began or ceased to type.
    Typing {
        /// Who.
        by: Actor,
        /// Began or ceased.
        on: bool,
    },
    /// Somebody has seen the log up to here.
    Read {
        /// Who.
        by: Actor,
        /// Up to where.
        seq: Seq,
    },
}

/// Rings and hangs bells.
pub trait Bus: Send + Sync + fmt::Debug {
    /// Rings all bells on `topic`.
    fn ring(&self, topic: Topic, news: News);

    /// Rings every bell there is: anything may have changed.
    fn ring_all(&self);

    /// Hangs a bell on `topic`. Hang it before you read for the first time.
    fn listen(&self, topic: Topic) -> Bell;

    /// Whispers to whoever overhears this conversation.
    fn whisper(&self, conversation: ConversationId, whisper: Whisper);

    /// Overhears the whispers of a conversation; a slow ear misses the oldest.
    fn overhear(&self, conversation: ConversationId) -> broadcast::Receiver<Whisper>;
}
