//! Admins, their passwords and API tokens. Whoever changes one says what deed that is, and it is stored with it.

use async_trait::async_trait;
use domain::Timestamp;
use domain::admin::Admin;
use domain::deed::Deed;
use domain::id::{AdminId, ApiTokenId};

use crate::SecretHash;
use crate::change::NewNotice;
use crate::error::StorageError;

/// An admin to be stored.
#[derive(Debug, Clone)]
pub struct NewAdmin {
    /// Who.
    pub admin: Admin,
    /// The password's argon2id hash in PHC form; `None` until they choose one by a link.
    pub password_hash: Option<String>,
    /// What they are told with it: an invitation.
    pub notices: Vec<NewNotice>,
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
    async fn add_admin(&self, new: NewAdmin, deed: &Deed) -> Result<(), StorageError>;

    /// All of them, oldest first, the disabled too.
    async fn admins(&self) -> Result<Vec<Admin>, StorageError>;

    /// One of them.
    async fn admin(&self, id: AdminId) -> Result<Option<Admin>, StorageError>;

    /// Who signs in with this address (folded to lower case), with their password's hash.
    async fn admin_by_email(&self, folded: &str) -> Result<Option<(Admin, Option<String>)>, StorageError>;

    /// Takes over name, role, duty, locale and whether they are disabled. Disabling ends their sessions.
    async fn update_admin(&self, admin: &Admin, deed: &Deed) -> Result<(), StorageError>;

    /// Sets the password's hash, and ends all of the admin's sessions but `keep` and the links with which another could be chosen.
    async fn set_password(
        &self,
        id: AdminId,
        password_hash: &str,
        keep: Option<SecretHash>,
        deed: &Deed,
    ) -> Result<(), StorageError>;

    /// Stores an API token.
    async fn add_api_token(
        &self,
        token: &ApiToken,
        secret: SecretHash,
        deed: &Deed,
    ) -> Result<(), StorageError>;

    /// All of them, newest first.
    async fn api_tokens(&self) -> Result<Vec<ApiToken>, StorageError>;

    /// Whose token this is, unless it was revoked or its admin is disabled; notes its use.
    async fn admin_by_api_token(
        &self,
        secret: SecretHash,
        now: Timestamp,
    ) -> Result<Option<Admin>, StorageError>;

    /// Makes it worth nothing; false when there is no such token.
    async fn revoke_api_token(&self, id: ApiTokenId, deed: &Deed) -> Result<bool, StorageError>;
}
