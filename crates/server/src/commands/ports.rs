//! Takes the ports: as chosen, or the next free one when nobody chose.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::net::{TcpListener, TcpSocket};

/// How many ports are tried.
const TRIES: u16 = 10;

/// What the operating system keeps for a peer that does not read; left to itself it takes megabytes for each. Linux
/// counts its own costs in, and doubles it.
const SEND_BUFFER: u32 = 64 * 1024;

/// How many connections wait to be accepted at most.
const BACKLOG: u32 = 1024;

fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // After a restart the old connections linger for a while: the port is ours all the same.
    socket.set_reuseaddr(true)?;
    // Each accepted connection inherits it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Binds an address. One that is only a default moves on when it is taken; a chosen one fails.
pub(crate) fn bind(address: SocketAddr, chosen: bool) -> anyhow::Result<TcpListener> {
    let mut port = address.port();
    for _ in 0..TRIES {
        match open((address.ip(), port).into()) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && chosen => {
                bail!("{address} is in use by another program; stop it, or choose another server.listen");
            }
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && port < u16::MAX => {
                eprintln!("Port {port} is in use, trying {} instead.", port + 1);
                port += 1;
            }
            Err(error) => return Err(error).with_context(|| format!("{address} cannot be listened on")),
        }
    }
    bail!("ports {} to {port} are all in use; choose one with --listen", address.port());
}

/// The address as one can use it: `localhost` for any address, brackets for IPv6.
pub(crate) fn usable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() || address.ip() == std::net::IpAddr::from([127, 0, 0, 1]) {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn taken() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn a_default_that_is_taken_moves_on_to_the_next_port() {
        let (_holder, address) = taken().await;
        let moved = bind(address, false).unwrap().local_addr().unwrap();
        assert_eq!(moved.ip(), address.ip());
        assert!(moved.port() > address.port() && moved.port() < address.port() + TRIES);
    }

    #[tokio::test]
    async fn a_choice_that_is_taken_is_an_error_and_never_another_port() {
        let (_holder, address) = taken().await;
        let error = bind(address, true).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{address} is in use")), "{error}");
    }

    #[test]
    fn an_address_is_shown_as_one_can_use_it() {
        for (address, url) in [
            ("127.0.0.1:4000", "http://localhost:4000"),
            ("0.0.0.0:80", "http://localhost:80"),
            ("[::]:4000", "http://localhost:4000"),
            ("[::1]:4000", "http://[::1]:4000"),
            ("192.0.2.7:4000", "http://192.0.2.7:4000"),
        ] {
            assert_eq!(usable(address.parse().unwrap()), url);
        }
    }
}
