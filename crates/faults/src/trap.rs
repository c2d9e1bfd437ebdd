//! The wish that a process dies, or stops, at a moment between two steps (`fault-point`).
//!
//! It is written into a file of the house, with a number of its own. Whoever makes the file of that number first, the process
//! at the moment or the harness that takes the wish back, has it: what was taken back kills nobody later.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use fault_point::Point;

use crate::house::House;

/// The variable by which the server is told where the harness writes its wish.
pub(crate) const VARIABLE: &str = "FAULT_POINT_FILE";

/// The file in which the harness says at which point the server is to die.
pub(crate) struct Trap {
    file: PathBuf,
    /// The number of the last wish.
    number: AtomicU64,
}

impl Trap {
    pub(crate) fn in_house(house: &House) -> Self {
        Self { file: house.path("fault-point"), number: AtomicU64::new(0) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file
    }

    /// From now on, the server dies at this pass of the point.
    pub(crate) fn set(&self, point: Point, pass: u64) -> anyhow::Result<()> {
        self.wish(&format!("{} {pass} end", point.name()))
    }

    /// From now on, the first process that passes the point stops there, until it is told to go on.
    pub(crate) fn stop_at(&self, point: Point) -> anyhow::Result<()> {
        self.wish(&format!("{} 1 stop", point.name()))
    }

    fn wish(&self, wish: &str) -> anyhow::Result<()> {
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let half = self.file.with_extension("half");
        std::fs::write(&half, format!("{wish} {number}"))?;
        Ok(std::fs::rename(half, &self.file)?)
    }

    /// From now on, nobody dies of it. True when somebody does already.
    pub(crate) fn lift(&self) -> anyhow::Result<bool> {
        let claim = self.file.with_extension(self.number.load(Ordering::Relaxed).to_string());
        // It stays: a process that has read the wish may come to its moment at any time.
        let sprung = match File::create_new(claim) {
            Ok(_) => false,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => true,
            Err(error) => return Err(error.into()),
        };
        std::fs::remove_file(&self.file)?;
        Ok(sprung)
    }
}

/// Holds that the server has died of this point, and of nothing else.
pub(crate) fn sprung(house: &House, point: Point) -> anyhow::Result<()> {
    let log = std::fs::read_to_string(house.path("server.log"))?;
    let said = log.trim_end().ends_with(&format!("fault point {} reached", point.name()));
    ensure!(said, "the server died at {} of something else; {}", point.name(), house.last_words());
    Ok(())
}
