//! What must be told to somebody and has not been yet, and what became of it.

use std::borrow::Cow;

use async_trait::async_trait;
use domain::Timestamp;
use domain::deed::Deed;
use domain::id::{AdminId, ConversationId, InquiryId, NoticeId};
use domain::notice::{NoticeKind, SkipReason};
use domain::text::Email;
use serde::Serialize;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use storage::{
    Claim, Claimed, Delivery, Lease, NewNotice, Notice, NoticeFilter, NoticeState, Outbox, Page, Paged,
    Recipient, Spared, StorageError, Told,
};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{Subjects, count, integer, json, page_size, paged, unreadable};
use crate::deeds::insert_deed;
use crate::error::backend;
use crate::{claim, digest};

/// The columns of a notice, in every query for whole ones.
macro_rules! columns {
    ($before:expr, $after:literal) => {
        concat!(
            $before,
            " number, id, kind, admin, address, locale, conversation, inquiry, comment, state, attempts, \
             last_reply, skipped, skipped_by, digest, created_at, due_at, sent_at, opened_at, lease ",
            $after
        )
    };
}
pub(crate) use columns;

#[derive(FromRow)]
pub(crate) struct Columns {
    pub(crate) number: i64,
    id: Uuid,
    kind: String,
    address: String,
    locale: String,
    #[sqlx(flatten)]
    about: Subjects,
    state: String,
    attempts: i64,
    last_reply: Option<String>,
    skipped: Option<String>,
    skipped_by: Option<String>,
    digest: Option<Uuid>,
    created_at: i64,
    due_at: i64,
    sent_at: Option<i64>,
    opened_at: Option<i64>,
    pub(crate) lease: i64,
}

impl TryFrom<Columns> for Notice {
    type Error = StorageError;

    fn try_from(row: Columns) -> Result<Self, StorageError> {
        Ok(Self {
            id: NoticeId(row.id),
            number: count(row.number)?,
            kind: NoticeKind::from_word(&row.kind).ok_or_else(unreadable)?,
            to: Recipient {
                admin: row.about.admin(),
                address: Email::from_stored(row.address),
                locale: row.locale.parse().map_err(|()| unreadable())?,
            },
            conversation: row.about.conversation(),
            inquiry: row.about.inquiry(),
            comment: row.about.comment(),
            state: NoticeState::from_word(&row.state).ok_or_else(unreadable)?,
            attempts: u32::try_from(row.attempts).map_err(|_| unreadable())?,
            last_reply: row.last_reply,
            // A word of a newer version is no reason not to show the rest.
            skipped: row.skipped.and_then(|word| SkipReason::from_word(&word, row.skipped_by)),
            digest: row.digest.map(NoticeId),
            created_at: Timestamp(row.created_at),
            due_at: Timestamp(row.due_at),
            sent_at: row.sent_at.map(Timestamp),
            opened_at: row.opened_at.map(Timestamp),
        })
    }
}

/// A notice's row as JSON, by name.
#[derive(Serialize)]
struct NewRow<'a> {
    id: String,
    kind: &'static str,
    admin: Option<String>,
    address: &'a str,
    locale: &'static str,
    conversation: Option<String>,
    inquiry: Option<String>,
    comment: Option<String>,
    created_at: i64,
    due_at: i64,
}

impl<'a> From<&'a NewNotice> for NewRow<'a> {
    fn from(notice: &'a NewNotice) -> Self {
        Self {
            id: notice.id.to_string(),
            kind: notice.kind.as_str(),
            admin: notice.to.admin.map(|id| id.to_string()),
            address: notice.to.address.as_str(),
            locale: notice.to.locale.as_str(),
            conversation: notice.conversation.map(|id| id.to_string()),
            inquiry: notice.inquiry.map(|id| id.to_string()),
            comment: notice.comment.map(|id| id.to_string()),
            created_at: notice.created_at.0,
            due_at: notice.due_at.0,
        }
    }
}

