//! How many connections are held, in all and for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::client_ip::{ClientIp, Peer, TrustedProxies};

/// How many connections are held.
#[derive(Debug, Clone)]
pub struct Caps {
    all: Arc<Semaphore>,
    per_address: usize,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    proxies: Arc<TrustedProxies>,
}

impl Caps {
    /// So many in all, so many for each address (or /64); trusted proxies speak for many and are not counted.
    pub fn new(all: usize, per_address: usize, proxies: &TrustedProxies) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            per_address,
            by_address: Arc::default(),
            proxies: Arc::new(proxies.clone()),
        }
    }

    pub(super) fn enter(&self, peer: Peer) -> Option<Place> {
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        let key = match peer {
            Peer::Address(address) if !self.proxies.trusts(peer) => Some(ClientIp(address).key()),
            // Whoever comes through a Unix socket is a program on this machine that speaks for many.
            Peer::Address(_) | Peer::Local => None,
        };
        if let Some(key) = key {
            let mut counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(key).or_insert(0);
            if *count >= self.per_address {
                return None;
            }
            *count += 1;
        }
        metrics::gauge!("deskbell_connections").increment(1);
        Some(Place { key, by_address: Arc::clone(&self.by_address), _permit: permit })
    }
}

/// A connection's place among the allowed ones.
pub(super) struct Place {
    key: Option<IpAddr>,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        metrics::gauge!("deskbell_connections").decrement(1);
        let Some(key) = self.key else { return };
        let mut counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&key);
            }
        }
    }
}

/// Keeps a connection's place as long as a handler that has taken the connection over holds it.
#[derive(Clone)]
pub struct Held(#[expect(dead_code, reason = "held, never looked at")] Arc<Place>);

impl Held {
    pub(super) fn of(place: &Arc<Place>) -> Self {
        Self(Arc::clone(place))
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}
