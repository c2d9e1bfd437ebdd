//! R20: a worker that was stopped in the middle of its work goes on when others have done it.

use std::time::Duration;

use anyhow::{Context, ensure};
use rand::RngExt;
use tokio::time::sleep;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::house::House;
use crate::lanes::{self, Lane};
use crate::trials::workers::call;

const LANES: u64 = 2;
/// Calls that are due while a worker is stopped.
const CALLS: u64 = 12;
/// From the start of a worker to its being stopped, at most, in milliseconds: it is in the middle of its first sweep.
const LATEST: u64 = 90;

/// Stops a worker, lets another one do everything, and wakes the first.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let mut seen = Seen::default();
    let mut stopped = 0;
    for (of_lane, held) in lanes::run(&attempt, LANES, one).await? {
        stopped += of_lane;
        seen += held;
    }
    Ok(Outcome { did: attempt.count, saw: format!("{stopped} woke behind the others; {seen}") })
}

async fn one(mut lane: Lane) -> anyhow::Result<(u64, Seen)> {
    let house = House::new(&lane.attempt.binary)?.with_short_waits();
    house.owner("kim@desk.example").await?;
    let front = house.start(&["serve", "--roles", "gateway,portal", "--listen", "127.0.0.1:0"]).await?;
    let roles = ["serve", "--roles", "timeouts,mailer"];
    let (mut records, mut behind) = (Vec::new(), 0);
    for round in 0..lane.count {
        records.extend(call(&front, round * CALLS, CALLS).await?);
        house.overdue(usize::try_from(CALLS)?).await?;
        let mut paused = house.launch(&roles)?;
        sleep(Duration::from_millis(lane.dice.random_range(0..=LATEST))).await;
        paused.signal("STOP").await?;
        // It may hold the database at this very moment: then the other cannot write before it goes on.
        let other = house.launch(&roles)?;
        let decided = tokio::time::timeout(Duration::from_secs(3), house.decided()).await;
        paused.signal("CONT").await?;
        match decided {
            Ok(decided) => {
                decided?;
                behind += 1;
            }
            Err(_held) => house.decided().await?,
        }
        paused.ready().await?;
        house.quiet().await.with_context(|| format!("round {round}"))?;
        paused.kill().await?;
        other.kill().await?;
    }
    front.kill().await?;
    ensure!(behind > 0 || lane.count < 4, "the others never got ahead of one that was stopped");
    let ledger = Ledger::read(&house.database()).await?;
    Ok((behind, check::hold(&ledger, &records, Views::Begun)?))
}
