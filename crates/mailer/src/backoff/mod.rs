//! When a mail that did not go through is tried again.

use std::time::Duration;

use domain::Timestamp;
use domain::id::NoticeId;

/// The first pauses, in seconds: most faults (a restart, greylisting, a full queue) are over within a minute.
const FIRST: [u64; 5] = [1, 2, 5, 10, 30];
/// From then on the pause doubles from here …
const GROWS_FROM: u64 = 60;
/// … up to here.
const LONGEST: u64 = 300;
/// A call that could not be mailed for so long is news no more.
const GIVE_UP_AFTER: Duration = Duration::from_hours(24);

/// When to try again after `attempts` tries before this one, or `None` when it is time to give up.
///
/// The long pauses are spread by up to a fifth, so that a thousand mails that failed together do not come back
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
    let doublings = attempts.saturating_sub(5).min(3);
    let seconds = (GROWS_FROM << doublings).min(LONGEST);
    let base = Duration::from_secs(seconds).as_millis();
    let random = u128::from(random_bits(id).rotate_left(attempts % 32) % 1000);
    // Between four fifths and six fifths of the base.
    let millis = base * 4 / 5 + base * 2 / 5 * random / 1000;
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// The last 32 bits of a UUIDv7 are random.
fn random_bits(id: NoticeId) -> u32 {
    let [.., a, b, c, d] = *id.0.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests;
