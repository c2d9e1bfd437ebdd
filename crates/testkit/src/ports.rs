//! Ports for programs that are told where to listen.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below those that systems hand out to whoever asks for any (32,768 on Linux, 49,152 elsewhere): what is free here is taken by nobody
/// between the look and the program's start, however many tests ask for port 0 meanwhile.
const FIRST: u16 = 10_000;
const COUNT: u16 = 20_000;

/// An address of this machine at whose port nobody listens. No two calls of a process get the same.
///
/// # Panics
/// When there is none.
pub fn free() -> SocketAddr {
    static ASKED: AtomicU16 = AtomicU16::new(0);
    // Test programs that run side by side begin in different places.
    let start = std::process::id().wrapping_mul(97);
    for _ in 0..COUNT {
        let nth = start.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed).into()) % u32::from(COUNT);
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + u16::try_from(nth).unwrap_or_default()));
        // At no other address of this machine either.
        let anywhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, at.port()));
        if TcpListener::bind(anywhere).is_ok() {
            return at;
        }
    }
    panic!("no port is free between {FIRST} and {}", FIRST + COUNT);
}
