//! The one connection that writes.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use fault_point::Point;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, Sqlite, SqliteConnection, Transaction};
use storage::StorageError;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::error::is_busy;
use crate::{migrate, pool};

/// Hands the writing connection to one writer after the other.
pub(crate) struct Writer {
    options: SqliteConnectOptions,
    slot: Mutex<Slot>,
}

struct Slot {
    connection: Option<SqliteConnection>,
    trust: Trust,
    /// How long the connection waits for another process that writes.
    patience: Duration,
    /// How many transactions were committed since the log was looked at.
    commits: u32,
    /// Another process that was waited for in vain; `None` while nobody has.
    kept_out: Option<KeptOut>,
}

/// A wait in vain for another process that writes.
#[derive(Clone, Copy)]
struct KeptOut {
    /// When the first asked who was kept out.
    since: Instant,
    /// When somebody gave up last.
    seen: Instant,
}

/// For so long after somebody gave up it is taken for the same process: later there may be another, which deserves a wait of its own.
const STILL: Duration = Duration::from_secs(1);

/// What is too short a wait to be counted.
const GRAIN: Duration = Duration::from_millis(100);

/// After so many commits it is looked how long the log has become.
const LOOK: u32 = 16;

/// So many pages may be in the log before they are moved into the database file: 4 MiB.
const PAGES: i64 = 1000;

/// What is known about the connection after its last use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Its transaction was committed.
    Clean,
    /// Its transaction was dropped, and the rollback is on its way.
    Doubtful,
    /// A commit failed. What the disk holds is unknown, and asking the same file handle again may be answered
    /// with a lie: only a new connection, which reads the log from its beginning, knows.
    Broken,
    /// The store was closed.
    Closed,
}

impl Writer {
    /// Opens the connection and brings the schema up to date.
    pub(crate) async fn open(options: SqliteConnectOptions) -> Result<Self, StorageError> {
        let mut connection = pool::connect(&options).await?;
        migrate::run(&mut connection).await?;
        Ok(Self { options, slot: Mutex::new(Slot::of(Some(connection), Trust::Clean)) })
    }

    /// One that never writes.
    pub(crate) fn closed(options: SqliteConnectOptions) -> Self {
        Self { options, slot: Mutex::new(Slot::of(None, Trust::Closed)) }
    }

    /// Waits for the connection. How long another process that writes is waited for counts from here, or from when the
    /// first asked who was kept out by it: neither those who queue up behind somebody who waits for it nor those who ask
    /// when these have been answered wait each in turn.
    pub(crate) async fn hold(&self) -> Result<Hold<'_>, sqlx::Error> {
        let asked = Instant::now();
        let mut slot = self.slot.lock().await;
        let usable = match slot.trust {
            Trust::Clean => slot.move_log().await,
            Trust::Doubtful => slot.is_usable().await,
            Trust::Broken => false,
            Trust::Closed => return Err(sqlx::Error::PoolClosed),
        };
        if !usable {
            slot.connection = None;
        }
        if slot.connection.is_none() {
            slot.connection = Some(self.options.connect().await?);
            slot.patience = pool::BUSY;
        }
        let since = KeptOut::since(slot.kept_out, asked);
        slot.wait_at_most(pool::BUSY.saturating_sub(since.elapsed())).await?;
        slot.trust = Trust::Clean;
        Ok(Hold { slot, since })
    }

    /// Closes the connection for good.
    pub(crate) async fn close(&self) {
        let mut slot = self.slot.lock().await;
        slot.trust = Trust::Closed;
        if let Some(connection) = slot.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writing connection did not close cleanly");
        }
    }
}

impl KeptOut {
    /// From when the wait of somebody counts who asked at that moment.
    fn since(known: Option<Self>, asked: Instant) -> Instant {
        match known {
            Some(known) if asked <= known.seen + STILL => known.since.min(asked),
            _ => asked,
        }
    }
}

impl Slot {
    const fn of(connection: Option<SqliteConnection>, trust: Trust) -> Self {
        Self { connection, trust, patience: pool::BUSY, commits: 0, kept_out: None }
    }

