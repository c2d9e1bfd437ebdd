//! The repository as the checks see it: its folder, its own files, and what cargo knows of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What a checkout may hold beside the project's own files: made by builds and runs, ignored by git.
const NOT_OURS: &[&str] = &[
    ".git",
    "target",
    "deskbell-data",
    "e2e/node_modules",
    "e2e/test-results",
    "e2e/playwright-report",
    "e2e/.artifacts",
];

/// The checkout this program was built from.
pub(crate) struct Repo {
    root: PathBuf,
    metadata: Value,
}

/// A file of the project: its path from the root, with `/`, and its text.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Repo {
    /// The repository whose `xtask` is running.
    pub(crate) fn here() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask stands directly below the root of the repository")?
            .to_path_buf();
        let output = Command::new("cargo")
            .args(["metadata", "--format-version=1", "--no-deps"])
            .current_dir(&root)
            .output()
            .context("cargo metadata")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        Ok(Self { root, metadata: serde_json::from_slice(&output.stdout)? })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        self.metadata["target_directory"].as_str().map_or_else(|| self.root.join("target"), PathBuf::from)
    }

    /// The workspace's packages, as `cargo metadata` describes them.
    pub(crate) fn packages(&self) -> &[Value] {
        self.metadata["packages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// All packages that the program for this target may need, other people's as well, as `cargo metadata` describes them.
    pub(crate) fn everything(&self, target: &str) -> Result<Value> {
        let mut cargo = Command::new("cargo");
        cargo.args(["metadata", "--format-version=1", "--locked", "--filter-platform", target]);
        let output = cargo.current_dir(&self.root).output().context("cargo metadata")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Every text file of the project, in the order of their paths.
    pub(crate) fn text_files(&self) -> Vec<SourceFile> {
        let mut paths = Vec::new();
        self.walk(&self.root, &mut paths);
        paths.sort();
        paths
            .into_iter()
            .filter_map(|path| {
                Some(SourceFile { text: std::fs::read_to_string(self.root.join(&path)).ok()?, path })
            })
            .collect()
    }

    fn walk(&self, folder: &Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let full = entry.path();
            let Ok(relative) = full.strip_prefix(&self.root) else { continue };
            let relative = relative.to_string_lossy().into_owned();
            if NOT_OURS.contains(&relative.as_str()) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.walk(&full, into),
                Ok(kind) if kind.is_file() => into.push(relative),
                _ => {}
            }
        }
    }
}
