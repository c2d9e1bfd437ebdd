//! A database as text: one statement a row, so that a reader sees what a version has left, and a diff what changed.

use std::fmt::Write as _;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new().filename(path).connect().await
}

async fn tables(connection: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )
    .fetch_all(connection)
    .await
}

async fn columns(connection: &mut SqliteConnection, table: &str) -> Result<Vec<String>, sqlx::Error> {
    let query = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1) ORDER BY cid");
    query.bind(table.to_owned()).fetch_all(connection).await
}

/// The statements that make this database again.
pub(crate) async fn as_text(path: &Path) -> Result<String, sqlx::Error> {
    let connection = &mut open(path).await?;
    let mut text = "PRAGMA foreign_keys = OFF;\nBEGIN;\n".to_owned();
    let making: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
         ORDER BY type <> 'table', rowid",
    )
    .fetch_all(&mut *connection)
    .await?;
    for statement in making {
        writeln!(text, "{statement};").ok();
    }
    for table in tables(connection).await? {
        let columns = columns(connection, &table).await?;
        // A line end within a text is spelled out, so that a row stays a line.
        let quoted: Vec<String> =
            columns.iter().map(|column| format!("unistr_quote(\"{column}\")")).collect();
        let sql = format!("SELECT {} FROM \"{table}\" ORDER BY 1", quoted.join(" || ', ' || "));
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
        for row in rows {
            writeln!(text, "INSERT INTO {table} ({}) VALUES ({row});", columns.join(", ")).ok();
        }
    }
    // The highest number that was ever given, also where its row is gone.
    let given: Vec<(String, i64)> = sqlx::query_as("SELECT name, seq FROM sqlite_sequence ORDER BY name")
        .fetch_all(&mut *connection)
        .await?;
    text.push_str("DELETE FROM sqlite_sequence;\n");
    for (table, seq) in given {
        writeln!(text, "INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {seq});").ok();
    }
    text.push_str("COMMIT;\n");
    Ok(text)
}

/// The tables without a row, and the columns that hold nothing in any row.
pub(crate) async fn bare(path: &Path) -> Result<Vec<String>, sqlx::Error> {
    let mut connection = open(path).await?;
    let mut bare = Vec::new();
    for table in tables(&mut connection).await? {
        for column in columns(&mut connection, &table).await? {
            let sql = format!("SELECT count(\"{column}\") FROM \"{table}\"");
            let held: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await?;
            if held == 0 {
                bare.push(format!("{table}.{column}"));
            }
        }
    }
    connection.close().await?;
    Ok(bare)
}
