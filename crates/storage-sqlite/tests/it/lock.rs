//! Several processes on one file: here, several stores.

use std::collections::HashSet;
use std::path::PathBuf;

use domain::Seq;
use domain::conversation::What;
use domain::notice::NoticeKind;
use storage::conformance::samples::*;
use storage::{Appended, Claim, Conversations, EventLog, Meta, Outbox, StorageError};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;

use crate::file::beside;

async fn two_stores() -> (TempDir, PathBuf, [SqliteStorage; 2]) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let stores = [SqliteStorage::open(&path).await.unwrap(), SqliteStorage::open(&path).await.unwrap()];
    (folder, path, stores)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_waits_for_another_process_and_reads_do_not() {
    let (_folder, path, [store, _]) = two_stores().await;
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    let mut other = beside(&path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let appending = {
        let (store, change) = (store.clone(), say(&called, by(&visitor), &client_id(), "patience"));
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { store.append(change).await });
        tasks
    };
    assert_eq!(store.read_after(called.id, Seq::START, 10).await.unwrap().len(), 1);
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    let answers = appending.join_all().await;
    assert!(matches!(answers[0], Ok(Appended::Stored { .. })), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_commits_changes_the_data_version_and_is_read_at_once() {
    let (_folder, _, [here, there]) = two_stores().await;
    let (visitor, called) = ring(&here, NOON).await.unwrap();
    let before = here.data_version().await.unwrap();
    stored(&there, say(&called, by(&visitor), &client_id(), "from there")).await.unwrap();
    assert_ne!(here.data_version().await.unwrap(), before);
    assert_eq!(here.read_after(called.id, Seq(1), 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_that_decide_the_same_call_one_wins() {
    let (_folder, _, stores) = two_stores().await;
    let mut calls = Vec::new();
    for _ in 0..50 {
        calls.push(ring(&stores[0], NOON).await.unwrap().1);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for store in stores.clone() {
        let calls = calls.clone();
        tasks.spawn(async move {
            let mut won = Vec::new();
            for called in calls {
                match store.append(move_to_board(&called, later(300))).await {
                    Ok(_) => won.push(called.id),
                    Err(StorageError::Conflict) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            won
        });
    }
    let won: Vec<_> = tasks.join_all().await.concat();
    assert_eq!(won.len(), 50);
    assert_eq!(won.into_iter().collect::<HashSet<_>>().len(), 50);
    for called in calls {
        let log = stores[1].read_after(called.id, Seq(1), 10).await.unwrap();
        assert!(matches!(log[..], [ref moved] if matches!(moved.what, What::Moved { .. })));
    }
    assert_eq!(stores[0].next_deadline().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_mailers_share_the_outbox() {
    let (_folder, _, stores) = two_stores().await;
    let notices: Vec<_> = (0..60).map(|_| notice(NoticeKind::Call, None, NOON)).collect();
    let mut wanted: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&stores[0], notices).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for store in stores {
        tasks.spawn(async move {
            let mut mine = Vec::new();
            // Ten rounds of seven are enough for all; a store that gave one away twice would never end.
            for _ in 0..10 {
                let claimed = store.claim(&Claim::new(later(1), later(60), 7)).await.unwrap();
                mine.extend(claimed.into_iter().map(|notice| notice.id));
            }
            mine
        });
    }
    let mut claimed = tasks.join_all().await.concat();
    claimed.sort();
    wanted.sort();
    assert_eq!(claimed, wanted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailer_that_has_nothing_to_do_does_not_ask_for_the_right_to_write() {
    let (_folder, path, [store, _]) = two_stores().await;
    tell(&store, vec![notice(NoticeKind::Call, None, later(30))]).await.unwrap();
    let mut other = beside(&path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    // What would wait for the other to let go fails after five seconds.
    assert_eq!(store.claim(&Claim::new(NOON, later(60), 7)).await.unwrap().len(), 0);
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    assert_eq!(store.claim(&Claim::new(later(30), later(60), 7)).await.unwrap().len(), 1);
    assert_eq!(store.claim(&Claim::new(later(40), later(60), 7)).await.unwrap().len(), 0, "it is leased");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_starts_beside_a_busy_one_does_not_wait_in_line() {
    let (_folder, path, [_, _]) = two_stores().await;
    let mut other = beside(&path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    // Had it to write, it would give up after five seconds.
    let started = SqliteStorage::open(&path).await.unwrap();
    assert!(started.epoch().await.unwrap().len() >= 8);
}
