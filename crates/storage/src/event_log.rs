//! The log of a conversation.

use async_trait::async_trait;
use domain::Seq;
use domain::conversation::Event;
use domain::id::{ConversationId, VisitorId};
use domain::text::ClientId;

use crate::change::{Appended, Change};
use crate::error::StorageError;

/// Writes and reads logs. Only the desk calls `append`.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Stores one step in one transaction: the state row moves from `expected`, the events, notices and the
    /// post are inserted. Returns only when it is durable.
    ///
    /// [`StorageError::Conflict`] when the row does not stand at `expected`, or when the visitor has another
    /// open conversation. [`Appended::Repeated`] when an event with one of the client ids is in the log.
    async fn append(&self, change: Change) -> Result<Appended, StorageError>;

    /// The events after `after`, in order, at most `limit`.
    async fn read_after(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, StorageError>;

    /// The event that this visitor's conversations hold under a client's id, with its conversation.
    async fn find_by_client_id(
        &self,
        visitor: VisitorId,
        client_id: &ClientId,
    ) -> Result<Option<(ConversationId, Event)>, StorageError>;
}
