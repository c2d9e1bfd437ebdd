//! Which of the claimed notices go alone, and which are gathered into a digest instead.

use domain::Timestamp;
use domain::id::AdminId;
use domain::notice::NoticeKind;
use sqlx::SqliteConnection;
use storage::{Allowance, Claimed, Had};
use uuid::Uuid;

use crate::columns::id_list;

/// Gathers what is beyond the allowance, in the order in which it would have left.
pub(crate) async fn sort_out(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    rows: Vec<Claimed>,
    claimed: &mut Vec<Claimed>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut joined: Vec<Uuid> = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        if joined.contains(&row.id.0) {
            continue;
        }
        // Those after it are leased as well, but it comes first.
        let undecided = id_list(ids[at..].iter().copied());
        if row.digest.is_some() {
            joined.extend(take_along(write, now, &row, &undecided).await?);
            claimed.push(row);
            continue;
        }
        let Some(admin) = row.to.admin.filter(|_| !row.kind.is_personal()) else {
            claimed.push(row);
            continue;
        };
        let had = had(write, now, allowance, admin, &undecided).await?;
        if allowance.has_room(&had, now) || is_spared(write, now, allowance, &had, &row, admin).await? {
            claimed.push(row);
        } else {
            // What is in a digest is read after this: one that is claimed here still takes it in.
            let ours = claimed.iter().filter(|one| one.digest.is_some()).map(|one| one.id.0);
            let ours = id_list(ours.chain(ids[at..].iter().copied()));
            gather(write, now, allowance, &had, &row, &ours).await?;
        }
    }
    Ok(())
}

/// A digest that leaves takes along what gathers elsewhere for the same admin, as after a try that failed: or
/// several would leave at once. Says which others led.
async fn take_along(
    write: &mut SqliteConnection,
    now: Timestamp,
    leader: &Claimed,
    undecided: &str,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let Some(admin) = leader.to.admin else { return Ok(Vec::new()) };
    let others: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM notices INDEXED BY notices_gathering WHERE admin = ?1 AND digest = id \
         AND state IN ('queued', 'retrying') AND id <> ?2 AND (lease_until IS NULL OR lease_until <= ?3 \
         OR id IN (SELECT unhex(value, '-') FROM json_each(?4)))",
    )
    .bind(admin.0)
    .bind(leader.id.0)
    .bind(now.0)
    .bind(undecided)
    .fetch_all(&mut *write)
    .await?;
    if !others.is_empty() {
        sqlx::query(
            "UPDATE notices INDEXED BY notices_digest SET digest = ?1, lease_until = NULL \
             WHERE digest IN (SELECT unhex(value, '-') FROM json_each(?2)) AND state IN ('queued', 'retrying')",
        )
        .bind(leader.id.0)
        .bind(id_list(others.iter().copied()))
        .execute(write)
        .await?;
    }
    Ok(others)
}

