//! Ways out, to an HTTP server of somebody else: a connection, protected where the address says so.

use std::sync::Arc;

use anyhow::{Context, bail};
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A stream to somebody else's server.
pub(crate) trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// An address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Whether it is spoken to by TLS.
    pub(crate) protected: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// As it stands in `Host`.
    pub(crate) authority: String,
    /// Where everything there begins: empty, or `/otlp`.
    pub(crate) base: String,
}

impl Target {
    /// `http://` or `https://` with a host, and perhaps a port and a path.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let protected = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let (authority, base) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
            _ => (authority, if protected { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
        if host.is_empty() || !host.chars().all(plain) || base.contains(['?', '#', ' ']) || !base.is_ascii() {
            return None;
        }
        let base = base.trim_end_matches('/').to_owned();
        Some(Self { protected, host, port, authority: authority.to_owned(), base })
    }

    /// Whether others can read on the way there.
    pub(crate) fn is_open_to_others(&self) -> bool {
        !self.protected && !web::hosts::is_loopback(&self.authority)
    }

    /// Connects. How long that may take is for whoever asks to say.
    pub(crate) async fn connect(&self) -> anyhow::Result<Box<dyn Line>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.context("connecting")?;
        if !self.protected {
            return Ok(Box::new(stream));
        }
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from(self.host.clone())?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.context("TLS")?;
        Ok(Box::new(stream))
    }

    /// Asks on a connection of its own, which ends with the head of the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> anyhow::Result<Response<Incoming>> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(self.connect().await?)).await?;
        tokio::select! {
            biased;
            answer = sender.send_request(request) => Ok(answer?),
            ended = connection => match ended {
                Ok(()) => bail!("it hung up"),
                Err(error) => Err(error.into()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for (url, protected, host, port, base) in [
            ("https://desk.example", true, "desk.example", 443, ""),
            ("http://localhost:4000/", false, "localhost", 4000, ""),
            ("http://[::1]:4000", false, "::1", 4000, ""),
            ("https://[2001:db8::7]", true, "2001:db8::7", 443, ""),
            ("https://otlp.example:4318/otlp/", true, "otlp.example", 4318, "/otlp"),
        ] {
            let target = Target::of(url).unwrap();
            assert_eq!(
                (target.protected, target.host.as_str(), target.port, target.base.as_str()),
                (protected, host, port, base),
                "{url}"
            );
        }
        let wrong =
            ["", "desk.example", "ftp://x", "http://", "http://:80", "http://me:secret@x", "http://x/?y"];
        for wrong in wrong.into_iter().chain(["http://x:99999", "http://x y/"]) {
            assert_eq!(Target::of(wrong), None, "{wrong}");
        }
    }
}
