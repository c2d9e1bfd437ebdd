//! Admins, their passwords, one-time links and API tokens.

use async_trait::async_trait;
use domain::Timestamp;
use domain::admin::Admin;
use domain::id::{AdminId, ApiTokenId};

use crate::SecretHash;
use crate::error::StorageError;

/// An admin to be stored.
#[derive(Debug, Clone)]
pub struct NewAdmin {
    /// Who.
    pub admin: Admin,
    /// The password's argon2id hash in PHC form; `None` until they choose one by a link.
    pub password_hash: Option<String>,
}

/// A one-time link with which somebody chooses a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The hash of its secret.
    pub secret: SecretHash,
    /// For whom; `None` for the first owner, who does not exist yet.
    pub admin: Option<AdminId>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// An API token of an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Which.
    pub id: ApiTokenId,
    /// Whose.
    pub admin: AdminId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is worth nothing.
    pub revoked_at: Option<Timestamp>,
}

/// Writes and reads admins.
#[async_trait]
pub trait Admins: Send + Sync {
    /// Stores a new one; [`StorageError::Taken`] when the address, without regard to case, is known.
    async fn add_admin(&self, new: NewAdmin) -> Result<(), StorageError>;

    /// All of them, oldest first, the disabled too.
    async fn admins(&self) -> Result<Vec<Admin>, StorageError>;

    /// One of them.
    async fn admin(&self, id: AdminId) -> Result<Option<Admin>, StorageError>;

    /// Who signs in with this address (folded to lower case), with their password's hash.
    async fn admin_by_email(&self, folded: &str) -> Result<Option<(Admin, Option<String>)>, StorageError>;

    /// Takes over name, role, duty, locale and whether they are disabled. Disabling ends their sessions.
    async fn update_admin(&self, admin: &Admin) -> Result<(), StorageError>;

    /// Sets the password's hash and ends all of the admin's sessions but `keep`.
    async fn set_password(
        &self,
        id: AdminId,
        password_hash: &str,
        keep: Option<SecretHash>,
    ) -> Result<(), StorageError>;

    /// Stores a link; earlier ones for the same person are worth nothing from then on.
    async fn add_link(&self, link: &Link) -> Result<(), StorageError>;

    /// The link, unless it has expired or was used.
    async fn link(&self, secret: SecretHash, now: Timestamp) -> Result<Option<Link>, StorageError>;

    /// Uses the link up: of those who ask at once, one gets it.
    async fn use_link(&self, secret: SecretHash, now: Timestamp) -> Result<Option<Link>, StorageError>;

    /// Stores an API token.
    async fn add_api_token(&self, token: &ApiToken, secret: SecretHash) -> Result<(), StorageError>;

    /// All of them, newest first.
    async fn api_tokens(&self) -> Result<Vec<ApiToken>, StorageError>;

    /// Whose token this is, unless it was revoked or its admin is disabled; notes its use.
    async fn admin_by_api_token(
        &self,
        secret: SecretHash,
        now: Timestamp,
    ) -> Result<Option<Admin>, StorageError>;

    /// Makes it worth nothing; false when there is no such token.
    async fn revoke_api_token(&self, id: ApiTokenId, at: Timestamp) -> Result<bool, StorageError>;
}
