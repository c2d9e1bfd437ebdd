//! Tells systemd how we are (sd_notify(3)); where there is none, these do nothing.

use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

/// Everything answers.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// We were asked to stop, and are about it.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Gives a sign of life twice in each of the watchdog's intervals (`WatchdogSec=`, systemd.service(5)), as long as the runtime runs tasks.
///
/// The database is not asked: while another program holds it, a restart would only make people wait longer.
pub(crate) async fn watchdog(stop: CancellationToken) {
    let Some(interval) = sd_notify::watchdog_enabled() else { return };
    loop {
        tell(&[NotifyState::Watchdog]);
        tokio::select! {
            // A drain has its own limit, `TimeoutStopSec=`.
            () = stop.cancelled() => return,
            () = tokio::time::sleep(interval / 2) => {}
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(error = &error as &dyn std::error::Error, "the service manager was not told");
    }
}
