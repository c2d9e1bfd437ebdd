//! A database that somebody else keeps: looked at, never changed, and its faults named.

use std::path::{Path, PathBuf};

use storage::{Conversations, Meta, Sessions};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;

use crate::file::beside;

/// A database with nobody at it.
async fn made() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    SqliteStorage::open(&path).await.unwrap().close().await;
    (folder, path)
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn looking_changes_nothing_and_writing_is_refused() {
    let (_folder, path) = made().await;
    let before = bytes(&path);
    let store = SqliteStorage::open_to_read(&path).await.unwrap();
    assert_eq!(store.queue().await.unwrap().len(), 0);
    assert_eq!(store.faults().await.unwrap(), Vec::<String>::new());
    let error = store.purge_sessions(domain::Timestamp(0)).await;
    assert!(error.is_err(), "it must not write");
    store.close().await;
    assert_eq!(bytes(&path), before);
}

#[tokio::test]
async fn what_another_has_committed_is_seen_though_it_never_said_good_bye() {
    let (_folder, path) = made().await;
    let keeper = SqliteStorage::open(&path).await.unwrap();
    let epoch = keeper.epoch().await.unwrap();
    sqlx::query("UPDATE meta SET epoch = 'anotherone'").execute(&mut beside(&path).await).await.unwrap();
    let store = SqliteStorage::open_to_read(&path).await.unwrap();
    let seen = store.epoch().await.unwrap();
    assert_ne!(seen, epoch);
    assert_eq!(seen, "anotherone");
    keeper.close().await;
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    assert!(SqliteStorage::open_to_read(&path).await.is_err());
    assert!(!path.exists());
}

#[tokio::test]
async fn a_row_that_points_nowhere_is_named() {
    let (_folder, path) = made().await;
    let mut other = beside(&path).await;
    sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut other).await.unwrap();
    sqlx::query("INSERT INTO links (secret, admin, expires_at) VALUES (zeroblob(32), zeroblob(16), 0)")
        .execute(&mut other)
        .await
        .unwrap();
    let store = SqliteStorage::open_to_read(&path).await.unwrap();
    let faults = store.faults().await.unwrap();
    assert!(faults.len() == 1 && faults[0].contains("links") && faults[0].contains("admins"), "{faults:?}");
}

#[tokio::test]
async fn an_index_that_does_not_fit_its_table_is_named() {
    let (_folder, path) = made().await;
    let mut other = beside(&path).await;
    let enough = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) \
                  INSERT INTO visitors (id, subject, created_at) \
                  SELECT randomblob(16), 'visitor-' || i, 0 FROM n";
    sqlx::query(enough).execute(&mut other).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut other).await.unwrap();
    drop(other);
    // The same text stands in the table and in its index: the last one in the file is changed.
    let mut file = bytes(&path);
    let at = file.windows(10).rposition(|ten| ten == b"visitor-33").unwrap();
    file[at] = b'X';
    std::fs::write(&path, file).unwrap();
    let store = SqliteStorage::open_to_read(&path).await.unwrap();
    assert!(!store.faults().await.unwrap().is_empty());
}
