//! Hashes and checks passwords, away from the async threads and never more than two at once.

use std::fmt;
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use super::common::is_common;

/// Fewer bytes are too easy to guess.
pub const LEAST_BYTES: usize = 10;
/// More bytes would only be work for the hash.
pub const MOST_BYTES: usize = 1024;
/// Each hash takes 19 MiB and a core for some 25 ms: two at once leave the chats their core.
const AT_ONCE: usize = 2;
/// Whoever comes while so many wait is sent away, instead of waiting for seconds.
const MOST_WAITING: usize = 64;

/// Why a password was not hashed or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`LEAST_BYTES`].
    #[error("a password has at least {LEAST_BYTES} characters")]
    TooShort,
    /// One of those that are tried first.
    #[error(
        "this password is one of those that are tried first, or it is made of a name or an address; a few words make a good one"
    )]
    Common,
    /// More than [`MOST_BYTES`].
    #[error("a password has at most {MOST_BYTES} bytes")]
    TooLong,
    /// Too many sign-ins at once; trying again in a moment is safe.
    #[error("too many sign-ins at once")]
    Busy,
    /// The hash function failed.
    #[error("the password could not be hashed")]
    Failed,
}

impl PasswordFault {
    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_common",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }
}

/// Hashes and checks passwords. Cloning it shares the queue.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    permits: Semaphore,
    queue: Semaphore,
    /// Checked in the place of the hash of somebody unknown, so that they take the same time.
    nobody: String,
}

impl Passwords {
    /// Argon2id as OWASP recommends it first: 19 MiB, two passes, one lane.
    pub fn new() -> Result<Self, PasswordFault> {
        Self::with_params(Params::default())
    }

    /// A cost for tests that sign in many times: a hash in microseconds, worth nothing against an attacker.
    pub fn cheap_for_tests() -> Result<Self, PasswordFault> {
        Self::with_params(Params::new(8, 1, 1, None).map_err(|_| PasswordFault::Failed)?)
    }

    fn with_params(params: Params) -> Result<Self, PasswordFault> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = argon2.hash_password(b"nobody has this password").map_err(|_| PasswordFault::Failed)?;
        Ok(Self(Arc::new(Inner {
            argon2,
            permits: Semaphore::new(AT_ONCE),
            queue: Semaphore::new(AT_ONCE + MOST_WAITING),
            nobody: nobody.to_string(),
        })))
    }

    /// Whether a password may be taken at all. `words` are what everybody knows: the site's name, the person's, their address.
    pub fn check(password: &str, words: &[&str]) -> Result<(), PasswordFault> {
        match password.len() {
            // Ten letters of Hangul are thirty bytes: people count characters.
            _ if password.chars().count() < LEAST_BYTES => Err(PasswordFault::TooShort),
            length if length > MOST_BYTES => Err(PasswordFault::TooLong),
            _ if is_common(password, words) => Err(PasswordFault::Common),
            _ => Ok(()),
        }
    }

    /// The hash of a password, in PHC form, with a fresh salt.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordFault> {
        Self::check(password, &[])?;
        let password = password.to_owned();
        let hash = self
            .run(move |inner| inner.argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()));
        hash.await?.map_err(|_| PasswordFault::Failed)
    }

    /// Whether this is the password behind `hash`. With no hash the answer is no, after the same time.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordFault> {
        if password.len() > MOST_BYTES {
            return Ok(false);
        }
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.run(move |inner| {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| inner.nobody.clone());
            inner.argon2.verify_password(password.as_bytes(), hash.as_str()).is_ok() && known
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, PasswordFault> {
        let _place = self.0.queue.try_acquire().map_err(|_| PasswordFault::Busy)?;
        let _permit = self.0.permits.acquire().await.map_err(|_| PasswordFault::Busy)?;
        let inner = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || work(&inner)).await.map_err(|_| PasswordFault::Failed)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").finish_non_exhaustive()
    }
}
