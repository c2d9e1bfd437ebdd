//! What is noted beside what somebody asked for.

use std::time::Duration;

use storage::StorageError;

/// How long who asked for something else waits for it at most: a disk may be full, another process may have the
/// database to itself, and what is stored can be read all the same.
const PATIENCE: Duration = Duration::from_millis(250);

/// Writes it, if that can be done now.
pub(crate) async fn by_the_way(what: &'static str, write: impl Future<Output = Result<(), StorageError>>) {
    match tokio::time::timeout(PATIENCE, write).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(what, error = &error as &dyn std::error::Error, "was not stored");
        }
        Err(_) => tracing::warn!(what, "was not stored in time"),
    }
}
