//! What Linux knows of the server's process (proc(5)).

use std::time::Duration;

use anyhow::Context;

/// A process by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process(pub(crate) u32);

/// Linux counts processor time in hundredths of a second, whatever the kernel's own tick is.
const TICKS: u64 = 100;
/// Bytes in a page.
const PAGE: u64 = 4096;

impl Process {
    /// The processor time that it has used.
    pub(crate) fn cpu(self) -> anyhow::Result<Duration> {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.0)).context("there is no such --pid")?;
        let after_name = stat.rsplit_once(") ").context("an unreadable stat")?.1;
        let fields: Vec<&str> = after_name.split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Ok(Duration::from_millis((ticks(11) + ticks(12)) * 1000 / TICKS))
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn resident(self) -> anyhow::Result<u64> {
        let statm =
            std::fs::read_to_string(format!("/proc/{}/statm", self.0)).context("there is no such --pid")?;
        let pages = statm.split(' ').nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Ok(pages * PAGE)
    }
}
