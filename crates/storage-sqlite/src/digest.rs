//! What is gathered in a digest, and what becomes of it.

use domain::Timestamp;
use domain::id::NoticeId;
use domain::notice::SkipReason;
use serde::Serialize;
use sqlx::SqliteConnection;
use storage::{Delivery, Lease, Notice, StorageError};

use crate::SqliteStorage;
use crate::columns::{id_list, integer, json};
use crate::error::backend;
use crate::outbox::{Columns, Outcome, columns};

pub(crate) async fn gathered(store: &SqliteStorage, leader: NoticeId) -> Result<Vec<Notice>, StorageError> {
    let rows: Vec<Columns> = sqlx::query_as(columns!(
        "SELECT",
        "FROM notices WHERE digest = ?1 AND state IN ('queued', 'retrying') ORDER BY number"
    ))
    .bind(leader.0)
    .fetch_all(store.readers())
    .await
    .map_err(backend)?;
    rows.into_iter().map(Notice::try_from).collect()
}

#[derive(Serialize)]
struct Skip<'a> {
    id: String,
    word: &'static str,
    by: Option<&'a str>,
    reply: String,
}

pub(crate) async fn record(
    store: &SqliteStorage,
    lease: &Lease,
    delivery: &Delivery,
    told: &[NoticeId],
    skipped: &[(NoticeId, SkipReason)],
    at: Timestamp,
) -> Result<bool, StorageError> {
    let mut hold = store.writer().hold().await.map_err(backend)?;
    let mut write = hold.begin().await.map_err(backend)?;
    let mine = sqlx::query(
        "UPDATE notices SET lease_until = NULL WHERE id = ?1 AND lease = ?2 AND lease_until IS NOT NULL",
    )
    .bind(lease.notice.0)
    .bind(integer(lease.epoch))
    .execute(&mut *write)
    .await
    .map_err(backend)?;
    if mine.rows_affected() == 0 {
        return Ok(false);
    }
    let outcome = Outcome::from(delivery);
    sqlx::query(
        "UPDATE notices SET state = ?3, attempts = attempts + ?4, last_reply = ?5, due_at = coalesce(?6, due_at), \
         sent_at = iif(?3 = 'sent', ?7, sent_at) WHERE digest = ?1 AND state IN ('queued', 'retrying') \
         AND id IN (SELECT unhex(value, '-') FROM json_each(?2))",
    )
    .bind(lease.notice.0)
    .bind(id_list(told.iter().map(|id| id.0)))
    .bind(outcome.state.as_str())
    .bind(outcome.tried)
    .bind(outcome.reply.as_ref())
    .bind(outcome.due_at.map(|at| at.0))
    .bind(at.0)
    .execute(&mut *write)
    .await
    .map_err(backend)?;
    let again = matches!(delivery, Delivery::Retry { .. });
    if again {
        // Whoever leads it may not be in it any more, but still says when.
        sqlx::query("UPDATE notices SET due_at = coalesce(?2, due_at) WHERE id = ?1")
            .bind(lease.notice.0)
            .bind(outcome.due_at.map(|at| at.0))
            .execute(&mut *write)
            .await
            .map_err(backend)?;
    } else {
        skip(&mut write, lease, skipped).await.map_err(backend)?;
    }
    write.commit().await.map_err(backend)?;
    Ok(true)
}

/// Notes what was not needed any more, and lets go what joined too late to be in the mail.
async fn skip(
    write: &mut SqliteConnection,
    lease: &Lease,
    skipped: &[(NoticeId, SkipReason)],
) -> Result<(), sqlx::Error> {
    let skips: Vec<Skip<'_>> = skipped
        .iter()
        .map(|(id, reason)| Skip {
            id: id.to_string(),
            word: reason.as_str(),
            by: reason.by(),
            reply: reason.to_string(),
        })
        .collect();
    sqlx::query(
        "UPDATE notices SET state = 'skipped', skipped = s.value ->> 'word', skipped_by = s.value ->> 'by', \
         last_reply = s.value ->> 'reply' FROM json_each(?2) AS s WHERE digest = ?1 \
         AND notices.id = unhex(s.value ->> 'id', '-') AND notices.state IN ('queued', 'retrying')",
    )
    .bind(lease.notice.0)
    .bind(json(&skips))
    .execute(&mut *write)
    .await?;
    sqlx::query("UPDATE notices SET digest = NULL WHERE digest = ?1 AND state IN ('queued', 'retrying')")
        .bind(lease.notice.0)
        .execute(&mut *write)
        .await?;
    Ok(())
}
