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

/// The newest step of the schema.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|step| step.version).max().unwrap_or(0)
}

/// Checks the engine, then applies what is pending, all of it in one transaction: two processes that start at
/// once do it one after the other, and a crash leaves the old schema or the new one.
pub(crate) async fn run(connection: &mut SqliteConnection) -> Result<(), StorageError> {
    let version: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *connection).await.map_err(backend)?;
    if !new_enough(&version) {
        return Err(StorageError::backend(Unfit::Engine(version)));
    }
    if is_up_to_date(connection).await {
        return Ok(());
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

/// Whether every step was applied as this version knows it, and no other. A process that starts beside busy ones, or beside one
/// that has stopped with the database in its hands, does not wait in line only to find out that there is nothing to do.
async fn is_up_to_date(connection: &mut SqliteConnection) -> bool {
    let query =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version");
    let applied: Result<Vec<(i64, Vec<u8>)>, _> = query.fetch_all(connection).await;
    let known = MIGRATIONS.iter().map(|step| (step.version, step.checksum.to_vec()));
    // In a new database there is no such table.
    applied.is_ok_and(|applied| applied.into_iter().eq(known))
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
