//! Brings the schema up to date, and refuses what this version cannot read.

use fault_point::Point;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, SqliteConnection};
use storage::StorageError;

use crate::error::backend;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Older ones can destroy a database in WAL mode when a checkpoint and a writer meet.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// The database was made by something else than this version expects.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("SQLite {0} is linked, at least 3.51.3 is needed: older ones can corrupt the database")]
    Engine(String),
    #[error(
        "the database was written by a newer version (schema {0}); install that version or restore a backup"
    )]
    Newer(i64),
    #[error("schema step {0} of the database differs from the one in this version; was a migration edited?")]
    Edited(i64),
}

/// Checks the engine, then applies what is pending, all of it in one transaction: two processes that start at
/// once do it one after the other, and a crash leaves the old schema or the new one.
pub(crate) async fn run(connection: &mut SqliteConnection) -> Result<(), StorageError> {
    let version: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await.map_err(backend)?;
    if !new_enough(&version) {
        return Err(StorageError::backend(Unfit::Engine(version)));
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(backend)?;
    fault_point::pass(Point::MigrationBegun);
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StorageError::backend(Unfit::Newer(version)),
        MigrateError::VersionMismatch(version) => StorageError::backend(Unfit::Edited(version)),
        other => StorageError::backend(other),
    })?;
    fault_point::pass(Point::MigrationApplied);
    transaction.commit().await.map_err(backend)?;
    fault_point::pass(Point::MigrationCommitted);
    Ok(())
}

fn new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let parts: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
    parts >= OLDEST_SQLITE
}

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn an_engine_with_the_wal_fault_is_refused() {
        assert!(!new_enough("3.46.0"));
        assert!(!new_enough("3.51.2"));
        assert!(new_enough("3.51.3"));
        assert!(new_enough("3.54"));
        assert!(new_enough("4.0.0"));
    }
}
