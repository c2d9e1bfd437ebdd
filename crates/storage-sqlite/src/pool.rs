//! How connections are opened, and the pool of those that only read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use storage::StorageError;

use crate::error::{backend, is_busy};

/// How long a connection waits for another process that writes.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// How many reads run at once.
const READERS: u32 = 4;

/// Whether a commit waits for the disk.
#[derive(Clone, Copy)]
pub(crate) enum Durability {
    /// What is committed survives a power cut.
    Full,
    /// For databases that end with their process.
    None,
}

/// Creates the folder and the file, where they are missing, so that only their owner can read them. SQLite
/// gives its own two files beside it (`-wal`, `-shm`) the same mode.
pub(crate) fn prepare_file(path: &Path) -> Result<(), StorageError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(StorageError::backend)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(StorageError::backend)?;
    Ok(())
}

/// Brings the names of the files, and of the folders above them, to the disk: what is synced into a file whose name
/// is not there is lost with the power all the same. SQLite sees to its own two files only, and not to whether that
/// has worked.
pub(crate) fn sync_names(path: &Path) -> Result<(), StorageError> {
    let path = path.canonicalize().map_err(StorageError::backend)?;
    for folder in path.ancestors().skip(1) {
        match File::open(folder).and_then(|folder| folder.sync_all()) {
            // A folder of somebody else, which was there before us; or a file system that has no such promise to give.
            Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => {}
            synced => synced.map_err(StorageError::backend)?,
        }
    }
    Ok(())
}

/// The options of the connection that writes.
pub(crate) fn writing(path: &Path, durability: Durability) -> SqliteConnectOptions {
    let synchronous = match durability {
        Durability::Full => SqliteSynchronous::Full,
        Durability::None => SqliteSynchronous::Off,
    };
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("trusted_schema", "OFF")
        // The writer moves the log by itself, so that it hears when that fails.
        .pragma("wal_autocheckpoint", "0")
        // A statement that may fail halfway keeps the pages it changes aside: in memory, not in a file each time.
        .pragma("temp_store", "MEMORY")
        // A group's answer has a row for each of its changes: let them all pass in one go.
        .row_buffer_size(256)
}

/// The options of a connection that cannot write.
pub(crate) fn reading(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
        .pragma("query_only", "ON")
        .pragma("trusted_schema", "OFF")
        .row_buffer_size(256)
}

/// The options of a connection that writes a copy elsewhere: the database itself it only reads.
pub(crate) fn copying(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
        .pragma("trusted_schema", "OFF")
}

/// How often, and how far apart, opening is tried while another process has the file to itself.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// Opens one connection. A new file is turned to write-ahead logging under a lock for which SQLite does not wait
/// as it does for others, so that processes that start at once get in each other's way: they try again.
pub(crate) async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StorageError> {
    for _ in 1..TRIES {
        match options.connect().await {
            Err(error) if is_busy(&error) => tokio::time::sleep(PAUSE).await,
            opened => return opened.map_err(backend),
        }
    }
    options.connect().await.map_err(backend)
}

/// Opens the pool for reads.
pub(crate) async fn readers(path: &Path) -> Result<SqlitePool, StorageError> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        // A file does not hang up: asking first would only cost every read a round trip to its thread.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(reading(path))
        .await
        .map_err(backend)
}
