//! ARCHITECTURE.md is a map: every crate is on it, and everything on it exists.

use std::path::Path;

use crate::repo::Repo;

pub(super) fn names(repo: &Repo) -> Vec<String> {
    let Ok(map) = std::fs::read_to_string(repo.root().join("ARCHITECTURE.md")) else {
        return vec!["ARCHITECTURE.md is missing".to_owned()];
    };
    let crates = repo.packages().iter().filter_map(|package| package["name"].as_str());
    let mut faults = unnamed(&map, crates);
    faults.extend(dead_paths(&map, repo.root()));
    faults
}

/// The crates that the map does not name (as `name`, in backticks).
pub(super) fn unnamed<'a>(map: &str, crates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let code = in_backticks(map);
    let on_the_map = |name: &str| code.iter().any(|word| *word == name || *word == format!("crates/{name}"));
    crates
        .filter(|name| !on_the_map(name))
        .map(|name| format!("ARCHITECTURE.md does not name {name}"))
        .collect()
}

/// The paths on the map, in backticks or as links, that lead nowhere.
pub(super) fn dead_paths(map: &str, root: &Path) -> Vec<String> {
    let mut paths = in_backticks(map);
    paths.extend(map.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()));
    paths
        .into_iter()
        .filter(|path| looks_like_a_path(path, root) && !root.join(path).exists())
        .map(|path| format!("ARCHITECTURE.md: {path} does not exist"))
        .collect()
}

/// Whether this is meant as a path of this repository: it begins with one of its folders, or is a link to a file.
fn looks_like_a_path(text: &str, root: &Path) -> bool {
    let plain = !text.is_empty() && !text.contains("://") && !text.contains([' ', '*', '<', '{', '…']);
    let first = text.split('/').next().unwrap_or_default();
    plain
        && ((text.contains('/') && root.join(first).is_dir() && !first.is_empty())
            || Path::new(text).extension().is_some_and(|ending| ending == "md"))
}

/// What stands between single backticks; blocks of code are left out.
fn in_backticks(map: &str) -> Vec<&str> {
    map.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
}
