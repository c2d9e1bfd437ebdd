//! What every file must be: introduced, short, and free of the machine it was written on.

use crate::repo::{Repo, SourceFile};

/// Longer than this, and a file holds more than one concept.
const MOST_LINES: usize = 400;

/// Folders that exist on somebody's machine. Spelled in halves, so that this file does not name one.
const MACHINE_FOLDERS: &[&str] = &[
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("/", "work/"),
    concat!("/", "tmp/"),
];

pub(super) fn headers(repo: &Repo) -> Vec<String> {
    repo.text_files().iter().filter_map(without_header).collect()
}

pub(super) fn lengths(repo: &Repo) -> Vec<String> {
    repo.text_files().iter().filter_map(too_long).collect()
}

pub(super) fn machine_paths(repo: &Repo) -> Vec<String> {
    repo.text_files().iter().flat_map(machine_paths_in).collect()
}

pub(super) fn lock_hosts(repo: &Repo) -> Vec<String> {
    repo.text_files()
        .iter()
        .filter(|file| file.path.ends_with("package-lock.json"))
        .filter_map(names_a_host)
        .collect()
}

pub(super) fn without_header(file: &SourceFile) -> Option<String> {
    let introduced = file.text.lines().next().is_some_and(|line| line.starts_with("//! "));
    (has_extension(file, &["rs"]) && !introduced)
        .then(|| format!("{}: begin with //! and one sentence", file.path))
}

pub(super) fn too_long(file: &SourceFile) -> Option<String> {
    let is_test = file.path.ends_with("/tests.rs") || file.path.split('/').any(|part| part == "tests");
    let lines = file.text.lines().count();
    (has_extension(file, &["rs", "js", "html"]) && !is_test && lines > MOST_LINES)
        .then(|| format!("{}: {lines} lines, {MOST_LINES} is the most", file.path))
}

pub(super) fn machine_paths_in(file: &SourceFile) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for folder in MACHINE_FOLDERS {
            // Inside a longer path or an address (`https://host/home/x`) it is not a folder of this machine.
            let named = line.match_indices(folder).any(|(at, _)| {
                !line[..at].ends_with(|before: char| before.is_alphanumeric() || ".-_~/}$".contains(before))
            });
            if named {
                faults.push(format!("{}:{}: {folder}", file.path, number + 1));
            }
        }
    }
    faults
}

pub(super) fn names_a_host(file: &SourceFile) -> Option<String> {
    file.text.contains("\"resolved\"").then(|| {
        format!("{}: npm install --omit-lockfile-registry-resolved leaves the addresses out", file.path)
    })
}

fn has_extension(file: &SourceFile, extensions: &[&str]) -> bool {
    file.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}
