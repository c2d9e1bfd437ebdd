//! Where connections come in: TCP, with and without TLS, and Unix sockets alike.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_rustls::server::TlsStream;

use super::tls::Tls;
use crate::client_ip::Peer;

/// A socket that listens.
#[derive(Debug)]
pub enum Ear {
    /// On an address.
    Tcp(TcpListener),
    /// On an address, and by TLS alone.
    Tls(TcpListener, Tls),
    /// On a path of the file system.
    Unix(UnixListener),
}

/// What all of them can do.
pub(super) trait Accept: Send {
    /// What comes in.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// What HTTP is spoken on.
    type Line: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// What is said to whoever is not let in, before anything else.
    const REFUSAL: &str = concat!(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nCache-Control: no-store\r\n",
        "Content-Type: application/problem+json\r\nContent-Length: 193\r\n\r\n",
        r#"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"too_many_connections","#,
        r#""detail":"Too many connections are open, in all or from this address. Try again in ten seconds."}"#,
        "\n"
    );

    /// The next connection. May be dropped and called again.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, Peer)>> + Send;

    /// What has to be agreed on before HTTP is spoken. Takes its time, but within a limit.
    fn open(&self, stream: Self::Stream) -> impl Future<Output = io::Result<Self::Line>> + Send + 'static;
}

impl Accept for TcpListener {
    type Stream = TcpStream;
    type Line = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, Peer)> {
        let (stream, peer) = Self::accept(self).await?;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = &error as &dyn std::error::Error, "nodelay was not taken");
        }
        // A listener for both families has IPv4 peers as IPv6 ones: they are the same people.
        Ok((stream, Peer::Address(peer.ip().to_canonical())))
    }

    fn open(&self, stream: TcpStream) -> impl Future<Output = io::Result<TcpStream>> + Send + 'static {
        std::future::ready(Ok(stream))
    }
}

impl Accept for (TcpListener, Tls) {
    type Stream = TcpStream;
    type Line = TlsStream<TcpStream>;

    /// A browser understands nothing before the handshake, and that costs more than whoever is too many should.
    const REFUSAL: &str = "";

    async fn accept(&self) -> io::Result<(TcpStream, Peer)> {
        Accept::accept(&self.0).await
    }

    fn open(&self, stream: TcpStream) -> impl Future<Output = io::Result<Self::Line>> + Send + 'static {
        self.1.clone().protect(stream)
    }
}

impl Accept for UnixListener {
    type Stream = UnixStream;
    type Line = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, Peer)> {
        let (stream, _nameless) = Self::accept(self).await?;
        Ok((stream, Peer::Local))
    }

    fn open(&self, stream: UnixStream) -> impl Future<Output = io::Result<UnixStream>> + Send + 'static {
        std::future::ready(Ok(stream))
    }
}
