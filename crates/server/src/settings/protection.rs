//! The settings by which what goes over the network is protected.

use std::path::PathBuf;

use web::hsts::Hsts;

use crate::settings::reader::Reader;
use crate::tls::{Files, Tls};

/// A certificate and its key: both, or neither.
pub(super) fn tls(reader: &mut Reader) -> Option<Tls> {
    let (certificate, key) = (reader.text("server.tls_certificate"), reader.text("server.tls_key"));
    let files = match (certificate, key) {
        (Some(certificate), Some(key)) => {
            Files { certificate: PathBuf::from(certificate), key: PathBuf::from(key) }
        }
        (Some(_), None) => {
            reader.missing(
                "server.tls_key",
                "must name the file of the private key, as server.tls_certificate is set",
            );
            return None;
        }
        (None, Some(_)) => {
            reader.missing(
                "server.tls_certificate",
                "must name the file of the certificate, as server.tls_key is set",
            );
            return None;
        }
        (None, None) => return None,
    };
    match Tls::read(files) {
        Ok(tls) => Some(tls),
        Err(fault) => {
            reader.fault(&fault.key, fault.detail);
            None
        }
    }
}

/// For how long browsers remember to come by https:// alone; `off`: nothing is said.
pub(super) fn hsts(reader: &mut Reader) -> Option<Hsts> {
    let subdomains = reader.flag("server.hsts_subdomains");
    let text = reader.text("server.hsts").unwrap_or_default();
    if text == "off" {
        return None;
    }
    let max_age = web::rate_limit::duration(&text);
    if max_age.is_none() {
        reader.fault("server.hsts", "must be a duration such as 365d, or \"off\"");
    }
    max_age.map(|max_age| Hsts { max_age, subdomains })
}
