//! What the tests need beside Rust, how to see whether this machine has it, and how to get it on Debian and Ubuntu.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::autobahn;
use super::runner::{show, spell};
use crate::repo::Repo;

/// The version is pinned: a check must not change its mind because a tool did.
const CARGO_DENY: &str = "0.20.2";
/// Debian's Python is there without what `python3-venv` brings.
const PYTHON_CAN: &str = "import ensurepip, venv; print(ensurepip.version())";
/// The oldest Node.js that runs the tests.
const OLDEST_NODE: u32 = 18;
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Something a step cannot do without.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Node.js and npm.
    Node,
    /// What `e2e/package-lock.json` names, installed.
    NodeModules,
    /// Python with what makes a folder of packages of its own.
    Python,
    /// What `e2e/api/requirements.txt` names, installed.
    Schemathesis,
    /// A real browser.
    Chromium,
    /// Without one, Korean pages are empty boxes, in screenshots too.
    KoreanFont,
    /// A real mail server: exim, run in the foreground from a file of its own.
    MailServer,
    /// A real proxy with buffers: nginx, run in the foreground from a file of its own.
    Proxy,
    /// Another proxy: Caddy, the same way.
    Caddy,
    /// And another: HAProxy.
    HaProxy,
    /// Python as it was until 2020, which no Debian has any more.
    OldPython,
    /// What `e2e/autobahn/requirements.txt` names, installed.
    Autobahn,
    /// Lies to a program about the time.
    FakeTime,
    /// Sees what reaches the disk, and makes it fail.
    Strace,
    /// Another program that locks the database.
    SqliteShell,
    /// Licences, sources and duplicates of the dependencies.
    CargoDeny,
}

impl Need {
    pub(super) fn is_met(self, repo: &Repo) -> bool {
        match self {
            Self::Node => {
                said(Command::new("node").arg("--version"))
                    .is_some_and(|version| node_is_new_enough(&version))
                    && said(Command::new("npm").arg("--version")).is_some()
            }
            Self::NodeModules => node_modules_are_current(repo),
            Self::Python => said(Command::new("python3").args(["-c", PYTHON_CAN])).is_some(),
            Self::Schemathesis => schemathesis_is_current(repo),
            Self::Chromium => chromium().is_ok(),
            Self::KoreanFont => said(Command::new("fc-list").arg(":lang=ko")).is_some(),
            Self::MailServer => Path::new("/usr/sbin/exim4").exists(),
            Self::Proxy => Path::new("/usr/sbin/nginx").exists(),
            Self::Caddy => Path::new("/usr/bin/caddy").exists(),
            Self::HaProxy => Path::new("/usr/sbin/haproxy").exists(),
            Self::OldPython => autobahn::python().is_some(),
            Self::Autobahn => autobahn::is_installed(repo),
            Self::Strace => said(Command::new("strace").arg("--version")).is_some(),
            Self::SqliteShell => said(Command::new("sqlite3").arg("--version")).is_some(),
            Self::FakeTime => said(Command::new("faketime").arg("--version")).is_some(),
            Self::CargoDeny => said(Command::new(cargo_deny(repo)).arg("--version")).is_some(),
        }
    }

    /// The Debian packages it comes in.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Node => &["nodejs", "npm"],
            Self::Python => &["python3", "python3-venv"],
            Self::Chromium => &["chromium"],
            Self::KoreanFont => &["fontconfig", "fonts-noto-cjk"],
            Self::MailServer => &["exim4-daemon-light"],
            Self::Proxy => &["nginx-light"],
            Self::Caddy => &["caddy"],
            Self::HaProxy => &["haproxy"],
            Self::FakeTime => &["faketime"],
            Self::Strace => &["strace"],
            Self::SqliteShell => &["sqlite3"],
            Self::NodeModules | Self::Schemathesis | Self::OldPython | Self::Autobahn | Self::CargoDeny => {
                &[]
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Node => "Node.js 18 or newer, with npm",
            Self::NodeModules => "the packages of e2e/package-lock.json",
            Self::Python => "Python with venv",
            Self::Schemathesis => "the packages of e2e/api/requirements.txt",
            Self::Chromium => "Chromium",
            Self::KoreanFont => "a font with Korean letters",
            Self::MailServer => "the mail server exim4",
            Self::Proxy => "the proxy nginx",
            Self::Caddy => "the proxy Caddy",
            Self::HaProxy => "the proxy HAProxy",
            Self::OldPython => autobahn::WHICH_PYTHON,
            Self::Autobahn => "the packages of e2e/autobahn/requirements.txt",
            Self::FakeTime => "faketime",
            Self::Strace => "strace",
            Self::SqliteShell => "the shell of SQLite",
            Self::CargoDeny => "cargo-deny",
        }
    }
}

