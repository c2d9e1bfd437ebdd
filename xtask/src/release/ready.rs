//! What must have been done before a release: nothing uncommitted, a changelog, and the database it leaves behind.

use anyhow::Result;

use super::{Release, git, said};
use crate::repo::Repo;

/// Where the database of a version stands.
pub(super) fn dump_of(version: &str) -> String {
    format!("migrations/sqlite/released/{version}.sql")
}

/// What stands in the way.
pub(super) fn faults(repo: &Repo, release: &Release) -> Result<Vec<String>> {
    let read = |path: &str| std::fs::read_to_string(repo.root().join(path)).ok();
    let mut faults = Vec::new();
    let changed = said(git(repo).args(["status", "--porcelain"]))?;
    if !changed.trim().is_empty() {
        faults.push(format!("not everything is committed: {}", changed.trim().replace('\n', ", ")));
    }
    faults.extend(changelog(&read("CHANGELOG.md").unwrap_or_default(), &release.version));
    let steps = repo.text_files().into_iter().filter_map(|file| {
        let name = file.path.strip_prefix("migrations/sqlite/")?.to_owned();
        (!name.contains('/')).then_some(name)
    });
    faults.extend(dump(read(&dump_of(&release.version)).as_deref(), &steps.collect::<Vec<_>>()));
    Ok(faults)
}

/// A changelog has a heading for the version, and nothing is left under the one for the next.
pub(super) fn changelog(text: &str, version: &str) -> Option<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    let named = headings.into_iter().any(|heading| {
        heading.trim_start_matches('[').split([' ', ']']).next().is_some_and(|word| word == version)
    });
    (!named).then(|| format!("CHANGELOG.md has no heading ## {version}"))
}

/// The dump of the version is there, and has every step of the schema.
pub(super) fn dump(dump: Option<&str>, steps: &[String]) -> Option<String> {
    let Some(dump) = dump else {
        return Some(
            "the database that this version leaves is not there; cargo xtask release dump".to_owned(),
        );
    };
    let applied: Vec<&str> =
        dump.lines().filter(|line| line.starts_with("INSERT INTO _sqlx_migrations ")).collect();
    let lacks = steps.iter().find(|step| {
        let number = step.split('_').next().unwrap_or_default().trim_start_matches('0');
        !applied.iter().any(|row| row.contains(&format!("VALUES ({number}, ")))
    });
    lacks.map(|step| format!("the database that this version leaves was written before {step} was there"))
}
