//! Who gets which notices.

use domain::notice::NoticeKind;
use sqlx::SqliteConnection;
use storage::{Claim, Claimed, Lease, Notice, StorageError, Turn};

use crate::SqliteStorage;
use crate::columns::{count, integer, json};
use crate::error::backend;
use crate::gather::sort_out;
use crate::outbox::{Columns, columns};

pub(crate) async fn claim(store: &SqliteStorage, claim: &Claim) -> Result<Vec<Claimed>, StorageError> {
    // Every commit of any process makes every mailer ask: whoever finds nothing must not keep the others from writing for it.
    if !is_any_due(store, claim).await? {
        return Ok(Vec::new());
    }
    let mut hold = store.writer().hold().await.map_err(backend)?;
    let mut write = hold.begin().await.map_err(backend)?;
    let mut claimed: Vec<Claimed> = Vec::new();
    let mut changed = false;
    // What is gathered is not due any more, so that every round has fewer to choose from.
    loop {
        let wanted = claim.limit.saturating_sub(u32::try_from(claimed.len()).unwrap_or(u32::MAX));
        let rows = if wanted == 0 { Vec::new() } else { lease(&mut write, claim, wanted).await? };
        if rows.is_empty() {
            break;
        }
        changed = true;
        let rows = readable(rows, claim.turn);
        let before = claimed.len();
        let all = rows.len();
        match &claim.allowance {
            None => claimed.extend(rows),
            Some(allowance) => {
                sort_out(&mut write, claim.now, allowance, rows, &mut claimed).await.map_err(backend)?;
            }
        }
        if claimed.len() - before == all {
            break;
        }
    }
    if changed {
        write.commit().await.map_err(backend)?;
    }
    Ok(claimed)
}

macro_rules! due {
    () => {
        "FROM notices INDEXED BY notices_due \
         WHERE state IN ('queued', 'retrying') AND due_at <= ?1 \
         AND (lease_until IS NULL OR lease_until <= ?1) AND (digest IS NULL OR digest = id) \
         AND address NOT IN (SELECT value FROM json_each(?2)) \
         AND substr(address, instr(address, '@') + 1) NOT IN (SELECT value FROM json_each(?3))"
    };
}

macro_rules! lease_in_order {
    ($order:literal) => {
        columns!(
            concat!(
                "UPDATE notices SET lease_until = ?4, lease = lease + 1 WHERE number IN (SELECT number ",
                due!(),
                " ORDER BY ",
                $order,
                " LIMIT ?5) RETURNING"
            ),
            ""
        )
    };
}

async fn is_any_due(store: &SqliteStorage, claim: &Claim) -> Result<bool, StorageError> {
    let query = concat!("SELECT EXISTS (SELECT 1 ", due!(), ")");
    let found = sqlx::query_scalar(query)
        .bind(claim.now.0)
        .bind(json(&claim.spared.addresses))
        .bind(json(&claim.spared.domains))
        .fetch_one(store.readers());
    found.await.map_err(backend)
}

async fn lease(
    write: &mut SqliteConnection,
    claim: &Claim,
    limit: u32,
) -> Result<Vec<Columns>, StorageError> {
    // The same order as `readable` has.
    let query = match claim.turn {
        Turn::Urgent => lease_in_order!(
            "kind NOT IN ('call', 'escalation'), \
             iif(kind IN ('call', 'escalation'), state <> 'queued', 0), kind <> 'call', \
             iif(kind IN ('call', 'escalation'), -created_at, due_at), \
             iif(kind IN ('call', 'escalation'), -number, number)"
        ),
        Turn::LongestDue => lease_in_order!("due_at, number"),
    };
    sqlx::query_as(query)
        .bind(claim.now.0)
        .bind(json(&claim.spared.addresses))
        .bind(json(&claim.spared.domains))
        .bind(claim.lease_until.0)
        .bind(limit)
        .fetch_all(write)
        .await
        .map_err(backend)
}

/// One that this version cannot read stays leased, and must not keep the others from being sent. The order in
/// which RETURNING yields rows is not defined.
fn readable(rows: Vec<Columns>, turn: Turn) -> Vec<Claimed> {
    let read = |row: Columns| {
        let number = row.number;
        let epoch = row.lease;
        let notice = Notice::try_from(row).and_then(|notice| Ok((notice, count(epoch)?)));
        let (notice, epoch) =
            notice.inspect_err(|error| tracing::error!(number, %error, "a notice is unreadable")).ok()?;
        let lease = Lease { notice: notice.id, epoch };
        Some(Claimed { notice, lease })
    };
    let mut claimed: Vec<Claimed> = rows.into_iter().filter_map(read).collect();
    claimed.sort_by_key(|notice| {
        let number = integer(notice.number);
        let urgent = matches!(notice.kind, NoticeKind::Call | NoticeKind::Escalation);
        match turn {
            Turn::Urgent if urgent => {
                let tried = notice.state != storage::NoticeState::Queued;
                (false, tried, notice.kind != NoticeKind::Call, -notice.created_at.0, -number)
            }
            Turn::Urgent => (true, false, true, notice.due_at.0, number),
            Turn::LongestDue => (false, false, false, notice.due_at.0, number),
        }
    });
    claimed
}
