//! Prints how many messages a second become durable: `group_commit [PRODUCERS] [SECONDS] [FOLDER]`, in a release build.
//!
//! Each producer is a conversation that says the next thing when the last one is durable. The folder decides about
//! the disk: one in memory shows the price of the code alone.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use storage::conformance::samples::{NOON, by, client_id, ring, say};
use storage::{Appended, EventLog, StorageError};
use storage_sqlite::SqliteStorage;
use tokio::task::JoinSet;

const WORDS: &str =
    "결제 화면에서 다음 단계로 넘어가지 않아요. I pressed the button twice and nothing happened.";

/// Talks until then; gives the time that each message took.
async fn talk(store: SqliteStorage, until: Instant) -> Result<Vec<Duration>, StorageError> {
    let (visitor, mut state) = ring(&store, NOON).await?;
    let mut took = Vec::new();
    while Instant::now() < until {
        let change = say(&state, by(&visitor), &client_id(), WORDS);
        state = change.conversation.clone();
        let begun = Instant::now();
        let appended = store.append(change).await?;
        assert!(matches!(appended, Appended::Stored { .. }), "nobody else writes here");
        took.push(begun.elapsed());
    }
    Ok(took)
}

#[tokio::main]
async fn main() -> Result<(), StorageError> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (producers, seconds) = (number(256), number(5));
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder).map_err(StorageError::backend)?;
    let store = SqliteStorage::open(&folder.path().join("deskbell.db")).await?;

    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let mut tasks = JoinSet::new();
    for _ in 0..producers {
        tasks.spawn(talk(store.clone(), until));
    }
    let mut took = Vec::new();
    for result in tasks.join_all().await {
        took.extend(result?);
    }
    let millis = begun.elapsed().as_millis().max(1);
    took.sort_unstable();
    let percent = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    println!(
        "{producers} producers: {} durable messages/s, p50 {:?}, p99 {:?}",
        took.len() as u128 * 1000 / millis,
        percent(50),
        percent(99)
    );
    store.close().await;
    Ok(())
}
