//! The record of what admins did.

use async_trait::async_trait;
use domain::deed::Deed;
use domain::id::{AdminId, ConversationId};
use domain::{Timestamp, conversation::Actor};

use crate::error::StorageError;
use crate::page::{Page, Paged};

/// A line of the record: a deed, or what an admin did in a call, out of that call's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The key of its page.
    pub key: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: RecordedWhat,
}

/// What a line of the record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedWhat {
    /// A deed.
    Deed(Deed),
    /// An event other than words, by its kind: `joined`, `left`, `promised`, `moved`, `closed`.
    InCall {
        /// The call.
        conversation: ConversationId,
        /// Its short number.
        number: u64,
        /// The event's kind.
        kind: String,
    },
}

/// Which lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordFilter {
    /// By this admin, or to them.
    pub admin: Option<AdminId>,
}

/// Writes and reads the record. Deeds that change something are stored with what they change; see the other traits.
#[async_trait]
pub trait Deeds: Send + Sync {
    /// Stores a deed that changes nothing else that is stored.
    async fn note_deed(&self, deed: &Deed) -> Result<(), StorageError>;

    /// All deeds and all that admins did in calls, newest first.
    async fn record_of_deeds(
        &self,
        filter: RecordFilter,
        page: Page,
    ) -> Result<Paged<Recorded>, StorageError>;
}
