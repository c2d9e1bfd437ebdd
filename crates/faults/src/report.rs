//! A line for each trial, and a closing line that says how many held.

use std::process::ExitCode;
use std::time::Duration;

use crate::catalogue::{Outcome, Trial};

/// What is said while the trials run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    held: u32,
    broke: u32,
}

impl Report {
    pub(crate) fn begin(trial: &Trial) {
        println!("{:<5} {}", trial.id, trial.says);
    }

    pub(crate) fn end(&mut self, trial: &Trial, seed: u64, took: Duration, ended: anyhow::Result<Outcome>) {
        let took = took.as_secs_f64();
        match ended {
            Ok(Outcome { did, saw }) => {
                self.held += 1;
                println!("{:<5} held: {did} {}, seed {seed}, {took:.1} s: {saw}", trial.id, trial.unit);
            }
            Err(error) => {
                self.broke += 1;
                println!("{:<5} BROKE: seed {seed}, {took:.1} s: {error:#}", trial.id);
            }
        }
    }

    /// The closing line; a failure if one did not hold.
    pub(crate) fn close(self) -> ExitCode {
        println!("faults: {} passed, {} failed", self.held, self.broke);
        if self.broke == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
