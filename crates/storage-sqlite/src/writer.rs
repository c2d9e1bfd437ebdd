//! The one connection that writes.

use std::ops::{Deref, DerefMut};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};
use storage::StorageError;
use tokio::sync::{Mutex, MutexGuard};

use crate::{migrate, pool};

/// Hands the writing connection to one writer after the other.
pub(crate) struct Writer {
    options: SqliteConnectOptions,
    slot: Mutex<Slot>,
}

struct Slot {
    connection: Option<SqliteConnection>,
    trust: Trust,
}

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
        let slot = Mutex::new(Slot { connection: Some(connection), trust: Trust::Clean });
        Ok(Self { options, slot })
    }

    /// One that never writes.
    pub(crate) fn closed(options: SqliteConnectOptions) -> Self {
        Self { options, slot: Mutex::new(Slot { connection: None, trust: Trust::Closed }) }
    }

    /// Waits for the connection.
    pub(crate) async fn hold(&self) -> Result<Hold<'_>, sqlx::Error> {
        let mut slot = self.slot.lock().await;
        let usable = match slot.trust {
            Trust::Clean => true,
            Trust::Doubtful => slot.is_usable().await,
            Trust::Broken => false,
            Trust::Closed => return Err(sqlx::Error::PoolClosed),
        };
        if !usable {
            slot.connection = None;
        }
        if slot.connection.is_none() {
            slot.connection = Some(self.options.connect().await?);
        }
        slot.trust = Trust::Clean;
        Ok(Hold(slot))
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

impl Slot {
    /// Whether the rollback has worked. SQLite may have rolled back by itself (a full disk), and then the driver
    /// still counts a transaction that is none.
    async fn is_usable(&mut self) -> bool {
        match &mut self.connection {
            Some(connection) => connection.ping().await.is_ok() && !connection.is_in_transaction(),
            None => false,
        }
    }
}

/// The connection, for one writer.
pub(crate) struct Hold<'a>(MutexGuard<'a, Slot>);

impl Hold<'_> {
    /// Begins a transaction that may write from its start: one that only read first could not wait for another
    /// process's write. Dropped without a commit it rolls back.
    pub(crate) async fn begin(&mut self) -> Result<Write<'_>, sqlx::Error> {
        let Slot { connection, trust } = &mut *self.0;
        let connection = connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        *trust = Trust::Doubtful;
        let transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Write { transaction, trust })
    }
}

/// A transaction of the writer.
pub(crate) struct Write<'a> {
    transaction: Transaction<'a, Sqlite>,
    trust: &'a mut Trust,
}

impl Write<'_> {
    /// Returns when all of it is durable.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        *self.trust = Trust::Broken;
        self.transaction.commit().await?;
        *self.trust = Trust::Clean;
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
