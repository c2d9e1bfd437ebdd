//! Fires the deadlines of calls that nobody has answered, and keeps house.
//!
//! The rule decides and the store commits, so that two of these, a restart or a clock that jumps cannot fire
//! a deadline twice or lose one. There is no lock and no leader.

mod housekeeping;
mod sweep;

use std::time::Duration;

use bus::Topic;
use desk::Desk;
use tokio_util::sync::CancellationToken;

pub use housekeeping::{Parts as HousekeepingParts, keep_house, tidy_up};
pub use sweep::{Swept, sweep};

/// How long to sleep at the most: the poll behind the bell.
const POLL: Duration = Duration::from_secs(5);
/// How long to wait after something has failed, or when a deadline stays where it is.
const PAUSE: Duration = Duration::from_secs(1);

/// Fires deadlines until `stop`.
pub async fn run(desk: Desk, stop: CancellationToken) {
    let mut bell = desk.bus().listen(Topic::Deadlines);
    loop {
        bell.mark();
        let pause = match sweep(&desk).await {
            Ok(Swept { stuck: 0, more: true, .. }) => Duration::ZERO,
            Ok(Swept { stuck: 0, .. }) => until_next(&desk).await,
            Ok(Swept { .. }) => PAUSE,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "deadlines could not be read");
                PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = bell.changed() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn until_next(desk: &Desk) -> Duration {
    match desk.next_deadline().await {
        Ok(Some(at)) => at.since(desk.now()).min(POLL),
        Ok(None) => POLL,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the next deadline could not be read");
            PAUSE
        }
    }
}
