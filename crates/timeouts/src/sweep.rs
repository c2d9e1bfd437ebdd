//! One pass over all that is due.

use desk::{Desk, DeskError};
use domain::id::ConversationId;
use fault_point::Point;
use tokio::task::JoinSet;
use tracing::field::Empty;
use tracing::{Instrument, info_span};

/// How many are taken at a time: enough for group commits to be worth it, and a bound on memory.
const BATCH: u32 = 512;

/// What one pass has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// How many calls had something due.
    pub due: usize,
    /// How many of them failed, and stay due.
    pub stuck: usize,
    /// Whether there may be more.
    pub more: bool,
}

/// Does to each call what is due. One that fails does not hold up the others.
pub async fn sweep(desk: &Desk) -> Result<Swept, DeskError> {
    let due = desk.due(BATCH).await?;
    if !due.is_empty() {
        fault_point::pass(Point::DeadlinesRead);
    }
    let mut swept = Swept { due: due.len(), stuck: 0, more: due.len() == BATCH as usize };
    if due.is_empty() {
        return Ok(swept);
    }
    // For a collector of traces alone, as those of `web::span`.
    let span = info_span!(
        target: "deskbell::span",
        "deadlines.sweep",
        deadlines.due = swept.due,
        deadlines.stuck = Empty
    );
    swept.stuck = fire(desk, due).instrument(span.clone()).await;
    span.record("deadlines.stuck", swept.stuck);
    fault_point::pass(Point::DeadlinesFired);
    tracing::info!(deadlines.due = swept.due, deadlines.stuck = swept.stuck, "deadlines fired");
    Ok(swept)
}

/// How many of them failed.
async fn fire(desk: &Desk, due: Vec<ConversationId>) -> usize {
    // All at once: the store's writer takes what waits into one commit.
    let mut ticks = JoinSet::new();
    for conversation in due {
        let desk = desk.clone();
        ticks.spawn(async move {
            desk.tick(conversation).await.inspect_err(|error| {
                let error = error as &dyn std::error::Error;
                tracing::error!(error, conversation.id = %conversation, "a deadline could not be fired");
            })
        });
    }
    let mut stuck = 0;
    while let Some(ticked) = ticks.join_next().await {
        if !matches!(ticked, Ok(Ok(()))) {
            stuck += 1;
        }
    }
    stuck
}
