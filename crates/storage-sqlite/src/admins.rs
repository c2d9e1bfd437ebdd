//! Admins, their passwords and API tokens.

use async_trait::async_trait;
use domain::Timestamp;
use domain::admin::Admin;
use domain::deed::Deed;
use domain::id::{AdminId, ApiTokenId};
use domain::text::{Email, Name};
use sqlx::FromRow;
use storage::{Admins, ApiToken, NewAdmin, SecretHash, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::unreadable;
use crate::deeds::insert_deed;
use crate::error::{backend, is_unique_violation};
use crate::outbox::insert_notices;
use crate::sessions::end_sessions;

/// Begins every query for whole admins.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.email, a.name, a.role, a.on_duty, a.locale, a.password_hash, a.disabled_at, \
             a.created_at FROM admins a ",
            $rest
        )
    };
}

/// How finely the last use of a token is known: a write for each request would be a waste.
const MINUTE: i64 = 60_000;

#[derive(FromRow)]
struct Columns {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    on_duty: bool,
    locale: String,
    password_hash: Option<String>,
    disabled_at: Option<i64>,
    created_at: i64,
}

impl TryFrom<Columns> for Admin {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        Ok(Self {
            id: AdminId(row.id),
            email: Email::from_stored(row.email),
            name: Name::from_stored(row.name),
            role: row.role.parse().map_err(|()| unreadable())?,
            on_duty: row.on_duty,
            locale: row.locale.parse().map_err(|()| unreadable())?,
            disabled_at: row.disabled_at.map(Timestamp),
            created_at: Timestamp(row.created_at),
        })
    }
}

#[derive(FromRow)]
struct TokenColumns {
    id: Uuid,
    admin: Uuid,
    name: String,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl From<TokenColumns> for ApiToken {
    fn from(row: TokenColumns) -> Self {
        Self {
            id: ApiTokenId(row.id),
            admin: AdminId(row.admin),
            name: row.name,
            created_at: Timestamp(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp),
            revoked_at: row.revoked_at.map(Timestamp),
        }
    }
}

#[async_trait]
impl Admins for SqliteStorage {
    async fn add_admin(&self, new: NewAdmin, deed: &Deed) -> Result<(), StorageError> {
        let NewAdmin { admin, password_hash, notices } = new;
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let added = sqlx::query(
            "INSERT INTO admins (id, email, email_folded, name, role, on_duty, locale, password_hash, \
             disabled_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .bind(admin.id.0)
        .bind(admin.email.as_str())
        .bind(admin.email.folded())
        .bind(admin.name.as_str())
        .bind(admin.role.as_str())
        .bind(admin.on_duty)
        .bind(admin.locale.as_str())
        .bind(password_hash)
        .bind(admin.disabled_at.map(|at| at.0))
        .bind(admin.created_at.0)
        .execute(&mut *write)
        .await;
        match added {
            Ok(_) => {}
            Err(error) if is_unique_violation(&error) => return Err(StorageError::Taken),
            Err(error) => return Err(backend(error)),
        }
        insert_notices(&mut write, notices.iter()).await.map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn admins(&self) -> Result<Vec<Admin>, StorageError> {
        let rows: Vec<Columns> = sqlx::query_as(select!("ORDER BY a.created_at, a.rowid"))
            .fetch_all(self.readers())
            .await
            .map_err(backend)?;
        rows.into_iter().map(Admin::try_from).collect()
    }

    async fn admin(&self, id: AdminId) -> Result<Option<Admin>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(select!("WHERE a.id = ?1"))
            .bind(id.0)
            .fetch_optional(self.readers())
            .await
            .map_err(backend)?;
        row.map(Admin::try_from).transpose()
    }

    async fn admin_by_email(&self, folded: &str) -> Result<Option<(Admin, Option<String>)>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(select!("WHERE a.email_folded = ?1"))
            .bind(folded)
            .fetch_optional(self.readers())
            .await
            .map_err(backend)?;
        let Some(mut row) = row else {
            return Ok(None);
        };
        let password_hash = row.password_hash.take();
        Ok(Some((row.try_into()?, password_hash)))
    }

