//! A file that is there whole or not at all, and never in the place of another.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rustix::fs::{CWD, RenameFlags, renameat_with};

/// A file beside its place, readable by its owner only, until it is kept. Dropped before that it is gone.
#[derive(Debug)]
pub(crate) struct NewFile {
    beside: PathBuf,
    place: PathBuf,
}

impl NewFile {
    /// Begins one, empty. Fails where something is already.
    pub(crate) fn begin(place: &Path) -> anyhow::Result<Self> {
        let shown = place.display();
        if fs::symlink_metadata(place).is_ok() {
            bail!("{shown} is there already; move it away first, or choose another name");
        }
        let Some(name) = place.file_name() else { bail!("{shown} is no name of a file") };
        let mut beside = name.to_owned();
        beside.push(".new");
        let file = Self { beside: place.with_file_name(beside), place: place.to_owned() };
        // What a killed process has left.
        file.forget();
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file.beside);
        made.with_context(|| format!("{shown} cannot be written"))?;
        Ok(file)
    }

    /// Where it is written.
    pub(crate) fn path(&self) -> &Path {
        &self.beside
    }

    /// Puts it into its place, and brings its name to the disk.
    pub(crate) fn keep(self) -> anyhow::Result<()> {
        let shown = self.place.display();
        let moved = match renameat_with(CWD, &self.beside, CWD, &self.place, RenameFlags::NOREPLACE) {
            // A file system that cannot promise it in one step.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if !self.place.exists() => {
                fs::rename(&self.beside, &self.place)
            }
            moved => moved.map_err(io::Error::from),
        };
        match moved {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                bail!("{shown} was made by somebody else meanwhile, and is left as it is")
            }
            moved => moved.with_context(|| format!("{shown} cannot be put into its place"))?,
        }
        let folder = self.place.parent().filter(|folder| !folder.as_os_str().is_empty());
        let synced = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("the name {shown} may not survive a power cut"))
    }

    fn forget(&self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.beside.clone().into_os_string();
            name.push(end);
            let _not_there = fs::remove_file(name);
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        self.forget();
    }
}
