//! Where a server that runs by these settings is asked, and how one gets in there.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;

use crate::listening::Address;
use crate::outward::{Line, Target};
use crate::settings::Server;

/// What is read of an answer at most.
const ANSWER: usize = 4096;

/// A place of the running server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Door {
    at: Address,
    /// Whether TLS is spoken there.
    protected: bool,
    /// The name under which the server answers.
    host: String,
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)
    }
}

/// All places that the settings tell: first the operator's listener, which has connections to spare when visitors have taken all of theirs.
pub(super) fn all(server: &Server) -> Vec<Door> {
    let target = server.base().as_deref().and_then(Target::of);
    let host = target.map_or_else(|| "localhost".to_owned(), |target| target.authority);
    let door = |at, protected| Door { at, protected, host: host.clone() };
    let reached = |at| reached(at, server.options.ipv6_only);
    let operator = server.operator_listen.iter().flat_map(reached).map(|at| door(at, false));
    let public = server.listen.iter().flat_map(reached).map(|at| {
        let protected = server.tls.is_some() && matches!(at, Address::Tcp(_));
        door(at, protected)
    });
    operator.chain(public).collect()
}

/// Where one gets to what listens at an address; nowhere, where only the running server knows.
fn reached(at: &Address, ipv6_only: bool) -> Vec<Address> {
    let here = |ips: &[IpAddr], port| ips.iter().map(|ip| Address::Tcp(SocketAddr::new(*ip, port))).collect();
    let (v4, v6) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
    match at {
        Address::Inherited(_) => Vec::new(),
        Address::Unix(_) => vec![at.clone()],
        Address::Tcp(address) => match (address.ip(), address.port()) {
            (_, 0) => Vec::new(),
            (IpAddr::V4(ip), port) if ip.is_unspecified() => here(&[v4], port),
            (IpAddr::V6(ip), port) if ip.is_unspecified() && ipv6_only => here(&[v6], port),
            // A machine may have IPv6 switched off, and [::] is IPv4 alone then.
            (IpAddr::V6(ip), port) if ip.is_unspecified() => here(&[v6, v4], port),
            _ => vec![at.clone()],
        },
    }
}

impl Door {
    /// Asks there, on a connection of its own.
    pub(super) async fn ask(&self, path: &str) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = Request::get(path).header(header::HOST, &self.host).header(header::CONNECTION, "close");
        let request = request.body(Body::empty())?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(self.connect().await?)).await?;
        let answer = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            anyhow::Ok((head.status, to_bytes(Body::new(body), ANSWER).await?))
        };
        // What ends the connection too early is told by the answer that does not come.
        let (answer, _ended) = tokio::join!(answer, connection);
        answer
    }

    async fn connect(&self) -> anyhow::Result<Box<dyn Line>> {
        let stream = match &self.at {
            Address::Unix(path) => {
                return Ok(Box::new(UnixStream::connect(path).await.context("connecting")?));
            }
            Address::Tcp(address) => TcpStream::connect(address).await.context("connecting")?,
            Address::Inherited(_) => anyhow::bail!("only the running server knows where that is"),
        };
        if !self.protected {
            return Ok(Box::new(stream));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider));
        let config = config.with_safe_default_protocol_versions()?.dangerous();
        let config = config.with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)));
        let name = Target::of(&format!("https://{}", self.host)).map(|target| target.host);
        let name = ServerName::try_from(name.unwrap_or_else(|| "localhost".to_owned()))?;
        let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
        Ok(Box::new(connector.connect(name, stream).await.context("TLS")?))
    }
}

/// Takes whatever certificate is shown. It is for the name that visitors use, perhaps by an authority that only they know, and we are asking
/// at an address of this machine, say nothing that is secret, and believe no more than how it is. `deskbell doctor` judges the certificate.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_asks_where_the_server_is_reached_from_this_machine() {
        for (at, ipv6_only, expected) in [
            ("192.0.2.7:4000", false, &["192.0.2.7:4000"][..]),
            ("0.0.0.0:4000", false, &["127.0.0.1:4000"]),
            ("[::]:4000", false, &["[::1]:4000", "127.0.0.1:4000"]),
            ("[::]:4000", true, &["[::1]:4000"]),
            ("unix:/run/desk.sock", false, &["unix:/run/desk.sock"]),
            ("127.0.0.1:0", false, &[]),
            ("fd:", false, &[]),
        ] {
            let found: Vec<String> =
                reached(&at.parse().unwrap(), ipv6_only).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{at}");
        }
    }
}
