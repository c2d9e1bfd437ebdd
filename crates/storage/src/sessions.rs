//! Sign-in sessions of admins.

use async_trait::async_trait;
use domain::Timestamp;
use domain::deed::Deed;
use domain::id::AdminId;

use crate::SecretHash;
use crate::error::StorageError;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The hash of its id; the id itself is only in the cookie.
    pub id: SecretHash,
    /// Who is signed in.
    pub admin: Option<AdminId>,
    /// What it holds, as JSON.
    pub data: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Writes and reads sessions.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Stores a new one; false when its id is taken.
    async fn create_session(&self, session: &SessionRecord) -> Result<bool, StorageError>;

    /// Stores it over what is there; one that was ended meanwhile stays ended.
    async fn save_session(&self, session: &SessionRecord) -> Result<(), StorageError>;

    /// The session, unless it has expired.
    async fn session(&self, id: SecretHash, now: Timestamp) -> Result<Option<SessionRecord>, StorageError>;

    /// Those of an admin, unless they have expired.
    async fn sessions_of(&self, admin: AdminId, now: Timestamp) -> Result<Vec<SessionRecord>, StorageError>;

    /// Ends all of an admin's but `keep`; returns how many.
    async fn end_sessions(
        &self,
        admin: AdminId,
        keep: Option<SecretHash>,
        deed: &Deed,
    ) -> Result<u64, StorageError>;

    /// Ends one of an admin's; false when it is none of theirs.
    async fn end_session(&self, admin: AdminId, id: SecretHash, deed: &Deed) -> Result<bool, StorageError>;

    /// Ends it.
    async fn delete_session(&self, id: SecretHash) -> Result<(), StorageError>;

    /// Forgets those that expired before `before`; returns how many.
    async fn purge_sessions(&self, before: Timestamp) -> Result<u64, StorageError>;
}
