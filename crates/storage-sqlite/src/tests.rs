//! What the writer does inside, where nobody outside can look.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Seq;
use domain::conversation::What;
use domain::notice::NoticeKind;
use sqlx::SqlitePool;
use storage::conformance::samples::*;
use storage::{Appended, Change, Claim, Conversations, EventLog, Inquiries, Outbox, StorageError};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::SqliteStorage;
use crate::figures::{CALLS_SINCE, MAILS_SINCE};
use crate::group::{self, Append};

type Answer = oneshot::Receiver<Result<Appended, StorageError>>;

/// Lets changes wait in a queue until all of them are there, so that it is known what shares a group.
async fn at_one_stroke(store: &SqliteStorage, changes: Vec<Change>) -> Vec<Result<Appended, StorageError>> {
    let (appends, queue) = mpsc::channel(changes.len());
    let mut answers: Vec<Answer> = Vec::new();
    for change in changes {
        let (reply, answer) = oneshot::channel();
        appends.send(Append { change, reply }).await.unwrap();
        answers.push(answer);
    }
    drop(appends);
    group::run(Arc::clone(&store.inner.writer), queue, CancellationToken::new()).await;
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.unwrap());
    }
    results
}

/// Counts the commits of the writer from now on.
async fn commits(store: &SqliteStorage) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let mut hold = store.writer().hold().await.unwrap();
    let mut write = hold.begin().await.unwrap();
    write.lock_handle().await.unwrap().set_commit_hook(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        true
    });
    write.commit().await.unwrap();
    count.store(0, Ordering::SeqCst);
    count
}

async fn pragma(pool: &SqlitePool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn the_writer_waits_for_the_disk_and_the_readers_cannot_write() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStorage::open(&folder.path().join("deskbell.db")).await.unwrap();
    let mut hold = store.writer().hold().await.unwrap();
    let mut write = hold.begin().await.unwrap();
    let full: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *write).await.unwrap();
    let references: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *write).await.unwrap();
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *write).await.unwrap();
    assert_eq!((full, references, journal.as_str()), (2, 1, "wal"));
    drop(write);
    drop(hold);
    assert_eq!(pragma(store.readers(), "PRAGMA query_only").await, 1);
    let written = sqlx::query("DELETE FROM visitors").execute(store.readers()).await;
    assert!(written.unwrap_err().to_string().contains("readonly"));
    store.close().await;
}

#[tokio::test]
async fn all_that_wait_share_one_commit() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let mut changes = Vec::new();
    for _ in 0..100 {
        let (visitor, called) = ring(&store, NOON).await.unwrap();
        changes.push(say(&called, by(&visitor), &client_id(), "hello"));
        changes.push(call(&admitted(&store).await.unwrap(), NOON));
    }
    let count = commits(&store).await;
    for result in at_one_stroke(&store, changes).await {
        assert!(matches!(result, Ok(Appended::Stored { .. })), "{result:?}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn those_who_lose_leave_nothing_behind_in_the_commit_of_those_who_win() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    let said = say(&called, by(&visitor), &client_id(), "once");
    stored(&store, said.clone()).await.unwrap();
    let (_, other) = ring(&store, NOON).await.unwrap();
    let joined = stored(&store, next(&other, somebody(), NOON, What::Joined)).await.unwrap();
    let mut changes =
        vec![said, move_to_board(&other, later(300)), call(&visitor, NOON), ring_of(&store).await];
    for change in &mut changes {
        change.notices = vec![notice(NoticeKind::Call, None, NOON)];
    }
    let winner = changes[3].notices[0].id;
    let results = at_one_stroke(&store, changes).await;
    assert!(matches!(results[0], Ok(Appended::Repeated { .. })));
    assert!(is_conflict(&results[1]) && is_conflict(&results[2]) && results[3].is_ok(), "{results:?}");
    let told = store.claim(&Claim::new(later(1), later(60), 9)).await.unwrap();
    assert_eq!(told.iter().map(|notice| notice.id).collect::<Vec<_>>(), [winner]);
    assert_eq!(store.inquiry_counts().await.unwrap(), [0, 0, 0]);
    assert_eq!(store.read_after(joined.id, joined.seq, 9).await.unwrap(), []);
}

/// A call of somebody new, not stored yet.
async fn ring_of(store: &SqliteStorage) -> Change {
    call(&admitted(store).await.unwrap(), NOON)
}

#[tokio::test]
async fn nothing_to_store_is_no_commit() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    let change = say(&called, by(&visitor), &client_id(), "hello");
    stored(&store, change.clone()).await.unwrap();
    let count = commits(&store).await;
    let stale = next(&called, somebody(), NOON, What::Joined);
    let results = at_one_stroke(&store, vec![change, stale]).await;
    assert!(matches!(results[0], Ok(Appended::Repeated { seq: Seq(2) })));
    // The second of the same conversation has its turn after the first.
    assert!(is_conflict(&results[1]));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn changes_of_one_conversation_have_their_turn_one_after_the_other() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    let mut state = called.clone();
    let mut changes = Vec::new();
    for _ in 0..5 {
        let change = say(&state, by(&visitor), &client_id(), "hello");
        state = change.conversation.clone();
        changes.push(change);
    }
    changes.push(changes[1].clone());
    let results = at_one_stroke(&store, changes).await;
    assert!(results[..5].iter().all(|result| matches!(result, Ok(Appended::Stored { .. }))), "{results:?}");
    assert!(matches!(results[5], Ok(Appended::Repeated { seq: Seq(3) })));
    assert_eq!(store.conversation(called.id).await.unwrap().unwrap().conversation, state);
}

