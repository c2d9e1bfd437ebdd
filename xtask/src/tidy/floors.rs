//! Who may import whom: the floors of ARCHITECTURE.md as two tables, held against `cargo metadata`.

use serde_json::Value;

use crate::repo::Repo;

/// Every crate, and the crates of ours that its code may import. An import goes down, never sideways among the
/// roles, never up.
const FLOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("fault-point", &[]),
    ("storage", &["domain"]),
    ("bus", &["domain"]),
    ("desk", &["domain", "fault-point", "storage", "bus"]),
    ("storage-sqlite", &["domain", "fault-point", "storage"]),
    ("web", &["domain", "desk"]),
    ("gateway", &["domain", "desk", "web"]),
    ("portal", &["domain", "storage", "desk", "web"]),
    ("mailer", &["domain", "fault-point", "storage", "bus"]),
    ("timeouts", &["domain", "fault-point", "storage", "bus", "desk"]),
    (
        "server",
        &[
            "domain",
            "fault-point",
            "storage",
            "storage-sqlite",
            "bus",
            "desk",
            "web",
            "gateway",
            "portal",
            "mailer",
            "timeouts",
        ],
    ),
    ("testkit", &["domain", "storage", "storage-sqlite", "bus", "desk"]),
    ("bench", &["domain", "web"]),
    ("faults", &["domain", "fault-point", "storage", "storage-sqlite", "desk", "testkit"]),
    ("xtask", &[]),
];

/// What tests may import besides: the desk in a box, or the database it stands on.
const IN_TESTS: &[&str] = &["testkit", "storage-sqlite"];

/// Libraries that stand for a decision, and the rooms that took it.
const OWNERS: &[(&str, &[&str])] = &[
    ("sqlx", &["storage-sqlite"]),
    ("axum", &["web", "gateway", "portal", "server"]),
    ("tower-sessions", &["portal"]),
    ("argon2", &["portal"]),
    ("askama", &["gateway", "portal", "mailer"]),
    ("lettre", &["mailer"]),
    ("jsonwebtoken", &["gateway"]),
    ("engineioxide", &["gateway"]),
    ("opentelemetry", &["server"]),
    ("rusqlite", &[]),
    ("native-tls", &[]),
    ("openssl", &[]),
];

/// The rules are pure: no clock, no I/O, no way to be written down. So `domain` may use these and nothing else.
const IN_DOMAIN: &[&str] = &["uuid", "time", "thiserror"];

/// One line of a `Cargo.toml`: who imports what, and whether only tests do.
pub(super) struct Import {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) in_tests: bool,
}

pub(super) fn imports(repo: &Repo) -> Vec<String> {
    let crates: Vec<String> = repo.packages().iter().map(name).collect();
    let mut faults: Vec<String> = crates
        .iter()
        .filter(|krate| floor(krate).is_none())
        .map(|krate| format!("{krate} stands on no floor: give it a line in {}", file!()))
        .collect();
    faults.extend(forbidden_imports(&all_imports(repo), &crates));
    faults
}

pub(super) fn owners(repo: &Repo) -> Vec<String> {
    strangers(&all_imports(repo))
}

pub(super) fn lints(repo: &Repo) -> Vec<String> {
    repo.packages()
        .iter()
        .filter_map(|package| {
            let manifest = std::fs::read_to_string(package["manifest_path"].as_str()?).ok()?;
            let inherits = manifest.contains("[lints]\nworkspace = true");
            (!inherits).then(|| format!("{} does not say [lints] workspace = true", name(package)))
        })
        .collect()
}

/// The imports among our own crates that the floors do not allow.
pub(super) fn forbidden_imports(imports: &[Import], crates: &[String]) -> Vec<String> {
    imports
        .iter()
        .filter(|import| crates.contains(&import.to))
        .filter(|import| {
            let below = floor(&import.from).is_some_and(|allowed| allowed.contains(&import.to.as_str()));
            let in_tests = import.in_tests && IN_TESTS.contains(&import.to.as_str());
            !below && !in_tests
        })
        .map(|import| format!("{} must not import {}", import.from, import.to))
        .collect()
}

/// The libraries that are used outside the rooms that own them.
pub(super) fn strangers(imports: &[Import]) -> Vec<String> {
    imports
        .iter()
        .filter(|import| !import.in_tests)
        .filter_map(|import| {
            let owners = OWNERS.iter().find(|(library, _)| *library == import.to).map(|(_, owners)| *owners);
            let foreign = owners.is_some_and(|owners| !owners.contains(&import.from.as_str()));
            let impure = import.from == "domain" && !IN_DOMAIN.contains(&import.to.as_str());
            (foreign || impure).then(|| format!("{} must not use {}", import.from, import.to))
        })
        .collect()
}

fn floor(krate: &str) -> Option<&'static [&'static str]> {
    FLOORS.iter().find(|(name, _)| *name == krate).map(|(_, below)| *below)
}

fn all_imports(repo: &Repo) -> Vec<Import> {
    repo.packages()
        .iter()
        .flat_map(|package| {
            let dependencies = package["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
            dependencies.iter().map(|dependency| Import {
                from: name(package),
                to: name(dependency),
                in_tests: dependency["kind"] == "dev",
            })
        })
        .collect()
}

fn name(of: &Value) -> String {
    of["name"].as_str().unwrap_or_default().to_owned()
}
