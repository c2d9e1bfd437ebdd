//! Ids and secrets, from the injected clock and randomness.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::clock::Clock;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use storage::SecretHash;
use uuid::Uuid;

/// Makes ids (UUIDv7, RFC 9562 section 5.7) and secrets (256 random bits).
#[derive(Clone)]
pub struct Source {
    clock: Arc<dyn Clock>,
    randomness: Arc<Mutex<StdRng>>,
}

impl Source {
    /// Draws its seed from the operating system.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, randomness: Arc::new(Mutex::new(rand::make_rng())) }
    }

    /// Makes the same ids again for the same seed: for tests that must be repeatable.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self { clock, randomness: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }

    /// A fresh id: `ConversationId(source.id())`.
    pub fn id(&self) -> Uuid {
        let millis = u64::try_from(self.clock.now().millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A fresh secret.
    pub fn secret(&self) -> Secret {
        Secret(URL_SAFE_NO_PAD.encode(self.bytes::<32>()))
    }

    /// Fresh random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.randomness.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

/// A secret that was just made; shown once, kept only as its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself: 43 characters of base64url.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> SecretHash {
        hash_secret(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is kept of a secret: its SHA-256. A secret of 256 random bits needs no salt and no slow hash, and looking
/// it up by its hash compares nothing that an attacker could time.
pub fn hash_secret(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}
