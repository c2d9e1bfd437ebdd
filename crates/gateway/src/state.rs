//! What every handler of the gateway works with.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use desk::{Desk, Identity};
use domain::id::VisitorId;
use domain::visitor::Visitor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::Problem;
use web::client_ip::ClientIp;
use web::limiter::Limiter;

use crate::config::Config;

/// The gateway: a handle that every handler clones.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    desk: Desk,
    config: Config,
    stop: CancellationToken,
    tracker: TaskTracker,
    messages: Limiter<VisitorId>,
    calls: Limiter<VisitorId>,
    calls_by_address: Limiter<IpAddr>,
    sessions: Limiter<Newcomer>,
    sockets: Mutex<HashMap<VisitorId, usize>>,
}

impl Gateway {
    /// A gateway to this desk. Its sockets run in `tracker` and close when `stop` is cancelled.
    pub fn new(desk: Desk, config: Config, stop: CancellationToken, tracker: TaskTracker) -> Self {
        let limits = config.limits;
        Self(Arc::new(Inner {
            desk,
            config,
            stop,
            tracker,
            messages: Limiter::new(limits.messages_per_visitor),
            calls: Limiter::new(limits.calls_per_visitor),
            calls_by_address: Limiter::new(limits.calls_per_ip),
            sessions: Limiter::new(limits.sessions_per_ip),
            sockets: Mutex::default(),
        }))
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    pub(crate) fn tracker(&self) -> &TaskTracker {
        &self.0.tracker
    }

    /// Counts a message, a comment, or a change of a post.
    pub(crate) fn may_write(&self, visitor: &Visitor) -> Result<(), Problem> {
        self.0.messages.check(&visitor.id)
    }

    /// Counts a press of the bell, or a new post.
    pub(crate) fn may_call(&self, visitor: &Visitor, client: ClientIp) -> Result<(), Problem> {
        self.0.calls.check(&visitor.id)?;
        self.0.calls_by_address.check(&client.key())
    }

    /// Counts a new visitor, or a new token of a known one. Whom the host site names is counted by that name: its own
    /// server may fetch the tokens of many from one address.
    pub(crate) fn may_enter(&self, identity: Option<&Identity>, client: ClientIp) -> Result<(), Problem> {
        let newcomer = match identity {
            Some(identity) => Newcomer::Named(desk::hash_secret(&identity.subject)),
            None => Newcomer::From(client.key()),
        };
        self.0.sessions.check(&newcomer)
    }

    /// A place for one more socket of this visitor; `None` when there are enough.
    pub(crate) fn seat(&self, visitor: VisitorId) -> Option<Seat> {
        let mut sockets = self.0.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sockets.entry(visitor).or_insert(0);
        if *count >= self.0.config.limits.sockets_per_visitor {
            return None;
        }
        *count += 1;
        Some(Seat { gateway: self.clone(), visitor })
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// Who asks for a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Newcomer {
    /// Nobody known, from an IPv4 address or the /64 of an IPv6 one.
    From(IpAddr),
    /// The hash of the host site's name for somebody: such names may be long.
    Named([u8; 32]),
}

/// A socket's place among its visitor's.
pub(crate) struct Seat {
    gateway: Gateway,
    visitor: VisitorId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut sockets = self.gateway.0.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sockets.get_mut(&self.visitor) {
            *count -= 1;
            if *count == 0 {
                sockets.remove(&self.visitor);
            }
        }
    }
}
