//! The suite of Autobahn against our WebSockets: everything the protocol allows and forbids, judged by its own report (S36).

use std::env::{home_dir, var_os};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::needs::{must, said, tools};
use super::runner::show;
use super::tally::Tally;
use crate::repo::Repo;

/// What somebody has to do by hand, in place of a package.
pub(super) const WHICH_PYTHON: &str = "Python 2.7 with pip, which Debian 12 has no package of: have pyenv build one \
     (`pyenv install 2.7.18`), or say where one is in PYTHON2";
/// The suite's own way to start, once its folder is known as one that pip installs into.
const START: &str =
    "import site, sys; site.addsitedir(sys.argv.pop(1)); from autobahntestsuite.wstest import run; run()";
/// Of compression, which is not offered.
const COMPRESSION: [&str; 2] = ["12.*", "13.*"];

/// One way to be asked.
struct Round {
    /// What the report calls it, and where the echo has it.
    name: &'static str,
    /// Beside compression.
    left_out: &'static [&'static str],
    /// So many cases there are: fewer, and something was not run.
    cases: usize,
    /// What a socket may cost. The suite opens one at a time.
    most_kib: Option<u64>,
}

/// `/wire` takes no binary messages (1.2), none above 64 KiB and no more than 400 in 20 s (9); `/all` takes everything.
const ROUNDS: [Round; 2] = [
    Round { name: "wire", left_out: &["1.2.*", "9.*"], cases: 239, most_kib: Some(256) },
    Round { name: "all", left_out: &[], cases: 301, most_kib: None },
];

/// Both rounds, and what a socket cost.
pub(super) fn run(repo: &Repo, tally: &mut Tally) -> Result<()> {
    let mut build = Command::new("cargo");
    build.current_dir(repo.root()).args(["build", "--locked", "--package", "web", "--example", "echo"]);
    ensure!(show(&mut build)?.success, "the echo does not build");
    let echo = Echo::start(&repo.target().join("debug/examples/echo"))?;
    for round in ROUNDS {
        let before = echo.memory()?;
        let verdict = Verdict::of(&report(repo, &round, &echo.address)?, &round)?;
        for fault in &verdict.faults {
            println!("{fault}");
        }
        tally.counted(&verdict.to_string(), verdict.passed, verdict.faults.len());
        let after = echo.memory()?;
        println!("the echo took {} KiB at the most, of which {} are code", after.highest, after.code);
        if let Some(most) = round.most_kib {
            // What was read of the program meanwhile is no socket's.
            let held = after.highest.saturating_sub(after.code + before.heap);
            let what = format!("/{}, {held} KiB of memory for a socket, {most} allowed", round.name);
            tally.counted(&what, usize::from(held <= most), usize::from(held > most));
        }
    }
    Ok(())
}

/// Lets the suite loose on one of the echo's paths; its report of each case.
fn report(repo: &Repo, round: &Round, address: &str) -> Result<Value> {
    let folder = repo.target().join("autobahn").join(round.name);
    // What an earlier run has said is not to be taken for what this one says.
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let left_out = [round.left_out, &COMPRESSION[..]].concat();
    let spec = json!({
        "outdir": folder,
        "servers": [{ "agent": round.name, "url": format!("ws://{address}/{}", round.name) }],
        "cases": ["*"],
        "exclude-cases": left_out,
        "exclude-agent-cases": {},
    });
    let file = folder.join("spec.json");
    std::fs::write(&file, spec.to_string())?;
    let python = python().context(WHICH_PYTHON)?;
    let mut suite = Command::new(python);
    suite.args(["-c", START]).arg(packages(repo)).args(["--mode", "fuzzingclient", "--spec"]).arg(&file);
    ensure!(show(suite.current_dir(&folder))?.success, "the suite ended with an error");
    let index = std::fs::read(folder.join("index.json")).context("the suite has written no report")?;
    let mut index: Value = serde_json::from_slice(&index)?;
    Ok(index[round.name].take())
}

/// What the suite says of a round.
struct Verdict {
    name: &'static str,
    cases: usize,
    passed: usize,
    non_strict: usize,
    informational: usize,
    unimplemented: usize,
    faults: Vec<String>,
}

