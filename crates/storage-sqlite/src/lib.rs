//! Remembers in SQLite: one file, one writer that commits in groups, a few readers.
//!
//! The writer's connection is the only one that can write. Appends go through a queue to one task, which stores
//! all that wait in one transaction and answers them after the commit (`group`); every other write takes the
//! same connection for a transaction of its own (`writer`). Reads go through a pool of connections that cannot
//! write; in WAL mode they never wait for the writer.

mod admins;
mod backup;
mod claim;
mod columns;
mod conversations;
mod deeds;
mod digest;
mod error;
mod event_log;
mod figures;
mod gather;
mod group;
mod inquiries;
mod links;
mod mailbox;
mod meta;
mod migrate;
mod outbox;
mod pool;
mod second_factor;
mod sessions;
mod visitors;
mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool};
use storage::StorageError;
use tempfile::TempDir;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::backend;
use crate::group::Append;
use crate::pool::Durability;
use crate::writer::Writer;

pub use backup::{Contents, Schema};

/// How many appends may wait for the writer before those who append have to wait for a place.
const QUEUE: usize = 1024;

/// A SQLite database that remembers everything; a cheap handle to it.
#[derive(Clone)]
pub struct SqliteStorage {
    inner: Arc<Inner>,
}

struct Inner {
    appends: mpsc::Sender<Append>,
    writer: Arc<Writer>,
    readers: SqlitePool,
    /// Never writes, and nothing else runs on it: `PRAGMA data_version` counts the commits of all others.
    watcher: Mutex<Option<SqliteConnection>>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// The last to go: the files lie in it.
    _folder: Option<TempDir>,
}

impl SqliteStorage {
    /// Opens the database file, creates it (readable by its owner only, in a folder of the same kind) if it is
    /// not there, and brings its schema up to date. A file that a newer version has written is refused.
    pub async fn open(path: &Path) -> Result<Self, StorageError> {
        pool::prepare_file(path)?;
        let store = Self::start(path, Durability::Full, None).await?;
        // All files are there now, and nothing has been acknowledged yet.
        pool::sync_names(path)?;
        Ok(store)
    }

    /// Opens a database file that somebody else keeps, or has kept, and changes nothing about it: what is asked to
    /// be stored is answered with an error, the schema stays as it is.
    pub async fn open_to_read(path: &Path) -> Result<Self, StorageError> {
        let writer = Writer::closed(pool::writing(path, Durability::Full));
        Self::with(writer, path, None).await
    }

    /// A database of its own that is gone with the last handle to it: the same code on a file in a temporary
    /// folder, which does not wait for the disk.
    pub async fn in_memory() -> Result<Self, StorageError> {
        let folder = tempfile::tempdir().map_err(StorageError::backend)?;
        let path = folder.path().join("deskbell.db");
        pool::prepare_file(&path)?;
        Self::start(&path, Durability::None, Some(folder)).await
    }

    async fn start(
        path: &Path,
        durability: Durability,
        folder: Option<TempDir>,
    ) -> Result<Self, StorageError> {
        Self::with(Writer::open(pool::writing(path, durability)).await?, path, folder).await
    }

    async fn with(writer: Writer, path: &Path, folder: Option<TempDir>) -> Result<Self, StorageError> {
        let writer = Arc::new(writer);
        let readers = pool::readers(path).await?;
        let watcher = Mutex::new(Some(pool::connect(&pool::reading(path)).await?));
        let (appends, queue) = mpsc::channel(QUEUE);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(group::run(Arc::clone(&writer), queue, stop.clone()));
        let inner = Inner { appends, writer, readers, watcher, stop, tasks, _folder: folder };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Stores what waits, then closes every connection. What comes later is answered with an error.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        self.inner.readers.close().await;
        let watcher = self.inner.watcher.lock().await.take();
        if let Some(watcher) = watcher
            && let Err(error) = watcher.close().await
        {
            tracing::warn!(%error, "the database connection did not close cleanly");
        }
        // The last to close, for it is the one that may move the log into the database file.
        self.inner.writer.close().await;
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    /// Runs one statement as a transaction of its own; returns how many rows it has changed.
    pub(crate) async fn write(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<u64, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let done = query.execute(&mut *write).await.map_err(backend)?;
        write.commit().await.map_err(backend)?;
        Ok(done.rows_affected())
    }
}

impl std::fmt::Debug for SqliteStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStorage").finish_non_exhaustive()
    }
}
