//! Takes the places where we listen: as chosen, or the next free port when nobody chose.

mod address;
mod holder;
mod inherited;
mod unix;

use std::io;
use std::net::SocketAddr;

use anyhow::{Context, bail};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpListener;
use web::listener::{Ear, Tls};

use crate::telemetry;

pub(crate) use address::Address;
pub(crate) use inherited::Inherited;
pub(crate) use unix::SocketFile;

/// How many ports are tried.
const TRIES: u16 = 10;

/// What the operating system keeps for a peer that does not read; left to itself it takes megabytes for each. Linux
/// counts its own costs in, and doubles it.
const SEND_BUFFER: usize = 64 * 1024;

/// How sockets are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    /// How many connections wait to be accepted at most.
    pub(crate) backlog: u16,
    /// Whether an IPv6 any-address answers IPv6 alone, and not IPv4 as well.
    pub(crate) ipv6_only: bool,
    /// Whether other processes may listen on the same port.
    pub(crate) reuse_port: bool,
    /// Who may connect to a Unix socket, as a file's mode.
    pub(crate) unix_mode: u32,
}

/// Something that listens, and how people are told of it.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) ear: Ear,
    /// Its true address: a port that was 0 is known now.
    pub(crate) address: Address,
    /// The file of a Unix socket, which goes when we do.
    file: Option<SocketFile>,
}

impl Listener {
    fn tcp(listener: TcpListener) -> io::Result<Self> {
        let address = Address::Tcp(listener.local_addr()?);
        Ok(Self { ear: Ear::Tcp(listener), address, file: None })
    }

    /// The same, by TLS alone; a Unix socket, which leads to a program of this machine, stays as it is.
    pub(crate) fn protected(self, tls: &Tls) -> Self {
        let ear = match self.ear {
            Ear::Tcp(listener) => Ear::Tls(listener, tls.clone()),
            other => other,
        };
        Self { ear, ..self }
    }

    /// Where a browser on this machine finds it; a Unix socket is not found by one.
    pub(crate) fn url(&self) -> Option<String> {
        let Address::Tcp(address) = &self.address else { return None };
        // Asked of the socket: one that systemd has opened is by systemd's settings.
        let (protected, ipv6_only) = match &self.ear {
            Ear::Tcp(listener) => (false, SockRef::from(listener).only_v6()),
            Ear::Tls(listener, _) => (true, SockRef::from(listener).only_v6()),
            Ear::Unix(_) => return None,
        };
        Some(usable(*address, protected, address.is_ipv6() && ipv6_only.unwrap_or_default()))
    }

    /// Whether programs on this machine reach it by a loopback address.
    pub(crate) fn is_loopback(&self) -> bool {
        let Address::Tcp(address) = &self.address else { return false };
        address.ip().is_loopback() || address.ip().is_unspecified()
    }

    /// What accepts, and what has to live as long.
    pub(crate) fn into_parts(self) -> (Ear, Option<SocketFile>) {
        (self.ear, self.file)
    }
}

/// Takes a place. A TCP address that is only a default moves on when it is taken; a chosen one fails, and `key` is the
/// setting that would change it.
pub(crate) fn take(
    address: &Address,
    chosen: bool,
    key: &str,
    options: Options,
    inherited: &mut Inherited,
) -> anyhow::Result<Vec<Listener>> {
    match address {
        Address::Tcp(address) => Ok(vec![tcp(*address, chosen, key, options)?]),
        Address::Unix(path) => {
            let (ear, file) = unix::bind(path, options)?;
            Ok(vec![Listener { ear, address: address.clone(), file: Some(file) }])
        }
        Address::Inherited(number) => {
            let listeners = inherited.take(*number)?.into_iter().map(|ear| match ear {
                Ear::Tcp(listener) | Ear::Tls(listener, _) => Ok(Listener::tcp(listener)?),
                Ear::Unix(listener) => {
                    let path = listener.local_addr()?.as_pathname().map(std::path::Path::to_owned);
                    let address = path.map_or(Address::Inherited(*number), Address::Unix);
                    Ok(Listener { ear: Ear::Unix(listener), address, file: None })
                }
            });
            listeners.collect()
        }
    }
}

