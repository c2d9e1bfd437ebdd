//! Slows down whoever tries passwords: so many tries for an account and for an address in so long.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Timestamp;
use web::bounded::make_room;
use web::client_ip::ClientIp;
use web::rate_limit::Rate;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// The hash of an address somebody signs in with: what strangers type is not kept.
    Account([u8; 32]),
    /// An IPv4 address, or the /64 of an IPv6 one.
    Network(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Timestamp,
    tries: u32,
}

/// So many in so long.
type Limit = (u32, Duration);

/// Counts tries.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, Window>>);

/// The limits of one try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) account: Rate,
    pub(crate) address: Rate,
}

impl Throttle {
    /// Counts a try. `Err` says how long to wait; then the try was not made and counts for nothing.
    pub(crate) fn try_one(
        &self,
        account: &str,
        address: Option<ClientIp>,
        rates: Rates,
        now: Timestamp,
    ) -> Result<(), Duration> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = [
            rates.account.parts().map(|rate| (Key::Account(desk::hash_secret(account)), rate)),
            rates.address.parts().zip(address).map(|(rate, address)| (Key::Network(address.key()), rate)),
        ];
        let longest = keys.iter().flatten().map(|(_, (_, per))| *per).max().unwrap_or_default();
        let keys: Vec<(Key, Limit)> = keys.into_iter().flatten().collect();
        let wait = keys.iter().filter_map(|(key, rate)| windows.get(key)?.wait(*rate, now)).max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for (key, rate) in keys {
            if !windows.contains_key(&key) {
                // The fewest tries go first: to have an account forgotten that is being tried, one would have to try
                // tens of thousands of others as often, and passwords are hashed two at a time.
                make_room(
                    &mut windows,
                    |window| window.is_over((0, longest), now),
                    |it| (it.tries, it.since),
                );
            }
            let window = windows.entry(key).or_insert(Window { since: now, tries: 0 });
            if window.is_over(rate, now) {
                *window = Window { since: now, tries: 0 };
            }
            window.tries += 1;
        }
        Ok(())
    }

    /// Takes the count of a try back that turned out to be right.
    pub(crate) fn was_right(&self, account: &str, address: Option<ClientIp>) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.remove(&Key::Account(desk::hash_secret(account)));
        if let Some(window) = address.and_then(|address| windows.get_mut(&Key::Network(address.key()))) {
            window.tries = window.tries.saturating_sub(1);
        }
    }
}

impl Window {
    /// A clock that was set back must not lock anybody out for longer.
    fn is_over(self, (_, per): Limit, now: Timestamp) -> bool {
        now < self.since || now.since(self.since) >= per
    }

    fn wait(self, (count, per): Limit, now: Timestamp) -> Option<Duration> {
        let full = self.tries >= count && !self.is_over((count, per), now);
        full.then(|| per.saturating_sub(now.since(self.since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: Rates = Rates {
        account: Rate::new(2, Duration::from_mins(1)),
        address: Rate::new(3, Duration::from_mins(1)),
    };

    fn ip(address: impl Into<IpAddr>) -> ClientIp {
        ClientIp(address.into())
    }

    #[test]
    fn the_third_try_for_an_account_has_to_wait_for_the_rest_of_the_minute() {
        let throttle = Throttle::default();
        assert!(throttle.try_one("a", None, RATES, Timestamp(0)).is_ok());
        assert!(throttle.try_one("a", None, RATES, Timestamp(10_000)).is_ok());
        assert_eq!(throttle.try_one("a", None, RATES, Timestamp(20_000)), Err(Duration::from_secs(40)));
        assert!(throttle.try_one("b", None, RATES, Timestamp(20_000)).is_ok());
        assert!(throttle.try_one("a", None, RATES, Timestamp(60_000)).is_ok());
    }

    /// S16.
    #[test]
    fn an_address_is_counted_across_accounts_and_an_ipv6_network_is_one() {
        let throttle = Throttle::default();
        let address = |last: u16| Some(ip([0x2001_u16, 0xdb8, 1, 1, 0, 0, 0, last]));
        for (account, last) in [("a", 1), ("b", 2), ("c", 3)] {
            assert!(throttle.try_one(account, address(last), RATES, Timestamp(0)).is_ok());
        }
        assert!(throttle.try_one("d", address(4), RATES, Timestamp(0)).is_err());
        assert!(throttle.try_one("d", Some(ip([203_u8, 0, 113, 4])), RATES, Timestamp(0)).is_ok());
    }

    #[test]
    fn who_signs_in_is_not_counted() {
        let throttle = Throttle::default();
        let address = Some(ip([203_u8, 0, 113, 4]));
        for _ in 0..10 {
            assert!(throttle.try_one("a", address, RATES, Timestamp(0)).is_ok());
            throttle.was_right("a", address);
        }
    }

    #[test]
    fn a_million_addresses_take_no_more_room_than_fifty_thousand_and_free_nobody() {
        let throttle = Throttle::default();
        let kim = || throttle.try_one("kim", None, RATES, Timestamp(0));
        assert!(kim().is_ok() && kim().is_ok());
        let only_addresses = Rates { account: Rate::OFF, ..RATES };
        for n in 0..1_000_000 {
            let network = ip(std::net::Ipv6Addr::from((0x2001_0db8 << 96) | (n << 64)));
            let tried = throttle.try_one("", Some(network), only_addresses, Timestamp(0));
            assert!(tried.is_ok(), "who is new may try");
        }
        assert!(kim().is_err(), "whose tries were used up has to wait as before");
        let windows = throttle.0.lock().unwrap();
        assert!(windows.len() <= web::bounded::MOST_KEYS);
        let bytes = windows.capacity() * 8 / 7 * (size_of::<(Key, Window)>() + 1);
        assert!(bytes <= 16 * 1024 * 1024 / 4, "{bytes}");
    }
}
