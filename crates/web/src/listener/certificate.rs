//! A certificate with its private key, as a server shows it.

use std::sync::Arc;

use domain::Timestamp;
use rustls::InconsistentKeys;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::validity;

/// A certificate with those that vouch for it, and its private key.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    begins: Timestamp,
    ends: Timestamp,
}

/// Why two PEM texts are no certificate with its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// No certificate is in the first.
    #[error("has no certificate in PEM; give the file that begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// What is in the first is none.
    #[error("has a certificate that cannot be read; get it issued anew")]
    Certificate,
    /// No key is in the second.
    #[error(
        "has no private key in PEM; give the file that has -----BEGIN PRIVATE KEY-----, without a passphrase"
    )]
    NoKey,
    /// What is in the second is none, or none that we can use.
    #[error("has a private key that cannot be used; RSA, ECDSA (P-256, P-384) and Ed25519 can")]
    Key,
    /// They do not belong together.
    #[error("does not belong to the certificate; give the key that the certificate was issued for")]
    Mismatch,
}

impl CertificateFault {
    /// Whether it is the key that should be another one.
    pub const fn is_of_the_key(self) -> bool {
        matches!(self, Self::NoKey | Self::Key | Self::Mismatch)
    }
}

impl Certificate {
    /// Reads both from PEM: the server's certificate first, then those that vouch for it.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateFault> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(|_| CertificateFault::NoCertificate)?;
        let first = chain.first().ok_or(CertificateFault::NoCertificate)?;
        let (begins, ends) = validity::of(first).ok_or(CertificateFault::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CertificateFault::NoKey)?;
        let key = CertifiedKey::from_der(chain, key, &ring::default_provider());
        let key = key.map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => CertificateFault::Mismatch,
            rustls::Error::InvalidCertificate(_) => CertificateFault::Certificate,
            _ => CertificateFault::Key,
        })?;
        Ok(Self { key: Arc::new(key), begins, ends })
    }

    /// From when on it is valid.
    pub const fn begins(&self) -> Timestamp {
        self.begins
    }

    /// Until when it is valid.
    pub const fn ends(&self) -> Timestamp {
        self.ends
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    /// A certificate, and its key.
    fn made() -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["desk.example".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn what_belongs_together_is_taken_and_all_else_is_told_apart() {
        let ((chain, key), (_, other)) = (made(), made());
        let read = |chain: &str, key: &str| {
            Certificate::from_pem(chain.as_bytes(), key.as_bytes()).map(|read| read.key.cert.len())
        };
        assert_eq!(read(&chain, &key), Ok(1));
        assert_eq!(read(&format!("{chain}{chain}"), &key), Ok(2), "those that vouch for it come with it");
        assert_eq!(read("", &key), Err(CertificateFault::NoCertificate));
        assert_eq!(read(&key, &key), Err(CertificateFault::NoCertificate));
        let garbled = chain.replace("MII", "AAA").replacen("MIB", "AAA", 1);
        assert_eq!(read(&garbled, &key), Err(CertificateFault::Certificate));
        assert_eq!(read(&chain, "secret"), Err(CertificateFault::NoKey));
        assert_eq!(read(&chain, &chain), Err(CertificateFault::NoKey));
        let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        assert_eq!(read(&chain, &encrypted), Err(CertificateFault::NoKey));
        assert_eq!(read(&chain, &key.replace("PRIVATE", "RSA PRIVATE")), Err(CertificateFault::Key));
        assert_eq!(read(&chain, &other), Err(CertificateFault::Mismatch));
    }
}
