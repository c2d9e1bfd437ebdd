//! Visitors and the tokens that their browsers hold.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::VisitorId;
use domain::visitor::Visitor;

use crate::SecretHash;
use crate::error::StorageError;

/// Writes and reads visitors.
#[async_trait]
pub trait Visitors: Send + Sync {
    /// Stores a visitor with a first token, in one transaction. A visitor whose `subject` is known already
    /// keeps the stored id and takes on the new name and address; who it is now comes back.
    async fn admit(
        &self,
        visitor: Visitor,
        token: SecretHash,
        expires_at: Timestamp,
    ) -> Result<Visitor, StorageError>;

    /// Gives a known visitor a new name and address.
    async fn rename_visitor(&self, visitor: &Visitor) -> Result<(), StorageError>;

    /// One of them.
    async fn visitor(&self, id: VisitorId) -> Result<Option<Visitor>, StorageError>;

    /// Whose token this is, with the moment it expires, unless that is past.
    async fn visitor_by_token(
        &self,
        token: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(Visitor, Timestamp)>, StorageError>;

    /// Lets a token live longer.
    async fn extend_token(&self, token: SecretHash, expires_at: Timestamp) -> Result<(), StorageError>;

    /// Notes that the visitor was heard of; never moves backwards.
    async fn visitor_seen(&self, id: VisitorId, at: Timestamp) -> Result<(), StorageError>;

    /// When they were heard of last.
    async fn visitor_last_seen(&self, id: VisitorId) -> Result<Option<Timestamp>, StorageError>;

    /// Forgets tokens that expired before `before`; returns how many.
    async fn purge_tokens(&self, before: Timestamp) -> Result<u64, StorageError>;

    /// Forgets the anonymous who left nothing, are not there and cannot come back: no subject, no call, no post, no token that is
    /// good at `now`, and not heard of within an hour before it, for a socket outlives its token; returns how many.
    async fn purge_visitors(&self, now: Timestamp) -> Result<u64, StorageError>;
}
