//! Lets time have its way with waiting calls.

use domain::conversation::{Actor, Command, Transcript, Wish};
use domain::id::{ConversationId, InquiryId};
use domain::{Seq, Timestamp};

use crate::Desk;
use crate::error::DeskError;

/// More events than a wait can hold in practice; what is beyond stays in the linked conversation.
const TRANSCRIPT: u32 = 2000;

impl Desk {
    /// The waiting calls whose deadline has come, most overdue first.
    pub async fn due(&self, limit: u32) -> Result<Vec<ConversationId>, DeskError> {
        Ok(self.storage().due(self.now(), limit).await?)
    }

    /// The nearest deadline.
    pub async fn next_deadline(&self) -> Result<Option<Timestamp>, DeskError> {
        Ok(self.storage().next_deadline().await?)
    }

    /// Does to one call what is due; nothing when it is not, or when somebody else was first.
    pub async fn tick(&self, conversation: ConversationId) -> Result<(), DeskError> {
        let Some(row) = self.storage().conversation(conversation).await? else {
            return Ok(());
        };
        let log = self.storage().read_after(conversation, Seq::START, TRANSCRIPT).await?;
        let command = Command::Tick {
            inquiry: InquiryId(self.source().id()),
            transcript: Transcript::of(&log, row.visitor.email),
        };
        self.carry_out(conversation, Wish { by: Actor::System, at: self.now(), command }).await?;
        Ok(())
    }
}
