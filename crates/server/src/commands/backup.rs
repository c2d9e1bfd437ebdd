//! `deskbell backup FILE`

use std::path::Path;

use anyhow::{Context, bail};
use storage::Meta;
use storage_sqlite::SqliteStorage;

use crate::cli::Place;
use crate::new_file::NewFile;
use crate::telemetry;

/// Copies the database into a new file, whether it is served or not, and looks whether the copy is sound.
pub(crate) async fn run(place: &Place, file: &Path) -> anyhow::Result<()> {
    let settings = super::load(place)?;
    let database = &settings.database;
    if !database.exists() {
        bail!("there is no database at {}; name the data folder with --data", database.display());
    }
    let copy = NewFile::begin(file)?;
    let copied = SqliteStorage::copy(database, copy.path()).await;
    copied.with_context(|| format!("{} could not be copied", database.display()))?;
    let said = look(copy.path()).await?;
    copy.keep()?;
    telemetry::tell(&format!("{} has {said}", file.display()));
    Ok(())
}

/// What is in a copy, in words; an error when it is not sound.
pub(super) async fn look(copy: &Path) -> anyhow::Result<String> {
    let store = SqliteStorage::open_to_read(copy).await?;
    let looked = async { anyhow::Ok((store.faults().await?, store.contents().await?)) }.await;
    store.close().await;
    let (faults, contents) = looked?;
    if let Some(fault) = faults.first() {
        bail!("the copy is not sound, and not kept: {fault}; `deskbell doctor` looks at the database itself");
    }
    let newest =
        contents.newest.map_or_else(String::new, |at| format!("; the last thing in it happened at {at}"));
    let (calls, posts, admins) = (contents.conversations, contents.inquiries, contents.admins);
    Ok(format!("{calls} calls, {posts} posts and {admins} admins{newest}"))
}
