//! The inquiry board.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{CommentId, ConversationId, InquiryId, VisitorId};
use domain::inquiry::{Comment, Inquiry, InquiryKind, InquiryStatus};
use domain::text::{Body, Title};
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use storage::event_record::ActorRecord;
use storage::{Inquiries, InquiryChange, InquiryFilter, InquiryRow, Page, Paged, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{
    actor, containing, count, email, id_list, integer, json, name, page_size, paged, short_number,
    unreadable, wanted,
};
use crate::deeds::insert_deed;
use crate::error::{backend, is_unique_violation};
use crate::outbox::insert_notices;

/// Begins every query for posts.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, id, version, kind, status, title, body, email, author, author_name, conversation, \
             created_at, updated_at, trashed_at FROM inquiries ",
            $rest
        )
    };
}

#[derive(FromRow)]
struct Columns {
    number: i64,
    id: Uuid,
    version: i64,
    kind: String,
    status: String,
    title: String,
    body: String,
    email: Option<String>,
    author: Uuid,
    author_name: Option<String>,
    conversation: Option<Uuid>,
    created_at: i64,
    updated_at: i64,
    trashed_at: Option<i64>,
}

impl TryFrom<Columns> for InquiryRow {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        let inquiry = Inquiry {
            id: InquiryId(row.id),
            version: count(row.version)?,
            kind: InquiryKind::from_word(&row.kind).ok_or_else(unreadable)?,
            status: InquiryStatus::from_word(&row.status).ok_or_else(unreadable)?,
            title: Title::from_stored(row.title),
            body: Body::from_stored(row.body),
            email: email(row.email),
            author: VisitorId(row.author),
            author_name: name(row.author_name),
            conversation: row.conversation.map(ConversationId),
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            trashed_at: row.trashed_at.map(Timestamp),
        };
        Ok(Self { inquiry, number: count(row.number)? })
    }
}

/// A post's row as JSON, by name.
#[derive(Serialize)]
struct NewRow<'a> {
    id: String,
    version: i64,
    kind: &'static str,
    status: &'static str,
    title: &'a str,
    body: &'a str,
    email: Option<&'a str>,
    author: String,
    author_name: Option<&'a str>,
    conversation: Option<String>,
    created_at: i64,
    updated_at: i64,
    trashed_at: Option<i64>,
}

impl<'a> From<&'a Inquiry> for NewRow<'a> {
    fn from(inquiry: &'a Inquiry) -> Self {
        Self {
            id: inquiry.id.to_string(),
            version: integer(inquiry.version),
            kind: inquiry.kind.as_str(),
            status: inquiry.status.as_str(),
            title: inquiry.title.as_str(),
            body: inquiry.body.as_str(),
            email: inquiry.email.as_ref().map(domain::text::Email::as_str),
            author: inquiry.author.to_string(),
            author_name: inquiry.author_name.as_ref().map(domain::text::Name::as_str),
            conversation: inquiry.conversation.map(|id| id.to_string()),
            created_at: inquiry.created_at.0,
            updated_at: inquiry.updated_at.0,
            trashed_at: inquiry.trashed_at.map(|at| at.0),
        }
    }
}

/// Inserts new posts and returns their numbers.
pub(crate) async fn insert_inquiries<'a>(
    connection: &mut SqliteConnection,
    inquiries: impl Iterator<Item = &'a Inquiry>,
) -> Result<Vec<i64>, sqlx::Error> {
    let rows: Vec<NewRow<'a>> = inquiries.map(NewRow::from).collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_scalar(
        "INSERT INTO inquiries (id, version, kind, status, title, body, email, author, author_name, \
         conversation, created_at, updated_at, trashed_at) \
         SELECT unhex(value ->> 'id', '-'), value ->> 'version', value ->> 'kind', value ->> 'status', \
         value ->> 'title', value ->> 'body', value ->> 'email', unhex(value ->> 'author', '-'), \
         value ->> 'author_name', unhex(value ->> 'conversation', '-'), value ->> 'created_at', \
         value ->> 'updated_at', value ->> 'trashed_at' FROM json_each(?1) RETURNING number",
    )
    .bind(json(&rows))
    .fetch_all(connection)
    .await
}

