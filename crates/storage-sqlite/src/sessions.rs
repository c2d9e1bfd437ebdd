//! Sign-in sessions of admins.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::AdminId;
use sqlx::FromRow;
use storage::{SecretHash, SessionRecord, Sessions, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::unreadable;
use crate::error::backend;

#[derive(FromRow)]
struct Columns {
    id: Vec<u8>,
    admin: Option<Uuid>,
    data: String,
    expires_at: i64,
}

impl TryFrom<Columns> for SessionRecord {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.id.try_into().map_err(|_| unreadable())?,
            admin: row.admin.map(AdminId),
            data: row.data,
            expires_at: Timestamp(row.expires_at),
        })
    }
}

#[async_trait]
impl Sessions for SqliteStorage {
    async fn create_session(&self, session: &SessionRecord) -> Result<bool, StorageError> {
        let query = sqlx::query(
            "INSERT INTO sessions (id, admin, data, expires_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&session.id[..])
        .bind(session.admin.map(|id| id.0))
        .bind(&session.data)
        .bind(session.expires_at.0);
        let created = self.write(query).await?;
        Ok(created > 0)
    }

    async fn save_session(&self, session: &SessionRecord) -> Result<(), StorageError> {
        // No insert: a request that began before the sign-out must not bring the session back after it.
        let query = sqlx::query("UPDATE sessions SET admin = ?2, data = ?3, expires_at = ?4 WHERE id = ?1")
            .bind(&session.id[..])
            .bind(session.admin.map(|id| id.0))
            .bind(&session.data)
            .bind(session.expires_at.0);
        self.write(query).await?;
        Ok(())
    }

    async fn session(&self, id: SecretHash, now: Timestamp) -> Result<Option<SessionRecord>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(
            "SELECT id, admin, data, expires_at FROM sessions WHERE id = ?1 AND expires_at > ?2",
        )
        .bind(&id[..])
        .bind(now.0)
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        row.map(SessionRecord::try_from).transpose()
    }

    async fn delete_session(&self, id: SecretHash) -> Result<(), StorageError> {
        let query = sqlx::query("DELETE FROM sessions WHERE id = ?1").bind(&id[..]);
        self.write(query).await?;
        Ok(())
    }

    async fn purge_sessions(&self, before: Timestamp) -> Result<u64, StorageError> {
        let query = sqlx::query("DELETE FROM sessions WHERE expires_at < ?1").bind(before.0);
        let purged = self.write(query).await?;
        Ok(purged)
    }
}
