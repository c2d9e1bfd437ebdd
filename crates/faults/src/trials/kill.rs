//! R01: killed at a random moment, again and again, in one data folder.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::RngExt;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::{Cut, Person, Record, Side, Transport};
use crate::house::House;
use crate::lanes::{self, Lane};
use crate::load::Worker;

/// Data folders side by side.
const LANES: u64 = 4;
/// The lives of a data folder.
const LIVES: u64 = 500;
/// Visitors at a time in each.
const VISITORS: usize = 4;
/// Admins in each: one by WebSocket, one by REST.
const ADMINS: usize = 2;
/// The latest kill after the server is ready, in milliseconds.
const LATEST: u64 = 250;
/// The kill comes soon after so many acknowledgements at the most.
const MOST: u32 = 12;
/// After so many cycles everything in the folder is checked, and not only what the last cycle has touched.
const WHOLE: u64 = 60;

/// Kills the server again and again.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let lanes = lanes::run(&attempt, LANES, one).await?;
    let mut seen = Seen::default();
    for lane in lanes {
        seen += lane;
    }
    Ok(Outcome { did: attempt.count, saw: seen.to_string() })
}

/// One data folder after the other.
async fn one(lane: Lane) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    for (folder, part) in lane.parts(LIVES).into_iter().enumerate() {
        let lived = Trial::begin(part).await?.run().await;
        seen += lived.with_context(|| format!("data folder {folder}"))?;
    }
    Ok(seen)
}

struct Trial {
    lane: Lane,
    house: House,
    workers: Vec<Worker>,
    /// What those have seen who have gone.
    gone: Vec<Record>,
    named: u64,
}

impl Trial {
    async fn begin(lane: Lane) -> anyhow::Result<Self> {
        let house = House::new(&lane.attempt.binary)?.with_short_waits();
        let mut trial = Self { lane, house, workers: Vec::new(), gone: Vec::new(), named: 0 };
        for (name, transport) in [("kim", Transport::WebSocket), ("lee", Transport::Rest)] {
            let owner = trial.house.owner(&format!("{name}@desk.example")).await?;
            let seed = trial.lane.dice.random();
            trial.workers.push(Worker::new(Person::admin(name, transport, &owner), seed));
        }
        for _ in 0..VISITORS {
            trial.arrive();
        }
        Ok(trial)
    }

    /// Somebody new comes.
    fn arrive(&mut self) {
        self.named += 1;
        let name = format!("v{}-{}", self.lane.number, self.named);
        let transport = Transport::ALL[self.lane.dice.random_range(0..Transport::ALL.len())];
        let seed = self.lane.dice.random();
        self.workers.push(Worker::new(Person::visitor(&name, transport), seed));
    }

    async fn run(mut self) -> anyhow::Result<Seen> {
        for cycle in 1..=self.lane.count {
            self.cycle().await.with_context(|| format!("cycle {cycle}"))?;
            let ledger = if cycle % WHOLE == 0 {
                Ledger::read(&self.house.database()).await?
            } else {
                Ledger::read_only(&self.house.database(), &self.touched()).await?
            };
            let held = check::hold(&ledger, self.records(ledger.whole), Views::Begun);
            held.with_context(|| format!("after cycle {cycle}"))?;
            self.replace_those_who_are_done();
        }
        self.settle().await
    }

    /// One life of the server.
    async fn cycle(&mut self) -> anyhow::Result<()> {
        let dice = &mut self.lane.dice;
        let moment = Duration::from_millis(dice.random_range(0..=LATEST));
        let (enough, a_little) = (dice.random_range(0..=MOST), dice.random_range(0..8_000));
        if dice.random_bool(0.05) {
            // Killed before it has said that it is ready.
            let server = self.house.launch(&["serve", "--listen", "127.0.0.1:0"])?;
            sleep(moment).await;
            return server.kill().await;
        }
        let server = self.house.serve().await?;
        let to = server.address;
        let (killed, done) = (Arc::new(AtomicBool::new(false)), Arc::new(Semaphore::new(0)));
        let mut working = JoinSet::new();
        for mut worker in std::mem::take(&mut self.workers) {
            let (killed, done) = (Arc::clone(&killed), Arc::clone(&done));
            working.spawn(async move {
                let cut = worker.work(to, &done).await;
                (worker, cut, killed.load(Ordering::SeqCst))
            });
        }
        let busy = async {
            let _enough = done.acquire_many(enough).await;
            sleep(Duration::from_micros(a_little)).await;
        };
        // At the latest then: those who only wait are killed as well.
        let _in_time = timeout(moment, busy).await;
        killed.store(true, Ordering::SeqCst);
        server.kill().await?;
        while let Some(worked) = working.join_next().await {
            let (worker, cut, killed) = worked.context("somebody panicked")?;
            let name = &worker.person.record.name;
            ensure!(killed, "{name} was cut before the kill: {cut}; {}", self.house.last_words());
            ensure!(!matches!(cut, Cut::Silent(_)), "{name}: {cut}");
            self.workers.push(worker);
        }
        Ok(())
    }

    /// The conversations in which something may have happened: all of a visitor's, and those that an admin follows. An admin
    /// has had hundreds in the end.
    fn touched(&self) -> BTreeSet<String> {
        let of = |record: &Record| match record.side {
            Side::Visitor => record.views.keys().cloned().collect::<Vec<_>>(),
            Side::Admin => record.follows.iter().cloned().collect(),
        };
        self.workers.iter().flat_map(|worker| of(&worker.person.record)).collect()
    }

    fn records(&self, all: bool) -> impl Iterator<Item = &Record> {
        let gone = if all { self.gone.as_slice() } else { &[] };
        self.workers.iter().map(|worker| &worker.person.record).chain(gone)
    }

    fn replace_those_who_are_done(&mut self) {
        let mut stay = Vec::new();
        for worker in std::mem::take(&mut self.workers) {
            let visitor = worker.person.record.side == Side::Visitor;
            if visitor && worker.is_done() && self.lane.dice.random_bool(0.5) {
                let mut record = worker.person.record;
                record.follows.clear();
                self.gone.push(record);
            } else {
                stay.push(worker);
            }
        }
        let missing = VISITORS + ADMINS - stay.len();
        self.workers = stay;
        for _ in 0..missing {
            self.arrive();
        }
    }

    /// In the end everybody comes back, is answered, and has everything.
    async fn settle(mut self) -> anyhow::Result<Seen> {
        let server = self.house.serve().await?;
        for worker in &mut self.workers {
            worker.person.connect(server.address).await?;
            worker.person.all_answered().await?;
        }
        self.house.quiet().await?;
        // Once more: a press that was sent again may have led elsewhere, and its answer comes before the page is shown where.
        for worker in &mut self.workers {
            worker.person.connect(server.address).await?;
        }
        let ledger = Ledger::read(&self.house.database()).await?;
        self.catch_up(&ledger).await?;
        server.kill().await?;
        // Read again: what the last ones to come back have led to was stored meanwhile.
        let ledger = Ledger::read(&self.house.database()).await?;
        check::told(&ledger, true).context("in the end")?;
        check::hold(&ledger, self.records(true), Views::Whole).context("in the end")
    }

    async fn catch_up(&mut self, ledger: &Ledger) -> anyhow::Result<()> {
        for worker in &mut self.workers {
            let person = &mut worker.person;
            let places = check::places(ledger, &person.record);
            person.caught_up(&places).await.with_context(|| person.record.name.clone())?;
        }
        Ok(())
    }
}
