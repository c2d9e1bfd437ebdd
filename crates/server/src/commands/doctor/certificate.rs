//! Whether the certificate that we show will be good for a while.

use domain::Timestamp;
use domain::clock::{Clock, SystemClock};

use super::Finding;
use crate::settings::Settings;
use crate::tls::{ENDS_SOON, Tls};

/// How long it is valid, if we speak TLS ourselves. Whether it is for the right name shows at the public address.
pub(super) fn own(settings: &Settings) -> Option<Finding> {
    settings.server.tls.as_ref().map(|tls| judge(tls, SystemClock.now()))
}

fn judge(tls: &Tls, now: Timestamp) -> Finding {
    const ABOUT: &str = "certificate";
    let file = tls.files.certificate.display();
    let (begins, ends) = (tls.certificate.begins(), tls.certificate.ends());
    let days = |until: Timestamp| until.since(now).as_secs() / 86_400;
    let advice = "renew it, and see why nobody did (certbot renew --dry-run); it is read again by itself";
    if ends <= now {
        Finding::broken(ABOUT, format!("{file} ended at {ends}: browsers let nobody in"), advice)
    } else if begins > now {
        let advice = "correct this machine's clock, or wait: browsers let nobody in before";
        Finding::broken(ABOUT, format!("{file} is not valid before {begins}"), advice)
    } else if ends.since(now) < ENDS_SOON {
        Finding::doubtful(ABOUT, format!("{file} ends in {} days, at {ends}", days(ends)), advice)
    } else {
        Finding::fine(ABOUT, format!("{file} is valid for {} more days", days(ends)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use testkit::smtp::Identity;

    use super::*;
    use crate::commands::doctor::Grade;
    use crate::tls::Files;

    #[test]
    fn a_certificate_is_judged_by_the_time_that_it_has_left() {
        let folder = tempfile::tempdir().unwrap();
        let files =
            Files { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
        let identity = Identity::expired("desk.example");
        fs::write(&files.certificate, &identity.authority).unwrap();
        fs::write(&files.key, &identity.key).unwrap();
        let tls = Tls::read(files).unwrap();
        let (begins, ends) = (tls.certificate.begins(), tls.certificate.ends());
        let (day, second) = (Duration::from_hours(24), Duration::from_secs(1));
        for (now, grade, part) in [
            (ends, Grade::Broken, "ended at 2001-12-31"),
            (ends.minus(second), Grade::Doubtful, "ends in 0 days"),
            (ends.minus(day * 14).plus(second), Grade::Doubtful, "ends in 13 days"),
            (ends.minus(day * 14), Grade::Fine, "valid for 14 more days"),
            (begins, Grade::Fine, "more days"),
            (begins.minus(second), Grade::Broken, "not valid before 2000-01-01"),
        ] {
            let finding = judge(&tls, now);
            assert!(finding.grade == grade && finding.what.contains(part), "{now}: {finding}");
        }
    }
}
