//! R18: the machine's clock is set while calls wait, and the process is stopped and goes on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use domain::clock::{Clock, SystemClock};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::{Person, Transport};
use crate::house::{House, Server};

/// When a call moves.
const MOVE: Duration = Duration::from_secs(3);
/// By how much it may be late.
const LATE: Duration = Duration::from_secs(2);
/// The clock of the harness and the server's are read a moment apart.
const GRAIN: Duration = Duration::from_millis(20);

/// What is done to the clock.
#[derive(Debug, Clone, Copy)]
enum Jolt {
    /// It is set, once.
    Set(&'static str),
    /// It is set back by a second again and again.
    Back,
    /// The process is stopped until after the deadline.
    Stop,
}

const JOLTS: [Jolt; 6] = [
    Jolt::Set("+3600"),
    Jolt::Set("-3600"),
    Jolt::Set("+31536000"),
    Jolt::Set("-31536000"),
    Jolt::Back,
    Jolt::Stop,
];

/// Does each of them, so many times, all at once.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let library = library()?;
    let (mut seen, mut worst, mut did) = (Seen::default(), Duration::ZERO, 0);
    for _ in 0..attempt.count {
        let mut jolts = JoinSet::new();
        for jolt in JOLTS {
            let (binary, library) = (attempt.binary.clone(), library.clone());
            jolts.spawn(async move {
                let held = one(&binary, &library, jolt).await;
                held.with_context(|| format!("{jolt:?}"))
            });
        }
        while let Some(jolted) = jolts.join_next().await {
            let (late, held) = jolted.context("a trial panicked")??;
            worst = worst.max(late);
            seen += held;
            did += 1;
        }
    }
    let saw = format!("none early, the latest {} ms after its time; {seen}", worst.as_millis());
    Ok(Outcome { did, saw })
}

/// Debian's libfaketime, which lies to a program about the time.
pub(crate) fn library() -> anyhow::Result<PathBuf> {
    let places = std::fs::read_dir("/usr/lib").context("there is no /usr/lib")?.flatten();
    let found =
        places.map(|place| place.path().join("faketime/libfaketimeMT.so.1")).find(|path| path.exists());
    found.context("libfaketime is not there; on Debian and Ubuntu it is in the package faketime")
}

/// The wall clock of a house: a file in it says by how much it is off.
pub(crate) struct Wall(PathBuf);

impl Wall {
    /// Gives every process that is started in the house a clock that can be set, and leaves the monotonic one alone.
    pub(crate) fn hang(house: House, library: &Path) -> anyhow::Result<(House, Self)> {
        let wall = Self(house.path("clock"));
        wall.set("+0")?;
        let house = house
            .with_variable("LD_PRELOAD", library)
            .with_variable("FAKETIME_TIMESTAMP_FILE", &wall.0)
            .with_variable("FAKETIME_NO_CACHE", "1")
            .with_variable("DONT_FAKE_MONOTONIC", "1");
        Ok((house, wall))
    }

    /// Sets it: so many seconds from the right time.
    pub(crate) fn set(&self, by: &str) -> anyhow::Result<()> {
        let half = self.0.with_extension("half");
        std::fs::write(&half, format!("{by}\n"))?;
        Ok(std::fs::rename(half, &self.0)?)
    }
}

async fn one(binary: &Path, library: &Path, jolt: Jolt) -> anyhow::Result<(Duration, Seen)> {
    let (house, wall) = Wall::hang(House::new(binary)?, library)?;
    let house = house.with("WAIT__OFFER_AFTER", "1s").with("WAIT__MOVE_AFTER", "3s");
    let house = house.with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#);
    house.owner("kim@desk.example").await?;
    let server = house.serve().await?;
    let mut visitor = Person::visitor("v", Transport::WebSocket);
    visitor.connect(server.address).await?;
    let words = visitor.words();
    let begun = Instant::now();
    let call = visitor.call(Some(words)).await?;
    visitor.answered(&call).await?;
    let answered = Instant::now();
    shake(&server, &wall, jolt, answered + MOVE).await?;
    let resumed = Instant::now();
    let moved = |events: &Vec<serde_json::Value>| events.iter().any(|event| event["kind"] == "moved");
    visitor.until(|record| record.views.values().any(moved)).await?;
    let took = begun.elapsed();
    ensure!(took + GRAIN >= MOVE, "the call moved {} ms after it was made", took.as_millis());
    let due = (answered + MOVE).max(resumed);
    let late = due.elapsed();
    ensure!(late <= LATE, "the call moved {} ms after its time", late.as_millis());
    server.kill().await?;
    if let Jolt::Set(by) = jolt {
        restarted(&house, by.parse()?).await?;
    }
    let ledger = Ledger::read(&house.database()).await?;
    Ok((late, check::hold(&ledger, [&visitor.record], Views::Whole)?))
}

/// A new process goes by the machine's clock as it is set now: this also shows that it was set at all.
async fn restarted(house: &House, by: i64) -> anyhow::Result<()> {
    let server = house.serve().await?;
    // Somebody new: a year later the token of who was there before has expired.
    let mut visitor = Person::visitor("w", Transport::WebSocket);
    visitor.connect(server.address).await?;
    let call = visitor.call(None).await?;
    visitor.answered(&call).await?;
    visitor.until(|record| !record.follows.is_empty()).await?;
    let id = visitor.conversation().context("the call led nowhere")?.to_owned();
    visitor.until(|record| record.last(&id) > 0).await?;
    let at = visitor.record.views[&id][0]["at"].as_str().context("an event without a time")?;
    let at = OffsetDateTime::parse(at, &Rfc3339)?.unix_timestamp();
    let off = at - SystemClock.now().millis() / 1000;
    ensure!((off - by).abs() < 60, "after a restart the time is off by {off} s, the machine's by {by} s");
    visitor.ask(serde_json::json!({ "type": "cancel" })).await?;
    visitor.until(|record| record.last(&id) > 1).await?;
    server.kill().await
}

/// Here the waiting is the fault.
async fn shake(server: &Server, wall: &Wall, jolt: Jolt, deadline: Instant) -> anyhow::Result<()> {
    match jolt {
        Jolt::Set(by) => wall.set(by),
        Jolt::Back => {
            for back in 1..=10 {
                wall.set(&format!("-{back}"))?;
                sleep(Duration::from_millis(200)).await;
            }
            Ok(())
        }
        Jolt::Stop => {
            server.signal("STOP").await?;
            tokio::time::sleep_until(deadline + Duration::from_secs(1)).await;
            server.signal("CONT").await
        }
    }
}
