//! Why the store did not do it.

/// What can go wrong, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Somebody else was first: load and decide again.
    #[error("the row has moved on")]
    Conflict,
    /// What must be unique is there already (an admin's address).
    #[error("it is there already")]
    Taken,
    /// The database did not answer as it should; nothing was acknowledged.
    #[error("the database failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StorageError {
    /// Wraps a driver's error.
    pub fn backend(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Backend(source.into())
    }
}
