//! TLS by ourselves: the certificate's files, and what happens when they change.

mod files;
mod renewal;

pub(crate) use files::Files;
pub(crate) use renewal::keep_up;

use std::time::Duration;

use web::listener::Certificate;

use crate::settings::Fault;
use files::Look;

/// What the settings say, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    /// Where it comes from, and where the next one will come from.
    pub(crate) files: Files,
    /// What was in the files.
    pub(crate) certificate: Certificate,
    /// How they looked then.
    look: Look,
}

impl Tls {
    /// Reads the files.
    pub(crate) fn read(files: Files) -> Result<Self, Fault> {
        // Before they are read: what is written meanwhile shows as a change later.
        let look = files.look();
        Ok(Self { certificate: files.read()?, files, look })
    }
}

/// With so little time left, whoever renews it should have done so.
pub(crate) const ENDS_SOON: Duration = Duration::from_hours(14 * 24);