#[tokio::test]
async fn one_that_breaks_a_rule_of_the_schema_fails_alone() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let mut changes = Vec::new();
    for n in 0..9 {
        let caller = if n == 4 { visitor() } else { admitted(&store).await.unwrap() };
        changes.push(call(&caller, NOON));
    }
    let ids: Vec<_> = changes.iter().map(|change| change.conversation.id).collect();
    let results = at_one_stroke(&store, changes).await;
    for (n, (result, id)) in results.into_iter().zip(ids).enumerate() {
        let there = store.conversation(id).await.unwrap().is_some();
        assert_eq!((result.is_ok(), there), (n != 4, n != 4), "{n}");
        assert!(n != 4 || matches!(result, Err(StorageError::Backend(_))));
    }
}

#[tokio::test]
async fn joining_beside_a_newer_call_is_a_conflict_of_its_own_only() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let mut joins = Vec::new();
    for blocked in [false, true, false] {
        let (visitor, called) = ring(&store, NOON).await.unwrap();
        let moved = stored(&store, move_to_board(&called, later(300))).await.unwrap();
        if blocked {
            stored(&store, call(&visitor, later(301))).await.unwrap();
        }
        joins.push(next(&moved, somebody(), later(302), What::Joined));
    }
    let count = commits(&store).await;
    let results = at_one_stroke(&store, joins).await;
    assert!(results[0].is_ok() && is_conflict(&results[1]) && results[2].is_ok(), "{results:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_visitors_next_call_may_follow_the_end_of_the_last_in_one_group() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    let cancel = next(&called, by(&visitor), NOON, What::Cancelled);
    let results = at_one_stroke(&store, vec![cancel, call(&visitor, later(1))]).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[tokio::test]
async fn a_commit_that_fails_is_not_acknowledged_and_its_connection_not_trusted_again() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    {
        let mut hold = store.writer().hold().await.unwrap();
        let write = hold.begin().await.unwrap();
        write.commit().await.unwrap();
        let mut write = hold.begin().await.unwrap();
        // A reference that is checked at the commit only makes the commit itself fail.
        sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *write).await.unwrap();
        sqlx::query("PRAGMA cache_size = 77").execute(&mut *write).await.unwrap();
        sqlx::query("UPDATE conversations SET visitor = randomblob(16)").execute(&mut *write).await.unwrap();
        assert!(write.commit().await.is_err());
    }
    let row = store.conversation(called.id).await.unwrap().unwrap();
    assert_eq!(row.conversation, called);
    let mut hold = store.writer().hold().await.unwrap();
    let mut write = hold.begin().await.unwrap();
    let kept: i64 = sqlx::query_scalar("PRAGMA cache_size").fetch_one(&mut *write).await.unwrap();
    assert_ne!(kept, 77, "it is a new connection");
    drop(write);
    drop(hold);
    stored(&store, say(&called, by(&visitor), &client_id(), "still here")).await.unwrap();
}

/// Lets the database have so many pages and no more, as a disk of that size would.
async fn limit_pages(store: &SqliteStorage, sql: &'static str) -> i64 {
    let mut hold = store.writer().hold().await.unwrap();
    let mut write = hold.begin().await.unwrap();
    let limit = sqlx::query_scalar(sql).fetch_one(&mut *write).await.unwrap();
    write.commit().await.unwrap();
    limit
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_harms_nothing() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    let pages = pragma(store.readers(), "PRAGMA page_count").await;
    assert_eq!(limit_pages(&store, "PRAGMA max_page_count = 1").await, pages, "it is as full as it can be");
    let words = "가".repeat(90_000);
    let change = say(&called, by(&visitor), &client_id(), &words);
    for _ in 0..3 {
        let failed = store.append(change.clone()).await.unwrap_err();
        assert!(matches!(failed, StorageError::Backend(_)), "{failed:?}");
        assert_eq!(store.conversation(called.id).await.unwrap().unwrap().conversation, called);
        assert_eq!(store.read_after(called.id, Seq(1), 10).await.unwrap(), []);
    }
    limit_pages(&store, "PRAGMA max_page_count = 1000000").await;
    let state = stored(&store, change).await.unwrap();
    assert_eq!(store.conversation(called.id).await.unwrap().unwrap().conversation, state);
}

#[tokio::test]
async fn a_transaction_that_sqlite_has_rolled_back_by_itself_does_not_block_the_writer() {
    let store = SqliteStorage::in_memory().await.unwrap();
    {
        let mut hold = store.writer().hold().await.unwrap();
        let mut write = hold.begin().await.unwrap();
        // As it does when it runs out of memory or of disk; the driver still counts a transaction.
        sqlx::query("ROLLBACK").execute(&mut *write).await.unwrap();
    }
    ring(&store, NOON).await.unwrap();
    assert_eq!(store.queue().await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_looks_back_reads_a_range_and_sorts_nothing() {
    let store = SqliteStorage::in_memory().await.unwrap();
    for sql in [CALLS_SINCE, MAILS_SINCE] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(explain).bind(0).bind(9).fetch_all(store.readers()).await.unwrap();
        let plan: Vec<String> = steps.into_iter().map(|(_, _, _, step)| step).collect();
        let whole = |step: &String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
        assert!(!plan.iter().any(whole), "{plan:?}");
        assert!(plan[0].contains("_at>?"), "{plan:?}");
    }
}
