//! R22: everything that can happen to a waiting call happens at the moment at which it moves to the board.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, ensure};
use domain::clock::{Clock, SystemClock};
use futures_util::future::try_join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, sleep_until};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::{Answer, Cut, Person, Record, Transport};
use crate::house::{House, Server};
use crate::lanes::{self, Lane};

/// Each batch waits a second for its moment: a long form has more lanes, so that the machine has something to do.
const LANES: std::ops::RangeInclusive<u64> = 2..=8;
/// The races in a house.
const HOUSE: u64 = 1_500;
/// Calls that race at a time: an admin's socket follows 32.
const CALLERS: u64 = 30;
/// How far before or after the move something is done, in microseconds.
const AROUND: i64 = 4_000;

/// What races came to.
#[derive(Default)]
struct Raced {
    seen: Seen,
    states: BTreeMap<&'static str, u64>,
}

impl std::ops::AddAssign for Raced {
    fn add_assign(&mut self, other: Self) {
        self.seen += other.seen;
        for (state, count) in other.states {
            *self.states.entry(state).or_default() += count;
        }
    }
}

/// Races.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let lanes = (attempt.count / HOUSE).clamp(*LANES.start(), *LANES.end());
    let mut all = Raced::default();
    for raced in lanes::run(&attempt, lanes, one).await? {
        all += raced;
    }
    let Raced { seen, states } = all;
    for state in ["moved", "cancelled", "closed"] {
        let won = states.contains_key(state) || attempt.count < 100;
        ensure!(won, "no race ended {state}: {states:?}; they were not close");
    }
    let ends: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    Ok(Outcome { did: attempt.count, saw: format!("{}; {seen}", ends.join(", ")) })
}

async fn one(lane: Lane) -> anyhow::Result<Raced> {
    let mut all = Raced::default();
    for part in lane.parts(HOUSE) {
        all += races(part).await?;
    }
    Ok(all)
}

async fn races(mut lane: Lane) -> anyhow::Result<Raced> {
    let house =
        House::new(&lane.attempt.binary)?.with("WAIT__OFFER_AFTER", "1s").with("WAIT__MOVE_AFTER", "1s");
    let house = house.with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#);
    let mut admins = Vec::new();
    for (name, transport) in [("kim", Transport::WebSocket), ("lee", Transport::WebSocket)] {
        let owner = house.owner(&format!("{name}@desk.example")).await?;
        admins.push(Person::admin(name, transport, &owner));
    }
    let server = house.serve().await?;
    let mut visitors = Vec::new();
    for number in 0..CALLERS.min(lane.count) {
        let name = format!("v{}-{number}", lane.number);
        // Those who have to ask for what is new keep everybody busy: they are few.
        let transport = if number % 15 == 0 { Transport::Rest } else { Transport::WebSocket };
        visitors.push(Person::visitor(&name, transport));
    }
    let mut to_go = usize::try_from(lane.count)?;
    while to_go > 0 {
        let racing = to_go.min(visitors.len());
        batch(&server, &mut visitors[..racing], &mut admins, &mut lane.dice).await?;
        to_go -= racing;
    }
    server.kill().await?;
    let ledger = Ledger::read(&house.database()).await?;
    let mut states = BTreeMap::new();
    for stored in ledger.conversations.values() {
        *states.entry(stored.row.conversation.state.as_str()).or_default() += 1;
    }
    let records = visitors.iter().chain(&admins).map(|person| &person.record);
    Ok(Raced { seen: check::hold(&ledger, records, Views::Whole)?, states })
}

