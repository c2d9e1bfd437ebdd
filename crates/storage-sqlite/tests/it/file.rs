//! The database's file: who may read it, how it is opened, what is refused.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use storage::conformance::samples::*;
use storage::{Meta, StorageError};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A connection beside the store's own, as another program would have it.
pub(crate) async fn beside(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// What an error says, with its causes.
fn story(error: &StorageError) -> String {
    let mut story = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        story = format!("{story}: {error}");
        cause = error.source();
    }
    story
}

#[tokio::test]
async fn only_the_owner_can_read_what_is_created() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data/of/deskbell.db");
    let store = SqliteStorage::open(&path).await.unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for file in ["deskbell.db", "deskbell.db-wal", "deskbell.db-shm"] {
        assert_eq!(mode(&path.with_file_name(file)), 0o600, "{file}");
    }
    store.close().await;
}

#[tokio::test]
async fn every_table_is_strict_and_every_reference_holds() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    SqliteStorage::open(&path).await.unwrap().close().await;
    let mut connection = beside(&path).await;
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 \
         AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(loose.is_empty(), "{loose:?}");
    // A reference without an index of its own makes every deletion of its parent read the whole table.
    let bare: Vec<String> = sqlx::query_scalar(
        "SELECT t.name || '.' || f.\"from\" FROM pragma_table_list t, pragma_foreign_key_list(t.name) f \
         WHERE NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) c \
         WHERE c.seqno = 0 AND c.name = f.\"from\")",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(bare.is_empty(), "{bare:?}");
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    SqliteStorage::open(&path).await.unwrap().close().await;
    let mut connection = beside(&path).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', true, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let error = SqliteStorage::open(&path).await.unwrap_err();
    assert!(story(&error).contains("newer version (schema 9999)"), "{}", story(&error));
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE version = 9999")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left, 1);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_schema_that_was_edited_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    SqliteStorage::open(&path).await.unwrap().close().await;
    let mut connection = beside(&path).await;
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'").execute(&mut connection).await.unwrap();
    let error = SqliteStorage::open(&path).await.unwrap_err();
    assert!(story(&error).contains("differs"), "{}", story(&error));
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let text = "not a database, but long enough that nobody could take it for an empty file\n".repeat(9);
    std::fs::write(&path, &text).unwrap();
    let error = SqliteStorage::open(&path).await.unwrap_err();
    assert!(story(&error).contains("not a database"), "{}", story(&error));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_open_a_new_database_at_once_find_the_same_one() {
    for _ in 0..5 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("deskbell.db");
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let path = path.clone();
            opening.spawn(async move { SqliteStorage::open(&path).await.unwrap() });
        }
        let mut epochs = Vec::new();
        for store in opening.join_all().await {
            epochs.push(store.epoch().await.unwrap());
        }
        assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "{epochs:?}");
    }
}

#[tokio::test]
async fn each_database_has_an_epoch_of_its_own() {
    let (one, two) = (SqliteStorage::in_memory().await.unwrap(), SqliteStorage::in_memory().await.unwrap());
    assert_ne!(one.epoch().await.unwrap(), two.epoch().await.unwrap());
}

#[tokio::test]
async fn the_log_beside_the_file_is_moved_into_it_before_it_is_long() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let store = SqliteStorage::open(&path).await.unwrap();
    let (visitor, mut called) = ring(&store, NOON).await.unwrap();
    let length = |file: &str| std::fs::metadata(path.with_file_name(file)).unwrap().len();
    let (before, long) = (length("deskbell.db"), "help ".repeat(1_600));
    for _ in 0..800 {
        called = stored(&store, say(&called, by(&visitor), &client_id(), &long)).await.unwrap();
    }
    assert!(length("deskbell.db") > before + 4_000_000, "{} bytes", length("deskbell.db"));
    assert!(length("deskbell.db-wal") < 8_000_000, "{} bytes", length("deskbell.db-wal"));
    store.close().await;
}
