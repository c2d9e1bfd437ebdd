//! A client that speaks TLS, and trusts one authority alone.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

pub use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::http::PATIENCE;

/// A protected line to `localhost`, with a version of TLS; or why there is none.
pub async fn connect(
    to: SocketAddr,
    authority: &str,
    version: &'static SupportedProtocolVersion,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_slice(authority.as_bytes()).expect("the test gives PEM");
    roots.add(authority).expect("the test gives a certificate");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .expect("ring knows it")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(to).await?;
    let protecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    timeout(PATIENCE, protecting).await.expect("the handshake ends in time")
}