    /// Has the connection wait for another process no longer than that, or a little.
    async fn wait_at_most(&mut self, left: Duration) -> Result<(), sqlx::Error> {
        // While nobody is in the way this is the whole of it: no statement is spent on a few milliseconds.
        let wanted = if left + GRAIN >= pool::BUSY { pool::BUSY } else { left.max(GRAIN) };
        if let Some(connection) = self.connection.as_mut().filter(|_| wanted != self.patience) {
            // Who gives up in the middle of it leaves nobody with a wait that they do not know of.
            self.patience = Duration::MAX;
            let pragma = format!("PRAGMA busy_timeout = {}", wanted.as_millis());
            sqlx::query(AssertSqlSafe(pragma)).persistent(false).execute(connection).await?;
            self.patience = wanted;
        }
        Ok(())
    }

    /// Moves the log into the database file when it has become long. SQLite would do that by itself, after a commit,
    /// and keep to itself that it failed: the log would grow without a word until the disk is full, and the same file
    /// would be synced again, after which a success says nothing. False when that has happened.
    async fn move_log(&mut self) -> bool {
        let Some(connection) = self.connection.as_mut().filter(|_| self.commits >= LOOK) else { return true };
        self.commits = 0;
        match move_log(connection).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the log could not be moved into the database; it grows meanwhile, and nothing is lost"
                );
                false
            }
        }
    }

    /// Whether the rollback has worked. SQLite may have rolled back by itself (a full disk), and then the driver
    /// still counts a transaction that is none.
    async fn is_usable(&mut self) -> bool {
        match &mut self.connection {
            Some(connection) => connection.ping().await.is_ok() && !connection.is_in_transaction(),
            None => false,
        }
    }
}

async fn move_log(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let pages: i64 =
        sqlx::query("PRAGMA wal_checkpoint(NOOP)").fetch_one(&mut *connection).await?.try_get(1)?;
    if pages >= PAGES {
        // Readers and other processes are not waited for: what they hold up is moved the next time.
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await?;
    }
    Ok(())
}

/// The connection, for one writer.
pub(crate) struct Hold<'a> {
    slot: MutexGuard<'a, Slot>,
    /// Since when it is waited for another process, if one writes.
    since: Instant,
}

impl Hold<'_> {
    /// Begins a transaction that may write from its start: one that only read first could not wait for another
    /// process's write. Dropped without a commit it rolls back.
    pub(crate) async fn begin(&mut self) -> Result<Write<'_>, sqlx::Error> {
        let Slot { connection, trust, commits, kept_out, .. } = &mut *self.slot;
        let connection = connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        *trust = Trust::Doubtful;
        let begun = connection.begin_with("BEGIN IMMEDIATE").await;
        let busy = begun.as_ref().is_err_and(is_busy);
        *kept_out = busy.then(|| KeptOut { since: self.since, seen: Instant::now() });
        let transaction = begun?;
        Ok(Write { transaction, trust, commits })
    }
}

/// A transaction of the writer.
pub(crate) struct Write<'a> {
    transaction: Transaction<'a, Sqlite>,
    trust: &'a mut Trust,
    commits: &'a mut u32,
}

impl Write<'_> {
    /// Returns when all of it is durable.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        *self.trust = Trust::Broken;
        fault_point::pass(Point::WriteReady);
        self.transaction.commit().await?;
        fault_point::pass(Point::WriteCommitted);
        *self.trust = Trust::Clean;
        *self.commits += 1;
        Ok(())
    }
}

impl Deref for Write<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.transaction
    }
}

impl DerefMut for Write<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_counts_from_when_the_first_was_kept_out_by_the_same_process() {
        let first = Instant::now();
        let after = |millis| first + Duration::from_millis(millis);
        assert_eq!(KeptOut::since(None, after(700)), after(700));
        let known = Some(KeptOut { since: first, seen: after(5_000) });
        // In line behind the first, after they had given up, and when that is long ago.
        for (asked, since) in [(1, 0), (5_000, 0), (6_000, 0), (6_001, 6_001)] {
            assert_eq!(KeptOut::since(known, after(asked)), after(since), "{asked}");
        }
    }
}
