//! Codes that change with the time (TOTP, RFC 6238) and recovery codes: made, shown and checked.

use std::fmt::Write;

use desk::{Source, hash_secret};
use domain::Timestamp;
use domain::deed::{Deed, DeedKind};
use domain::id::AdminId;
use qrcodegen::{QrCode, QrCodeEcc};
use storage::{SecondFactor, SecretHash, SharedSecret, Storage, StorageError};
use totp_rs::{Builder, Secret, Totp};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 8;
/// What recovery codes are written with: nothing that is taken for something else on paper. 32 letters, 5 bits each.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// How many letters a recovery code has: 120 bits, which no guessing finds.
const LETTERS_EACH: usize = 24;

/// A fresh secret: 160 random bits (RFC 4226, section 4, R6).
pub(crate) fn fresh(source: &Source) -> SharedSecret {
    SharedSecret(source.bytes::<20>().to_vec())
}

/// Six digits every 30 s, as every app has them; the code before and the one after are good, too, for clocks differ (RFC
/// 6238, section 5.2).
fn totp(secret: &SharedSecret) -> Option<Totp> {
    let built = Builder::new().with_secret(secret.0.clone()).with_skew(1).build();
    built.inspect_err(|error| tracing::error!(%error, "a stored secret makes no codes")).ok()
}

/// The time step whose code this is, if it is one of now.
pub(crate) fn step_of(secret: &SharedSecret, code: &str, now: Timestamp) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.millis() / 1000).ok()?;
    totp(secret)?.check(&code, seconds)
}

/// How a proof was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// With a code of the moment.
    Code,
    /// With a recovery code.
    RecoveryCode,
}

/// Checks what was typed against an admin's second factor, and uses it up.
pub(crate) async fn prove(
    storage: &dyn Storage,
    admin: AdminId,
    factor: &SecondFactor,
    typed: &str,
    recovery: Deed,
) -> Result<Option<Proof>, StorageError> {
    if let Some(step) = step_of(&factor.secret, typed, recovery.at) {
        return Ok(storage.use_step(admin, step).await?.then_some(Proof::Code));
    }
    let Some(code) = plain(typed) else { return Ok(None) };
    let used = storage.use_recovery_code(admin, hash_secret(&code), &recovery).await?;
    Ok(used.then_some(Proof::RecoveryCode))
}

/// Fresh recovery codes as they are shown, and what is kept of them.
pub(crate) fn recovery_codes(source: &Source) -> (Vec<String>, Vec<SecretHash>) {
    let made = (0..RECOVERY_CODES).map(|_| {
        let bytes = source.bytes::<LETTERS_EACH>();
        let code: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        let hash = hash_secret(&code);
        let groups: Vec<&str> = (0..LETTERS_EACH).step_by(4).map(|at| &code[at..at + 4]).collect();
        (groups.join("-"), hash)
    });
    made.unzip()
}

/// A recovery code without what people put into it: blanks, dashes, small letters.
fn plain(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    (code.len() == LETTERS_EACH).then(|| code.to_ascii_uppercase())
}

/// What is done when a recovery code is used.
pub(crate) fn recovery_deed(now: Timestamp, by: domain::conversation::Actor, line: String) -> Deed {
    Deed::new(now, by, DeedKind::RecoveryCodeUsed).with(line)
}

/// A secret as people type it, in groups of four.
pub(crate) fn typed(secret: &SharedSecret) -> String {
    let text = Secret::new(secret.0.clone().into_boxed_slice()).to_base32();
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The address that a camera reads, in the form that apps have agreed on (Google Authenticator's key URI format).
pub(crate) fn address(secret: &SharedSecret, site: &str, email: &str) -> String {
    let text = Secret::new(secret.0.clone().into_boxed_slice()).to_base32();
    let (site, email) = (percent(site), percent(email));
    format!("otpauth://totp/{site}:{email}?secret={text}&issuer={site}")
}

fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A QR code (ISO/IEC 18004) as the path of an SVG, and how wide it is in its own units; with the four of quiet around it.
pub(crate) fn picture(text: &str) -> Option<(String, i32)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{},{}h1v1h-1z", x + 4, y + 4);
        }
    }
    Some((path, code.size() + 8))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::clock::ManualClock;

    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = SharedSecret(b"12345678901234567890".to_vec());
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = Timestamp(seconds * 1000);
            let step = u64::try_from(seconds / 30).unwrap();
            assert_eq!(step_of(&secret, code, now), Some(step), "{seconds}");
            assert_eq!(step_of(&secret, &format!(" {} {} ", &code[..3], &code[3..]), now), Some(step));
        }
    }

    /// S20.
    #[test]
    fn the_code_before_and_the_one_after_are_good_and_no_other() {
        let secret = SharedSecret(b"12345678901234567890".to_vec());
        let at = |seconds: i64| step_of(&secret, "081804", Timestamp(seconds * 1000));
        let step = 1_111_111_109 / 30;
        for seconds in [(step - 1) * 30, step * 30, (step + 2) * 30 - 1] {
            assert_eq!(at(seconds), u64::try_from(step).ok(), "{seconds}");
        }
        for seconds in [(step - 1) * 30 - 1, (step + 2) * 30] {
            assert_eq!(at(seconds), None, "{seconds}");
        }
        for wrong in ["", "081805", "0818040", "81804", "０８１８０４", "081804x"] {
            assert_eq!(step_of(&secret, wrong, Timestamp(1_111_111_109_000)), None, "{wrong}");
        }
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_any_way() {
        let clock = Arc::new(ManualClock::at(Timestamp(0)));
        let (shown, kept) = recovery_codes(&Source::seeded(clock, 7));
        assert_eq!((shown.len(), kept.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let again = shown[0].to_lowercase().replace('-', " ");
        assert_eq!(plain(&again).map(|code| hash_secret(&code)), Some(kept[0]));
        assert_eq!(plain("123456"), None);
        let unlike: std::collections::HashSet<_> = kept.iter().collect();
        assert_eq!(unlike.len(), RECOVERY_CODES);
    }

    #[test]
    fn an_app_gets_the_site_and_the_address_whatever_is_in_them() {
        let secret = SharedSecret(b"12345678901234567890".to_vec());
        let address = address(&secret, "버거풋 & Co: 1", "kim+x@desk.example");
        assert_eq!(
            address,
            "otpauth://totp/%EB%B2%84%EA%B1%B0%ED%92%8B%20%26%20Co%3A%201:kim%2Bx%40desk.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%EB%B2%84%EA%B1%B0%ED%92%8B%20%26%20Co%3A%201"
        );
        assert_eq!(typed(&secret), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(picture(&address).is_some_and(|(path, size)| path.starts_with("M4,4") && size > 29));
    }
}
