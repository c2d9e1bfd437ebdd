//! `cargo xtask release`: from a clean checkout to an archive that somebody can install, with the list of what is in it.

mod archive;
mod ready;
mod sbom;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::repo::Repo;
use crate::test;
use crate::test::runner::show;

/// What is released, and when its commit was made: nothing in it may depend on when and where it is built.
pub(crate) struct Release {
    version: String,
    /// The machine it is for: `x86_64-unknown-linux-gnu`.
    target: String,
    /// The commit's time, in seconds since 1970.
    epoch: String,
    /// The same for people.
    committed: String,
}

impl Release {
    /// The present commit's.
    pub(crate) fn of(repo: &Repo) -> Result<Self> {
        let of_commit = |format: &str| {
            let mut git = git(repo);
            let git = git.args(["log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", format]);
            said(git.env("TZ", "UTC")).map(|text| text.trim().to_owned())
        };
        Self::made(repo, of_commit("--format=%ct")?, of_commit("--format=%cd")?)
    }

    fn made(repo: &Repo, epoch: String, committed: String) -> Result<Self> {
        let version = repo.packages().iter().find(|package| package["name"] == "server");
        let version =
            version.and_then(|package| package["version"].as_str()).context("the server has no version")?;
        let about = said(Command::new("rustc").arg("-vV"))?;
        let host =
            about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
        Ok(Self { version: version.to_owned(), target: host.to_owned(), epoch, committed })
    }

    /// `deskbell-0.1.0-x86_64-unknown-linux-gnu`.
    fn name(&self) -> String {
        format!("deskbell-{}-{}", self.version, self.target)
    }
}

/// True when there is a release, or when nothing stands in the way of one.
pub(crate) fn run(repo: &Repo, words: &[&str]) -> Result<bool> {
    let release = Release::of(repo)?;
    match words {
        ["dump"] => dump(repo, &release).map(|()| true),
        ["sbom"] => {
            println!("{:#}", sbom::of(repo, &release)?);
            Ok(true)
        }
        [] | ["--dry-run" | "--trial"] => whole(repo, &release, words.first().copied()),
        _ => bail!("cargo xtask release [--dry-run | --trial | sbom | dump]"),
    }
}

fn whole(repo: &Repo, release: &Release, how: Option<&str>) -> Result<bool> {
    let mut missing = ready::faults(repo, release)?;
    if !test::run(repo, &["deny"])? {
        missing.push("cargo deny is not content".to_owned());
    }
    let list = sbom::of(repo, release)?;
    let parts = list["components"].as_array().map_or(0, Vec::len);
    println!("{}: {parts} components", release.name());
    for fault in &missing {
        println!("not ready: {fault}");
    }
    if how == Some("--dry-run") {
        return Ok(missing.is_empty());
    }
    ensure!(missing.is_empty() || how == Some("--trial"), "nothing was built");
    let binary = build(repo, release)?;
    archive::pack(repo, release, &binary, &list, &repo.target().join("dist"))?;
    Ok(missing.is_empty())
}

/// Builds the program so that the same commit gives the same bytes: no path of this machine is in it, no time of day.
fn build(repo: &Repo, release: &Release) -> Result<PathBuf> {
    let crates = repo.everything(&release.target)?;
    let crates = crates["packages"].as_array().into_iter().flatten();
    let manifest = crates
        .filter(|package| !package["source"].is_null())
        .find_map(|package| package["manifest_path"].as_str());
    // …/registry/src/INDEX/NAME-VERSION/Cargo.toml
    let registry = manifest.and_then(|path| PathBuf::from(path).ancestors().nth(2).map(PathBuf::from));
    let registry = registry.context("there is no crate of a registry")?;
    let places =
        [(repo.root().display().to_string(), "deskbell"), (registry.display().to_string(), "crates")];
    let rust: Vec<String> =
        places.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}")).collect();
    let c: Vec<String> = places.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}")).collect();
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repo.root());
    cargo.args(["build", "--release", "--locked", "--package", "server", "--target", &release.target]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\u{1f}")).env("CFLAGS", c.join(" "));
    cargo.env("SOURCE_DATE_EPOCH", &release.epoch);
    ensure!(show(&mut cargo)?.success, "the program does not build");
    Ok(repo.target().join(&release.target).join("release/deskbell"))
}

/// Writes the database that this version leaves behind (migrations/README.md).
fn dump(repo: &Repo, release: &Release) -> Result<()> {
    let path = repo.root().join(ready::dump_of(&release.version));
    ensure!(!path.exists(), "{} is there; what a version has left is never written anew", path.display());
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repo.root());
    cargo.args(["run", "--quiet", "--locked", "--package", "storage-sqlite", "--example", "as_released"]);
    let made = cargo.stderr(std::process::Stdio::inherit()).output()?;
    ensure!(made.status.success(), "there is no dump");
    std::fs::write(&path, made.stdout)?;
    println!("{}", path.display());
    Ok(())
}

fn git(repo: &Repo) -> Command {
    let mut git = Command::new("git");
    git.current_dir(repo.root());
    git
}

/// What a program says, if it is content.
fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// A file of this name, empty.
fn create(path: &std::path::Path) -> Result<File> {
    File::create(path).with_context(|| path.display().to_string())
}
