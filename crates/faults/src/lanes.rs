//! Runs a trial in several houses side by side: most of a cycle is waiting for a process or a disk.

use anyhow::Context;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use crate::catalogue::Attempt;

/// One of the lanes of a trial.
pub(crate) struct Lane {
    /// Which, from 0.
    pub(crate) number: u64,
    /// How often it has to do it.
    pub(crate) count: u64,
    /// The trial.
    pub(crate) attempt: Attempt,
    /// Its random choices: the trial's seed and the lane's number make them.
    pub(crate) dice: StdRng,
}

impl Lane {
    /// The same work in parts of at most `most`, one after the other, each for a house of its own: what a judge reads, and what
    /// people remember, grows with all that happened in a house.
    pub(crate) fn parts(mut self, most: u64) -> Vec<Self> {
        let starts = (0..self.count).step_by(usize::try_from(most).unwrap_or(usize::MAX));
        let parts = starts.map(|start| Self {
            number: self.number,
            count: most.min(self.count - start),
            attempt: self.attempt.clone(),
            dice: StdRng::seed_from_u64(self.dice.random()),
        });
        parts.collect()
    }
}

/// Shares a trial's count among so many lanes, runs them all at once, and gathers what each has seen. The first
/// that fails ends the others.
pub(crate) async fn run<T, F>(
    attempt: &Attempt,
    lanes: u64,
    lane: impl Fn(Lane) -> F,
) -> anyhow::Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = anyhow::Result<T>> + Send + 'static,
{
    let lanes = lanes.min(attempt.count).max(1);
    let mut running = JoinSet::new();
    for number in 0..lanes {
        let count = attempt.count / lanes + u64::from(number < attempt.count % lanes);
        let dice = StdRng::seed_from_u64(attempt.seed.wrapping_mul(1_000_003).wrapping_add(number));
        let running_lane = lane(Lane { number, count, attempt: attempt.clone(), dice });
        running.spawn(async move { running_lane.await.with_context(|| format!("lane {number}")) });
    }
    let mut seen = Vec::new();
    while let Some(ended) = running.join_next().await {
        seen.push(ended.context("a lane panicked")??);
    }
    Ok(seen)
}
