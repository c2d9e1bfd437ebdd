//! What the store knows about itself.

use async_trait::async_trait;
use domain::Timestamp;

use crate::StorageError;

/// What is under way at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Calls that wait.
    pub waiting: u32,
    /// Calls that were answered and are not over.
    pub active: u32,
    /// Mails that are still to leave.
    pub unsent: u32,
    /// When the oldest of those mails was queued. One that is tried again is as old as it was.
    pub oldest_unsent: Option<Timestamp>,
}

/// What the store knows about itself.
#[async_trait]
pub trait Meta: Send + Sync {
    /// The name of this log's history; it changes when the database was restored from a backup.
    async fn epoch(&self) -> Result<String, StorageError>;

    /// Gives this log's history another name, and returns it. Whoever puts a database back from a backup does so before it
    /// is served: what clients have seen since the backup is not in the log any more, though its places are given again.
    async fn renew_epoch(&self) -> Result<String, StorageError>;

    /// What is under way, for those who watch.
    async fn load(&self) -> Result<Load, StorageError>;

    /// A number that changes whenever anybody, another process too, has committed.
    async fn data_version(&self) -> Result<i64, StorageError>;

    /// Reads all that is stored and names what does not fit together, in the backend's words; nothing when it is
    /// sound. It changes nothing, and takes as long as reading everything takes.
    async fn faults(&self) -> Result<Vec<String>, StorageError>;
}
