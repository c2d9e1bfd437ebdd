//! The house rules that no compiler checks, each a small function from the repository to its faults.

mod architecture;
mod files;
mod floors;
mod front_end;
mod links;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::repo::Repo;

/// A house rule: what must hold, and the function that names every place where it does not.
type Rule = (&'static str, fn(&Repo) -> Vec<String>);

const RULES: &[Rule] = &[
    ("imports go down the floors, never sideways or up", floors::imports),
    ("a library that belongs to one room is used in that room only", floors::owners),
    ("every crate inherits the workspace's lints", floors::lints),
    ("every Rust file begins with a sentence that says what it is for", files::headers),
    ("no file is longer than a reader's patience", files::lengths),
    ("no file names a path of the machine it was written on", files::machine_paths),
    ("the lock file of the browser tests names no registry host", files::lock_hosts),
    ("ARCHITECTURE.md names every crate, and nothing that is not there", architecture::names),
    ("every link of a document leads somewhere, and every test that one names is there", links::of_documents),
    ("docs/settings.md has every setting as the code reads it", crate::settings::stale),
    ("the pages ask nobody but Deskbell for anything", front_end::outside_requests),
];

/// Checks every rule and prints each with its faults; how many hold, and how many do not.
pub(crate) fn run(repo: &Repo) -> io::Result<(usize, usize)> {
    let mut out = io::stdout();
    let mut broken = 0;
    for (rule, check) in RULES {
        let faults = check(repo);
        writeln!(out, "{} {rule}", if faults.is_empty() { "ok  " } else { "FAIL" })?;
        for fault in &faults {
            writeln!(out, "       {fault}")?;
        }
        broken += usize::from(!faults.is_empty());
    }
    let held = RULES.len() - broken;
    writeln!(out, "house rules: {held} passed, {broken} failed")?;
    Ok((held, broken))
}
