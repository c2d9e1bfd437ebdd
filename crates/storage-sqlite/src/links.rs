//! Links that work once.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{AdminId, ConversationId, NoticeId};
use sqlx::FromRow;
use storage::{Link, LinkPurpose, Links, SecretHash, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::unreadable;
use crate::error::backend;

#[derive(FromRow)]
struct Columns {
    secret: Vec<u8>,
    purpose: String,
    admin: Option<Uuid>,
    conversation: Option<Uuid>,
    notice: Option<Uuid>,
    expires_at: i64,
}

impl TryFrom<Columns> for Link {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        Ok(Self {
            secret: row.secret.try_into().map_err(|_| unreadable())?,
            purpose: LinkPurpose::from_word(&row.purpose).ok_or_else(unreadable)?,
            admin: row.admin.map(AdminId),
            conversation: row.conversation.map(ConversationId),
            notice: row.notice.map(NoticeId),
            expires_at: Timestamp(row.expires_at),
        })
    }
}

#[async_trait]
impl Links for SqliteStorage {
    async fn add_links(&self, links: &[Link]) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        for link in links {
            let (admin, notice) = (link.admin.map(|id| id.0), link.notice.map(|id| id.0));
            if link.purpose == LinkPurpose::Password && link.notice.is_none() {
                sqlx::query("DELETE FROM links WHERE admin IS ?1 AND purpose = 'password'")
                    .bind(admin)
                    .execute(&mut *write)
                    .await
                    .map_err(backend)?;
            }
            sqlx::query(
                "INSERT INTO links (secret, purpose, admin, conversation, notice, expires_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .bind(&link.secret[..])
            .bind(link.purpose.as_str())
            .bind(admin)
            .bind(link.conversation.map(|id| id.0))
            .bind(notice)
            .bind(link.expires_at.0)
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        }
        write.commit().await.map_err(backend)
    }

    async fn link(&self, secret: SecretHash, now: Timestamp) -> Result<Option<Link>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(
            "SELECT secret, purpose, admin, conversation, notice, expires_at FROM links \
             WHERE secret = ?1 AND expires_at > ?2",
        )
        .bind(&secret[..])
        .bind(now.0)
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        row.map(Link::try_from).transpose()
    }

    async fn use_link(&self, secret: SecretHash, now: Timestamp) -> Result<Option<Link>, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let used: Vec<Columns> = sqlx::query_as(
            "DELETE FROM links WHERE secret = ?1 AND expires_at > ?2 \
             RETURNING secret, purpose, admin, conversation, notice, expires_at",
        )
        .bind(&secret[..])
        .bind(now.0)
        .fetch_all(&mut *write)
        .await
        .map_err(backend)?;
        let Some(used) = used.into_iter().next() else { return Ok(None) };
        let link = Link::try_from(used)?;
        if link.purpose == LinkPurpose::Password {
            sqlx::query("DELETE FROM links WHERE admin IS ?1 AND purpose = 'password'")
                .bind(link.admin.map(|id| id.0))
                .execute(&mut *write)
                .await
                .map_err(backend)?;
        }
        write.commit().await.map_err(backend)?;
        Ok(Some(link))
    }

    async fn purge_links(&self, before: Timestamp) -> Result<u64, StorageError> {
        self.write(sqlx::query("DELETE FROM links WHERE expires_at < ?1").bind(before.0)).await
    }
}
