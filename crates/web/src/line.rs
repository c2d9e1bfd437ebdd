//! A conversation that a socket follows: its log, its view, its whispers.

use std::hash::{DefaultHasher, Hash, Hasher};

use desk::{Caller, Desk, DeskError, Followed, Follower, Whisper};
use domain::Seq;
use domain::conversation::Actor;
use domain::id::ConversationId;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::wire::ActorOut;

/// A followed conversation.
#[derive(Debug)]
pub struct Line {
    follower: Follower,
    whispers: broadcast::Receiver<Whisper>,
    /// Which view the page has: its digest, for a view is larger than all the rest that a silent line holds.
    shown: u64,
}

/// What comes next on a line.
#[derive(Debug)]
pub enum Turn {
    /// Events, or a changed view.
    Followed(Followed),
    /// Something that is not in the log.
    Whisper(Whisper),
}

impl Line {
    /// Follows from after `after`; `shown` is the view that the page has been given.
    pub async fn open(
        desk: &Desk,
        caller: &Caller,
        conversation: ConversationId,
        after: Seq,
        shown: &Value,
    ) -> Result<Self, DeskError> {
        let whispers = desk.bus().overhear(conversation);
        let follower = desk.follow(caller, conversation, after).await?;
        Ok(Self { follower, whispers, shown: digest(shown) })
    }

    /// Which conversation.
    pub const fn conversation(&self) -> ConversationId {
        self.follower.conversation()
    }

    /// Waits for what comes next. May be dropped and called again: nothing is lost.
    pub async fn turn(&mut self) -> Result<Turn, DeskError> {
        loop {
            tokio::select! {
                followed = self.follower.next() => return followed.map(Turn::Followed),
                whisper = self.whispers.recv() => match whisper {
                    Ok(whisper) => return Ok(Turn::Whisper(whisper)),
                    // What was missed is not worth telling any more.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return self.follower.next().await.map(Turn::Followed),
                },
            }
        }
    }

    /// The frame of a new view, unless the page has that view already.
    pub fn show(&mut self, view: Value) -> Option<Value> {
        let digest = digest(&view);
        if std::mem::replace(&mut self.shown, digest) == digest {
            return None;
        }
        let mut frame = json!({ "type": "conversation" });
        frame["conversation"] = view;
        Some(frame)
    }

    /// The frame of a whisper; nobody is told what they whispered themselves.
    pub fn whispered(&self, whisper: &Whisper, me: &Actor) -> Option<Value> {
        let id = self.conversation().to_string();
        match whisper {
            Whisper::Typing { by, .. } | Whisper::Read { by, .. } if by.is_same(me) => None,
            Whisper::Typing { by, on } => {
                Some(json!({ "type": "typing", "conversation_id": id, "by": ActorOut(by), "on": on }))
            }
            Whisper::Read { by, seq } => {
                Some(json!({ "type": "read", "conversation_id": id, "by": ActorOut(by), "seq": seq.0 }))
            }
        }
    }
}

/// Two views with one digest would be taken for the same: one chance in 2^64, and the next change puts it right.
fn digest(view: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    view.hash(&mut hasher);
    hasher.finish()
}