/// A call of every visitor, and its race.
async fn batch(
    server: &Server,
    visitors: &mut [Person],
    admins: &mut [Person],
    dice: &mut StdRng,
) -> anyhow::Result<()> {
    for admin in admins.iter_mut() {
        admin.connect(server.address).await?;
    }
    let calls = visitors.iter_mut().map(|visitor| async {
        visitor.connect(server.address).await?;
        let words = visitor.words();
        let call = visitor.call(Some(words)).await?;
        visitor.answered(&call).await?;
        let waits = |record: &Record| record.follows.iter().any(|id| record.state(id) == Some("waiting"));
        visitor.until(waits).await?;
        let id = visitor.conversation().context("the call led nowhere")?.to_owned();
        let at = visitor.record.shown[&id]["wait"]["move_at"].as_str().context("it does not wait")?;
        anyhow::Ok((id.clone(), moment(at)?))
    });
    let calls: Vec<(String, Instant)> = try_join_all(calls).await?;
    let mut moments: Vec<StdRng> = (0..visitors.len() + admins.len())
        .map(|_| {
            let seed: u64 = dice.random();
            StdRng::seed_from_u64(seed)
        })
        .collect();
    let mut of_admins = moments.split_off(visitors.len());
    let callers = visitors.iter_mut().zip(&calls).zip(&mut moments);
    let callers = callers.map(|((visitor, (_, at)), dice)| ask(visitor, *at, dice));
    let answerers = admins.iter_mut().zip(&mut of_admins).map(|(admin, dice)| answer(admin, &calls, dice));
    tokio::try_join!(try_join_all(callers), try_join_all(answerers))?;
    finish(visitors, admins, &calls).await
}

/// The visitor's part: around the moment they say something, take the call back, or leave a post, or none of it.
async fn ask(visitor: &mut Person, at: Instant, dice: &mut StdRng) -> Result<(), Cut> {
    let mut steps: Vec<(Instant, &str)> = Vec::new();
    for (step, likely) in [("say", 0.7), ("cancel", 0.3), ("post", 0.2)] {
        if dice.random_bool(likely) {
            steps.push((around(at, dice), step));
        }
    }
    steps.sort();
    for (when, step) in steps {
        hear_until(visitor, when).await?;
        match step {
            "say" => {
                let words = visitor.words();
                visitor.say(None, words).await?;
            }
            "cancel" => drop(visitor.verb("cancel", None).await?),
            _ => visitor.leave_inquiry(None).await?,
        }
    }
    visitor.all_answered().await
}

/// An admin's part: joins half of the calls around their moments.
async fn answer(admin: &mut Person, calls: &[(String, Instant)], dice: &mut StdRng) -> Result<(), Cut> {
    let mut joins: Vec<(Instant, &str)> = Vec::new();
    for (id, at) in calls {
        if dice.random_bool(0.5) {
            joins.push((around(*at, dice), id));
        }
    }
    joins.sort();
    for (when, id) in joins {
        hear_until(admin, when).await?;
        admin.follow(id).await?;
        admin.verb("join", Some(id)).await?;
    }
    admin.all_answered().await
}

/// Listens until the moment has come.
async fn hear_until(person: &mut Person, when: Instant) -> Result<(), Cut> {
    loop {
        tokio::select! {
            biased;
            () = sleep_until(when) => return Ok(()),
            heard = person.hear() => drop(heard?),
        }
    }
}

/// Every call is decided, and everybody knows how; what was answered is closed again.
async fn finish(
    visitors: &mut [Person],
    admins: &mut [Person],
    calls: &[(String, Instant)],
) -> anyhow::Result<()> {
    for (visitor, (id, _)) in visitors.iter_mut().zip(calls) {
        let decided = |record: &Record| {
            record.views.get(id).is_some_and(|view| {
                view.iter()
                    .any(|event| matches!(event["kind"].as_str(), Some("moved" | "joined" | "cancelled")))
            })
        };
        visitor.until(decided).await?;
        if let Answer::Done(_) = visitor.ask(serde_json::json!({ "type": "close" })).await? {
            let closed =
                |record: &Record| record.views[id].last().is_some_and(|event| event["kind"] == "closed");
            visitor.until(closed).await?;
        }
        visitor.cut();
    }
    for admin in admins {
        admin.all_answered().await?;
        for (id, _) in calls {
            admin.record.follows.remove(id);
        }
        admin.cut();
    }
    Ok(())
}

fn around(at: Instant, dice: &mut StdRng) -> Instant {
    let off = dice.random_range(-AROUND..=AROUND);
    let by = Duration::from_micros(off.unsigned_abs());
    if off < 0 { at.checked_sub(by).unwrap_or(at) } else { at + by }
}

/// When a time of the server's comes, by the clock of the harness.
fn moment(at: &str) -> anyhow::Result<Instant> {
    let at = OffsetDateTime::parse(at, &Rfc3339).context("a time that is none")?;
    let millis = i64::try_from(at.unix_timestamp_nanos() / 1_000_000)?;
    Ok(Instant::now() + domain::Timestamp(millis).since(SystemClock.now()))
}
