//! Where connections come in: TCP and Unix sockets alike.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::client_ip::Peer;

/// A socket that listens.
#[derive(Debug)]
pub enum Ear {
    /// On an address.
    Tcp(TcpListener),
    /// On a path of the file system.
    Unix(UnixListener),
}

/// What both can do.
pub(super) trait Accept: Send {
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection. May be dropped and called again.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, Peer)>> + Send;
}

impl Accept for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, Peer)> {
        let (stream, peer) = Self::accept(self).await?;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = &error as &dyn std::error::Error, "nodelay was not taken");
        }
        // A listener for both families has IPv4 peers as IPv6 ones: they are the same people.
        Ok((stream, Peer::Address(peer.ip().to_canonical())))
    }
}

impl Accept for UnixListener {
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, Peer)> {
        let (stream, _nameless) = Self::accept(self).await?;
        Ok((stream, Peer::Local))
    }
}
