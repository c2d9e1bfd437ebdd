//! Whom the pages may ask: nobody but Deskbell itself. What they weigh is held where they are packed (`crates/web`).

use crate::repo::{Repo, SourceFile};

/// Names of vocabularies that look like addresses and are never fetched.
const NOT_FETCHED: &[&str] = &["http://www.w3.org/"];

pub(super) fn outside_requests(repo: &Repo) -> Vec<String> {
    let pages = |file: &SourceFile| {
        (file.path.starts_with("assets/") || file.path.starts_with("templates/portal/")) && !is_test(file)
    };
    repo.text_files().iter().filter(|file| pages(file)).flat_map(addresses_in).collect()
}

pub(super) fn addresses_in(file: &SourceFile) -> Vec<String> {
    let starts = file.text.match_indices("http").map(|(at, _)| &file.text[at..]);
    starts
        .filter(|rest| rest.starts_with("http://") || rest.starts_with("https://"))
        .filter(|rest| !NOT_FETCHED.iter().any(|name| rest.starts_with(name)))
        // A pattern such as `https://` + something of the page's own names no host.
        .filter(|rest| {
            rest.split_once("://").is_some_and(|(_, host)| host.starts_with(char::is_alphanumeric))
        })
        .map(|rest| {
            format!("{}: {}", file.path, rest.chars().take(60).collect::<String>().replace('\n', " "))
        })
        .collect()
}

fn is_test(file: &SourceFile) -> bool {
    file.path.contains("/tests/")
}
