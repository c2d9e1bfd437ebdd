//! The two files that a certificate is in.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use web::listener::Certificate;

use crate::settings::Fault;

/// The setting that names the certificate's file.
const CERTIFICATE: &str = "server.tls_certificate";
/// The setting that names its key's.
const KEY: &str = "server.tls_key";

/// Where a certificate and its key are.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    /// The certificate, with those that vouch for it.
    pub(crate) certificate: PathBuf,
    /// Its private key.
    pub(crate) key: PathBuf,
}

/// How the files were when somebody looked; another look that finds the same finds the same in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look([Option<(u64, u64, i64, i64)>; 2]);

impl Files {
    /// Reads both. What is wrong is told with the setting that would change it.
    pub(super) fn read(&self) -> Result<Certificate, Fault> {
        let (chain, key) = (read(CERTIFICATE, &self.certificate)?, read(KEY, &self.key)?);
        Certificate::from_pem(&chain, &key).map_err(|fault| {
            let (named, path) =
                if fault.is_of_the_key() { (KEY, &self.key) } else { (CERTIFICATE, &self.certificate) };
            Fault { key: named.to_owned(), detail: format!("({}) {fault}", path.display()) }
        })
    }

    /// Looks from outside, following links: certbot's lead to each new certificate in turn.
    pub(super) fn look(&self) -> Look {
        let one = |path: &Path| {
            let file = fs::metadata(path).ok()?;
            Some((file.ino(), file.len(), file.mtime(), file.mtime_nsec()))
        };
        Look([one(&self.certificate), one(&self.key)])
    }
}

fn read(setting: &str, path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| Fault {
        key: setting.to_owned(),
        detail: format!(
            "({}) cannot be read: {error}; the user that runs deskbell has to be allowed to",
            path.display()
        ),
    })
}
