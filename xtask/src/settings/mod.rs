//! `cargo xtask settings`: writes the table of docs/settings.md from `config/deskbell.toml` and the code that reads it.
//!
//! What a setting is for and its default stand in the file, its kind and range in the code. Whoever adds one writes both
//! anyway, then runs this; `tidy` says when that was forgotten.

mod code;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::repo::Repo;
use code::Reading;

const DEFAULTS: &str = "config/deskbell.toml";
const DOC: &str = "docs/settings.md";
/// What stands above it is written by hand.
const BEGIN: &str = "<!-- From here on made by `cargo xtask settings`. -->\n";

/// A setting as its lines in the file of defaults say it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// `server.listen`.
    key: String,
    /// The value as TOML; nothing when there is none, and the line is only an example.
    default: Option<String>,
    example: Option<String>,
    says: String,
}

/// Writes the table anew.
pub(crate) fn run(repo: &Repo) -> Result<()> {
    let (text, faults) = document(repo)?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    std::fs::write(path(repo), text)?;
    Ok(())
}

/// What is wrong with the table, or with the settings themselves.
pub(crate) fn stale(repo: &Repo) -> Vec<String> {
    let there = std::fs::read_to_string(path(repo)).unwrap_or_default();
    match document(repo) {
        Ok((text, mut faults)) => {
            if text != there {
                faults
                    .push(format!("{DOC} is not what {DEFAULTS} and the code say; run cargo xtask settings"));
            }
            faults
        }
        Err(error) => vec![format!("{error:#}")],
    }
}

fn path(repo: &Repo) -> PathBuf {
    repo.root().join(DOC)
}

/// The document as it should be, and the settings that do not fit.
fn document(repo: &Repo) -> Result<(String, Vec<String>)> {
    let there = std::fs::read_to_string(path(repo)).with_context(|| DOC.to_owned())?;
    let by_hand = there.split_once(BEGIN).map(|(by_hand, _)| by_hand);
    let by_hand = by_hand.with_context(|| format!("{DOC} has no line {BEGIN}"))?;
    let defaults =
        std::fs::read_to_string(repo.root().join(DEFAULTS)).with_context(|| DEFAULTS.to_owned())?;
    let (settings, readings) = (settings(&defaults), code::readings(repo));
    let faults = misfits(&settings, &readings);
    Ok((format!("{by_hand}{BEGIN}{}", tables(&settings, &readings)), faults))
}

/// The settings that the file names, in its order. A comment belongs to the line below it.
pub(crate) fn settings(file: &str) -> Vec<Setting> {
    let (mut all, mut section, mut says) = (Vec::<Setting>::new(), String::new(), Vec::new());
    for line in file.lines().map(str::trim) {
        if line.is_empty() {
            says.clear();
        } else if let Some(key) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            // One of a list of tables: the first brings the setting, each its entry.
            if !all.iter().any(|setting| setting.key == key) {
                all.push(setting(key, Some(String::new()), None, &mut says));
            }
            key.clone_into(&mut section);
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            says.clear();
        } else if let Some((name, value)) = assignment(line.trim_start_matches("# ")) {
            let key = format!("{section}.{name}");
            if let Some(entry) = all.iter_mut().find(|setting| setting.key == section) {
                let list = entry.default.get_or_insert_default();
                let between = if name == "after" { "" } else { ", " };
                write!(list, "{between}{name} = {value}{}", if name == "notify" { "; " } else { "" }).ok();
            } else if line.starts_with('#') {
                all.push(setting(&key, None, Some(value.to_owned()), &mut says));
            } else {
                all.push(setting(&key, Some(value.to_owned()), None, &mut says));
            }
        } else {
            says.push(line.trim_start_matches("# ").to_owned());
        }
    }
    for setting in &mut all {
        if let Some(default) = &mut setting.default {
            default.truncate(default.trim_end_matches("; ").len());
        }
    }
    all
}

fn setting(key: &str, default: Option<String>, example: Option<String>, says: &mut Vec<String>) -> Setting {
    let says = std::mem::take(says).join(" ");
    Setting { key: key.to_owned(), default, example, says }
}

/// `key = value`, with or without a comment before it.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(" = ")?;
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    // A comment may follow the value.
    is_name.then(|| (name, value.split("  #").next().unwrap_or(value).trim()))
}

/// The settings that nobody reads, that are read but stand nowhere, and that are not explained.
pub(crate) fn misfits(settings: &[Setting], readings: &[Reading]) -> Vec<String> {
    let mut faults = Vec::new();
    for setting in settings {
        if !readings.iter().any(|reading| reading.key == setting.key) {
            faults.push(format!("{DEFAULTS}: nothing in crates/server/src/settings reads {}", setting.key));
        }
        if setting.says.is_empty() {
            faults.push(format!("{DEFAULTS}: {} has no comment that says what it is for", setting.key));
        }
    }
    for reading in readings {
        if !settings.iter().any(|setting| setting.key == reading.key) {
            faults.push(format!("{DEFAULTS} does not have {}, which the code reads", reading.key));
        }
    }
    faults
}

fn tables(settings: &[Setting], readings: &[Reading]) -> String {
    let (mut text, mut section) = (String::new(), "");
    for setting in settings {
        let (own, _) = setting.key.split_once('.').unwrap_or((setting.key.as_str(), ""));
        if own != section {
            section = own;
            let head = "| Setting, variable | Value | Default | What it does |\n| --- | --- | --- | --- |";
            write!(text, "\n## {section}\n\n{head}\n").ok();
        }
        let reading = readings.iter().find(|reading| reading.key == setting.key);
        text.push_str(&row(setting, reading));
    }
    text
}

fn row(setting: &Setting, reading: Option<&Reading>) -> String {
    let variable = variable(&setting.key);
    let mut value = reading.map_or_else(String::new, |reading| reading.kind.clone());
    if reading.is_some_and(|reading| reading.from_file) {
        write!(value, ", or in a file: `{}_file`", setting.key).ok();
    }
    if reading.is_some_and(|reading| reading.secret) {
        value.push_str(" (**secret**)");
    }
    let default =
        setting.default.as_ref().map_or("none".to_owned(), |default| format!("`{}`", cell(default)));
    let example = setting.example.as_ref().filter(|example| !example.contains('…'));
    let example = example.map_or_else(String::new, |example| format!(" Example: `{}`", cell(example)));
    format!(
        "| `{}`<br>`{variable}` | {value} | {default} | {}{example} |\n",
        setting.key,
        cell(&setting.says)
    )
}

/// The variable of the environment that sets it.
pub(crate) fn variable(key: &str) -> String {
    format!("DESKBELL_{}", key.replacen('.', "__", 1).to_ascii_uppercase())
}

/// Text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
