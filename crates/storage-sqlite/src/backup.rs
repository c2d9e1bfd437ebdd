//! A copy of the database that can be put into service again.

use std::fs::File;
use std::path::Path;

use domain::Timestamp;
use sqlx::{ConnectOptions, Connection};
use storage::StorageError;

use crate::error::backend;
use crate::{SqliteStorage, migrate, pool};

/// What a database holds, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Calls, all that there ever were.
    pub conversations: u32,
    /// Posts on the board and in the trash.
    pub inquiries: u32,
    /// Admins, the disabled ones as well.
    pub admins: u32,
    /// When the last thing happened in a conversation.
    pub newest: Option<Timestamp>,
}

/// How old a database's schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// The newest step that it has.
    pub found: i64,
    /// The newest step that this version knows.
    pub known: i64,
}

impl SqliteStorage {
    /// How old its schema is; an error when it is no database of Deskbell's.
    pub async fn schema(&self) -> Result<Schema, StorageError> {
        let found =
            sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success");
        let found = found.fetch_one(self.readers()).await.map_err(backend)?;
        Ok(Schema { found, known: migrate::newest() })
    }

    /// Writes all that is committed at one moment into the file `to`, which is there and empty, and brings it to the disk. Others
    /// read and write meanwhile (SQLite, "VACUUM INTO"); the database is only read.
    pub async fn copy(from: &Path, to: &Path) -> Result<(), StorageError> {
        let target = to.to_str().ok_or_else(|| StorageError::backend("the path is not UTF-8"))?;
        let mut connection = pool::copying(from).connect().await.map_err(backend)?;
        let copied = sqlx::query("VACUUM INTO ?1").bind(target).execute(&mut connection).await;
        let closed = connection.close().await;
        copied.map_err(backend)?;
        closed.map_err(backend)?;
        File::open(to).and_then(|file| file.sync_all()).map_err(StorageError::backend)
    }

    /// What is in it.
    pub async fn contents(&self) -> Result<Contents, StorageError> {
        let (conversations, inquiries, admins, newest): (u32, u32, u32, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM inquiries), \
             (SELECT count(*) FROM admins), (SELECT at FROM events ORDER BY id DESC LIMIT 1)",
        )
        .fetch_one(self.readers())
        .await
        .map_err(backend)?;
        Ok(Contents { conversations, inquiries, admins, newest: newest.map(Timestamp) })
    }

    /// Makes a restored database another history: pages that saw more than it knows start over. What was good for one use or
    /// one sign-in is worth nothing any more, for it may have been used or ended since the copy was made.
    pub async fn begin_new_history(&self) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        for statement in
            ["UPDATE meta SET epoch = lower(hex(randomblob(8)))", "DELETE FROM sessions", "DELETE FROM links"]
        {
            sqlx::query(statement).execute(&mut *write).await.map_err(backend)?;
        }
        write.commit().await.map_err(backend)
    }
}