/// Gets everything that is missing, or says loudly what cannot be had.
pub(super) fn install(repo: &Repo, missing: &[Need]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    println!("== needs\nmissing: {}", missing.iter().map(|need| need.name()).collect::<Vec<_>>().join(", "));
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    if !packages.is_empty() {
        install_packages(&packages)?;
    }
    if missing.contains(&Need::NodeModules) {
        let npm = ["ci", "--no-audit", "--no-fund"];
        must(Command::new("npm").args(npm).current_dir(repo.root().join("e2e")))?;
    }
    if missing.contains(&Need::Schemathesis) {
        install_schemathesis(repo)?;
    }
    if missing.contains(&Need::Autobahn) {
        autobahn::install(repo)?;
    }
    if missing.contains(&Need::CargoDeny) {
        let version = format!("cargo-deny@{CARGO_DENY}");
        // Unoptimised: it is built in half the time, and has little to do.
        let install = ["install", &version, "--locked", "--debug", "--root"];
        must(Command::new("cargo").args(install).arg(tools(repo)))?;
    }
    let still: Vec<&str> = missing.iter().filter(|need| !need.is_met(repo)).map(|need| need.name()).collect();
    ensure!(still.is_empty(), "CANNOT TEST: this machine still lacks {}", still.join(", "));
    Ok(())
}

fn install_packages(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if said(Command::new("apt-get").arg("--version")).is_none() {
        bail!("CANNOT TEST: there is no apt-get here; install by hand what Debian calls: {list}");
    }
    must(&mut as_root(&["apt-get", "update"])?)?;
    // Never at the price of something installed: a mail server that is already here would have to go for exim.
    let install = ["apt-get", "install", "-y", "--no-install-recommends", "--no-remove"];
    must(&mut as_root(&[&install[..], packages].concat())?)
        .with_context(|| format!("CANNOT TEST: apt-get does not install {list}"))
}

fn as_root(words: &[&str]) -> Result<Command> {
    let root = said(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root && said(Command::new("sudo").arg("--version")).is_none() {
        bail!("CANNOT TEST: not root, and no sudo; run as root: {}", words.join(" "));
    }
    let mut command = Command::new(if root { "env" } else { "sudo" });
    command.arg("DEBIAN_FRONTEND=noninteractive").args(words);
    Ok(command)
}

/// What makes requests of docs/openapi.yaml.
pub(super) fn schemathesis(repo: &Repo) -> PathBuf {
    tools(repo).join("api/bin/schemathesis")
}

/// A folder of its own, made anew: what is left of older versions would be there, too.
fn install_schemathesis(repo: &Repo) -> Result<()> {
    let folder = tools(repo).join("api");
    must(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    must(Command::new(folder.join("bin/python")).args(pip).arg(requirements(repo)))?;
    Ok(std::fs::copy(requirements(repo), folder.join("requirements.txt")).map(drop)?)
}

/// Whether what is installed is what the file names: its copy says so, which is made last.
fn schemathesis_is_current(repo: &Repo) -> bool {
    let read = |path: PathBuf| std::fs::read(path).ok();
    let installed = read(tools(repo).join("api/requirements.txt"));
    installed.is_some()
        && installed == read(requirements(repo))
        && said(Command::new(schemathesis(repo)).arg("--version")).is_some()
}

fn requirements(repo: &Repo) -> PathBuf {
    repo.root().join("e2e/api/requirements.txt")
}

/// The browser of the journeys.
pub(super) fn chromium() -> Result<PathBuf> {
    let folders = ["/usr/bin", "/usr/local/bin", "/opt/google/chrome"].map(Path::new);
    let browsers = BROWSERS.iter().flat_map(|name| folders.map(|folder| folder.join(name)));
    // On Ubuntu the file may be a signpost to a snap that is not installed: only one that answers counts.
    let mut answering = browsers.filter(|path| said(Command::new(path).arg("--version")).is_some());
    answering.next().context("there is no Chromium")
}

/// Where cargo-deny is: the contributor's own, else the one this program installed for itself.
pub(super) fn cargo_deny(repo: &Repo) -> PathBuf {
    let own = PathBuf::from("cargo-deny");
    if said(Command::new(&own).arg("--version")).is_some() { own } else { tools(repo).join("bin/cargo-deny") }
}

/// Tools live with what cargo builds, so that testing leaves nothing behind in the contributor's home.
pub(super) fn tools(repo: &Repo) -> PathBuf {
    repo.target().join("tools")
}

/// Whether what is installed is what the lock file names: npm keeps its own copy of it.
fn node_modules_are_current(repo: &Repo) -> bool {
    let modified =
        |path: &str| std::fs::metadata(repo.root().join(path)).and_then(|file| file.modified()).ok();
    match (modified("e2e/package-lock.json"), modified("e2e/node_modules/.package-lock.json")) {
        (Some(wanted), Some(installed)) => installed >= wanted,
        _ => false,
    }
}

fn node_is_new_enough(version: &str) -> bool {
    let major = version.trim().trim_start_matches('v').split('.').next();
    major.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= OLDEST_NODE)
}

/// What a program says when it is there, runs and has something to say.
pub(super) fn said(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success() && !text.trim().is_empty()).then_some(text)
}

pub(super) fn must(command: &mut Command) -> Result<()> {
    let outcome = show(command)?;
    ensure!(outcome.success, "{} failed", spell(command));
    Ok(())
}
