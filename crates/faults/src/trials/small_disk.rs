//! R06 on a real, small file system that fills up.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::catalogue::Attempt;
use crate::house::House;
use crate::power_cut::life::{Refused, talk_through};

/// How much each of six people says.
const MESSAGES: usize = 60;
/// What is left when it begins.
const LEFT: u64 = 800 * 1024;
/// How long it stays full after somebody was told.
const FULL: Duration = Duration::from_millis(500);

/// A file system in memory, gone with this.
struct Mounted(PathBuf);

impl Mounted {
    /// `None` where mounting is not allowed.
    fn at(folder: &Path) -> std::io::Result<Option<Self>> {
        std::fs::create_dir(folder)?;
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs"]).arg(folder);
        let mounted = mount.stderr(Stdio::null()).status()?;
        Ok(mounted.success().then(|| Self(folder.to_owned())))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted", self.0.display());
        }
    }
}

/// Talks until the file system is full, and on when there is room again. `None` where none can be mounted.
pub(crate) async fn talk(attempt: &Attempt) -> anyhow::Result<Option<(usize, Refused)>> {
    let house = House::new(&attempt.binary)?.patient();
    let Some(_mounted) = Mounted::at(&house.path("data"))? else { return Ok(None) };
    let server = house.serve().await?;
    let ballast = house.path("data").join("ballast");
    fill(&ballast)?;
    let told = CancellationToken::new();
    let room = async {
        told.cancelled().await;
        sleep(FULL).await;
        Ok(std::fs::remove_file(&ballast)?)
    };
    let talked = talk_through(&house, server, (attempt.seed, MESSAGES), &told, room).await;
    let (acknowledged, refused) = talked.context("on a small file system")?;
    ensure!(refused.times > 0, "the small file system was never full");
    Ok(Some((acknowledged, refused)))
}

/// Takes all the room there is but for a little.
fn fill(ballast: &Path) -> std::io::Result<()> {
    let mut file = File::create(ballast)?;
    let piece = vec![0; 64 * 1024];
    while file.write_all(&piece).is_ok() {}
    let length = file.metadata()?.len();
    file.set_len(length.saturating_sub(LEFT))
}
