//! `cargo xtask test`: every check there is, in the order of how soon it can say no.

mod autobahn;
mod needs;
pub(crate) mod runner;
mod steps;
mod tally;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::repo::Repo;
use needs::Need;
use tally::Tally;

/// One part of the run.
struct Step {
    name: &'static str,
    /// What it cannot do without.
    needs: &'static [Need],
    run: fn(&Repo, &mut Tally) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", needs: &[], run: steps::fmt },
    Step { name: "clippy", needs: &[], run: steps::clippy },
    Step { name: "tidy", needs: &[], run: steps::tidy },
    Step { name: "deny", needs: &[Need::CargoDeny], run: steps::deny },
    Step { name: "rust", needs: &[Need::Proxy, Need::Caddy, Need::HaProxy], run: steps::rust },
    Step { name: "assets", needs: &[Need::Node], run: steps::assets },
    Step { name: "types", needs: &[Need::Node, Need::NodeModules], run: steps::types },
    Step { name: "clients", needs: &[Need::Node, Need::NodeModules], run: steps::clients },
    Step { name: "api", needs: &[Need::Node, Need::Python, Need::Schemathesis], run: steps::api },
    Step {
        name: "journeys",
        needs: &[
            Need::Node,
            Need::NodeModules,
            Need::Chromium,
            Need::KoreanFont,
            Need::MailServer,
            Need::Proxy,
        ],
        run: steps::journeys,
    },
    Step { name: "faults", needs: &[Need::FakeTime, Need::Strace, Need::SqliteShell], run: steps::faults },
];

/// Steps that run when they are named only: what they need is not to be had everywhere.
const ON_REQUEST: &[Step] =
    &[Step { name: "autobahn", needs: &[Need::OldPython, Need::Autobahn], run: autobahn::run }];

pub(crate) fn step_names() -> Vec<&'static str> {
    STEPS.iter().chain(ON_REQUEST).map(|step| step.name).collect()
}

/// Runs the steps named, or all but those on request; goes on after a failure, so that one run tells everything. True when all is well.
pub(crate) fn run(repo: &Repo, wanted: &[&str]) -> Result<bool> {
    if let Some(unknown) = wanted.iter().find(|name| !step_names().contains(name)) {
        bail!("there is no step {unknown}; there are: {}", step_names().join(" "));
    }
    let steps: Vec<&Step> = if wanted.is_empty() {
        STEPS.iter().collect()
    } else {
        STEPS.iter().chain(ON_REQUEST).filter(|step| wanted.contains(&step.name)).collect()
    };

    let mut missing: Vec<Need> = Vec::new();
    for need in steps.iter().flat_map(|step| step.needs) {
        if !missing.contains(need) && !need.is_met(repo) {
            missing.push(*need);
        }
    }
    needs::install(repo, &missing)?;

    let mut tally = Tally::default();
    for step in steps {
        tally.begin(step.name);
        let begun = Instant::now();
        if let Err(error) = (step.run)(repo, &mut tally) {
            tally.broke(&format!("{error:#}"));
        }
        println!("-- {} took {} s", step.name, begun.elapsed().as_secs());
    }
    Ok(tally.close())
}
