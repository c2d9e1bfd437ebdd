//! Checks the token with which a host site names its visitor (JWT, RFC 7519), without asking the host.

use std::fmt;

use desk::Identity;
use domain::Timestamp;
use domain::text::{Email, Name};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

/// How far the host's clock may be off, in seconds.
const LEEWAY: i64 = 60;
/// The longest `sub` that we keep, in bytes.
const SUBJECT_BYTES: usize = 255;
/// A token longer than this is not looked at, in bytes.
const TOKEN_BYTES: usize = 8 * 1024;

/// The key that checks identity tokens. A key admits its own algorithms only: a public key is never taken for a
/// shared secret, and `none` is never taken at all.
pub struct IdentityKey {
    keys: Vec<(Algorithm, DecodingKey)>,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// A shared secret of fewer than 32 bytes can be guessed (RFC 7518, section 3.2).
    #[error("must be at least 32 bytes long")]
    TooShort,
    /// Not the PEM of an Ed25519, P-256 or RSA public key.
    #[error("is not the PEM of an EdDSA, ES256 or RS256 public key")]
    NotAKey,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    name: Option<String>,
    email: Option<String>,
}

impl IdentityKey {
    /// A secret shared with the host site: HS256.
    pub fn from_secret(secret: &str) -> Result<Self, KeyFault> {
        if secret.len() < 32 {
            return Err(KeyFault::TooShort);
        }
        Ok(Self { keys: vec![(Algorithm::HS256, DecodingKey::from_secret(secret.as_bytes()))] })
    }

    /// The host site's public key as PEM: EdDSA, ES256 or RS256, whichever it is.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        let pem = pem.as_bytes();
        let candidates = [
            (Algorithm::EdDSA, DecodingKey::from_ed_pem(pem)),
            (Algorithm::ES256, DecodingKey::from_ec_pem(pem)),
            (Algorithm::RS256, DecodingKey::from_rsa_pem(pem)),
        ];
        let keys: Vec<_> =
            candidates.into_iter().filter_map(|(algorithm, key)| Some((algorithm, key.ok()?))).collect();
        if keys.is_empty() { Err(KeyFault::NotAKey) } else { Ok(Self { keys }) }
    }

    /// Whom the token names, if it is signed by the host site and valid at `now`; `None` whatever is wrong with it.
    pub fn check(&self, token: &str, now: Timestamp, name_chars: usize) -> Option<Identity> {
        if token.len() > TOKEN_BYTES {
            return None;
        }
        let header = decode_header(token).ok()?;
        // A host that signs other things with the same key says so here (RFC 8725, section 3.11); and what must be
        // understood (RFC 7515, section 4.1.11) is not understood here.
        if header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) || header.crit.is_some() {
            return None;
        }
        let algorithm = header.alg;
        let (_, key) = self.keys.iter().find(|(own, _)| *own == algorithm)?;
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "sub"]);
        // The time is asked of our own clock, below; who else the token is for is the host's matter.
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = decode::<Claims>(token, key, &validation).ok()?.claims;
        claims.into_identity(now, name_chars)
    }
}

impl Claims {
    #[expect(clippy::cast_precision_loss, reason = "seconds of this age are far below 2^53")]
    fn into_identity(self, now: Timestamp, name_chars: usize) -> Option<Identity> {
        let seconds = (now.millis() / 1000) as f64;
        let leeway = LEEWAY as f64;
        let in_time = self.exp.is_finite() && self.exp + leeway > seconds;
        let begun = self.nbf.is_none_or(|nbf| nbf.is_finite() && nbf - leeway <= seconds);
        let named = !self.sub.trim().is_empty()
            && self.sub.len() <= SUBJECT_BYTES
            && !self.sub.chars().any(char::is_control);
        (in_time && begun && named).then(|| Identity {
            name: self.name.and_then(|name| Name::cut_from(&name, name_chars)),
            email: self.email.and_then(|email| Email::new(&email).ok()),
            subject: self.sub,
        })
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(algorithm, _)| algorithm)).finish()
    }
}