fn tcp(address: SocketAddr, chosen: bool, key: &str, options: Options) -> anyhow::Result<Listener> {
    let mut port = address.port();
    for _ in 0..TRIES {
        let next = port.checked_add(1);
        match (open((address.ip(), port).into(), options), next) {
            (Ok(listener), _) => return Ok(Listener::tcp(listener)?),
            (Err(error), _) if error.kind() == io::ErrorKind::AddrInUse && chosen => {
                let holder = holder::of_port(port).unwrap_or_else(|| "another program".to_owned());
                bail!("{address} is in use by {holder}; stop it, or choose another {key}");
            }
            (Err(error), Some(next)) if error.kind() == io::ErrorKind::AddrInUse => {
                telemetry::say(&format!("Port {port} is in use, trying {next} instead."));
                port = next;
            }
            (Err(error), _) => {
                return Err(told(&error, address))
                    .with_context(|| format!("{address} cannot be listened on"));
            }
        }
    }
    bail!("ports {} to {} are all in use; choose one with {key}", address.port(), port - 1)
}

/// What the operating system said, and what to do about it where that is known.
fn told(error: &io::Error, address: SocketAddr) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied => anyhow::anyhow!(
            "ports below 1024 are for those who are allowed to: choose one above, put a proxy in front, or let systemd open it \
             (fd:)"
        ),
        io::ErrorKind::AddrNotAvailable => anyhow::anyhow!(
            "this machine has no address {}; {} is all of them",
            address.ip(),
            if address.is_ipv4() { "0.0.0.0" } else { "[::]" }
        ),
        _ => anyhow::anyhow!("{error}"),
    }
}

fn open(address: SocketAddr, options: Options) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // After a restart the old connections linger for a while: the port is ours all the same.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(options.reuse_port)?;
    if address.is_ipv6() {
        socket.set_only_v6(options.ipv6_only)?;
    }
    // Each accepted connection inherits it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(options.backlog.into())?;
    TcpListener::from_std(socket.into())
}

/// The address as one can use it: `localhost` for any address, brackets for IPv6; where any address is IPv6 alone, the one
/// to which no `localhost` of IPv4 can lead past it.
pub(crate) fn usable(address: SocketAddr, protected: bool, ipv6_only: bool) -> String {
    let scheme = if protected { "https" } else { "http" };
    if address.is_ipv6() && address.ip().is_unspecified() && ipv6_only {
        format!("{scheme}://[::1]:{}", address.port())
    } else if address.ip().is_unspecified() || address.ip() == std::net::IpAddr::from([127, 0, 0, 1]) {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options { backlog: 16, ipv6_only: false, reuse_port: false, unix_mode: 0o660 };

    async fn taken() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    fn bound(listener: &Listener) -> SocketAddr {
        let Address::Tcp(address) = listener.address else { panic!("{listener:?}") };
        address
    }

    #[tokio::test]
    async fn a_default_that_is_taken_moves_on_to_the_next_port() {
        let (_holder, address) = taken().await;
        let moved = bound(&tcp(address, false, "server.listen", OPTIONS).unwrap());
        assert_eq!(moved.ip(), address.ip());
        assert!(moved.port() > address.port() && moved.port() < address.port() + TRIES);
    }

    #[tokio::test]
    async fn a_choice_that_is_taken_is_an_error_that_names_who_has_it() {
        let (_holder, address) = taken().await;
        let error = tcp(address, true, "server.listen", OPTIONS).unwrap_err().to_string();
        let us = format!("(process {})", std::process::id());
        assert!(error.starts_with(&format!("{address} is in use by ")) && error.contains(&us), "{error}");
        assert!(error.ends_with("choose another server.listen"), "{error}");
    }

    #[tokio::test]
    async fn ports_that_may_be_shared_are() {
        let options = Options { reuse_port: true, ..OPTIONS };
        let first = tcp("127.0.0.1:0".parse().unwrap(), true, "server.listen", options).unwrap();
        assert_eq!(bound(&tcp(bound(&first), true, "server.listen", options).unwrap()), bound(&first));
        tcp(bound(&first), true, "server.listen", OPTIONS).unwrap_err();
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_told_with_what_would_do() {
        let error = tcp("192.0.2.7:4000".parse().unwrap(), true, "server.listen", OPTIONS).unwrap_err();
        assert!(format!("{error:#}").contains("0.0.0.0 is all of them"), "{error:#}");
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
            assert_eq!(usable(address.parse().unwrap(), false, false), url);
            assert_eq!(usable(address.parse().unwrap(), true, false), url.replace("http", "https"));
        }
        assert_eq!(usable("[::]:4000".parse().unwrap(), false, true), "http://[::1]:4000");
    }
}
