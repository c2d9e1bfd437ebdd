//! `cargo xtask properties`: what reads and shows other people's texts, with as many of them as a release is held to.
//!
//! The same tests run with a few hundred in `cargo xtask test`.

use std::process::Command;

use anyhow::Result;

use crate::repo::Repo;
use crate::test::runner::show;

/// A crate, the beginning of its tests' names, how often each runs.
const OF_CRATES: &[(&str, &str, &str)] = &[
    ("gateway", "parsers", "10000000"),
    ("portal", "text::", "1000000"),
    ("mailer", "letter::tests::by_chance", "1000000"),
];

/// True when all hold. All are run.
pub(crate) fn run(repo: &Repo) -> Result<bool> {
    let mut held = true;
    for (package, tests, cases) in OF_CRATES {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(repo.root()).args(["test", "--locked", "--release", "--lib"]);
        cargo.args(["--package", package, tests]).env("PROPTEST_CASES", cases);
        held &= show(&mut cargo)?.success;
    }
    let mut node = Command::new("node");
    node.current_dir(repo.root())
        .args(["--test", "assets/widget/tests/links.test.js"])
        .env("CASES", "1000000");
    Ok(show(&mut node)?.success && held)
}
