//! Takes a renewed certificate into service without a restart.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use web::listener;

use super::files::Look;
use super::{Files, Tls};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_mins(1);

/// Shows what is in the files whenever that has changed, and when the process is sent SIGHUP. What cannot be used is
/// told, and the certificate in force stays.
pub(crate) fn keep_up(
    tls: &Tls,
    shown: listener::Tls,
    stop: CancellationToken,
) -> io::Result<impl Future<Output = ()> + use<>> {
    // From now on, and not once this is first awaited: until then the signal would end the process.
    let mut asked = signal(SignalKind::hangup())?;
    let mut watch = Watch::new(tls, shown);
    Ok(async move {
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                _ = asked.recv() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            watch.turn(asked).await;
        }
    })
}

struct Watch {
    files: Files,
    shown: listener::Tls,
    /// How the files were when they were last read.
    known: Look,
    /// Why they cannot be used, if that was said already.
    told: Option<String>,
}

impl Watch {
    fn new(tls: &Tls, shown: listener::Tls) -> Self {
        let watch = Self { files: tls.files.clone(), shown, known: tls.look, told: None };
        watch.tell_the_end();
        watch
    }

    async fn turn(&mut self, asked: bool) {
        let files = self.files.clone();
        // What could not be used is tried again: a key that comes a moment after its certificate may look the same.
        let known = (self.told.is_none() && !asked).then_some(self.known);
        let looking = move || {
            let found = files.look();
            (Some(found) != known).then(|| Tls::read(files))
        };
        // Files may be on a disk of another machine, and that may take its time: nobody else waits for it.
        match tokio::task::spawn_blocking(looking).await {
            Ok(Some(Ok(tls))) => {
                self.shown.show(&tls.certificate);
                (self.known, self.told) = (tls.look, None);
                tracing::info!(ends = %tls.certificate.ends(), "the certificate was read again");
                self.tell_the_end();
            }
            Ok(Some(Err(fault))) => {
                let why = format!("{} {}", fault.key, fault.detail);
                if asked || self.told.as_ref() != Some(&why) {
                    tracing::warn!(fault = why, "the new certificate cannot be used, the old one stays");
                }
                self.told = Some(why);
            }
            // Nothing has changed; or the process ends.
            Ok(None) | Err(_) => {}
        }
    }

    fn tell_the_end(&self) {
        let seconds = u32::try_from(self.shown.ends().millis().max(0) / 1000).unwrap_or(u32::MAX);
        metrics::gauge!("deskbell_certificate_end_timestamp_seconds").set(seconds);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use testkit::smtp::Identity;

    use super::*;

    fn put(folder: &Path, identity: &Identity) -> Files {
        let files = Files { certificate: folder.join("chain.pem"), key: folder.join("key.pem") };
        fs::write(&files.certificate, &identity.authority).unwrap();
        fs::write(&files.key, &identity.key).unwrap();
        files
    }

    #[tokio::test]
    async fn a_change_is_found_without_a_signal_and_what_cannot_be_used_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let old = Identity::of("localhost");
        let tls = Tls::read(put(folder.path(), &old)).unwrap();
        let shown = listener::Tls::new(&tls.certificate).unwrap();
        let mut watch = Watch::new(&tls, shown.clone());
        let valid = tls.certificate.ends();
        watch.turn(false).await;
        assert_eq!((shown.ends(), watch.told.is_none()), (valid, true));
        // A key that comes after its certificate.
        let new = Identity::expired("localhost");
        fs::write(&tls.files.certificate, &new.authority).unwrap();
        watch.turn(false).await;
        assert!(watch.told.as_ref().unwrap().starts_with("server.tls_key ("), "{:?}", watch.told);
        assert_eq!(shown.ends(), valid, "the old one stays");
        fs::write(&tls.files.key, &new.key).unwrap();
        watch.turn(false).await;
        assert_eq!((shown.ends().to_string().as_str(), watch.told), ("2001-12-31T00:00:00.000Z", None));
    }
}
