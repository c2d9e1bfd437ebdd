//! The steps themselves: which program checks what, and how its verdict is read.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::runner::show;
use super::tally::Tally;
use super::{needs, tally};
use crate::repo::Repo;

pub(super) fn fmt(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let outcome = show(cargo(repo).args(["fmt", "--all", "--check"]))?;
    tally.check(outcome.success);
    Ok(())
}

pub(super) fn clippy(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let all = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    let outcome = show(cargo(repo).args(all))?;
    tally.check(outcome.success);
    Ok(())
}

pub(super) fn tidy(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let (passed, failed) = crate::tidy::run(repo)?;
    tally.counted("house rules", passed, failed);
    Ok(())
}

pub(super) fn deny(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let mut command = Command::new(needs::cargo_deny(repo));
    // Advisories change from day to day and need the network: `cargo deny check advisories` is a chore of its own.
    let outcome = show(command.current_dir(repo.root()).args(["check", "bans", "licenses", "sources"]))?;
    tally.check(outcome.success);
    Ok(())
}

pub(super) fn rust(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let outcome = show(cargo(repo).args(["test", "--workspace", "--locked", "--no-fail-fast"]))?;
    tally.read(&outcome, tally::rust);
    Ok(())
}

pub(super) fn assets(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let outcome = show(&mut node_tests(repo, "assets")?)?;
    tally.read(&outcome, tally::node);
    Ok(())
}

/// Other people's clients, against the program itself.
pub(super) fn clients(repo: &Repo, tally: &mut Tally) -> Result<()> {
    build_server(repo)?;
    let mut command = node_tests(repo, "e2e/clients")?;
    let outcome = show(command.env("JOURNEY_BINARY", repo.target().join("debug/deskbell")))?;
    tally.read(&outcome, tally::node);
    Ok(())
}

/// Requests made of what docs/openapi.yaml says, against the program itself.
pub(super) fn api(repo: &Repo, tally: &mut Tally) -> Result<()> {
    build_server(repo)?;
    let mut command = node_tests(repo, "e2e/api")?;
    command.env("JOURNEY_BINARY", repo.target().join("debug/deskbell"));
    let outcome = show(command.env("SCHEMATHESIS", needs::schemathesis(repo)))?;
    tally.read(&outcome, tally::api);
    Ok(())
}

pub(super) fn types(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let tsc = repo.root().join("e2e/node_modules/.bin/tsc");
    for project in ["assets/jsconfig.json", "e2e/jsconfig.json"] {
        let outcome = show(Command::new(&tsc).current_dir(repo.root()).args(["--project", project]))?;
        tally.check(outcome.success);
    }
    Ok(())
}

pub(super) fn journeys(repo: &Repo, tally: &mut Tally) -> Result<()> {
    build_server(repo)?;
    let outcome = show(
        Command::new("npx")
            .args(["playwright", "test"])
            .current_dir(repo.root().join("e2e"))
            .env("JOURNEY_BINARY", repo.target().join("debug/deskbell"))
            .env("JOURNEY_BROWSER", needs::chromium()?),
    )?;
    tally.read(&outcome, tally::playwright);
    Ok(())
}

fn build_server(repo: &Repo) -> Result<()> {
    let built = show(cargo(repo).args(["build", "--package", "server", "--locked"]))?;
    ensure!(built.success, "the server does not build");
    Ok(())
}

/// Node's own runner on every test below a folder.
fn node_tests(repo: &Repo, folder: &str) -> Result<Command> {
    let tests = test_files(&repo.root().join(folder));
    ensure!(!tests.is_empty(), "there is no test below {folder}");
    let mut command = Command::new("node");
    // The files by name: what a folder or a pattern means here differs between versions of Node.
    command.current_dir(repo.root()).args(["--test", "--test-reporter=spec"]).args(tests);
    Ok(command)
}

/// The short form of every trial.
pub(super) fn faults(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let harness = crate::faults::build(repo, "dev")?;
    let outcome = show(&mut crate::faults::command(repo, &harness))?;
    tally.read(&outcome, tally::faults);
    Ok(())
}

fn cargo(repo: &Repo) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(repo.root());
    command
}

/// Every `*.test.js` below a folder, in order.
fn test_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(test_files(&path));
        } else if path.to_string_lossy().ends_with(".test.js") {
            found.push(path);
        }
    }
    found.sort();
    found
}
