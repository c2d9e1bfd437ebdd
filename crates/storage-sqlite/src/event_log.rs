//! The log of a conversation: appends go to the writer's queue, reads to the pool.

use async_trait::async_trait;
use domain::conversation::Event;
use domain::id::{ConversationId, VisitorId};
use domain::text::ClientId;
use domain::{Seq, Timestamp};
use sqlx::FromRow;
use storage::{Appended, Change, EventLog, StorageError, event_record};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{actor, integer, seq, unreadable};
use crate::error::backend;
use crate::group::Append;

/// The columns of an event, wherever they are selected.
#[derive(FromRow)]
pub(crate) struct EventColumns {
    seq: i64,
    at: i64,
    by_type: String,
    by_id: Option<Uuid>,
    by_name: Option<String>,
    client_id: Option<String>,
    kind: String,
    body: Option<String>,
    data: Option<String>,
}

impl TryFrom<EventColumns> for Event {
    type Error = StorageError;

    fn try_from(row: EventColumns) -> Result<Self, StorageError> {
        Ok(Self {
            seq: seq(row.seq)?,
            at: Timestamp(row.at),
            by: actor(row.by_type, row.by_id, row.by_name)?,
            client_id: row.client_id.map(ClientId::from_stored),
            what: event_record::read(&row.kind, row.body, row.data.as_deref()).map_err(|_| unreadable())?,
        })
    }
}

#[derive(FromRow)]
struct Found {
    conversation_id: Uuid,
    #[sqlx(flatten)]
    event: EventColumns,
}

#[async_trait]
impl EventLog for SqliteStorage {
    async fn append(&self, change: Change) -> Result<Appended, StorageError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || StorageError::backend("the writer has stopped");
        self.inner.appends.send(Append { change, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    async fn read_after(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, StorageError> {
        let rows: Vec<EventColumns> = sqlx::query_as(
            "SELECT seq, at, by_type, by_id, by_name, client_id, kind, body, data FROM events \
             WHERE conversation = (SELECT number FROM conversations WHERE id = ?1) AND seq > ?2 \
             ORDER BY seq LIMIT ?3",
        )
        .bind(conversation.0)
        .bind(integer(after.0))
        .bind(limit)
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        rows.into_iter().map(Event::try_from).collect()
    }

    async fn find_by_client_id(
        &self,
        visitor: VisitorId,
        client_id: &ClientId,
    ) -> Result<Option<(ConversationId, Event)>, StorageError> {
        let found: Option<Found> = sqlx::query_as(
            "SELECT c.id AS conversation_id, e.seq, e.at, e.by_type, e.by_id, e.by_name, e.client_id, e.kind, \
             e.body, e.data \
             FROM conversations c CROSS JOIN events e ON e.conversation = c.number \
             WHERE c.visitor = ?1 AND e.client_id = ?2 ORDER BY c.number DESC LIMIT 1",
        )
        .bind(visitor.0)
        .bind(client_id.as_str())
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        found.map(|row| Ok((ConversationId(row.conversation_id), row.event.try_into()?))).transpose()
    }
}
