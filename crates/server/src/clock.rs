//! The clock of a running server: it starts with the machine's and is not thrown by whoever sets that one.

use std::sync::{Mutex, PoisonError};

use domain::Timestamp;
use domain::clock::{Clock, SystemClock};
use rustix::time::{ClockId, clock_gettime};

/// Counts on while the machine sleeps, and nobody can set it.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
/// The nearest that other systems have.
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

/// By a thousandth of the time that passes we come nearer to the machine's clock when the two differ: a wait of five
/// minutes is never shorter by more than 0.3 s.
const NEARER: i64 = 1000;
/// A difference of so many milliseconds is worth a line in the log.
const FAR: i64 = 10_000;
const NANOS: i64 = 1_000_000;

/// Where the time comes from while a server runs. A deadline must not come early because somebody, or NTP, has set
/// the machine's clock; one that was stored by an earlier process counts by the clock that this one started with.
#[derive(Debug)]
pub(crate) struct SteadyClock(Mutex<Hands>);

impl SteadyClock {
    /// One that shows what the machine shows.
    pub(crate) fn start() -> Self {
        Self(Mutex::new(Hands::at(SystemClock.now(), passed())))
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let (machine, passed) = (SystemClock.now(), passed());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).turn(machine, passed)
    }
}

/// Nanoseconds since the machine was started. Asked of the C library, as all the rest of the program asks: who lies to
/// it about the time (libfaketime) has to be believed in everything.
fn passed() -> i64 {
    let passed = clock_gettime(STEADY);
    passed.tv_sec.saturating_mul(1_000_000_000).saturating_add(passed.tv_nsec)
}

/// What is shown, and when it was looked at.
#[derive(Debug)]
struct Hands {
    shown: Timestamp,
    /// What of the present millisecond has passed.
    nanos: i64,
    passed: i64,
    /// Whether the log says that the two clocks differ.
    told: bool,
}

impl Hands {
    const fn at(shown: Timestamp, passed: i64) -> Self {
        Self { shown, nanos: 0, passed, told: false }
    }

    fn turn(&mut self, machine: Timestamp, passed: i64) -> Timestamp {
        let since = passed.saturating_sub(self.passed).max(0);
        self.passed = self.passed.max(passed);
        let apart = machine.0.saturating_sub(self.shown.0.saturating_add(since / NANOS));
        let nearer = since / NEARER;
        let step = since + apart.saturating_mul(NANOS).clamp(-nearer, nearer);
        let nanos = self.nanos + step;
        self.shown = Timestamp(self.shown.0.saturating_add(nanos / NANOS));
        self.nanos = nanos % NANOS;
        let far = apart.abs() > FAR;
        if far && !self.told {
            tracing::warn!(
                apart_ms = apart,
                "the machine's clock was set; this one goes on, restart to take it over"
            );
        }
        self.told = far;
        self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;
    const NOON: i64 = 1_795_237_200_000;

    #[test]
    fn it_goes_as_the_machine_goes() {
        let mut hands = Hands::at(Timestamp(NOON), 7);
        for n in 1..=5000 {
            let shown = hands.turn(Timestamp(NOON + n * 3), 7 + n * 3 * NANOS);
            assert_eq!(shown, Timestamp(NOON + n * 3));
        }
    }

    #[test]
    fn looking_often_loses_no_time() {
        let mut hands = Hands::at(Timestamp(NOON), 0);
        for micros in 1..=100_000 {
            hands.turn(Timestamp(NOON + micros / 1000), micros * 1000);
        }
        assert_eq!(hands.shown, Timestamp(NOON + 100));
    }

    #[test]
    fn a_machine_that_is_set_does_not_shorten_or_stretch_a_wait() {
        for set in [3_600_000, -3_600_000, 31_536_000_000, -31_536_000_000, i64::MAX - NOON, -NOON] {
            let mut hands = Hands::at(Timestamp(NOON), 0);
            let mut last = hands.shown;
            for second in 1..=300 {
                let shown = hands.turn(Timestamp(NOON + set), second * SECOND);
                assert!(shown > last, "it never goes back");
                last = shown;
            }
            assert!((last.0 - NOON - 300_000).abs() <= 300, "after five minutes of {set}: {}", last.0 - NOON);
        }
    }

    #[test]
    fn a_small_difference_is_made_up_for() {
        let mut hands = Hands::at(Timestamp(NOON), 0);
        for second in 1..=2000 {
            hands.turn(Timestamp(NOON + 1000 + second * 1000), second * SECOND);
        }
        assert_eq!(hands.shown, Timestamp(NOON + 1000 + 2_000_000));
    }

    #[test]
    fn a_server_starts_with_the_machines_time() {
        let before = SystemClock.now();
        let shown = SteadyClock::start().now();
        assert!(shown >= before && shown <= SystemClock.now().plus(std::time::Duration::from_millis(5)));
    }
}
