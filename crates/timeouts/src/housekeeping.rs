//! Forgets what has had its time: the trash after 30 days, expired sessions, tokens and links, and visitors who
//! left nothing.

use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use storage::{Storage, StorageError};
use tokio_util::sync::CancellationToken;

/// How long a post stays in the trash.
const TRASH: Duration = Duration::from_hours(30 * 24);
/// How often it is looked at.
const EVERY: Duration = Duration::from_hours(1);

/// What housekeeping works with.
#[derive(Clone)]
pub struct Parts {
    /// Where it is remembered.
    pub storage: Arc<dyn Storage>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Keeps house until `stop`.
pub async fn keep_house(parts: Parts, stop: CancellationToken) {
    loop {
        if let Err(error) = tidy_up(&parts).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "housekeeping failed; it is tried again"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Tidies up once.
pub async fn tidy_up(parts: &Parts) -> Result<(), StorageError> {
    let now = parts.clock.now();
    let posts = parts.storage.purge_trash(now.minus(TRASH)).await?;
    let sessions = parts.storage.purge_sessions(now).await?;
    let tokens = parts.storage.purge_tokens(now).await?;
    let links = parts.storage.purge_links(now).await?;
    let visitors = parts.storage.purge_visitors(now).await?;
    if posts + sessions + tokens + links + visitors > 0 {
        tracing::info!(
            purged.posts = posts,
            purged.sessions = sessions,
            purged.tokens = tokens,
            purged.links = links,
            purged.visitors = visitors,
            "tidied up"
        );
    }
    Ok(())
}
