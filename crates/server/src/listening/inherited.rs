//! Sockets that whoever started us has opened and handed over: systemd's socket activation (sd_listen_fds(3)).

use anyhow::{Context, bail};
use listenfd::ListenFd;
use socket2::SockRef;
use tokio::net::{TcpListener, UnixListener};
use web::listener::Ear;

use super::SEND_BUFFER;
use super::address::{Address, FIRST_INHERITED};

/// What was handed over and not taken yet.
pub(crate) struct Inherited {
    sockets: ListenFd,
    /// Those that a setting names, and that `fd:` alone does not take.
    named: Vec<u32>,
}

impl Inherited {
    /// Takes note of what was handed over to this process, and which of it these addresses name.
    pub(crate) fn of_this_process<'a>(addresses: impl Iterator<Item = &'a Address>) -> Self {
        let number = |address: &Address| match address {
            Address::Inherited(number) => *number,
            Address::Tcp(_) | Address::Unix(_) => None,
        };
        Self { sockets: ListenFd::from_env(), named: addresses.filter_map(number).collect() }
    }

    /// The socket of this number, or all that nobody named.
    pub(crate) fn take(&mut self, number: Option<u32>) -> anyhow::Result<Vec<Ear>> {
        let count = u32::try_from(self.sockets.len())?;
        let handed = FIRST_INHERITED..FIRST_INHERITED + count;
        if count == 0 {
            bail!(
                "no socket was handed over: start deskbell by its systemd socket unit, or listen at an address"
            );
        }
        let numbers: Vec<u32> = match number {
            Some(number) if handed.contains(&number) => vec![number],
            Some(number) => {
                bail!("fd:{number} was not handed over; there are {count}, from fd:{FIRST_INHERITED} on")
            }
            None => handed.filter(|number| !self.named.contains(number)).collect(),
        };
        numbers.into_iter().map(|number| self.one(number).with_context(|| format!("fd:{number}"))).collect()
    }

    fn one(&mut self, number: u32) -> anyhow::Result<Ear> {
        let index = usize::try_from(number - FIRST_INHERITED)?;
        if let Ok(Some(tcp)) = self.sockets.take_tcp_listener(index) {
            tcp.set_nonblocking(true)?;
            SockRef::from(&tcp).set_send_buffer_size(SEND_BUFFER)?;
            return Ok(Ear::Tcp(TcpListener::from_std(tcp)?));
        }
        match self.sockets.take_unix_listener(index) {
            Ok(Some(unix)) => {
                unix.set_nonblocking(true)?;
                Ok(Ear::Unix(UnixListener::from_std(unix)?))
            }
            Ok(None) => bail!("is named twice"),
            Err(_) => bail!("is neither a TCP socket nor a Unix stream socket"),
        }
    }
}
