//! A socket as operators see it: counted while it is open, one line in the log when it ends.

use std::fmt;
use std::time::Instant;

use crate::client_ip::ClientIp;
use crate::socket::{Close, Ended};

/// Counts one open connection of a transport for as long as it lives.
#[derive(Debug)]
pub struct OpenSocket {
    transport: &'static str,
    since: Instant,
}

impl OpenSocket {
    /// One more of this transport: `websocket`, `sse`, `socket.io` or `admin`.
    pub fn of(transport: &'static str) -> Self {
        metrics::gauge!("deskbell_sockets", "transport" => transport).increment(1);
        Self { transport, since: Instant::now() }
    }

    /// Writes its line. `who` is the id of whoever it belonged to; nobody's when they never said.
    pub fn ended(self, ended: Ended, client: ClientIp, who: Option<&dyn fmt::Display>) {
        let (code, reason) = match ended {
            Ended::Gone => (None, "gone"),
            Ended::Close(Close(code, reason)) => (Some(code), reason),
        };
        let duration_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            socket.transport = self.transport,
            socket.code = code,
            socket.reason = reason,
            duration_ms,
            client.ip = %client.0,
            who = who.map(tracing::field::display),
            "socket"
        );
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        metrics::gauge!("deskbell_sockets", "transport" => self.transport).decrement(1);
    }
}
