//! `cargo xtask faults`: builds the server with its fault points and the harness, and lets the one loose on the other.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::properties;
use crate::repo::Repo;
use crate::test::runner::show;

/// The two programs, built.
pub(crate) struct Harness {
    program: PathBuf,
    server: PathBuf,
}

/// Builds both. The server is put aside: `target/debug` belongs to whoever builds next, and may have no fault points.
pub(crate) fn build(repo: &Repo, profile: &str) -> Result<Harness> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repo.root()).args(["build", "--locked", "--package", "server", "--package", "faults"]);
    let built = show(cargo.args(["--features", "server/fault-points", "--profile", profile]))?;
    ensure!(built.success, "the server or the harness does not build");
    let (aside, built) = (repo.target().join("faults"), if profile == "dev" { "debug" } else { profile });
    std::fs::create_dir_all(&aside)?;
    let put = |name: &str| {
        let (from, to) = (repo.target().join(built).join(name), aside.join(name));
        // Not over the old one: it may be running somewhere.
        let _absent = std::fs::remove_file(&to);
        std::fs::copy(&from, &to).with_context(|| format!("{} cannot be put aside", from.display()))?;
        anyhow::Ok(to)
    };
    Ok(Harness { program: put("faults")?, server: put("deskbell")? })
}

/// The harness, not started yet: without further words it runs the short form of everything.
pub(crate) fn command(repo: &Repo, harness: &Harness) -> Command {
    let mut command = Command::new(&harness.program);
    command.current_dir(repo.root()).arg("--binary").arg(&harness.server);
    command
}

/// Builds, and runs with these words; `--release` is ours. True when everything held.
pub(crate) fn run(repo: &Repo, words: &[&str]) -> Result<bool> {
    let release = words.contains(&"--release");
    let harness = build(repo, if release { "release" } else { "dev" })?;
    let own: Vec<&str> = words.iter().copied().filter(|word| *word != "--release").collect();
    let held = show(command(repo, &harness).args(&own))?.success;
    let named = own.iter().any(|word| word.starts_with(['R', 'S']));
    let meant = !named || own.iter().any(|word| HOSTILE.contains(word));
    Ok(if own.contains(&"--long") && meant { properties::run(repo)? && held } else { held })
}

/// The trials that throw texts at the program, of which what reads them can take many more on its own.
const HOSTILE: [&str; 3] = ["S35", "S36", "S41"];
