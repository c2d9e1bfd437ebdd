//! Where conversations stand.

use async_trait::async_trait;
use domain::Timestamp;
use domain::conversation::{Conversation, Event};
use domain::id::{ConversationId, VisitorId};
use domain::visitor::Visitor;

use crate::error::StorageError;
use crate::page::{Page, Paged};

/// A conversation with what the store knows besides.
#[derive(Debug, Clone)]
pub struct ConversationRow {
    /// As the log has made it.
    pub conversation: Conversation,
    /// The short number that people see (#123).
    pub number: u64,
    /// Whose it is.
    pub visitor: Visitor,
}

/// Which conversations.
#[derive(Debug, Clone, Default)]
pub struct ConversationFilter {
    /// In this state (`waiting`, `active`, `moved`, `closed`, `cancelled`).
    pub state: Option<&'static str>,
    /// Whose visitor, words or number contain this text; its characters are taken literally.
    pub text: Option<String>,
}

/// Reads conversations.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// One of them.
    async fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>, StorageError>;

    /// The visitor's waiting or active one; there is at most one.
    async fn open_conversation_of(&self, visitor: VisitorId)
    -> Result<Option<ConversationRow>, StorageError>;

    /// The visitor's newest one, in whatever state.
    async fn latest_conversation_of(
        &self,
        visitor: VisitorId,
    ) -> Result<Option<ConversationRow>, StorageError>;

    /// All that wait or are active, longest wait first.
    async fn queue(&self) -> Result<Vec<ConversationRow>, StorageError>;

    /// Newest first; the page's key is the number.
    async fn conversations(
        &self,
        filter: &ConversationFilter,
        page: Page,
    ) -> Result<Paged<ConversationRow>, StorageError>;

    /// The last thing that was said in each of these, where something was.
    async fn last_said(&self, ids: &[ConversationId]) -> Result<Vec<(ConversationId, Event)>, StorageError>;

    /// Those whose deadline is at or before `now`, most overdue first.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<ConversationId>, StorageError>;

    /// The nearest deadline of all.
    async fn next_deadline(&self) -> Result<Option<Timestamp>, StorageError>;
}
