//! What the pages may weigh, and whom they may ask: nobody but Deskbell itself.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::repo::{Repo, SourceFile};

/// The one request that every page of the host site makes, compressed.
const LOADER_BYTES: usize = 5 * 1024;
/// All that the first press of the bell brings after it, compressed.
const REST_BYTES: usize = 20 * 1024;
const LOADER: &str = "assets/widget/loader.js";

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
    let widget: Vec<SourceFile> = repo
        .text_files()
        .into_iter()
        .filter(|file| file.path.starts_with("assets/widget/") && !is_test(file) && is_served(file))
        .collect();
    measure(&widget).unwrap_or_else(|error| vec![format!("{error:#}")])
}

fn measure(widget: &[SourceFile]) -> Result<Vec<String>> {
    let mut loader = 0;
    let mut rest = 0;
    for file in widget {
        let bytes = compressed(file.text.as_bytes())?;
        *(if file.path == LOADER { &mut loader } else { &mut rest }) += bytes;
    }
    let mut faults = Vec::new();
    if loader == 0 {
        faults.push(format!("{LOADER} is not there"));
    }
    for (what, bytes, most) in [("loader", loader, LOADER_BYTES), ("rest", rest, REST_BYTES)] {
        if bytes > most {
            faults.push(format!("the {what} is {bytes} bytes compressed, {most} is the most"));
        }
    }
    Ok(faults)
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

fn is_served(file: &SourceFile) -> bool {
    [".js", ".css", ".json", ".html", ".svg"].iter().any(|ending| file.path.ends_with(ending))
}
