//! R04: killed while the database is made.

use std::time::Duration;

use anyhow::{Context, ensure};
use fault_point::Point;
use rand::RngExt;
use storage::Meta;
use storage_sqlite::SqliteStorage;
use tokio::time::timeout;

use crate::catalogue::{Attempt, Outcome};
use crate::clients::{Answer, Person, Transport};
use crate::house::House;
use crate::lanes::{self, Lane};
use crate::trap::{Trap, VARIABLE, sprung};

const LANES: u64 = 3;
/// The latest kill after the start, in milliseconds.
const LATEST: u64 = 160;
/// The points that only a first start passes.
const POINTS: [Point; 3] = [Point::MigrationBegun, Point::MigrationApplied, Point::MigrationCommitted];

/// Kills it at each of the points, and then at random moments.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let lanes = lanes::run(&attempt, LANES, one).await?;
    let (did, early) = lanes.into_iter().fold((0, 0), |(did, early), lane| (did + lane.0, early + lane.1));
    Ok(Outcome { did, saw: format!("{early} of them before it was ready, {} at named points", POINTS.len()) })
}

async fn one(mut lane: Lane) -> anyhow::Result<(u64, u64)> {
    let mut early = 0;
    let named = if lane.number == 0 { POINTS.as_slice() } else { &[] };
    for point in named {
        let house = House::new(&lane.attempt.binary)?;
        let trap = Trap::in_house(&house);
        let house = house.with_variable(VARIABLE, trap.path());
        trap.set(*point, 1)?;
        let mut server = house.launch(&["serve", "--listen", "127.0.0.1:0"])?;
        server.died().await?;
        sprung(&house, *point)?;
        trap.lift()?;
        works(&house, *point >= Point::MigrationCommitted).await.with_context(|| point.name())?;
    }
    for start in 0..lane.count {
        let house = House::new(&lane.attempt.binary)?;
        let mut server = house.launch(&["serve", "--listen", "127.0.0.1:0"])?;
        let moment = Duration::from_millis(lane.dice.random_range(0..=LATEST));
        early += u64::from(timeout(moment, server.ready()).await.is_err());
        server.kill().await?;
        works(&house, false).await.with_context(|| format!("start {start}"))?;
    }
    Ok((lane.count + named.len() as u64, early))
}

/// What was left is nothing or all of the schema, and the next start makes a desk of it that takes calls.
async fn works(house: &House, must_be_there: bool) -> anyhow::Result<()> {
    let store = SqliteStorage::open_to_read(&house.database()).await;
    let whole = match store {
        Ok(store) => {
            let sound = store.faults().await;
            let epoch = store.epoch().await;
            store.close().await;
            ensure!(epoch.is_err() || sound?.is_empty(), "it has faults");
            epoch.is_ok()
        }
        Err(_) => false,
    };
    ensure!(whole || !must_be_there, "the schema was committed, and is not there");
    let owner = house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let mut visitor = Person::visitor("v", Transport::WebSocket);
    visitor.connect(server.address).await?;
    let call = visitor.call(None).await?;
    ensure!(matches!(visitor.answered(&call).await?, Answer::Done(Some(1))), "a call is not taken");
    let mut kim = Person::admin("kim", Transport::WebSocket, &owner);
    kim.connect(server.address).await?;
    kim.until(|record| record.queue.len() == 1).await?;
    server.kill().await
}
