//! A disk as a power cut leaves it: what was brought to it is there, of the rest nothing, or any part.
//!
//! Follows what a server has done to its files, call by call, and says at any moment what would be found if the
//! power failed now. A file's bytes are there once the file was synced, its name once its folder was; that is all
//! that POSIX promises, and more than some disks keep.

mod chat;
pub(crate) mod life;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use rand::RngExt;
use rand::rngs::StdRng;

use crate::strace::Call;

/// What a disk writes at once or not at all.
const SECTOR: usize = 512;

/// What of the unsynced is found after the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing of it.
    Nothing,
    /// Some writes, whole.
    Some,
    /// Some sectors of some writes.
    Torn,
}

/// The files that a cut leaves, by their names.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// A change of a file's bytes that has not been synced.
#[derive(Debug, Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Length(u64),
}

#[derive(Debug, Clone, Default)]
struct Bytes {
    synced: Vec<u8>,
    unsynced: Vec<Change>,
}

/// A change of a folder that has not been synced.
#[derive(Debug, Clone)]
enum Entry {
    Made(String, usize),
    Removed(String),
}

#[derive(Debug, Clone, Default)]
struct Folder {
    synced: BTreeMap<String, usize>,
    unsynced: Vec<Entry>,
}

/// The disk below one folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    root: String,
    /// What each name means now.
    names: BTreeMap<String, usize>,
    files: Vec<Bytes>,
    folders: BTreeMap<String, Folder>,
}

impl Disk {
    /// An empty folder, all of it on the disk.
    pub(crate) fn new(root: &Path) -> Self {
        let root = root.display().to_string();
        Self { folders: BTreeMap::from([(root.clone(), Folder::default())]), root, ..Self::default() }
    }

    /// With everything that is below the folder now, all of it on the disk.
    pub(crate) fn with_all_that_is_there(mut self) -> std::io::Result<Self> {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let mut found = Folder::default();
            for entry in std::fs::read_dir(&folder)? {
                let path = entry?.path();
                let (name, number) = (path.display().to_string(), self.files.len());
                let synced = if path.is_dir() {
                    folders.push(name.clone());
                    Vec::new()
                } else {
                    std::fs::read(&path)?
                };
                self.files.push(Bytes { synced, unsynced: Vec::new() });
                self.names.insert(name.clone(), number);
                found.synced.insert(name, number);
            }
            self.folders.insert(folder, found);
        }
        Ok(self)
    }

    /// Does what a call did.
    pub(crate) fn follow(&mut self, call: &Call) {
        match call {
            Call::Open { file } => self.make(file, false),
            Call::Folder { file } => self.make(file, true),
            Call::Remove { file } => {
                if self.names.remove(file).is_some()
                    && let Some(folder) = self.folder_of(file)
                {
                    folder.unsynced.push(Entry::Removed(file.clone()));
                }
            }
            Call::Write { file, at, bytes } => self.change(file, Change::Write(*at, bytes.clone())),
            Call::Truncate { file, length } => self.change(file, Change::Length(*length)),
            Call::Sync { file } => self.sync(file),
            Call::NoSync { file } => self.forget(file),
            Call::Send { .. } => {}
        }
    }

    fn make(&mut self, file: &str, is_folder: bool) {
        if !file.starts_with(&self.root) || self.names.contains_key(file) {
            return;
        }
        let number = self.files.len();
        self.files.push(Bytes::default());
        self.names.insert(file.to_owned(), number);
        if let Some(folder) = self.folder_of(file) {
            folder.unsynced.push(Entry::Made(file.to_owned(), number));
        }
        if is_folder {
            self.folders.insert(file.to_owned(), Folder::default());
        }
    }

    fn folder_of(&mut self, file: &str) -> Option<&mut Folder> {
        self.folders.get_mut(file.rsplit_once('/')?.0)
    }

    fn change(&mut self, file: &str, change: Change) {
        if let Some(bytes) = self.names.get(file).and_then(|number| self.files.get_mut(*number)) {
            bytes.unsynced.push(change);
        }
    }

    fn sync(&mut self, file: &str) {
        if let Some(folder) = self.folders.get_mut(file) {
            for entry in folder.unsynced.drain(..) {
                enter(&mut folder.synced, entry);
            }
        } else if let Some(bytes) = self.names.get(file).and_then(|number| self.files.get_mut(*number)) {
            for change in bytes.unsynced.drain(..) {
                apply(&mut bytes.synced, &change);
            }
        }
    }

    /// After a failed sync the operating system holds what it could not bring to the disk for clean: it never tries
    /// again, and the next sync says that all is well.
    fn forget(&mut self, file: &str) {
        if let Some(bytes) = self.names.get(file).and_then(|number| self.files.get_mut(*number)) {
            bytes.unsynced.clear();
        }
    }

    /// What is found below the folder if the power fails now. Names appear in the order in which they were made, as
    /// every journalling file system sees to; bytes in any.
    pub(crate) fn after_a_cut(&self, kept: Kept, chance: &mut StdRng) -> Image {
        let mut image = Image::new();
        let mut reached = vec![self.root.clone()];
        while let Some(path) = reached.pop() {
            let Some(folder) = self.folders.get(&path) else { continue };
            let mut entries = folder.synced.clone();
            let more = if kept == Kept::Nothing { 0 } else { chance.random_range(0..=folder.unsynced.len()) };
            for entry in folder.unsynced.iter().take(more).cloned() {
                enter(&mut entries, entry);
            }
            for (name, number) in entries {
                if self.folders.contains_key(&name) {
                    reached.push(name);
                } else if let Some(bytes) = self.files.get(number) {
                    image.insert(name, bytes.after_a_cut(kept, chance));
                }
            }
        }
        image
    }
}

impl Bytes {
    fn after_a_cut(&self, kept: Kept, chance: &mut StdRng) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        if kept == Kept::Nothing {
            return bytes;
        }
        for change in self.unsynced.iter().filter(|_| chance.random_bool(0.5)).collect::<Vec<_>>() {
            match change {
                Change::Write(at, written) if kept == Kept::Torn && chance.random_bool(0.5) => {
                    let sectors = written.chunks(SECTOR).zip(0..);
                    for (sector, number) in sectors.filter(|_| chance.random_bool(0.5)).collect::<Vec<_>>() {
                        let at = at + number * SECTOR as u64;
                        apply(&mut bytes, &Change::Write(at, sector.to_vec()));
                    }
                }
                whole => apply(&mut bytes, whole),
            }
        }
        bytes
    }
}

fn enter(entries: &mut BTreeMap<String, usize>, entry: Entry) {
    match entry {
        Entry::Made(name, number) => {
            entries.insert(name, number);
        }
        Entry::Removed(name) => {
            entries.remove(&name);
        }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    match change {
        Change::Length(length) => bytes.resize(place(*length), 0),
        Change::Write(at, written) => {
            let (from, to) = (place(*at), place(*at) + written.len());
            if bytes.len() < to {
                bytes.resize(to, 0);
            }
            bytes[from..to].copy_from_slice(written);
        }
    }
}
