//! Throws at the real binary what `docs/reliability.md` says it survives, and prints a line for each with its number and seed.
//!
//! `cargo xtask faults` builds both and runs this; `cargo xtask faults --list` shows what there is.
//!
//! How to add a trial: a file in `trials` with a function from an [`catalogue::Attempt`] to an [`catalogue::Outcome`], a row in the
//! catalogue, a row in `docs/reliability.md`. It starts servers in a [`house::House`], lets [`clients::Person`]s do things,
//! and asks [`check`] whether all is well. It waits for conditions and not for time, unless time is the fault.

mod catalogue;
mod check;
mod clients;
mod house;
mod lanes;
mod load;
mod pairs;
mod power_cut;
mod proxy;
mod raw;
mod report;
mod strace;
mod trap;
mod trials;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::catalogue::{CATALOGUE, Trial};
use crate::report::Report;

/// What a run is asked for.
#[derive(Debug, Parser)]
#[command(name = "faults", about = "Throws faults at a running Deskbell and checks that nothing is lost")]
struct Cli {
    /// Which trials, by their ids (R01 …); all when none is named.
    trials: Vec<String>,
    /// The server to throw them at.
    #[arg(long, default_value = "target/debug/deskbell")]
    binary: PathBuf,
    /// The seed of every random choice: the same seed makes the same choices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Runs the long form: the counts that a release is held to.
    #[arg(long)]
    long: bool,
    /// Runs each trial so often, whatever its short and long forms say.
    #[arg(long)]
    count: Option<u64>,
    /// Shows what there is and runs nothing.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let wanted = chosen(&cli.trials)?;
    if cli.list {
        for trial in wanted {
            println!(
                "{:<5} {:>6} {:>7} {:<12} {}",
                trial.id, trial.short, trial.long, trial.unit, trial.says
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut report = Report::default();
    let attempt = |trial: &Trial| {
        let count = cli.count.unwrap_or(if cli.long { trial.long } else { trial.short });
        catalogue::Attempt { binary: cli.binary.clone(), seed: cli.seed, count }
    };
    let (beside, others): (Vec<&Trial>, Vec<&Trial>) =
        wanted.into_iter().partition(|trial| catalogue::BESIDE.contains(&trial.id));
    let mut waiting = Vec::new();
    for trial in beside {
        Report::begin(trial);
        let running = (trial.run)(attempt(trial));
        let began = Instant::now();
        waiting.push((trial, runtime.spawn(async move { (running.await, began.elapsed()) })));
    }
    for trial in others {
        Report::begin(trial);
        let began = Instant::now();
        let ended = runtime.block_on((trial.run)(attempt(trial)));
        report.end(trial, cli.seed, began.elapsed(), ended);
    }
    for (trial, running) in waiting {
        let (ended, took) = runtime.block_on(running)?;
        report.end(trial, cli.seed, took, ended);
    }
    Ok(report.close())
}

/// The trials with these ids, in the catalogue's order; all without any.
fn chosen(ids: &[String]) -> anyhow::Result<Vec<&'static Trial>> {
    for id in ids {
        let known = CATALOGUE.iter().any(|trial| trial.id.eq_ignore_ascii_case(id));
        anyhow::ensure!(known, "there is no trial {id}; --list shows what there is");
    }
    let named = |trial: &&Trial| ids.is_empty() || ids.iter().any(|id| trial.id.eq_ignore_ascii_case(id));
    Ok(CATALOGUE.iter().filter(named).collect())
}
