//! R06 and R07: the disk is full, or fails; what was acknowledged is true all the same.

use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::catalogue::{Attempt, Outcome};
use crate::lanes::{self, Lane};
use crate::power_cut::life::{Life, Refused};
use crate::trials::small_disk;

/// How much each of six people says in a life.
const MESSAGES: usize = 8;
/// How many power cuts come after each life.
const CUTS: u64 = 12;
/// How soon people are told that nothing can be stored, and can read what is: a second, and a moment for a machine on which
/// other trials run. What it took in the worst case is in the line.
const TOLD_WITHIN: Duration = Duration::from_secs(3);
/// Lives side by side.
const LANES: u64 = 3;

/// R06: from the n-th write on there is no room, until somebody was told and space is made.
pub(crate) async fn full(attempt: Attempt) -> anyhow::Result<Outcome> {
    let small = small_disk::talk(&attempt).await?;
    let mut outcome =
        run(&attempt, |n| vec![Fault::Until(format!("pwrite64:error=ENOSPC:when={n}+"))]).await?;
    let small = match small {
        Some((acknowledged, refused)) => {
            in_time(refused)?;
            format!("on a file system of 6 MiB: {acknowledged} acknowledged, 0 lost, {refused}")
        }
        None => "a small file system cannot be mounted here".to_owned(),
    };
    outcome.saw = [outcome.saw, small].join("; ");
    Ok(outcome)
}

/// R07: the n-th sync fails, or that and every third after it; from the n-th on, writes fail, or truncations.
pub(crate) async fn failing(attempt: Attempt) -> anyhow::Result<Outcome> {
    run(&attempt, |n| {
        // Every new connection counts anew, and one whose first sync fails would never get anywhere.
        let sync = n + 1;
        let more = if n.is_multiple_of(2) { "+3" } else { "" };
        let mut faults = vec![
            Fault::Traced(format!("fsync:error=EIO:when={sync}{more}")),
            Fault::Until(format!("pwrite64:error=EIO:when={n}+")),
        ];
        if n <= 3 {
            faults.push(Fault::Until(format!("ftruncate:error=EIO:when={n}+")));
            faults.push(Fault::Until(format!("fsync:error=EIO:when={n}+")));
        }
        faults
    })
    .await
}

/// How calls fail, in strace's language.
#[derive(Debug)]
enum Fault {
    /// For the whole life; power cuts come after it.
    Traced(String),
    /// Until a while after somebody was told.
    Until(String),
}

fn in_time(refused: Refused) -> anyhow::Result<()> {
    let Refused { slowest, read, .. } = refused;
    ensure!(slowest <= TOLD_WITHIN, "somebody waited {slowest:?} to be told that nothing can be stored");
    ensure!(read <= TOLD_WITHIN, "somebody waited {read:?} for what is stored");
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Saw {
    lives: u64,
    /// Those that ended before they had begun.
    stillborn: u64,
    promised: usize,
    cuts: u64,
    syncs: usize,
    refused: Refused,
}

impl Saw {
    fn and(mut self, saw: Self) -> Self {
        self.lives += saw.lives;
        self.stillborn += saw.stillborn;
        self.promised += saw.promised;
        self.cuts += saw.cuts;
        self.syncs += saw.syncs;
        self.refused += saw.refused;
        self
    }
}

async fn run(attempt: &Attempt, faults: fn(u64) -> Vec<Fault>) -> anyhow::Result<Outcome> {
    let lanes = lanes::run(attempt, LANES, move |lane| async move {
        let mut saw = Saw::default();
        for turn in 0..lane.count {
            // The lanes share the numbers from 1 on.
            for fault in faults(1 + turn * LANES + lane.number) {
                live(&lane, turn, &fault, &mut saw).await.with_context(|| format!("{fault:?}"))?;
            }
        }
        Ok(saw)
    });
    let saw = lanes.await?.into_iter().fold(Saw::default(), Saw::and);
    let Saw { lives, stillborn, promised, cuts, syncs, refused } = saw;
    ensure!(refused.times > 0 || stillborn == lives, "the disk never failed while somebody talked");
    let saw = format!(
        "{lives} lives, {stillborn} of them could not start and then could; {promised} acknowledged, 0 lost, \
         {cuts} power cuts included; {syncs} failed syncs; {refused}"
    );
    Ok(Outcome { did: attempt.count, saw })
}

async fn live(lane: &Lane, turn: u64, fault: &Fault, saw: &mut Saw) -> anyhow::Result<()> {
    let (binary, seed) = (&lane.attempt.binary, lane.attempt.seed ^ (turn << 16 | lane.number));
    // Late faults need long lives.
    let messages = MESSAGES + usize::try_from(turn)?;
    saw.lives += 1;
    let refused = match fault {
        Fault::Until(fault) => {
            let lived = Life::hindered(binary, seed, fault, messages).await?;
            lived.map(|(promised, refused)| {
                saw.promised += promised;
                refused
            })
        }
        Fault::Traced(fault) => {
            match Life::live(binary, seed, std::slice::from_ref(fault), messages).await? {
                Some(life) => {
                    let lost = life.cut(CUTS, seed).await?;
                    if let Some(fault) = lost.first() {
                        bail!("{} of {CUTS} power cuts after it: {fault:#}", lost.len());
                    }
                    saw.cuts += CUTS;
                    saw.promised += life.promises.len();
                    saw.syncs += life.failed_syncs();
                    Some(life.refused)
                }
                None => None,
            }
        }
    };
    match refused {
        Some(refused) => {
            in_time(refused)?;
            saw.refused += refused;
        }
        None => saw.stillborn += 1,
    }
    Ok(())
}