/// Moves the row from the version before; `None` when it does not stand there.
async fn update(connection: &mut SqliteConnection, inquiry: &Inquiry) -> Result<Option<i64>, sqlx::Error> {
    let numbers: Vec<i64> = sqlx::query_scalar(
        "UPDATE inquiries SET version = ?2, kind = ?3, status = ?4, title = ?5, body = ?6, email = ?7, \
         author_name = ?8, updated_at = ?9, trashed_at = ?10 WHERE id = ?1 AND version = ?2 - 1 \
         RETURNING number",
    )
    .bind(inquiry.id.0)
    .bind(integer(inquiry.version))
    .bind(inquiry.kind.as_str())
    .bind(inquiry.status.as_str())
    .bind(inquiry.title.as_str())
    .bind(inquiry.body.as_str())
    .bind(inquiry.email.as_ref().map(domain::text::Email::as_str))
    .bind(inquiry.author_name.as_ref().map(domain::text::Name::as_str))
    .bind(inquiry.updated_at.0)
    .bind(inquiry.trashed_at.map(|at| at.0))
    .fetch_all(connection)
    .await?;
    Ok(numbers.into_iter().next())
}

async fn insert_comment(
    connection: &mut SqliteConnection,
    inquiry: i64,
    comment: &Comment,
) -> Result<(), sqlx::Error> {
    let by = ActorRecord::from(&comment.by);
    sqlx::query(
        "INSERT INTO comments (id, inquiry, at, by_type, by_id, by_name, body) \
         VALUES (?1, ?2, ?3, ?4, unhex(?5, '-'), ?6, ?7)",
    )
    .bind(comment.id.0)
    .bind(inquiry)
    .bind(comment.at.0)
    .bind(by.kind)
    .bind(by.id)
    .bind(by.name)
    .bind(comment.body.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Sends what still waits about a post at `at`, where it would have gone later.
async fn release(connection: &mut SqliteConnection, id: InquiryId, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE notices SET due_at = ?2 WHERE inquiry = ?1 AND state IN ('queued', 'retrying') AND due_at > ?2",
    )
    .bind(id.0)
    .bind(at.0)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct CommentColumns {
    inquiry_id: Uuid,
    id: Uuid,
    at: i64,
    by_type: String,
    by_id: Option<Uuid>,
    by_name: Option<String>,
    body: String,
}

impl TryFrom<CommentColumns> for (InquiryId, Comment) {
    type Error = StorageError;

    fn try_from(row: CommentColumns) -> Result<Self, StorageError> {
        let comment = Comment {
            id: CommentId(row.id),
            at: Timestamp(row.at),
            by: actor(row.by_type, row.by_id, row.by_name)?,
            body: Body::from_stored(row.body),
        };
        Ok((InquiryId(row.inquiry_id), comment))
    }
}

#[async_trait]
impl Inquiries for SqliteStorage {
    async fn change_inquiry(&self, change: InquiryChange) -> Result<u64, StorageError> {
        let InquiryChange { inquiry, comment, notices, release_at, deed } = change;
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let number = if inquiry.version == 1 {
            match insert_inquiries(&mut write, std::iter::once(&inquiry)).await {
                Ok(numbers) => numbers.into_iter().next(),
                Err(error) if is_unique_violation(&error) => None,
                Err(error) => return Err(backend(error)),
            }
        } else {
            update(&mut write, &inquiry).await.map_err(backend)?
        };
        let number = number.ok_or(StorageError::Conflict)?;
        if let Some(comment) = &comment {
            insert_comment(&mut write, number, comment).await.map_err(backend)?;
        }
        if let Some(at) = release_at {
            release(&mut write, inquiry.id, at).await.map_err(backend)?;
        }
        insert_notices(&mut write, notices.iter()).await.map_err(backend)?;
        if let Some(deed) = &deed {
            insert_deed(&mut write, deed).await.map_err(backend)?;
        }
        write.commit().await.map_err(backend)?;
        count(number)
    }

    async fn inquiry(&self, id: InquiryId) -> Result<Option<InquiryRow>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(select!("WHERE id = ?1"))
            .bind(id.0)
            .fetch_optional(self.readers())
            .await
            .map_err(backend)?;
        row.map(InquiryRow::try_from).transpose()
    }

    async fn inquiries(&self, filter: &InquiryFilter, page: Page) -> Result<Paged<InquiryRow>, StorageError> {
        let mut query = QueryBuilder::<Sqlite>::new(select!("WHERE "));
        query.push(if filter.trash { "trashed_at IS NOT NULL" } else { "trashed_at IS NULL" });
        if let Some(before) = page.before {
            query.push(" AND number < ").push_bind(integer(before));
        }
        if let Some(status) = filter.status {
            query.push(" AND status = ").push_bind(status.as_str());
        }
        if let Some(kind) = filter.kind {
            query.push(" AND kind = ").push_bind(kind.as_str());
        }
        if let Some(author) = filter.author {
            query.push(" AND author = ").push_bind(author.0);
        }
        if let Some(text) = wanted(filter.text.as_deref()) {
            let pattern = containing(text);
            query.push(" AND (number = ").push_bind(short_number(text));
            for column in ["title", "body", "author_name", "email"] {
                query
                    .push(" OR ")
                    .push(column)
                    .push(" LIKE ")
                    .push_bind(pattern.clone())
                    .push(" ESCAPE '\\'");
            }
            query.push(")");
        }
        query.push(" ORDER BY number DESC LIMIT ").push_bind(integer(page_size(page) as u64 + 1));
        let rows: Vec<Columns> = query.build_query_as().fetch_all(self.readers()).await.map_err(backend)?;
        let rows = rows.into_iter().map(InquiryRow::try_from).collect::<Result<_, _>>()?;
        Ok(paged(rows, page, |row| row.number))
    }

    async fn comments(&self, ids: &[InquiryId]) -> Result<Vec<(InquiryId, Comment)>, StorageError> {
        let rows: Vec<CommentColumns> = sqlx::query_as(
            "SELECT i.id AS inquiry_id, c.id, c.at, c.by_type, c.by_id, c.by_name, c.body FROM json_each(?1) n \
             CROSS JOIN inquiries i ON i.id = unhex(n.value, '-') \
             CROSS JOIN comments c ON c.inquiry = i.number ORDER BY c.place",
        )
        .bind(id_list(ids.iter().map(|id| id.0)))
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        rows.into_iter().map(<(InquiryId, Comment)>::try_from).collect()
    }

    async fn inquiry_counts(&self) -> Result<[u64; 3], StorageError> {
        let counts: Vec<(String, i64)> =
            sqlx::query_as("SELECT status, count(*) FROM inquiries WHERE trashed_at IS NULL GROUP BY status")
                .fetch_all(self.readers())
                .await
                .map_err(backend)?;
        let of = |status: InquiryStatus| {
            let found = counts.iter().find(|(word, _)| word == status.as_str());
            found.map_or(Ok(0), |(_, number)| count(*number))
        };
        Ok([of(InquiryStatus::Open)?, of(InquiryStatus::Answered)?, of(InquiryStatus::Resolved)?])
    }

    async fn purge_trash(&self, before: Timestamp) -> Result<u64, StorageError> {
        let query = sqlx::query("DELETE FROM inquiries WHERE trashed_at < ?1").bind(before.0);
        let purged = self.write(query).await?;
        Ok(purged)
    }
}