    async fn update_admin(&self, admin: &Admin, deed: &Deed) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        sqlx::query(
            "UPDATE admins SET name = ?2, role = ?3, on_duty = ?4, locale = ?5, disabled_at = ?6 WHERE id = ?1",
        )
        .bind(admin.id.0)
        .bind(admin.name.as_str())
        .bind(admin.role.as_str())
        .bind(admin.on_duty)
        .bind(admin.locale.as_str())
        .bind(admin.disabled_at.map(|at| at.0))
        .execute(&mut *write)
        .await
        .map_err(backend)?;
        if !admin.enabled() {
            end_sessions(&mut write, admin.id, None).await.map_err(backend)?;
        }
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn set_password(
        &self,
        id: AdminId,
        password_hash: &str,
        keep: Option<SecretHash>,
        deed: &Deed,
    ) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        sqlx::query("UPDATE admins SET password_hash = ?2 WHERE id = ?1")
            .bind(id.0)
            .bind(password_hash)
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        end_sessions(&mut write, id, keep).await.map_err(backend)?;
        sqlx::query("DELETE FROM links WHERE admin = ?1 AND purpose IN ('password', 'device')")
            .bind(id.0)
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn add_api_token(
        &self,
        token: &ApiToken,
        secret: SecretHash,
        deed: &Deed,
    ) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        sqlx::query(
            "INSERT INTO api_tokens (id, secret, admin, name, created_at, last_used_at, revoked_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(token.id.0)
        .bind(&secret[..])
        .bind(token.admin.0)
        .bind(&token.name)
        .bind(token.created_at.0)
        .bind(token.last_used_at.map(|at| at.0))
        .bind(token.revoked_at.map(|at| at.0))
        .execute(&mut *write)
        .await
        .map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn api_tokens(&self) -> Result<Vec<ApiToken>, StorageError> {
        let rows: Vec<TokenColumns> = sqlx::query_as(
            "SELECT id, admin, name, created_at, last_used_at, revoked_at FROM api_tokens \
             ORDER BY created_at DESC, rowid DESC",
        )
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        Ok(rows.into_iter().map(ApiToken::from).collect())
    }

    async fn admin_by_api_token(
        &self,
        secret: SecretHash,
        now: Timestamp,
    ) -> Result<Option<Admin>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(select!(
            "JOIN api_tokens t ON t.admin = a.id \
             WHERE t.secret = ?1 AND t.revoked_at IS NULL AND a.disabled_at IS NULL"
        ))
        .bind(&secret[..])
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        let Some(row) = row else {
            return Ok(None);
        };
        self.note_use(secret, Timestamp(now.0 - now.0.rem_euclid(MINUTE))).await?;
        row.try_into().map(Some)
    }

    async fn revoke_api_token(&self, id: ApiTokenId, deed: &Deed) -> Result<bool, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        // Revoked again it keeps the first moment.
        let revoked =
            sqlx::query("UPDATE api_tokens SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1")
                .bind(id.0)
                .bind(deed.at.0)
                .execute(&mut *write)
                .await
                .map_err(backend)?;
        if revoked.rows_affected() == 0 {
            return Ok(false);
        }
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)?;
        Ok(true)
    }
}

impl SqliteStorage {
    /// Writes only when a new minute has begun.
    async fn note_use(&self, secret: SecretHash, minute: Timestamp) -> Result<(), StorageError> {
        let used: Option<i64> = sqlx::query_scalar("SELECT last_used_at FROM api_tokens WHERE secret = ?1")
            .bind(&secret[..])
            .fetch_one(self.readers())
            .await
            .map_err(backend)?;
        if used.is_some_and(|used| used >= minute.0) {
            return Ok(());
        }
        let query = sqlx::query("UPDATE api_tokens SET last_used_at = ?2 WHERE secret = ?1")
            .bind(&secret[..])
            .bind(minute.0);
        self.write(query).await?;
        Ok(())
    }
}
