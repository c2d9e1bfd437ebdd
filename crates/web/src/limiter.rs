//! Counts by key (visitor, address) and says when one is too many.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::bounded::make_room;
use crate::problem::Problem;
use crate::rate_limit::Rate;

/// Counts by key. All of the burst may be used at once; it fills again evenly (the generic cell rate algorithm).
pub struct Limiter<K>(Option<Cells<K>>);

struct Cells<K> {
    /// In which time one is free again.
    each: Duration,
    /// In which time all are.
    all: Duration,
    start: Instant,
    /// When each key is whole again, since the start.
    whole_at: Mutex<HashMap<K, Duration>>,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// A limiter of this rate.
    pub fn new(rate: Rate) -> Self {
        Self(rate.parts().map(|(count, per)| Cells {
            each: per / count,
            all: per,
            start: Instant::now(),
            whole_at: Mutex::default(),
        }))
    }

    /// Counts one for `key`; 429 with `Retry-After` when it is one too many.
    pub fn check(&self, key: &K) -> Result<(), Problem> {
        let Some(cells) = &self.0 else { return Ok(()) };
        let wait = cells.count(key, cells.start.elapsed());
        wait.map_err(|wait| Problem::too_many(wait.as_secs().saturating_add(1)))
    }
}

impl<K: Hash + Eq + Clone> Cells<K> {
    /// Counts one, or says how long to wait for it.
    fn count(&self, key: &K, now: Duration) -> Result<(), Duration> {
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        let whole = whole_at.get(key).map_or(now, |&at| at.max(now)) + self.each;
        let wait = whole.saturating_sub(now + self.all);
        if !wait.is_zero() {
            return Err(wait);
        }
        if let Some(known) = whole_at.get_mut(key) {
            *known = whole;
        } else {
            make_room(&mut whole_at, |&at| at <= now, |&at| at);
            whole_at.insert(key.clone(), whole);
        }
        Ok(())
    }
}

impl<K> fmt::Debug for Limiter<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv6Addr};

    use super::*;
    use crate::bounded::MOST_KEYS;

    #[test]
    fn one_too_many_is_told_when_to_come_back_and_others_go_on() {
        let limiter = Limiter::new(Rate::new(2, Duration::from_mins(10)));
        assert!(limiter.check(&"a").is_ok() && limiter.check(&"a").is_ok());
        let problem = limiter.check(&"a").unwrap_err();
        assert_eq!(problem.status.as_u16(), 429);
        assert!((290..=301).contains(&problem.retry_after.unwrap()));
        assert!(limiter.check(&"b").is_ok());
    }

    #[test]
    fn one_is_free_again_after_its_share_of_the_time_and_all_after_all_of_it() {
        let limiter = Limiter::new(Rate::new(3, Duration::from_mins(1)));
        let count = |at: u64| limiter.0.as_ref().unwrap().count(&"a", Duration::from_secs(at));
        let wait = |seconds: u64| Err(Duration::from_secs(seconds));
        assert_eq!(
            [count(0), count(0), count(0), count(0), count(19)],
            [Ok(()), Ok(()), Ok(()), wait(20), wait(1)]
        );
        assert_eq!([count(20), count(20)], [Ok(()), wait(20)]);
        assert_eq!([count(500), count(500), count(500), count(500)], [Ok(()), Ok(()), Ok(()), wait(20)]);
    }

    #[test]
    fn a_million_addresses_take_no_more_room_than_fifty_thousand_and_free_nobody() {
        let limiter = Limiter::new(Rate::new(2, Duration::from_mins(10)));
        let cells = limiter.0.as_ref().unwrap();
        let network = |n: u128| IpAddr::from(Ipv6Addr::from((0x2001_0db8 << 96) | (n << 64)));
        let (used_up, now) = (network(u128::MAX >> 96), Duration::from_secs(1));
        assert!(cells.count(&used_up, now).is_ok() && cells.count(&used_up, now).is_ok());
        for n in 0..1_000_000 {
            assert!(cells.count(&network(n), now).is_ok(), "who is new is let in");
        }
        assert!(cells.count(&used_up, now).is_err(), "who had used up everything is still known");
        let map = cells.whole_at.lock().unwrap();
        assert!(map.len() <= MOST_KEYS);
        let bytes = map.capacity() * 8 / 7 * (size_of::<(IpAddr, Duration)>() + 1);
        assert!(bytes <= 16 * 1024 * 1024 / 4, "{bytes}");
    }
}
