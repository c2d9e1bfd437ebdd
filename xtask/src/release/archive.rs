//! The archive: the program and what belongs to it, the same bytes from the same commit.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Release, create, said};
use crate::repo::Repo;

/// What goes along with the program.
const ALONG: &[&str] =
    &["LICENSE", "CHANGELOG.md", "README.md", "SECURITY.md", "config/deskbell.toml", "deploy"];

/// Writes the archive, the list of what is in the program, and the sums of both into the folder `dist`.
pub(super) fn pack(repo: &Repo, release: &Release, binary: &Path, list: &Value, dist: &Path) -> Result<()> {
    let (name, list) = (release.name(), format!("{list:#}\n"));
    let folder = dist.join(&name);
    // What an earlier run has left.
    let _absent = fs::remove_dir_all(dist);
    fs::create_dir_all(&folder)?;
    fs::copy(binary, folder.join("deskbell")).with_context(|| binary.display().to_string())?;
    let along = |path: &str| ALONG.iter().any(|part| Path::new(path).starts_with(part));
    for file in repo.text_files().iter().filter(|file| along(&file.path)) {
        let to = folder.join(&file.path);
        fs::create_dir_all(to.parent().context("a file stands in a folder")?)?;
        fs::copy(repo.root().join(&file.path), to).with_context(|| file.path.clone())?;
    }
    fs::write(folder.join("deskbell.cdx.json"), &list)?;
    fs::write(dist.join(format!("{name}.cdx.json")), &list)?;

    let tar = dist.join(format!("{name}.tar"));
    // Names in order, one time, nobody's files: what differs from machine to machine is left out.
    let mtime = format!("--mtime=@{}", release.epoch);
    let alike =
        ["--sort=name", &mtime, "--owner=0", "--group=0", "--numeric-owner", "--mode=u+rw,go+rX,go-w"];
    said(Command::new("tar").args(alike).arg("-C").arg(dist).arg("-cf").arg(&tar).arg(&name))?;
    said(Command::new("gzip").args(["-9", "-n", "-f"]).arg(&tar))?;
    fs::remove_dir_all(&folder)?;

    let files = [format!("{name}.tar.gz"), format!("{name}.cdx.json")];
    let sums = Command::new("sha256sum")
        .args(&files)
        .current_dir(dist)
        .stdout(create(&dist.join("SHA256SUMS"))?)
        .status()?;
    ensure!(sums.success(), "there are no sums");
    print!("{}", fs::read_to_string(dist.join("SHA256SUMS"))?);
    for file in &files {
        println!("{:>10} bytes  {}", fs::metadata(dist.join(file))?.len(), dist.join(file).display());
    }
    println!("{:>10} bytes  the program", fs::metadata(binary)?.len());
    Ok(())
}
