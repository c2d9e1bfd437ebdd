//! How the code reads each setting: found in its source, by the names of the reader's methods.

use crate::repo::Repo;

const FOLDER: &str = "crates/server/src/settings/";

/// The reader's methods, and the kind of value that each takes.
const METHODS: &[(&str, &str)] = &[
    ("reader.text(", "text"),
    ("reader.secret(", "text"),
    ("reader.flag(", "`true` or `false`"),
    ("reader.number(", "a number"),
    ("reader.duration(", "a duration"),
    ("reader.ratio(", "a number from 0 to 1"),
    ("reader.list(", "a list of texts"),
    ("reader.take(", "a list of tables"),
    // What reads rates, in `limits`.
    ("rate(", "a rate"),
];

/// One setting as the code reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) key: String,
    /// What it may be.
    pub(crate) kind: String,
    /// Whether a file may hold it.
    pub(crate) from_file: bool,
    /// Whether `config check` masks it.
    pub(crate) secret: bool,
}

pub(super) fn readings(repo: &Repo) -> Vec<Reading> {
    let files = repo.text_files().into_iter();
    let own = files.filter(|file| file.path.starts_with(FOLDER) && !file.path.ends_with("tests.rs"));
    let code: Vec<String> = own.map(|file| file.text).collect();
    readings_in(&code.join("\n"))
}

/// Whatever of this source reads a setting. Blanks and line ends do not count: where they stand is `rustfmt`'s matter.
pub(crate) fn readings_in(code: &str) -> Vec<Reading> {
    let code: String = code.split_whitespace().collect();
    let mut all: Vec<Reading> = Vec::new();
    for (method, kind) in METHODS {
        for (at, _) in code.match_indices(method) {
            let Some((key, rest)) = quoted(&code[at + method.len()..]) else { continue };
            // `rate(` ends other names, too.
            let other = *method == "rate(" && code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if other || !key.contains('.') || all.iter().any(|reading| reading.key == key) {
                continue;
            }
            let range = rest.strip_prefix(',').and_then(|rest| rest.split_once(')')).map(|(range, _)| range);
            let kind = match range.and_then(|range| range.split_once("..=")) {
                Some((least, most)) if *kind == "a number" => {
                    format!("{kind} from {} to {}", plain(least), plain(most))
                }
                _ => (*kind).to_owned(),
            };
            let secret = key.split_once('.').is_some_and(|(section, name)| {
                // The list in `show` of what is masked.
                code.contains(&format!("(\"{section}\",\"{name}\")"))
            });
            all.push(Reading { key: key.to_owned(), kind, from_file: *method == "reader.secret(", secret });
        }
    }
    all
}

/// A text in quotes at the beginning, and what follows it.
fn quoted(code: &str) -> Option<(&str, &str)> {
    code.strip_prefix('"')?.split_once('"')
}

/// A number without what makes it readable in code.
fn plain(number: &str) -> String {
    number.replace('_', "")
}
