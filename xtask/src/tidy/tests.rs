//! Each rule catches what it is for, and lets pass what it must.

use super::architecture::{dead_paths, unnamed};
use super::files::{machine_paths_in, names_a_host, too_long, without_header};
use super::floors::{Import, forbidden_imports, strangers};
use super::front_end::addresses_in;
use super::links::{Link, is_in, links};
use crate::repo::{Repo, SourceFile};

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

fn import(from: &str, to: &str, in_tests: bool) -> Import {
    Import { from: from.to_owned(), to: to.to_owned(), in_tests }
}

fn crates(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn an_import_may_only_go_down() {
    let all = crates(&["domain", "desk", "gateway", "portal", "testkit"]);
    let down = import("gateway", "desk", false);
    let up = import("domain", "desk", false);
    let sideways = import("portal", "gateway", false);
    let past_the_desk = import("gateway", "storage", false);
    assert!(forbidden_imports(&[down], &all).is_empty());
    assert_eq!(forbidden_imports(&[up], &all), ["domain must not import desk"]);
    assert_eq!(forbidden_imports(&[sideways], &all), ["portal must not import gateway"]);
    assert_eq!(
        forbidden_imports(&[past_the_desk], &crates(&["storage"])),
        ["gateway must not import storage"]
    );
}

#[test]
fn the_desk_in_a_box_is_for_tests() {
    let all = crates(&["gateway", "testkit"]);
    assert!(forbidden_imports(&[import("gateway", "testkit", true)], &all).is_empty());
    assert_eq!(
        forbidden_imports(&[import("gateway", "testkit", false)], &all),
        ["gateway must not import testkit"]
    );
}

#[test]
fn a_library_stays_in_the_room_that_owns_it() {
    assert!(strangers(&[import("storage-sqlite", "sqlx", false)]).is_empty());
    assert!(strangers(&[import("portal", "sqlx", true)]).is_empty());
    assert_eq!(strangers(&[import("portal", "sqlx", false)]), ["portal must not use sqlx"]);
    assert_eq!(strangers(&[import("gateway", "lettre", false)]), ["gateway must not use lettre"]);
}

#[test]
fn the_rules_stay_pure() {
    assert!(strangers(&[import("domain", "uuid", false)]).is_empty());
    assert_eq!(strangers(&[import("domain", "tokio", false)]), ["domain must not use tokio"]);
    assert_eq!(strangers(&[import("domain", "serde", false)]), ["domain must not use serde"]);
}

#[test]
fn a_rust_file_begins_with_its_sentence() {
    assert!(without_header(&file("a/b.rs", "//! Says what it is for.\n\nuse x;\n")).is_none());
    assert!(without_header(&file("a/b.rs", "use x;\n//! Too late.\n")).is_some());
    assert!(without_header(&file("a/b.rs", "")).is_some());
    assert!(without_header(&file("a/b.js", "import x\n")).is_none());
}

#[test]
fn a_file_has_at_most_four_hundred_lines() {
    let just = "line\n".repeat(400);
    let over = "line\n".repeat(401);
    assert!(too_long(&file("a/b.rs", &just)).is_none());
    assert!(too_long(&file("a/b.rs", &over)).is_some());
    assert!(too_long(&file("a/b.js", &over)).is_some());
    assert!(too_long(&file("a/tests.rs", &over)).is_none());
    assert!(too_long(&file("a/tests/it/ws.rs", &over)).is_none());
}

#[test]
fn a_path_of_a_machine_is_found_and_an_address_is_not() {
    let spoken = |folder: &str| format!("see {}{folder}/x for it", '/');
    assert_eq!(machine_paths_in(&file("a.md", &spoken("root"))).len(), 1);
    assert_eq!(machine_paths_in(&file("a.md", &spoken("home"))).len(), 1);
    let harmless = format!("https://host.example/home/x, ./tmp/y, $HOME/{}/z", "work");
    assert!(machine_paths_in(&file("a.md", &harmless)).is_empty());
}

#[test]
fn a_registry_host_in_the_lock_file_is_found() {
    assert!(names_a_host(&file("e2e/package-lock.json", r#"{ "resolved": "x" }"#)).is_some());
    assert!(names_a_host(&file("e2e/package-lock.json", r#"{ "integrity": "x" }"#)).is_none());
}

#[test]
fn the_map_names_every_crate_and_only_what_exists() -> anyhow::Result<()> {
    let repo = Repo::here()?;
    let map = "`domain` stands below `crates/desk`; see `xtask/src/main.rs`, [why](docs/nowhere.md), `crates/attic/`.";
    let forgotten = unnamed(map, ["domain", "desk", "web"].into_iter());
    assert_eq!(forgotten, ["ARCHITECTURE.md does not name web"]);
    let dead = dead_paths(map, repo.root());
    assert_eq!(dead.len(), 2, "{dead:?}");
    assert!(dead[0].contains("crates/attic/") && dead[1].contains("docs/nowhere.md"));
    Ok(())
}

#[test]
fn a_page_may_not_ask_another_host() {
    let outside = "@import url(https://fonts.example/a.css); /* http://cdn.example/b */";
    assert_eq!(addresses_in(&file("assets/a.css", outside)).len(), 2);
    let inside = "createElementNS('http://www.w3.org/2000/svg', 'svg'); url.replace('http://', 'ws://')";
    assert!(addresses_in(&file("assets/a.js", inside)).is_empty());
}

#[test]
fn the_links_of_a_page_are_found_and_code_is_none() {
    let page =
        "See [the map](ARCHITECTURE.md#floors) and [`a_name`](x.rs).\n```\n[no](link)\n```\n[last](y.md)";
    let found = [
        Link { says: "the map", to: "ARCHITECTURE.md#floors" },
        Link { says: "`a_name`", to: "x.rs" },
        Link { says: "last", to: "y.md" },
    ];
    assert_eq!(links(page), found);
}

#[test]
fn a_test_that_a_document_names_is_there() {
    let code = "async fn it_holds() {}\ntest(\"a title of words\", …);\nid: \"R01\",";
    for there in ["`it_holds`", "a title of words", "R01", "`src/here.rs`"] {
        assert!(is_in(there, code, "../src/here.rs"), "{there}");
    }
    for nowhere in ["`it_hold`", "`holds`", "a title", "R0", "`src/there.rs`"] {
        assert!(!is_in(nowhere, code, "../src/here.rs"), "{nowhere}");
    }
}
