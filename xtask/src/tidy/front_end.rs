//! What the pages may weigh, and whom they may ask: nobody but Deskbell itself.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::repo::{Repo, SourceFile};

/// The one request that every page of the host site makes, compressed.
const LOADER_BYTES: usize = 5 * 1024;
/// All that the first press of the bell brings after it, compressed.
const REST_BYTES: usize = 20 * 1024;
const WIDGET: &str = "assets/widget/";
const LOADER: &str = "loader.js";
/// The module that the loader fetches.
const FIRST: &str = "deskbell.js";
const LANGUAGES: &[&str] = &["words.ko.js", "words.en.js"];

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

pub(super) fn weight(repo: &Repo) -> Vec<String> {
    let files: Vec<SourceFile> = repo
        .text_files()
        .into_iter()
        .filter(|file| file.path.starts_with(WIDGET) && !is_test(file))
        .collect();
    measure(&files).unwrap_or_else(|error| vec![format!("{error:#}")])
}

fn measure(files: &[SourceFile]) -> Result<Vec<String>> {
    let weigh = |path: &str| -> Result<usize> {
        let file = files.iter().find(|file| file.path.strip_prefix(WIDGET) == Some(path));
        compressed(file.with_context(|| format!("{WIDGET}{path} is not there"))?.text.as_bytes())
    };
    // A visitor reads one language; the heavier one is the one that must fit.
    let mut rest =
        LANGUAGES.iter().map(|path| weigh(path)).collect::<Result<Vec<_>>>()?.into_iter().max().unwrap_or(0);
    for path in loaded_with(FIRST, files) {
        rest += weigh(&path)?;
    }
    let parts = [("loader", weigh(LOADER)?, LOADER_BYTES), ("rest", rest, REST_BYTES)];
    let heavy = parts.into_iter().filter(|(_, bytes, most)| bytes > most);
    Ok(heavy
        .map(|(what, bytes, most)| format!("the {what} is {bytes} bytes compressed, {most} is the most"))
        .collect())
}

/// The module and all that the browser fetches for it before it runs. What a module asks for later, it does not.
pub(super) fn loaded_with(first: &str, files: &[SourceFile]) -> Vec<String> {
    let mut found = vec![first.to_owned()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let file = files.iter().find(|file| file.path.strip_prefix(WIDGET) == Some(&path));
        let lines = file.map(|file| file.text.lines()).into_iter().flatten();
        for line in lines.filter(|line| {
            line.starts_with("import ") || line.starts_with("export ") || line.starts_with("} from ")
        }) {
            let module = line.split(['\'', '"']).find_map(|text| text.strip_prefix("./"));
            if let Some(module) = module.filter(|module| !found.iter().any(|known| known == module)) {
                found.push(module.to_owned());
            }
        }
    }
    found
}

/// How many bytes this is on the wire.
fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut gzip = Command::new("gzip")
        .args(["-9", "-c", "-n"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("gzip measures the widget")?;
    let mut input = gzip.stdin.take().context("gzip was started with a pipe")?;
    input.write_all(bytes)?;
    drop(input);
    Ok(gzip.wait_with_output()?.stdout.len())
}

fn is_test(file: &SourceFile) -> bool {
    file.path.contains("/tests/")
}
