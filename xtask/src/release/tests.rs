//! The list names what is in the program and nothing else, and a release that is not ready is told why.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::archive::pack;
use super::ready::{changelog, dump};
use super::sbom::{checksums, graph, of};
use super::{Release, ready, said};
use crate::repo::Repo;

/// A release of a checkout that need not have its history beside it.
fn release(repo: &Repo) -> anyhow::Result<Release> {
    Release::made(repo, "1795237224".to_owned(), "2026-11-21T05:00:24Z".to_owned())
}

fn texts<'a>(list: &'a Value, part: &str, key: &str) -> Vec<&'a str> {
    list[part].as_array().into_iter().flatten().filter_map(|part| part[key].as_str()).collect()
}

#[test]
fn the_list_names_what_is_in_the_program_and_nothing_that_only_tests_or_builds_use() -> anyhow::Result<()> {
    let repo = Repo::here()?;
    let list = of(&repo, &release(&repo)?)?;
    let names: BTreeSet<&str> = texts(&list, "components", "name").into_iter().collect();
    for inside in
        ["sqlx", "tokio", "axum", "rustls", "lettre", "libsqlite3-sys", "sqlite", "domain", "gateway"]
    {
        assert!(names.contains(inside), "{inside} is missing");
    }
    // For tests, for builds, and macros that are gone once they have run.
    for outside in ["proptest", "testkit", "rcgen", "oxc_parser", "cc", "serde_derive", "xtask", "faults"] {
        assert!(!names.contains(outside), "{outside} is not in the program");
    }
    assert!(names.len() > 150, "{}", names.len());
    Ok(())
}

#[test]
fn the_list_has_the_shape_that_its_readers_expect() -> anyhow::Result<()> {
    let repo = Repo::here()?;
    let list = of(&repo, &release(&repo)?)?;
    assert_eq!((list["bomFormat"].as_str(), list["specVersion"].as_str()), (Some("CycloneDX"), Some("1.6")));
    assert_eq!(list["metadata"]["timestamp"], "2026-11-21T05:00:24Z");
    let mut references: Vec<&str> = texts(&list, "components", "bom-ref");
    references.extend(list["metadata"]["component"]["bom-ref"].as_str());
    let known: BTreeSet<&str> = references.iter().copied().collect();
    assert_eq!(known.len(), references.len(), "a reference is there once");
    let whose: BTreeSet<&str> = texts(&list, "dependencies", "ref").into_iter().collect();
    assert_eq!(whose, known, "everybody's needs are told");
    for entry in list["dependencies"].as_array().into_iter().flatten() {
        for need in entry["dependsOn"].as_array().into_iter().flatten() {
            assert!(need.as_str().is_some_and(|need| known.contains(need)), "{need} is nowhere");
        }
    }
    for part in list["components"].as_array().into_iter().flatten() {
        assert!(part["version"].is_string() && part["licenses"][0].is_object(), "{part}");
        let foreign = part["purl"].as_str().is_some_and(|purl| purl.starts_with("pkg:cargo/"));
        let sum = part["hashes"][0]["content"].as_str();
        assert_eq!(sum.map(str::len), foreign.then_some(64), "{part}");
    }
    Ok(())
}

#[test]
fn a_tree_is_read_with_what_it_shows_only_once() {
    let graph = graph("0 server v0.1.0 (here)\n1 a v1.0.0\n2 b v2.0.0\n1 c v3.0.0\n2 a v1.0.0 (*)\n");
    let id = |name: &str, version: &str| (name.to_owned(), version.to_owned());
    assert_eq!(graph.root, Some(id("server", "0.1.0")));
    assert_eq!(graph.needs[&id("a", "1.0.0")], [id("b", "2.0.0")].into());
    assert_eq!(graph.needs[&id("c", "3.0.0")], [id("a", "1.0.0")].into());
    assert_eq!(graph.needs.len(), 4);
}

#[test]
fn a_sum_belongs_to_its_version() {
    let lock = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"aa\"\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
    let sums = checksums(lock);
    assert_eq!(sums.len(), 1);
    assert_eq!(sums[&("a".to_owned(), "1.0.0".to_owned())], "aa");
}

#[test]
fn a_release_needs_its_heading_in_the_changelog() {
    assert_eq!(changelog("# Changelog\n\n## [0.2.0] - 2026-12-01\n", "0.2.0"), None);
    assert_eq!(changelog("## 0.2.0\n", "0.2.0"), None);
    assert!(changelog("## Unreleased\n## 0.2.0-rc1\n", "0.2.0").is_some());
}

#[test]
fn a_release_needs_the_database_that_it_leaves_with_every_step() -> anyhow::Result<()> {
    let steps = ["0001_everything.sql", "0002_outbox.sql"].map(str::to_owned);
    assert!(dump(None, &steps).is_some_and(|fault| fault.contains("release dump")));
    let row = |number| format!("INSERT INTO _sqlx_migrations (version, …) VALUES ({number}, 'x');\n");
    assert!(dump(Some(&row(1)), &steps).is_some_and(|fault| fault.contains("0002_outbox.sql")));
    assert_eq!(dump(Some(&(row(1) + &row(2))), &steps), None);
    // As the tool itself has written it.
    let written = std::fs::read_to_string(Repo::here()?.root().join(ready::dump_of("0.1.0-dev")))?;
    assert_eq!(dump(Some(&written), &steps), None);
    Ok(())
}

#[test]
fn the_archive_has_what_belongs_to_it_and_is_the_same_a_second_time() -> anyhow::Result<()> {
    let repo = Repo::here()?;
    let release = release(&repo)?;
    let folder = std::env::temp_dir().join(format!("deskbell-release-{}", std::process::id()));
    let (program, dist) = (folder.join("program"), folder.join("dist"));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(&program, "a program")?;
    let mut sums = BTreeSet::new();
    for _ in 0..2 {
        pack(&repo, &release, &program, &json!({ "bomFormat": "CycloneDX" }), &dist)?;
        sums.insert(std::fs::read_to_string(dist.join("SHA256SUMS"))?);
    }
    assert_eq!(sums.len(), 1, "{sums:?}");
    said(std::process::Command::new("sha256sum").args(["--check", "SHA256SUMS"]).current_dir(&dist))?;
    let archive = dist.join(format!("{}.tar.gz", release.name()));
    let tar =
        |how: &str| said(std::process::Command::new("tar").args([how, "-f"]).arg(&archive).env("TZ", "UTC"));
    let (held, told) = (tar("-tz")?, tar("-tvz")?);
    std::fs::remove_dir_all(&folder)?;
    for file in [
        "deskbell",
        "deskbell.cdx.json",
        "LICENSE",
        "CHANGELOG.md",
        "config/deskbell.toml",
        "deploy/nginx.conf",
    ] {
        let path = format!("{}/{file}", release.name());
        assert!(held.lines().any(|line| line == path), "{path} is not in\n{held}");
    }
    // Nothing of the moment and of whoever packed it.
    assert!(told.lines().all(|line| line.contains(" 2026-11-21 05:00 ") && line.contains(" 0/0 ")), "{told}");
    Ok(())
}
