//! The second proof at an admin's sign-in: codes that change with the time (TOTP, RFC 6238), and recovery codes.

use std::fmt;

use async_trait::async_trait;
use domain::deed::Deed;
use domain::id::AdminId;

use crate::SecretHash;
use crate::error::StorageError;

/// The secret that an admin's app and we share. It cannot be kept as a hash: codes are computed from it.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret(pub Vec<u8>);

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// An admin's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What codes are computed from.
    pub secret: SharedSecret,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

/// Writes and reads second factors.
#[async_trait]
pub trait SecondFactors: Send + Sync {
    /// The admin's, if they have one.
    async fn second_factor(&self, admin: AdminId) -> Result<Option<SecondFactor>, StorageError>;

    /// Sets or takes away the secret, with the hashes of new recovery codes, and ends all of the admin's sessions but
    /// `keep`. No code of an earlier secret and no earlier recovery code is worth anything from then on.
    async fn set_second_factor(
        &self,
        admin: AdminId,
        new: Option<(&SharedSecret, &[SecretHash])>,
        keep: Option<SecretHash>,
        deed: &Deed,
    ) -> Result<(), StorageError>;

    /// Replaces the recovery codes of an admin who has a second factor.
    async fn set_recovery_codes(
        &self,
        admin: AdminId,
        codes: &[SecretHash],
        deed: &Deed,
    ) -> Result<(), StorageError>;

    /// Uses up the code of a time step (RFC 6238, section 5.2: a code is taken once). True for one of those who ask, and
    /// only if no code of this or of a later step was used before.
    async fn use_step(&self, admin: AdminId, step: u64) -> Result<bool, StorageError>;

    /// Uses a recovery code up: of those who ask at once, one gets true.
    async fn use_recovery_code(
        &self,
        admin: AdminId,
        code: SecretHash,
        deed: &Deed,
    ) -> Result<bool, StorageError>;
}
