//! What a driver's error means to those who store.

use storage::StorageError;

/// SQLite's `SQLITE_CONSTRAINT`: the low byte of every code that says a row breaks a rule of the schema.
const CONSTRAINT: i32 = 19;

/// SQLite's `SQLITE_BUSY`.
const BUSY: i32 = 5;

/// Wraps an error of the driver.
pub(crate) fn backend(error: sqlx::Error) -> StorageError {
    StorageError::backend(error)
}

/// Whether it says that something which must be unique is there already.
pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether it is about what was to be stored rather than about the database.
pub(crate) fn is_constraint(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(CONSTRAINT)
}

/// Whether another connection has what this one asked for.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(BUSY)
}

/// The low byte of SQLite's extended result code.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code)?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