/// Puts notices into the outbox, within the transaction of what causes them.
pub(crate) async fn insert_notices<'a>(
    connection: &mut SqliteConnection,
    notices: impl Iterator<Item = &'a NewNotice>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<NewRow<'a>> = notices.map(NewRow::from).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO notices (id, kind, admin, address, locale, conversation, inquiry, comment, state, \
         attempts, created_at, due_at) \
         SELECT unhex(value ->> 'id', '-'), value ->> 'kind', unhex(value ->> 'admin', '-'), \
         value ->> 'address', value ->> 'locale', unhex(value ->> 'conversation', '-'), \
         unhex(value ->> 'inquiry', '-'), unhex(value ->> 'comment', '-'), 'queued', 0, \
         value ->> 'created_at', value ->> 'due_at' FROM json_each(?1)",
    )
    .bind(json(&rows))
    .execute(connection)
    .await?;
    Ok(())
}

/// The row to come after a try.
pub(crate) struct Outcome<'a> {
    pub(crate) state: NoticeState,
    pub(crate) reply: Cow<'a, str>,
    pub(crate) tried: bool,
    pub(crate) due_at: Option<Timestamp>,
    skipped: Option<&'a SkipReason>,
}

impl<'a> From<&'a Delivery> for Outcome<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        let (state, reply, tried, due_at) = match delivery {
            Delivery::Sent { reply } => (NoticeState::Sent, Cow::from(reply), true, None),
            Delivery::Retry { reply, at } => (NoticeState::Retrying, Cow::from(reply), true, Some(*at)),
            Delivery::Dead { reply } => (NoticeState::Dead, Cow::from(reply), true, None),
            Delivery::Skipped { reason } => (NoticeState::Skipped, reason.to_string().into(), false, None),
        };
        let skipped = match delivery {
            Delivery::Skipped { reason } => Some(reason),
            _ => None,
        };
        Self { state, reply, tried, due_at, skipped }
    }
}

#[async_trait]
impl Outbox for SqliteStorage {
    async fn queue_notices(&self, notices: &[NewNotice], deed: &Deed) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        insert_notices(&mut write, notices.iter()).await.map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn claim(&self, claim: &Claim) -> Result<Vec<Claimed>, StorageError> {
        claim::claim(self, claim).await
    }

    async fn record(&self, lease: &Lease, delivery: &Delivery, at: Timestamp) -> Result<bool, StorageError> {
        let outcome = Outcome::from(delivery);
        let query = sqlx::query(
            "UPDATE notices SET state = ?3, attempts = attempts + ?4, last_reply = ?5, \
             due_at = coalesce(?6, due_at), sent_at = iif(?3 = 'sent', ?7, sent_at), skipped = ?8, \
             skipped_by = ?9, lease_until = NULL \
             WHERE id = ?1 AND lease = ?2 AND lease_until IS NOT NULL AND state IN ('queued', 'retrying')",
        )
        .bind(lease.notice.0)
        .bind(integer(lease.epoch))
        .bind(outcome.state.as_str())
        .bind(outcome.tried)
        .bind(outcome.reply.as_ref())
        .bind(outcome.due_at.map(|at| at.0))
        .bind(at.0)
        .bind(outcome.skipped.map(SkipReason::as_str))
        .bind(outcome.skipped.and_then(SkipReason::by));
        Ok(self.write(query).await? > 0)
    }

    async fn gathered(&self, leader: NoticeId) -> Result<Vec<Notice>, StorageError> {
        digest::gathered(self, leader).await
    }

    async fn record_digest(
        &self,
        lease: &Lease,
        delivery: &Delivery,
        told: &[NoticeId],
        skipped: &[(NoticeId, SkipReason)],
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        digest::record(self, lease, delivery, told, skipped, at).await
    }

