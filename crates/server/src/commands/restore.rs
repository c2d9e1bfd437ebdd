//! `deskbell restore FILE`

use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use anyhow::{Context, bail};
use storage_sqlite::SqliteStorage;

use crate::cli::{Place, Role};
use crate::commands::{backup, serve};
use crate::new_file::NewFile;
use crate::telemetry;

/// Puts a copy into service where there is no database, as another history of the log.
pub(crate) async fn run(place: &Place, file: &Path) -> anyhow::Result<()> {
    let settings = super::load(place)?;
    serve::make_folder(&settings, place)?;
    // Nobody begins a database of their own here meanwhile.
    let _locks = serve::lock(place, &[Role::Gateway, Role::Portal])?;
    let database = &settings.database;
    // What a database that was moved away has left behind would be taken for a part of this one.
    for end in ["-wal", "-shm"] {
        let mut left = database.clone().into_os_string();
        left.push(end);
        let left = Path::new(&left);
        if left.exists() {
            bail!("{} is there still, and belongs to an older database; move it away, too", left.display());
        }
    }
    let copy = NewFile::begin(database)?;
    let what = || format!("{} cannot be restored", file.display());
    if !file.is_file() {
        bail!("{}: there is no such file", what());
    }
    SqliteStorage::copy(file, copy.path()).await.with_context(what)?;
    let said = backup::look(copy.path()).await.with_context(what)?;
    let store = SqliteStorage::open(copy.path()).await.with_context(what)?;
    let begun = store.begin_new_history().await;
    store.close().await;
    begun.with_context(what)?;
    copy.keep()?;
    give_to_owner(&place.data, database)?;
    telemetry::tell(&format!("{} has {said}.", database.display()));
    telemetry::tell(
        "Everybody signs in anew. API tokens and admins are as they were then: take away again what was taken away since.",
    );
    Ok(())
}

/// What root has put into a folder of somebody else's is theirs: they could not open it otherwise.
fn give_to_owner(data: &Path, database: &Path) -> anyhow::Result<()> {
    let mut files = vec![database.to_owned()];
    files.extend(["gateway.lock", "portal.lock"].map(|name| data.join(name)));
    for file in files {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (owner, found) = (folder.metadata()?, file.metadata()?);
        if owner.uid() != found.uid() {
            chown(&file, Some(owner.uid()), Some(owner.gid()))
                .with_context(|| format!("{} cannot be given to the folder's owner", file.display()))?;
        }
    }
    Ok(())
}
