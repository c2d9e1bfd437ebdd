//! The built-in mailbox: the mails of a desk without a mail server.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{MailId, NoticeId};
use sqlx::FromRow;
use storage::{Mail, Mailbox, Page, Paged, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{count, integer, page_size, paged};
use crate::error::backend;

/// Begins every query for mails.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT number, id, notice, sender, recipient, subject, text, html, at FROM mails ", $rest)
    };
}

#[derive(FromRow)]
struct Columns {
    number: i64,
    id: Uuid,
    notice: Uuid,
    sender: String,
    recipient: String,
    subject: String,
    text: String,
    html: String,
    at: i64,
}

impl TryFrom<Columns> for Mail {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        Ok(Self {
            id: MailId(row.id),
            number: count(row.number)?,
            notice: NoticeId(row.notice),
            from: row.sender,
            to: row.recipient,
            subject: row.subject,
            text: row.text,
            html: row.html,
            at: Timestamp(row.at),
        })
    }
}

#[async_trait]
impl Mailbox for SqliteStorage {
    async fn keep(&self, mail: &Mail) -> Result<(), StorageError> {
        let query = sqlx::query(
            "INSERT INTO mails (id, notice, sender, recipient, subject, text, html, at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT (notice) DO UPDATE SET id = excluded.id, sender = excluded.sender, \
             recipient = excluded.recipient, subject = excluded.subject, text = excluded.text, \
             html = excluded.html, at = excluded.at",
        )
        .bind(mail.id.0)
        .bind(mail.notice.0)
        .bind(&mail.from)
        .bind(&mail.to)
        .bind(&mail.subject)
        .bind(&mail.text)
        .bind(&mail.html)
        .bind(mail.at.0);
        self.write(query).await?;
        Ok(())
    }

    async fn mails(&self, page: Page) -> Result<Paged<Mail>, StorageError> {
        let rows: Vec<Columns> = sqlx::query_as(select!("WHERE number < ?1 ORDER BY number DESC LIMIT ?2"))
            .bind(page.before.map_or(i64::MAX, integer))
            .bind(integer(page_size(page) as u64 + 1))
            .fetch_all(self.readers())
            .await
            .map_err(backend)?;
        let rows = rows.into_iter().map(Mail::try_from).collect::<Result<_, _>>()?;
        Ok(paged(rows, page, |mail| mail.number))
    }

    async fn mail(&self, id: MailId) -> Result<Option<Mail>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(select!("WHERE id = ?1"))
            .bind(id.0)
            .fetch_optional(self.readers())
            .await
            .map_err(backend)?;
        row.map(Mail::try_from).transpose()
    }
}
