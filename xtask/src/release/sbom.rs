//! What is in the program, as CycloneDX 1.6 in JSON: name, version, licence, checksum and who needs whom.
//!
//! Read from `cargo tree`, which knows the features that are really on: nothing that only tests, builds or macros use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Release, said};
use crate::repo::Repo;

/// A crate: its name and version.
pub(super) type Id = (String, String);

/// Who needs whom.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) root: Option<Id>,
    pub(super) needs: BTreeMap<Id, BTreeSet<Id>>,
}

/// The whole document.
pub(super) fn of(repo: &Repo, release: &Release) -> Result<Value> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repo.root()).args([
        "tree",
        "--locked",
        "--package",
        "server",
        "--target",
        &release.target,
    ]);
    cargo.args(["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", " {p}"]);
    let graph = graph(&said(&mut cargo)?);
    let root = graph.root.clone().context("the tree has a root")?;
    let everything = repo.everything(&release.target)?;
    let packages = everything["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let sums = checksums(&std::fs::read_to_string(repo.root().join("Cargo.lock"))?);

    let mut components = Vec::new();
    for id in graph.needs.keys().filter(|id| **id != root) {
        let package = packages.iter().find(|package| package["name"] == *id.0 && package["version"] == *id.1);
        let package = package.with_context(|| format!("cargo knows nothing of {} {}", id.0, id.1))?;
        components.push(component(id, package, sums.get(id)));
        components.extend(engine(id, package));
    }
    components.push(client(&repo.root().join("vendor/socket.io-client/socket.io.min.js"))?);
    let needs = graph.needs.iter().map(|(id, needs)| {
        let mut needs: Vec<String> = needs.iter().map(reference).collect();
        if id.0 == SQLITE.0 {
            needs.push(SQLITE.1.to_owned());
        }
        let whose = if *id == root { release.name() } else { reference(id) };
        json!({ "ref": whose, "dependsOn": needs })
    });
    let mut needs: Vec<Value> = needs.collect();
    needs.push(json!({ "ref": SQLITE.1, "dependsOn": [] }));
    needs.push(json!({ "ref": CLIENT, "dependsOn": [] }));
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": release.committed,
            "component": {
                "type": "application",
                "bom-ref": release.name(),
                "name": "deskbell",
                "version": release.version,
                "purl": format!("pkg:github/deskbell/deskbell@{}", release.version),
                "licenses": [{ "expression": "Apache-2.0" }],
                "properties": [{ "name": "target", "value": release.target }],
            },
        },
        "components": components,
        "dependencies": needs,
    }))
}

/// The C library that is compiled into a crate: its faults have numbers of their own. The crate, and its reference.
const SQLITE: (&str, &str) = ("libsqlite3-sys", "sqlite");

fn engine(id: &Id, package: &Value) -> Option<Value> {
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
    let header =
        (id.0 == SQLITE.0).then(|| std::fs::read_to_string(folder.join("sqlite3/sqlite3.h")).ok())??;
    let version = header.lines().find_map(|line| line.strip_prefix("#define SQLITE_VERSION "))?;
    let version = version.trim().trim_matches('"');
    Some(json!({
        "type": "library",
        "bom-ref": SQLITE.1,
        "name": "sqlite",
        "version": version,
        "purl": format!("pkg:generic/sqlite@{version}"),
        "cpe": format!("cpe:2.3:a:sqlite:sqlite:{version}:*:*:*:*:*:*:*"),
        "licenses": [{ "license": { "id": "blessing" } }],
    }))
}

/// What the program serves and does not run: Socket.IO's client for pages of other sites.
const CLIENT: &str = "socket.io-client";

fn client(file: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let version = text.lines().find_map(|line| line.strip_prefix(" * Socket.IO v"));
    let version = version.context("the client of Socket.IO says its version")?.trim();
    Ok(json!({
        "type": "library",
        "bom-ref": CLIENT,
        "name": CLIENT,
        "version": version,
        "purl": format!("pkg:npm/{CLIENT}@{version}"),
        "licenses": [{ "license": { "id": "MIT" } }],
    }))
}

fn component(id: &Id, package: &Value, sum: Option<&String>) -> Value {
    let (name, version) = id;
    let mut component =
        json!({ "type": "library", "bom-ref": reference(id), "name": name, "version": version });
    // Our own crates are in no registry: a package of the same name there is another one.
    if !package["source"].is_null() {
        component["purl"] = json!(format!("pkg:cargo/{name}@{version}"));
    }
    if let Some(licence) = package["license"].as_str() {
        // What Cargo allowed before it knew expressions.
        component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(sum) = sum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    if let Some(place) = package["repository"].as_str().filter(|place| place.starts_with("https://")) {
        component["externalReferences"] = json!([{ "type": "vcs", "url": place }]);
    }
    component
}

fn reference((name, version): &Id) -> String {
    format!("{name}@{version}")
}

/// Reads `cargo tree --prefix depth`: a crate that was shown before comes without what it needs.
pub(super) fn graph(tree: &str) -> Graph {
    let (mut graph, mut above) = (Graph::default(), Vec::<Id>::new());
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(depth), Some(name), Some(version)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let Ok(depth) = depth.parse::<usize>() else { continue };
        let id = (name.to_owned(), version.trim_start_matches('v').to_owned());
        above.truncate(depth);
        if let Some(parent) = above.last() {
            graph.needs.entry(parent.clone()).or_default().insert(id.clone());
        } else {
            graph.root = Some(id.clone());
        }
        graph.needs.entry(id.clone()).or_default();
        above.push(id);
    }
    graph
}

/// The sums that `Cargo.lock` has.
pub(super) fn checksums(lock: &str) -> BTreeMap<Id, String> {
    let value = |package: &str, key: &str| {
        let lines = package.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
        lines.into_iter().next().map(|value| value.trim_end_matches('"').to_owned())
    };
    let packages = lock.split("[[package]]").skip(1);
    packages
        .filter_map(|package| {
            let id = (value(package, "name")?, value(package, "version")?);
            Some((id, value(package, "checksum")?))
        })
        .collect()
}
