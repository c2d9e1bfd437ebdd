//! The record of what admins did: deeds, and what they did in calls out of those calls' logs.

use async_trait::async_trait;
use domain::Timestamp;
use domain::deed::{Deed, DeedKind};
use domain::id::{AdminId, ConversationId, InquiryId, NoticeId};
use sqlx::{FromRow, SqliteConnection};
use storage::event_record::ActorRecord;
use storage::{Deeds, Page, Paged, RecordFilter, Recorded, RecordedWhat, StorageError};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{actor, count, integer, page_size, paged, unreadable};
use crate::error::backend;

/// Stores a deed, within the transaction of what it has changed.
pub(crate) async fn insert_deed(connection: &mut SqliteConnection, deed: &Deed) -> Result<(), sqlx::Error> {
    let by = ActorRecord::from(&deed.by);
    sqlx::query(
        "INSERT INTO deeds (at, by_type, by_id, by_name, kind, admin, inquiry, notice, detail) \
         VALUES (?1, ?2, unhex(?3, '-'), ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(deed.at.0)
    .bind(by.kind)
    .bind(by.id)
    .bind(by.name)
    .bind(deed.kind.as_str())
    .bind(deed.admin.map(|id| id.0))
    .bind(deed.inquiry.map(|id| id.0))
    .bind(deed.notice.map(|id| id.0))
    .bind(deed.detail.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Columns {
    key: i64,
    at: i64,
    by_type: String,
    by_id: Option<Uuid>,
    by_name: Option<String>,
    kind: String,
    admin: Option<Uuid>,
    inquiry: Option<Uuid>,
    notice: Option<Uuid>,
    detail: Option<String>,
    conversation: Option<Uuid>,
    conversation_number: Option<i64>,
}

impl TryFrom<Columns> for Recorded {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        let (at, by) = (Timestamp(row.at), actor(row.by_type, row.by_id, row.by_name)?);
        let what = match (row.conversation, row.conversation_number) {
            (Some(conversation), Some(number)) => RecordedWhat::InCall {
                conversation: ConversationId(conversation),
                number: count(number)?,
                kind: row.kind,
            },
            _ => RecordedWhat::Deed(Deed {
                at,
                by: by.clone(),
                kind: DeedKind::from_word(&row.kind).ok_or_else(unreadable)?,
                admin: row.admin.map(AdminId),
                inquiry: row.inquiry.map(InquiryId),
                notice: row.notice.map(NoticeId),
                detail: row.detail,
            }),
        };
        Ok(Self { key: count(row.key)?, at, by, what })
    }
}

#[async_trait]
impl Deeds for SqliteStorage {
    async fn note_deed(&self, deed: &Deed) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn record_of_deeds(
        &self,
        filter: RecordFilter,
        page: Page,
    ) -> Result<Paged<Recorded>, StorageError> {
        // Two tables have no number in common, so the key of a page is made of the moment and the row: unique unless two
        // rows of one millisecond are half a million apart. Each half reads its index from the newest on.
        let rows: Vec<Columns> = sqlx::query_as(
            "SELECT * FROM (SELECT at * 1000000 + number % 500000 AS key, at, by_type, by_id, by_name, kind, admin, \
             inquiry, notice, detail, NULL AS conversation, NULL AS conversation_number FROM deeds \
             WHERE at <= ?1 / 1000000 AND at * 1000000 + number % 500000 < ?1 \
             AND (?2 IS NULL OR by_id = ?2 OR admin = ?2) ORDER BY at DESC, key DESC LIMIT ?3) \
             UNION ALL \
             SELECT * FROM (SELECT e.at * 1000000 + 500000 + e.id % 500000 AS key, e.at, e.by_type, e.by_id, e.by_name, \
             e.kind, NULL, NULL, NULL, NULL, c.id, c.number FROM events e INDEXED BY events_deeds \
             JOIN conversations c ON c.number = e.conversation \
             WHERE e.by_type = 'admin' AND e.kind NOT IN ('said', 'noted') AND e.at <= ?1 / 1000000 \
             AND e.at * 1000000 + 500000 + e.id % 500000 < ?1 AND (?2 IS NULL OR e.by_id = ?2) \
             ORDER BY e.at DESC, key DESC LIMIT ?3) ORDER BY key DESC LIMIT ?3",
        )
        .bind(page.before.map_or(i64::MAX, integer))
        .bind(filter.admin.map(|id| id.0))
        .bind(integer(page_size(page) as u64 + 1))
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        let rows = rows.into_iter().map(Recorded::try_from).collect::<Result<_, _>>()?;
        Ok(paged(rows, page, |row: &Recorded| row.key))
    }
}