impl Verdict {
    fn of(report: &Value, round: &Round) -> Result<Self> {
        let cases = report.as_object().with_context(|| format!("the report knows no {}", round.name))?;
        let (name, mut faults) = (round.name, Vec::new());
        if cases.len() != round.cases {
            faults.push(format!("{name}: {} cases were run, {} are expected", cases.len(), round.cases));
        }
        let is = |case: &Value, key: &str, wanted: &[&str]| {
            case[key].as_str().is_some_and(|it| wanted.contains(&it))
        };
        let tolerable = ["OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED"];
        let bad = cases
            .iter()
            .filter(|(_, case)| !is(case, "behavior", &tolerable) || !is(case, "behaviorClose", &tolerable));
        let bad = bad.map(|(number, case)| {
            format!("{name}: case {number}: {}, at the end {}", case["behavior"], case["behaviorClose"])
        });
        let bad: Vec<String> = bad.collect();
        let passed = cases.len() - bad.len();
        faults.extend(bad);
        let count = |behavior: &str| cases.values().filter(|case| is(case, "behavior", &[behavior])).count();
        Ok(Self {
            name,
            cases: cases.len(),
            passed,
            non_strict: count("NON-STRICT"),
            informational: count("INFORMATIONAL"),
            unimplemented: count("UNIMPLEMENTED"),
            faults,
        })
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, cases, non_strict, informational, unimplemented, .. } = self;
        write!(
            f,
            "/{name}, {cases} cases ({non_strict} non-strict, {informational} informational, {unimplemented} unimplemented)"
        )
    }
}

/// The echo that runs; it is ended when it is dropped.
struct Echo {
    process: Child,
    address: String,
}

/// Its memory, in KiB.
struct Memory {
    /// What it has made itself.
    heap: u64,
    /// What it has read of its own file.
    code: u64,
    /// The most there ever was of both.
    highest: u64,
}

impl Echo {
    fn start(program: &Path) -> Result<Self> {
        let mut process =
            Command::new(program).stdout(Stdio::piped()).spawn().context("the echo does not start")?;
        let said = process.stdout.take().context("the echo was started with a pipe")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Ok(Self { process, address })
    }

    fn memory(&self) -> Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .context("the echo has ended, or this is no Linux")?;
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
            number.with_context(|| format!("no {name} in its status"))
        };
        Ok(Memory { heap: kib("RssAnon:")?, code: kib("RssFile:")?, highest: kib("VmHWM:")? })
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("the echo could not be ended: {error}");
        }
    }
}

/// A Python 2.7 that can install packages: the one that was named, one on the path, or one that pyenv has built.
pub(super) fn python() -> Option<PathBuf> {
    let named = var_os("PYTHON2").map(PathBuf::from);
    let on_path = ["python2.7", "python2", "pypy2", "pypy"].map(PathBuf::from);
    let pyenv = var_os("PYENV_ROOT").map(PathBuf::from).or_else(|| Some(home_dir()?.join(".pyenv")));
    let built = pyenv.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let built = built.into_iter().flatten().flatten().map(|version| version.path().join("bin/python2.7"));
    let works = |python: &PathBuf| {
        let asked = "import sys, pip; assert sys.version_info[:2] == (2, 7); print(pip.__version__)";
        said(Command::new(python).args(["-c", asked])).is_some()
    };
    named.into_iter().chain(on_path).chain(built).find(works)
}

fn packages(repo: &Repo) -> PathBuf {
    tools(repo).join("autobahn")
}

fn requirements(repo: &Repo) -> PathBuf {
    repo.root().join("e2e/autobahn/requirements.txt")
}

/// A folder of its own, made anew: what is left of older versions would be there, too.
pub(super) fn install(repo: &Repo) -> Result<()> {
    let Some(python) = python() else { bail!("CANNOT TEST: this machine lacks {WHICH_PYTHON}") };
    let folder = packages(repo);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"];
    must(Command::new(python).args(pip).arg(&folder).arg("--requirement").arg(requirements(repo)))?;
    Ok(std::fs::copy(requirements(repo), folder.join("requirements.txt")).map(drop)?)
}

/// Whether what is installed is what the file names: its copy says so, which is made last.
pub(super) fn is_installed(repo: &Repo) -> bool {
    let installed = std::fs::read(packages(repo).join("requirements.txt")).ok();
    installed.is_some() && installed == std::fs::read(requirements(repo)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ROUNDS, Round, Verdict};

    #[test]
    fn what_fails_or_was_not_run_is_a_fault_and_what_is_unusual_is_counted() {
        let case = |behavior: &str, close: &str| json!({ "behavior": behavior, "behaviorClose": close });
        let report = json!({
            "1.1.1": case("OK", "OK"),
            "6.4.3": case("NON-STRICT", "OK"),
            "7.1.6": case("INFORMATIONAL", "INFORMATIONAL"),
            "2.1": case("FAILED", "OK"),
            "2.2": case("OK", "WRONG CODE"),
            "2.3": {},
        });
        let round = Round { cases: 6, ..ROUNDS[0] };
        let verdict = Verdict::of(&report, &round).unwrap();
        assert_eq!((verdict.passed, verdict.faults.len()), (3, 3), "{:?}", verdict.faults);
        assert_eq!((verdict.non_strict, verdict.informational, verdict.unimplemented), (1, 1, 0));
        let short = Verdict::of(&report, &Round { cases: 7, ..ROUNDS[0] }).unwrap();
        assert_eq!(short.faults.len(), 4, "{:?}", short.faults);
        assert!(Verdict::of(&json!(null), &round).is_err());
    }
}
