//! Visitors and the tokens that their browsers hold.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::VisitorId;
use domain::visitor::Visitor;
use sqlx::FromRow;
use storage::{SecretHash, StorageError, Visitors};

use crate::SqliteStorage;
use crate::columns::VisitorColumns;
use crate::error::backend;

#[derive(FromRow)]
struct Known {
    #[sqlx(flatten)]
    visitor: VisitorColumns,
    expires_at: i64,
}

/// Whether a visitor left nothing, is not there and cannot come back; `?2` is now. Every part that asks elsewhere is an index.
macro_rules! idle {
    () => {
        "v.subject IS NULL AND coalesce(v.seen_at, 0) < ?2 - 3600000 \
         AND NOT EXISTS (SELECT 1 FROM visitor_tokens t WHERE t.visitor = v.id AND t.expires_at > ?2) \
         AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.visitor = v.id) \
         AND NOT EXISTS (SELECT 1 FROM inquiries i WHERE i.author = v.id)"
    };
}

/// The next handful of them.
const IDLE: &str =
    concat!("SELECT v.rowid FROM visitors v WHERE v.rowid > ?1 AND ", idle!(), " ORDER BY v.rowid LIMIT 500");
/// Asks again, for one of them may have come back since. Their tokens go with them.
const FORGET: &str = concat!("DELETE FROM visitors AS v WHERE v.rowid BETWEEN ?1 AND ?3 AND ", idle!());

#[async_trait]
impl Visitors for SqliteStorage {
    async fn admit(
        &self,
        visitor: Visitor,
        token: SecretHash,
        expires_at: Timestamp,
    ) -> Result<Visitor, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        // Two sessions of one subject at once: the second finds the first one's row.
        let admitted: Visitor = sqlx::query_as::<_, VisitorColumns>(
            "INSERT INTO visitors (id, subject, name, email, created_at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (subject) DO UPDATE SET name = excluded.name, email = excluded.email \
             RETURNING id AS visitor, subject, name AS visitor_name, email AS visitor_email, \
             created_at AS visitor_created_at",
        )
        .bind(visitor.id.0)
        .bind(visitor.subject)
        .bind(visitor.name.map(String::from))
        .bind(visitor.email.map(String::from))
        .bind(visitor.created_at.0)
        .fetch_one(&mut *write)
        .await
        .map_err(backend)?
        .into();
        sqlx::query("INSERT INTO visitor_tokens (secret, visitor, expires_at) VALUES (?1, ?2, ?3)")
            .bind(&token[..])
            .bind(admitted.id.0)
            .bind(expires_at.0)
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        write.commit().await.map_err(backend)?;
        Ok(admitted)
    }

    async fn rename_visitor(&self, visitor: &Visitor) -> Result<(), StorageError> {
        let query = sqlx::query("UPDATE visitors SET name = ?2, email = ?3 WHERE id = ?1")
            .bind(visitor.id.0)
            .bind(visitor.name.as_ref().map(domain::text::Name::as_str))
            .bind(visitor.email.as_ref().map(domain::text::Email::as_str));
        self.write(query).await?;
        Ok(())
    }

    async fn visitor(&self, id: VisitorId) -> Result<Option<Visitor>, StorageError> {
        let row: Option<VisitorColumns> = sqlx::query_as(
            "SELECT id AS visitor, subject, name AS visitor_name, email AS visitor_email, \
             created_at AS visitor_created_at FROM visitors WHERE id = ?1",
        )
        .bind(id.0)
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        Ok(row.map(Visitor::from))
    }

    async fn visitor_by_token(
        &self,
        token: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(Visitor, Timestamp)>, StorageError> {
        let row: Option<Known> = sqlx::query_as(
            "SELECT v.id AS visitor, v.subject, v.name AS visitor_name, v.email AS visitor_email, \
             v.created_at AS visitor_created_at, t.expires_at \
             FROM visitor_tokens t JOIN visitors v ON v.id = t.visitor \
             WHERE t.secret = ?1 AND t.expires_at > ?2",
        )
        .bind(&token[..])
        .bind(now.0)
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        Ok(row.map(|row| (row.visitor.into(), Timestamp(row.expires_at))))
    }

    async fn extend_token(&self, token: SecretHash, expires_at: Timestamp) -> Result<(), StorageError> {
        let query =
            sqlx::query("UPDATE visitor_tokens SET expires_at = ?2 WHERE secret = ?1 AND expires_at < ?2")
                .bind(&token[..])
                .bind(expires_at.0);
        self.write(query).await?;
        Ok(())
    }

    async fn visitor_seen(&self, id: VisitorId, at: Timestamp) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let seen =
            sqlx::query("UPDATE visitors SET seen_at = ?2 WHERE id = ?1 AND coalesce(seen_at, ?2 - 1) < ?2")
                .bind(id.0)
                .bind(at.0)
                .execute(&mut *write)
                .await
                .map_err(backend)?;
        if seen.rows_affected() > 0 {
            write.commit().await.map_err(backend)?;
        }
        Ok(())
    }

    async fn visitor_last_seen(&self, id: VisitorId) -> Result<Option<Timestamp>, StorageError> {
        let seen: Option<Option<i64>> = sqlx::query_scalar("SELECT seen_at FROM visitors WHERE id = ?1")
            .bind(id.0)
            .fetch_optional(self.readers())
            .await
            .map_err(backend)?;
        Ok(seen.flatten().map(Timestamp))
    }

    async fn purge_tokens(&self, before: Timestamp) -> Result<u64, StorageError> {
        let query = sqlx::query("DELETE FROM visitor_tokens WHERE expires_at < ?1").bind(before.0);
        let purged = self.write(query).await?;
        Ok(purged)
    }

    async fn purge_visitors(&self, now: Timestamp) -> Result<u64, StorageError> {
        let (mut purged, mut after) = (0, 0);
        loop {
            // The search reads beside the writer, who then holds everybody else up for one handful at a time.
            let found: Vec<i64> = sqlx::query_scalar(IDLE)
                .bind(after)
                .bind(now.0)
                .fetch_all(self.readers())
                .await
                .map_err(backend)?;
            let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(purged) };
            purged += self.write(sqlx::query(FORGET).bind(first).bind(now.0).bind(last)).await?;
            after = *last;
        }
    }
}
