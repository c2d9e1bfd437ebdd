//! Follows one log from any point: resume and live are the same code.

use std::sync::Arc;

use bus::{Bell, Mark, Topic};
use domain::Seq;
use domain::conversation::Event;
use domain::id::ConversationId;

use crate::error::DeskError;
use crate::rooms::Room;
use crate::{Caller, Desk};

/// How many events one read of the store brings: so much is held for a reader who does not read, 128 KiB when each
/// is as long as it may be.
const BATCH: u32 = 16;

/// A cursor over one log. Dropping it ends the following.
pub struct Follower {
    desk: Desk,
    conversation: ConversationId,
    for_visitor: bool,
    cursor: Seq,
    room: Arc<Room>,
    bell: Bell,
    /// The mark up to which everything was handed on; `None` before the first read.
    seen: Option<Mark>,
    behind: bool,
}

/// What a follower brings.
#[derive(Debug, Default)]
pub struct Followed {
    /// The next events, in order; none twice, none left out but what is not for this reader.
    pub events: Vec<Arc<Event>>,
    /// Whether the conversation's view has to be read again.
    pub view_changed: bool,
}

impl Desk {
    /// Follows a conversation from after `after`. The caller must be allowed to see it.
    pub async fn follow(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        after: Seq,
    ) -> Result<Follower, DeskError> {
        self.row_for(caller, conversation).await?;
        Ok(Follower {
            desk: self.clone(),
            conversation,
            for_visitor: matches!(caller, Caller::Visitor(_)),
            cursor: after,
            room: self.0.rooms.enter(conversation),
            bell: self.bus().listen(Topic::Conversation(conversation)),
            seen: None,
            behind: true,
        })
    }
}

impl Follower {
    /// Which conversation.
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The place up to which everything was handed on.
    pub const fn cursor(&self) -> Seq {
        self.cursor
    }

    /// Waits for the next events or a changed view. May be dropped and called again: nothing is lost.
    pub async fn next(&mut self) -> Result<Followed, DeskError> {
        loop {
            // The bell is cleared before the read: what is appended during the read rings it again.
            let mark = self.bell.mark();
            let seen = self.seen.unwrap_or_default();
            let doubt = self.seen.is_none() || mark.doubts != seen.doubts;
            if self.behind || doubt || mark.seq > self.cursor {
                let events = self.read(self.behind || doubt).await?;
                self.behind = events.len() >= BATCH as usize;
                if let Some(last) = events.last() {
                    self.cursor = last.seq;
                }
                let view_changed = mark.views != seen.views || events.iter().any(|e| e.what.changes_state());
                self.seen = Some(mark);
                let for_visitor = self.for_visitor;
                let events: Vec<_> =
                    events.into_iter().filter(|e| !for_visitor || e.what.is_for_visitors()).collect();
                if !events.is_empty() || view_changed {
                    return Ok(Followed { events, view_changed });
                }
            } else if mark.views != seen.views {
                self.seen = Some(mark);
                return Ok(Followed { events: Vec::new(), view_changed: true });
            }
            if !self.behind {
                self.bell.changed().await;
            }
        }
    }

    /// The room remembers what this process has stored. Where another one may have gone on since, only the store
    /// knows the end of the log, and no ring of ours will tell of it.
    async fn read(&self, to_the_end: bool) -> Result<Vec<Arc<Event>>, DeskError> {
        if !to_the_end && let Some(events) = self.room.after(self.cursor).filter(|e| !e.is_empty()) {
            return Ok(events);
        }
        let events = self.desk.storage().read_after(self.conversation, self.cursor, BATCH).await?;
        Ok(events.into_iter().map(Arc::new).collect())
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower")
            .field("conversation", &self.conversation)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
