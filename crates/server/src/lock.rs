//! Some roles run once per data folder: a lock that the operating system lets go whatever happens to the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, bail};

/// Held as long as the role runs.
#[derive(Debug)]
pub(crate) struct RoleLock(#[expect(dead_code, reason = "held, never looked at")] File);

impl RoleLock {
    /// Takes the role in this data folder, or says which process has it.
    pub(crate) fn take(data: &Path, role: &str) -> anyhow::Result<Self> {
        let path = data.join(format!("{role}.lock"));
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .with_context(|| format!("{} cannot be opened; is the data folder yours?", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _unreadable = file.read_to_string(&mut holder);
                let holder = holder.trim();
                bail!(
                    "the {role} of {} is run by process {holder} already; stop it first, or use another --data",
                    data.display()
                );
            }
            Err(TryLockError::Error(error)) => return Err(error).context("the data folder cannot be locked"),
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        write!(file, "{}", std::process::id())?;
        Ok(Self(file))
    }
}
