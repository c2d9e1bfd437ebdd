//! When a mail that did not go through is tried again.

use std::time::Duration;

use domain::Timestamp;
use domain::id::NoticeId;

/// The first pauses, in seconds: most faults (a restart, greylisting, a full queue) are over within a minute.
const FIRST: [u64; 5] = [1, 2, 5, 10, 30];
/// From then on the pause is at least so long, in seconds, and up to a quarter longer: between one minute and five.
const LATER: [u64; 3] = [60, 120, 240];
/// A call that could not be mailed for so long is news no more.
const GIVE_UP_AFTER: Duration = Duration::from_hours(24);

/// When to try again after `attempts` tries before this one, or `None` when it is time to give up.
///
/// The long pauses are spread by up to a quarter, so that a thousand mails that failed together do not come back
/// together. The spread is taken from the notice's own random id: the same notice waits the same, which a test
/// can hold, and no source of randomness has to be handed around.
pub(crate) fn next_try(
    id: NoticeId,
    attempts: u32,
    created_at: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let last = created_at.plus(GIVE_UP_AFTER);
    let next = now.plus(pause(id, attempts));
    if now < last {
        return Some(next.min(last));
    }
    // An admin who has an old notice sent again, with its count back at nothing, gets the short pauses.
    ((attempts as usize) < FIRST.len()).then_some(next)
}

fn pause(id: NoticeId, attempts: u32) -> Duration {
    let step = usize::try_from(attempts).unwrap_or(usize::MAX);
    if let Some(seconds) = FIRST.get(step) {
        return Duration::from_secs(*seconds);
    }
    let later = step.saturating_sub(FIRST.len()).min(LATER.len() - 1);
    let base = LATER.get(later).copied().unwrap_or(60) * 1000;
    let random = u64::from(random_bits(id).rotate_left(attempts % 32) % 1000);
    Duration::from_millis(base + base / 4 * random / 1000)
}

/// The last 32 bits of a UUIDv7 are random.
fn random_bits(id: NoticeId) -> u32 {
    let [.., a, b, c, d] = *id.0.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests;
