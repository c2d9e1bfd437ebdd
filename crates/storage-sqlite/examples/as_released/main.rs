//! Prints a database as this version leaves it, with one of each thing in it, as SQL: `as_released > VERSION.sql`.
//!
//! `cargo xtask release dump` calls it; the tests of upgrades read what it has written.

mod dump;

use std::io::Write;

use storage::conformance::one_of_each;
use storage::conformance::samples::fresh;
use storage_sqlite::SqliteStorage;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("deskbell.db");
    let store = SqliteStorage::open(&path).await?;
    // The tests that go on working in it count their ids from the beginning, too.
    for _ in 0..1_000_000 {
        let _taken = fresh();
    }
    one_of_each::fill(&store).await?;
    store.close().await;
    let bare = dump::bare(&path).await?;
    if !bare.is_empty() {
        let names = bare.join(", ");
        return Err(format!("storage::conformance::one_of_each leaves these empty: {names}").into());
    }
    std::io::stdout().write_all(dump::as_text(&path).await?.as_bytes())?;
    Ok(())
}
