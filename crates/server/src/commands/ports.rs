//! Takes the ports: as chosen, or the next free one when nobody chose.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::net::TcpListener;

/// How many ports are tried.
const TRIES: u16 = 10;

/// Binds an address. One that is only a default moves on when it is taken; a chosen one fails.
pub(crate) async fn bind(address: SocketAddr, chosen: bool) -> anyhow::Result<TcpListener> {
    let mut port = address.port();
    for _ in 0..TRIES {
        match TcpListener::bind((address.ip(), port)).await {
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
        let moved = bind(address, false).await.unwrap().local_addr().unwrap();
        assert_eq!(moved.ip(), address.ip());
        assert!(moved.port() > address.port() && moved.port() < address.port() + TRIES);
    }

    #[tokio::test]
    async fn a_choice_that_is_taken_is_an_error_and_never_another_port() {
        let (_holder, address) = taken().await;
        let error = bind(address, true).await.unwrap_err().to_string();
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
