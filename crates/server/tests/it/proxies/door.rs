//! A door on this machine, behind which is a proxy's TLS: what speaks plainly can ask through it, from any address.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use super::front::Front;

/// It is open as long as it lives.
pub(crate) struct Door {
    pub(crate) at: SocketAddr,
    _open: JoinSet<()>,
}

impl Door {
    /// One through which one comes from this address.
    pub(crate) fn before(front: &Front, from: [u8; 4]) -> Self {
        Self::leading(front, from, trusting(&front.authority, &[]))
    }

    /// The same for HTTP/2.
    pub(crate) fn for_http_2(front: &Front, from: [u8; 4]) -> Self {
        Self::leading(front, from, trusting(&front.authority, &[b"h2"]))
    }

    fn leading(front: &Front, from: [u8; 4], connector: TlsConnector) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (listener, at) = (TcpListener::from_std(listener).unwrap(), front.secure);
        let here = listener.local_addr().unwrap();
        let name = ServerName::try_from(front.name).unwrap();
        let mut open = JoinSet::new();
        open.spawn(async move {
            let mut passing = JoinSet::new();
            loop {
                let (plain, _) = listener.accept().await.unwrap();
                let (connector, name) = (connector.clone(), name.clone());
                passing.spawn(async move {
                    let socket = TcpSocket::new_v4().unwrap();
                    socket.bind((from, 0).into()).unwrap();
                    pass(plain, socket.connect(at).await.unwrap(), connector, name).await;
                });
            }
        });
        Self { at: here, _open: open }
    }
}

async fn pass(mut plain: TcpStream, secure: TcpStream, connector: TlsConnector, name: ServerName<'static>) {
    let mut secure = connector.connect(name, secure).await.expect("the proxy's certificate is the right one");
    // Either side may break off.
    let _broken_off = copy_bidirectional(&mut plain, &mut secure).await;
}

/// Speaks TLS with those for whom it vouches, and in it one of these protocols.
pub(crate) fn trusting(authority: &str, protocols: &[&[u8]]) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}
