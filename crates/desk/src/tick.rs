//! Lets time have its way with waiting calls.

use domain::conversation::{Actor, Command, Conversation, Transcript, Wish};
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
        let inquiry = InquiryId(self.source().id());
        let command = Command::Tick { inquiry, transcript: Transcript::default() };
        let wish = Wish { by: Actor::System, at: self.now(), command };
        match self.carry_out(conversation, wish).await {
            Ok(_) | Err(DeskError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The caller's part of the log as it is now. Read anew for every try of a tick, after its state: what is
    /// said meanwhile moves the state on, and the try with it, so that no word can miss the post.
    pub(crate) async fn transcript(&self, conversation: &Conversation) -> Result<Transcript, DeskError> {
        let visitor = self.storage().visitor(conversation.visitor).await?;
        let log = self.storage().read_after(conversation.id, Seq::START, TRANSCRIPT).await?;
        Ok(Transcript::of(&log, visitor.and_then(|visitor| visitor.email)))
    }
}
