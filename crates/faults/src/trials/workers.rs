//! R19: many workers on one database, and one decision for each call.

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use tokio::task::JoinSet;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Views};
use crate::clients::{Person, Record, Transport};
use crate::house::{House, Server};

/// How many workers at once.
const WORKERS: [usize; 3] = [2, 4, 8];
/// Callers at a time.
const CALLERS: u64 = 8;

/// Lets them race, for calls that were due before they came and for calls that become due while they look.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.with_short_waits();
    for name in ["kim", "lee"] {
        house.owner(&format!("{name}@desk.example")).await?;
    }
    let front = house.start(&["serve", "--roles", "gateway,portal", "--listen", "127.0.0.1:0"]).await?;
    let rounds = WORKERS.into_iter().flat_map(|workers| [(workers, true), (workers, false)]);
    let rounds: Vec<(usize, bool)> = rounds.collect();
    let (mut records, mut called) = (Vec::new(), 0);
    for (round, (workers, overdue)) in (1..).zip(rounds.iter().copied()) {
        let share = attempt.count * round / rounds.len() as u64 - called;
        let mut running = Vec::new();
        if !overdue {
            running = start(&house, workers).await?;
        }
        records.extend(call(&front, called, share).await?);
        called += share;
        if overdue {
            house.overdue(usize::try_from(share)?).await?;
            running = start(&house, workers).await?;
        }
        house.quiet().await.with_context(|| format!("{workers} workers"))?;
        for worker in running {
            worker.kill().await?;
        }
    }
    front.kill().await?;
    let ledger = Ledger::read(&house.database()).await?;
    check::told(&ledger, true)?;
    let seen = check::hold(&ledger, &records, Views::Begun)?;
    ensure!(seen.decided as u64 == called, "{} of {called} calls were decided", seen.decided);
    Ok(Outcome { did: called, saw: seen.to_string() })
}

async fn start(house: &House, workers: usize) -> anyhow::Result<Vec<Server>> {
    let roles = ["serve", "--roles", "timeouts,mailer"];
    try_join_all((0..workers).map(|_| house.start(&roles))).await
}

/// So many visitors press the bell, say something, and go.
pub(crate) async fn call(front: &Server, from: u64, count: u64) -> anyhow::Result<Vec<Record>> {
    let to = front.address;
    let mut calling = JoinSet::new();
    for caller in 0..CALLERS {
        calling.spawn(async move {
            let mut records = Vec::new();
            for number in (from..from + count).filter(|number| number % CALLERS == caller) {
                let mut visitor = Person::visitor(&format!("v{number}"), Transport::Rest);
                visitor.connect(to).await?;
                let words = visitor.words();
                visitor.call(Some(words)).await?;
                visitor.all_answered().await?;
                records.push(visitor.record);
            }
            anyhow::Ok(records)
        });
    }
    let mut records = Vec::new();
    while let Some(called) = calling.join_next().await {
        records.extend(called.context("a caller panicked")??);
    }
    Ok(records)
}