    async fn next_notice_at(&self, spared: &Spared) -> Result<Option<Timestamp>, StorageError> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT min(max(due_at, coalesce(lease_until, due_at))) FROM notices \
             WHERE state IN ('queued', 'retrying') AND (digest IS NULL OR digest = id) \
             AND address NOT IN (SELECT value FROM json_each(?1)) \
             AND substr(address, instr(address, '@') + 1) NOT IN (SELECT value FROM json_each(?2))",
        )
        .bind(json(&spared.addresses))
        .bind(json(&spared.domains))
        .fetch_one(self.readers())
        .await
        .map_err(backend)?;
        Ok(at.map(Timestamp))
    }

    async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(columns!("SELECT", "FROM notices WHERE id = ?1"))
            .bind(id.0)
            .fetch_optional(self.readers())
            .await
            .map_err(backend)?;
        row.map(Notice::try_from).transpose()
    }

    async fn notices(&self, filter: &NoticeFilter, page: Page) -> Result<Paged<Notice>, StorageError> {
        let mut query = QueryBuilder::<Sqlite>::new(columns!("SELECT", "FROM notices WHERE true"));
        if let Some(before) = page.before {
            query.push(" AND number < ").push_bind(integer(before));
        }
        if let Some(conversation) = filter.conversation {
            query.push(" AND conversation = ").push_bind(conversation.0);
        }
        if let Some(inquiry) = filter.inquiry {
            query.push(" AND inquiry = ").push_bind(inquiry.0);
        }
        if let Some(state) = filter.state {
            query.push(" AND state = ").push_bind(state.as_str());
        }
        query.push(" ORDER BY number DESC LIMIT ").push_bind(integer(page_size(page) as u64 + 1));
        let rows: Vec<Columns> = query.build_query_as().fetch_all(self.readers()).await.map_err(backend)?;
        let rows = rows.into_iter().map(Notice::try_from).collect::<Result<_, _>>()?;
        Ok(paged(rows, page, |notice| notice.number))
    }

    async fn requeue(&self, id: NoticeId, deed: &Deed) -> Result<bool, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let queued = sqlx::query(
            "UPDATE notices SET state = 'queued', attempts = 0, due_at = ?2, lease_until = NULL, \
             digest = NULL, skipped = NULL, skipped_by = NULL WHERE id = ?1 AND state IN ('dead', 'skipped')",
        )
        .bind(id.0)
        .bind(deed.at.0)
        .execute(&mut *write)
        .await
        .map_err(backend)?;
        if queued.rows_affected() == 0 {
            return Ok(false);
        }
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)?;
        Ok(true)
    }

    async fn mark_opened(
        &self,
        admin: AdminId,
        conversation: Option<ConversationId>,
        inquiry: Option<InquiryId>,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let done = sqlx::query(
            "UPDATE notices SET opened_at = ?4 \
             WHERE admin = ?1 AND opened_at IS NULL AND (conversation = ?2 OR inquiry = ?3)",
        )
        .bind(admin.0)
        .bind(conversation.map(|id| id.0))
        .bind(inquiry.map(|id| id.0))
        .bind(at.0)
        .execute(&mut *write)
        .await
        .map_err(backend)?;
        let news = done.rows_affected() > 0;
        if news {
            write.commit().await.map_err(backend)?;
        }
        Ok(news)
    }

    async fn told(&self, conversation: ConversationId) -> Result<Told, StorageError> {
        let rows: Vec<ToldColumns> = sqlx::query_as(
            "SELECT n.admin, n.state, n.sent_at, n.opened_at, a.name FROM notices n \
             JOIN admins a ON a.id = n.admin \
             WHERE n.conversation = ?1 AND n.kind IN ('call', 'escalation') ORDER BY n.number",
        )
        .bind(conversation.0)
        .fetch_all(self.readers())
        .await
        .map_err(backend)?;
        Ok(summary(&rows))
    }
}

/// What a row of the outbox says about who was told.
#[derive(FromRow)]
struct ToldColumns {
    admin: Uuid,
    state: String,
    sent_at: Option<i64>,
    opened_at: Option<i64>,
    name: String,
}

/// Counts by admin: whoever was mailed at two steps was told once.
fn summary(rows: &[ToldColumns]) -> Told {
    let distinct = |wanted: &dyn Fn(&ToldColumns) -> bool| {
        let admins: std::collections::HashSet<Uuid> =
            rows.iter().filter(|row| wanted(row)).map(|row| row.admin).collect();
        u32::try_from(admins.len()).unwrap_or(u32::MAX)
    };
    let mut opened: Vec<(i64, Uuid, &str)> =
        rows.iter().filter_map(|row| Some((row.opened_at?, row.admin, row.name.as_str()))).collect();
    opened.sort_by_key(|(at, ..)| *at);
    let mut seen = std::collections::HashSet::new();
    opened.retain(|(_, admin, _)| seen.insert(*admin));
    Told {
        mails: distinct(&|row| row.state != NoticeState::Skipped.as_str()),
        sent: distinct(&|row| row.state == NoticeState::Sent.as_str()),
        sent_at: rows.iter().filter_map(|row| row.sent_at).min().map(Timestamp),
        opened_by: opened.into_iter().map(|(_, _, name)| name.to_owned()).collect(),
    }
}
