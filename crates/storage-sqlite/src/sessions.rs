//! Sign-in sessions of admins.

use async_trait::async_trait;
use domain::Timestamp;
use domain::deed::Deed;
use domain::id::AdminId;
use sqlx::{FromRow, SqliteConnection};
use storage::{SecretHash, SessionRecord, Sessions, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::unreadable;
use crate::deeds::insert_deed;
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

/// Ends the sessions of an admin, all but `keep`; returns how many.
pub(crate) async fn end_sessions(
    connection: &mut SqliteConnection,
    admin: AdminId,
    keep: Option<SecretHash>,
) -> Result<u64, sqlx::Error> {
    let ended = sqlx::query("DELETE FROM sessions WHERE admin = ?1 AND id IS NOT ?2")
        .bind(admin.0)
        .bind(keep.map(|id| id.to_vec()))
        .execute(connection)
        .await?;
    Ok(ended.rows_affected())
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

    async fn sessions_of(&self, admin: AdminId, now: Timestamp) -> Result<Vec<SessionRecord>, StorageError> {
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT id, admin, data, expires_at FROM sessions WHERE admin = ?1 AND expires_at > ?2",
        )
        .bind(admin.0)
        .bind(now.0)
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        rows.into_iter().map(SessionRecord::try_from).collect()
    }

    async fn end_sessions(
        &self,
        admin: AdminId,
        keep: Option<SecretHash>,
        deed: &Deed,
    ) -> Result<u64, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let ended = end_sessions(&mut write, admin, keep).await.map_err(backend)?;
        if ended > 0 {
            insert_deed(&mut write, deed).await.map_err(backend)?;
            write.commit().await.map_err(backend)?;
        }
        Ok(ended)
    }

    async fn end_session(&self, admin: AdminId, id: SecretHash, deed: &Deed) -> Result<bool, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let ended = sqlx::query("DELETE FROM sessions WHERE id = ?1 AND admin = ?2")
            .bind(&id[..])
            .bind(admin.0)
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)?;
        Ok(true)
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
