//! Every link of a document leads somewhere, and every test that one names is there.

use std::path::{Component, Path, PathBuf};

use crate::repo::{Repo, SourceFile};

/// A link of a page: what it says, and where it leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link<'a> {
    pub(super) says: &'a str,
    pub(super) to: &'a str,
}

pub(super) fn of_documents(repo: &Repo) -> Vec<String> {
    let files = repo.text_files();
    let pages =
        files.iter().filter(|file| Path::new(&file.path).extension().is_some_and(|ending| ending == "md"));
    pages
        .flat_map(|page| links(&page.text).into_iter().filter_map(|link| fault(repo.root(), page, &link)))
        .collect()
}

/// What is wrong with a link of a page.
fn fault(root: &Path, page: &SourceFile, link: &Link<'_>) -> Option<String> {
    let to = link.to.split('#').next().unwrap_or_default();
    if to.is_empty() || to.contains("://") || to.starts_with("mailto:") {
        return None;
    }
    let full = plain(&root.join(&page.path).parent().unwrap_or(root).join(to));
    if !full.exists() {
        return Some(format!("{}: {to} does not exist", page.path));
    }
    let is_code = ["rs", "js"].iter().any(|code| full.extension().is_some_and(|ending| ending == *code));
    let text = is_code.then(|| std::fs::read_to_string(&full).unwrap_or_default())?;
    (!is_in(link.says, &text, to)).then(|| format!("{}: {} is not in {to}", page.path, link.says))
}

/// Whether a file of code has what the link says: a function by its name, the title of a test in a browser, an id. A link
/// that says the file's own name says nothing else.
pub(super) fn is_in(says: &str, text: &str, to: &str) -> bool {
    match says.strip_prefix('`').and_then(|says| says.strip_suffix('`')) {
        Some(name) if name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') => {
            text.contains(&format!("fn {name}(")) || text.contains(&format!("fn {name}<"))
        }
        Some(path) => to.ends_with(path.rsplit('/').next().unwrap_or(path)),
        None => ['"', '\''].iter().any(|quote| text.contains(&format!("{quote}{says}{quote}"))),
    }
}

/// The links of a page, those in blocks of code and in backticks left out.
pub(super) fn links(page: &str) -> Vec<Link<'_>> {
    let prose = page.split("```").step_by(2);
    prose
        .flat_map(|prose| {
            prose.match_indices("](").filter_map(|(at, _)| {
                let says = &prose[prose[..at].rfind('[')? + 1..at];
                let rest = &prose[at + 2..];
                Some(Link { says, to: &rest[..rest.find(')')?] })
            })
        })
        .collect()
}

/// Without the `..` in it: a link goes through folders that need not be there.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}
