//! Certificates for the server, made on the spot: good ones, and each kind of bad one.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

/// A server's certificate, and the authority that it says it comes from: itself.
#[derive(Clone)]
pub struct Identity {
    acceptor: TlsAcceptor,
    /// The certificate as PEM, for a client that is to trust it.
    pub authority: String,
    /// Its private key as PEM, for another server that is to show it.
    pub key: String,
}

impl Identity {
    /// One for this name that is valid now.
    pub fn of(name: &str) -> Self {
        Self::made(&params(name))
    }

    /// One for this name that was valid until the end of 2001.
    pub fn expired(name: &str) -> Self {
        let mut params = params(name);
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 12, 31);
        Self::made(&params)
    }

    fn made(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().expect("ring makes keys");
        let certificate = params.self_signed(&key).expect("a certificate");
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows them")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .expect("a key of its own");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self { acceptor, authority: certificate.pem(), key: key.serialize_pem() }
    }

    pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> std::io::Result<TlsStream<S>> {
        self.acceptor.accept(stream).await
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn params(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).expect("a host name")
}
