//! Where conversations stand.

use async_trait::async_trait;
use domain::Timestamp;
use domain::conversation::{Conversation, Event};
use domain::id::{ConversationId, InquiryId, VisitorId};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use storage::{ConversationFilter, ConversationRow, Conversations, Page, Paged, StorageError, state_record};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{
    VisitorColumns, containing, count, id_list, integer, page_size, paged, seq, short_number, unreadable,
    wanted,
};
use crate::error::backend;
use crate::event_log::EventColumns;

/// Begins every query for whole conversations.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.number, c.id, c.seq, c.state_json, c.called_at, c.inquiry, v.id AS visitor, v.subject, \
             v.name AS visitor_name, v.email AS visitor_email, v.created_at AS visitor_created_at \
             FROM conversations c JOIN visitors v ON v.id = c.visitor ",
            $rest
        )
    };
}

#[derive(FromRow)]
struct Columns {
    number: i64,
    id: Uuid,
    seq: i64,
    state_json: String,
    called_at: i64,
    inquiry: Option<Uuid>,
    #[sqlx(flatten)]
    visitor: VisitorColumns,
}

impl TryFrom<Columns> for ConversationRow {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        let visitor: domain::visitor::Visitor = row.visitor.into();
        let conversation = Conversation {
            id: ConversationId(row.id),
            visitor: visitor.id,
            seq: seq(row.seq)?,
            called_at: Timestamp(row.called_at),
            inquiry: row.inquiry.map(InquiryId),
            state: state_record::read(&row.state_json).map_err(|_| unreadable())?,
        };
        Ok(Self { conversation, number: count(row.number)?, visitor })
    }
}

#[derive(FromRow)]
struct LastSaid {
    conversation_id: Uuid,
    #[sqlx(flatten)]
    event: EventColumns,
}

impl SqliteStorage {
    async fn one_conversation(
        &self,
        sql: &'static str,
        id: Uuid,
    ) -> Result<Option<ConversationRow>, StorageError> {
        let row: Option<Columns> =
            sqlx::query_as(sql).bind(id).fetch_optional(self.readers()).await.map_err(backend)?;
        row.map(ConversationRow::try_from).transpose()
    }
}

#[async_trait]
impl Conversations for SqliteStorage {
    async fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>, StorageError> {
        self.one_conversation(select!("WHERE c.id = ?1"), id.0).await
    }

    async fn open_conversation_of(
        &self,
        visitor: VisitorId,
    ) -> Result<Option<ConversationRow>, StorageError> {
        let sql = select!("WHERE c.visitor = ?1 AND c.state IN ('waiting', 'active')");
        self.one_conversation(sql, visitor.0).await
    }

    async fn latest_conversation_of(
        &self,
        visitor: VisitorId,
    ) -> Result<Option<ConversationRow>, StorageError> {
        let sql = select!("WHERE c.visitor = ?1 ORDER BY c.number DESC LIMIT 1");
        self.one_conversation(sql, visitor.0).await
    }

    async fn queue(&self) -> Result<Vec<ConversationRow>, StorageError> {
        // Those who wait come before those who are being helped.
        let sql =
            select!("WHERE c.state IN ('waiting', 'active') ORDER BY c.state = 'active', c.since, c.number");
        let rows: Vec<Columns> = sqlx::query_as(sql).fetch_all(self.readers()).await.map_err(backend)?;
        rows.into_iter().map(ConversationRow::try_from).collect()
    }

    async fn conversations(
        &self,
        filter: &ConversationFilter,
        page: Page,
    ) -> Result<Paged<ConversationRow>, StorageError> {
        let mut query = QueryBuilder::<Sqlite>::new(select!("WHERE true"));
        if let Some(before) = page.before {
            query.push(" AND c.number < ").push_bind(integer(before));
        }
        if let Some(state) = filter.state {
            query.push(" AND c.state = ").push_bind(state);
        }
        if let Some(text) = wanted(filter.text.as_deref()) {
            let pattern = containing(text);
            query.push(" AND (c.number = ").push_bind(short_number(text));
            query.push(" OR v.name LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
            query.push(" OR v.email LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
            query.push(" OR EXISTS (SELECT 1 FROM events e WHERE e.conversation = c.number AND e.body LIKE ");
            query.push_bind(pattern).push(" ESCAPE '\\'))");
        }
        query.push(" ORDER BY c.number DESC LIMIT ").push_bind(integer(page_size(page) as u64 + 1));
        let rows: Vec<Columns> = query.build_query_as().fetch_all(self.readers()).await.map_err(backend)?;
        let rows = rows.into_iter().map(ConversationRow::try_from).collect::<Result<_, _>>()?;
        Ok(paged(rows, page, |row| row.number))
    }

    async fn last_said(&self, ids: &[ConversationId]) -> Result<Vec<(ConversationId, Event)>, StorageError> {
        let rows: Vec<LastSaid> = sqlx::query_as(
            "SELECT c.id AS conversation_id, e.seq, e.at, e.by_type, e.by_id, e.by_name, e.client_id, e.kind, \
             e.body, e.data \
             FROM json_each(?1) n \
             CROSS JOIN conversations c ON c.id = unhex(n.value, '-') \
             CROSS JOIN events e ON e.id = (SELECT s.id FROM events s \
                WHERE s.conversation = c.number AND s.kind = 'said' ORDER BY s.seq DESC LIMIT 1)",
        )
        .bind(id_list(ids.iter().map(|id| id.0)))
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        rows.into_iter().map(|row| Ok((ConversationId(row.conversation_id), row.event.try_into()?))).collect()
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<ConversationId>, StorageError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT id FROM conversations WHERE deadline <= ?1 ORDER BY deadline, number LIMIT ?2",
        )
        .bind(now.0)
        .bind(limit)
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        Ok(ids.into_iter().map(ConversationId).collect())
    }

    async fn next_deadline(&self) -> Result<Option<Timestamp>, StorageError> {
        let at: Option<i64> =
            sqlx::query_scalar("SELECT min(deadline) FROM conversations WHERE deadline IS NOT NULL")
                .fetch_one(self.readers())
                .await
                .map_err(backend)?;
        Ok(at.map(Timestamp))
    }
}
