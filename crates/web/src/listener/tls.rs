//! TLS on a TCP listener: the certificate in force, and the handshake with whoever comes.

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::HEAD_WITHIN;
use super::certificate::Certificate;

/// The first byte of a TLS record that begins a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;
/// The most that is kept for a peer which does not read; what the operating system keeps is besides.
const BUFFER: usize = 16 * 1024;
/// How long whoever does not speak TLS has to take the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// How much of a request that is not answered is read, so that its sender gets to read why.
const PASSED_OVER: u64 = 64 * 1024;

const NOT_TLS: &str = "This port speaks HTTPS: put https:// in front of the address.\n";

/// What a TLS listener shows; its clones show the same.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    shown: Arc<Shown>,
}

impl Tls {
    /// Shows this certificate.
    pub fn new(certificate: &Certificate) -> Result<Self, rustls::Error> {
        let shown = Arc::new(Shown(RwLock::new(certificate.clone())));
        let provider = Arc::new(ring::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12])?;
        let mut config = config.with_no_client_auth().with_cert_resolver(Arc::clone(&shown) as _);
        // Else a client that knows HTTP/2 may take it for granted.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // Whoever comes back brings what is to be remembered: after a restart of the network, thousands do at once.
        config.ticketer = ring::Ticketer::new()?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), shown })
    }

    /// From the next connection on, shows this one.
    pub fn show(&self, certificate: &Certificate) {
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = certificate.clone();
    }

    /// Until when what is shown is valid.
    pub fn ends(&self) -> Timestamp {
        self.shown.0.read().unwrap_or_else(PoisonError::into_inner).ends()
    }

    /// Agrees on a protected line, within the time that a request's head has.
    pub(super) async fn protect(self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let protecting = async {
            let mut first = [0];
            if stream.peek(&mut first).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if first[0] == HANDSHAKE {
                return self.acceptor.accept_with(stream, |line| line.set_buffer_limit(Some(BUFFER))).await;
            }
            if first[0].is_ascii_uppercase() {
                explain(stream).await;
            }
            Err(io::Error::new(io::ErrorKind::InvalidData, "it does not speak TLS"))
        };
        tokio::time::timeout(HEAD_WITHIN, protecting).await?
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// The certificate in force, whatever name is asked for: a desk has one.
#[derive(Debug)]
struct Shown(RwLock<Certificate>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

/// Tells a browser that came by http:// what to do. It is not led on to https://: then nobody would mend the link, and
/// what a page sends would go in the open first.
async fn explain(mut stream: TcpStream) {
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{NOT_TLS}",
        NOT_TLS.len()
    );
    let telling = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // Closed with something unread, a connection is reset, and the answer is lost with it.
        tokio::io::copy(&mut stream.take(PASSED_OVER), &mut tokio::io::sink()).await
    };
    if !matches!(tokio::time::timeout(ANSWER_WITHIN, telling).await, Ok(Ok(_))) {
        tracing::debug!("who spoke HTTP where TLS is spoken did not take the answer");
    }
}
