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
