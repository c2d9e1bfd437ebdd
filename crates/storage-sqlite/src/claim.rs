//! Who gets which notices, and which of them are gathered into a digest instead.

use domain::Timestamp;
use domain::notice::NoticeKind;
use sqlx::SqliteConnection;
use storage::{Allowance, Claim, Claimed, Lease, Notice, StorageError, Turn};
use uuid::Uuid;

use crate::SqliteStorage;
use crate::columns::{count, id_list, integer, json};
use crate::error::backend;
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

/// Gathers what is beyond the allowance, in the order in which it would have left.
async fn sort_out(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    rows: Vec<Claimed>,
    claimed: &mut Vec<Claimed>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    for (at, row) in rows.into_iter().enumerate() {
        // Those after it are leased as well, but it comes first.
        let undecided = id_list(ids[at..].iter().copied());
        if may_go_alone(write, now, allowance, &row, &undecided).await? {
            claimed.push(row);
        } else {
            gather(write, now, allowance, &row).await?;
        }
    }
    Ok(())
}

/// Whether an admin may have this notice as a mail of its own.
async fn may_go_alone(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    claimed: &Claimed,
    undecided: &str,
) -> Result<bool, sqlx::Error> {
    let (Some(admin), None, false) = (claimed.to.admin, claimed.digest, claimed.kind.is_personal()) else {
        return Ok(true);
    };
    let since = now.minus(allowance.per);
    let alone: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM notices WHERE admin = ?1 AND digest IS NULL AND sent_at > ?2 \
         AND state = 'sent') + (SELECT count(*) FROM notices WHERE admin = ?1 AND lease_until > ?3 \
         AND digest IS NULL AND state IN ('queued', 'retrying') AND id NOT IN (SELECT unhex(value, '-') FROM json_each(?4)))",
    )
    .bind(admin.0)
    .bind(since.0)
    .bind(now.0)
    .bind(undecided)
    .fetch_one(&mut *write)
    .await?;
    let mails = i64::from(allowance.mails);
    if alone < mails {
        return Ok(true);
    }
    let Some(call) = claimed.conversation.filter(|_| claimed.kind == NoticeKind::Call) else {
        return Ok(false);
    };
    if alone >= mails + mails / 4 {
        return Ok(false);
    }
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM conversations c JOIN visitors v ON v.id = c.visitor \
         WHERE c.id = ?1 AND v.subject IS NOT NULL AND NOT EXISTS (SELECT 1 FROM notices n \
         JOIN conversations o ON o.id = n.conversation WHERE n.admin = ?2 AND n.digest IS NULL \
         AND n.sent_at > ?3 AND n.kind = 'call' AND o.visitor = c.visitor))",
    )
    .bind(call.0)
    .bind(admin.0)
    .bind(since.0)
    .fetch_one(&mut *write)
    .await
}

/// Puts a notice into its admin's digest, and with it whatever else of theirs is due: a flood is gathered at one
/// stroke. A caller for whom the host site vouches is left to be looked at alone, and what is about one's own sign-in is
/// never gathered.
async fn gather(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    claimed: &Claimed,
) -> Result<(), sqlx::Error> {
    let Some(admin) = claimed.to.admin else { return Ok(()) };
    // Not one that is on its way: what joined it now would be taken for sent with it.
    let open: Option<Uuid> = sqlx::query_scalar(
        "SELECT id FROM notices WHERE admin = ?1 AND digest IS NOT NULL AND digest = id \
         AND state IN ('queued', 'retrying') AND (lease_until IS NULL OR lease_until <= ?2) LIMIT 1",
    )
    .bind(admin.0)
    .bind(now.0)
    .fetch_optional(&mut *write)
    .await?;
    if open.is_none() {
        let (last, recent): (Option<i64>, i64) = sqlx::query_as(
            "SELECT max(sent_at), count(DISTINCT digest) FROM notices \
             WHERE admin = ?1 AND digest IS NOT NULL AND sent_at > ?2",
        )
        .bind(admin.0)
        .bind(now.minus(allowance.per).0)
        .fetch_one(&mut *write)
        .await?;
        let recent = u32::try_from(recent).unwrap_or(u32::MAX);
        let due_at = allowance.pace.next(now, last.map(Timestamp), recent);
        sqlx::query("UPDATE notices SET due_at = ?2 WHERE id = ?1")
            .bind(claimed.id.0)
            .bind(due_at.0)
            .execute(&mut *write)
            .await?;
    }
    sqlx::query(
        "UPDATE notices SET digest = ?1, lease_until = NULL WHERE id = ?2 OR number IN (\
         SELECT n.number FROM notices n INDEXED BY notices_due WHERE n.state IN ('queued', 'retrying') \
         AND n.due_at <= ?4 AND n.admin = ?3 AND n.digest IS NULL \
         AND (n.lease_until IS NULL OR n.lease_until <= ?4) AND n.kind NOT IN ('invitation', 'reset') AND NOT (n.kind = 'call' AND EXISTS (\
         SELECT 1 FROM conversations c JOIN visitors v ON v.id = c.visitor \
         WHERE c.id = n.conversation AND v.subject IS NOT NULL)))",
    )
    .bind(open.unwrap_or(claimed.id.0))
    .bind(claimed.id.0)
    .bind(admin.0)
    .bind(now.0)
    .execute(write)
    .await?;
    Ok(())
}