/// Whether it is the call of somebody for whom the host site vouches, who has a mail of their own in a flood.
async fn is_spared(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    had: &Had,
    claimed: &Claimed,
    admin: AdminId,
) -> Result<bool, sqlx::Error> {
    let Some(call) = claimed.conversation.filter(|_| claimed.kind == NoticeKind::Call) else {
        return Ok(false);
    };
    if !allowance.has_room_for_vouched(had) {
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
    .bind(now.minus(allowance.per).0)
    .fetch_one(&mut *write)
    .await
}

/// What an admin was sent lately, and what is on its way, the undecided left out.
async fn had(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    admin: AdminId,
    undecided: &str,
) -> Result<Had, sqlx::Error> {
    let since = now.minus(allowance.per);
    let mut had = Had::default();
    let open: Vec<bool> = sqlx::query_scalar(
        "SELECT coalesce(lease_until > ?2, false) FROM notices INDEXED BY notices_gathering \
         WHERE admin = ?1 AND digest = id AND state IN ('queued', 'retrying')",
    )
    .bind(admin.0)
    .bind(now.0)
    .fetch_all(&mut *write)
    .await?;
    had.gathering = !open.is_empty();
    // From one to the next: all that a digest told was sent at its moment, and may be thousands.
    let digests: Vec<i64> = sqlx::query_scalar(
        "WITH RECURSIVE digests (at) AS (\
         SELECT max(sent_at) FROM notices WHERE admin = ?1 AND digest IS NOT NULL AND sent_at > ?2 \
         UNION ALL SELECT (SELECT max(n.sent_at) FROM notices n WHERE n.admin = ?1 AND n.digest IS NOT NULL \
         AND n.sent_at > ?2 AND n.sent_at < digests.at) FROM digests WHERE digests.at IS NOT NULL) \
         SELECT at FROM digests WHERE at IS NOT NULL",
    )
    .bind(admin.0)
    .bind(since.0)
    .fetch_all(&mut *write)
    .await?;
    let under_way = open.into_iter().filter(|leased| *leased).map(|_| now);
    had.digests = digests.into_iter().map(Timestamp).chain(under_way).collect();
    let singles: Vec<(i64, bool)> = sqlx::query_as(
        "SELECT n.at, n.kind = 'call' AND v.subject IS NOT NULL FROM (\
         SELECT sent_at AS at, kind, conversation FROM notices WHERE admin = ?1 AND digest IS NULL \
         AND sent_at > ?2 AND state = 'sent' \
         UNION ALL SELECT ?3, kind, conversation FROM notices WHERE admin = ?1 AND lease_until > ?3 \
         AND digest IS NULL AND state IN ('queued', 'retrying') \
         AND id NOT IN (SELECT unhex(value, '-') FROM json_each(?4))) n \
         LEFT JOIN conversations c ON c.id = n.conversation LEFT JOIN visitors v ON v.id = c.visitor \
         WHERE n.kind NOT IN ('invitation', 'reset')",
    )
    .bind(admin.0)
    .bind(since.0)
    .bind(now.0)
    .bind(undecided)
    .fetch_all(write)
    .await?;
    for (at, vouched) in singles {
        if vouched { had.vouched.push(Timestamp(at)) } else { had.alone.push(Timestamp(at)) }
    }
    Ok(had)
}

/// Puts a notice into its admin's digest, and with it whatever else of theirs is due: a flood is gathered at one
/// stroke. A caller for whom the host site vouches is left to be looked at alone, and what is about one's own sign-in is
/// never gathered.
async fn gather(
    write: &mut SqliteConnection,
    now: Timestamp,
    allowance: &Allowance,
    had: &Had,
    claimed: &Claimed,
    ours: &str,
) -> Result<(), sqlx::Error> {
    let Some(admin) = claimed.to.admin else { return Ok(()) };
    // Not one that is on its way with another claim: what joined it now would be taken for sent with it.
    let open: Option<Uuid> = sqlx::query_scalar(
        "SELECT id FROM notices INDEXED BY notices_gathering WHERE admin = ?1 AND digest = id \
         AND state IN ('queued', 'retrying') AND (lease_until IS NULL OR lease_until <= ?2 \
         OR id IN (SELECT unhex(value, '-') FROM json_each(?3))) ORDER BY due_at LIMIT 1",
    )
    .bind(admin.0)
    .bind(now.0)
    .bind(ours)
    .fetch_optional(&mut *write)
    .await?;
    let leaves = allowance.next_digest(had, now);
    // One that failed may be far from its next try: what joins it is told in time all the same.
    let (leader, sooner) = match open {
        Some(open) => (open, Some(leaves.max(now.plus(allowance.pace.apart)))),
        None => (claimed.id.0, None),
    };
    sqlx::query("UPDATE notices SET due_at = coalesce(min(due_at, ?2), ?3) WHERE id = ?1")
        .bind(leader)
        .bind(sooner.map(|at| at.0))
        .bind(leaves.0)
        .execute(&mut *write)
        .await?;
    sqlx::query(
        "UPDATE notices SET digest = ?1, lease_until = NULL WHERE id = ?2 OR number IN (\
         SELECT n.number FROM notices n INDEXED BY notices_due WHERE n.state IN ('queued', 'retrying') \
         AND n.due_at <= ?4 AND n.admin = ?3 AND n.digest IS NULL \
         AND (n.lease_until IS NULL OR n.lease_until <= ?4) AND n.kind NOT IN ('invitation', 'reset') AND NOT (n.kind = 'call' AND EXISTS (\
         SELECT 1 FROM conversations c JOIN visitors v ON v.id = c.visitor \
         WHERE c.id = n.conversation AND v.subject IS NOT NULL)))",
    )
    .bind(leader)
    .bind(claimed.id.0)
    .bind(admin.0)
    .bind(now.0)
    .execute(write)
    .await?;
    Ok(())
}
