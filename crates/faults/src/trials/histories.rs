//! R41, R46: the same random history, whatever carries it, leaves the same log; and the log leads to what is stored.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use domain::conversation::{Actor, Event, What};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::{Answer, Cut, Person, Record, Transport};
use crate::house::{House, Owner, Server};
use crate::lanes::{self, Lane};

const LANES: u64 = 4;
/// So many have one server: many of their calls stay open, and every admin is shown all that are.
const BATCH: u64 = 50;

/// What somebody does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Call { with_words: bool },
    Say,
    SayAgain,
    Cancel,
    Close,
    Post,
    Admin(usize, Act),
}

/// What an admin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Join,
    Leave,
    Say,
    Note,
    Promise,
    Close,
}

/// How a history is carried.
#[derive(Debug, Clone, Copy)]
enum Carried {
    By(Transport),
    /// By one after the other, with cuts before answers have come; the seed says where.
    Mixed(u64),
}

/// What was played: who, and what they were answered.
struct Played {
    people: Vec<Record>,
    answers: Vec<String>,
}

/// Plays so many histories.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let mut seen = Seen::default();
    for lane in lanes::run(&attempt, LANES, one).await? {
        seen += lane;
    }
    let carried = Transport::ALL.map(Transport::as_str).join(", ");
    Ok(Outcome { did: attempt.count, saw: format!("over {carried} and a mix with cuts; {seen}") })
}

async fn one(lane: Lane) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    for part in lane.parts(BATCH) {
        seen += batch(part).await?;
    }
    Ok(seen)
}

async fn batch(mut lane: Lane) -> anyhow::Result<Seen> {
    // Time has no part in these: how fast they are played must not matter.
    let house =
        House::new(&lane.attempt.binary)?.with("WAIT__OFFER_AFTER", "1d").with("WAIT__MOVE_AFTER", "2d");
    let house = house.with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#);
    let mut owners = Vec::new();
    for name in ["kim", "lee"] {
        owners.push(house.owner(&format!("{name}@desk.example")).await?);
    }
    let server = house.serve().await?;
    let mut played = BTreeMap::new();
    for number in 0..lane.count {
        let history = invent(&mut lane.dice);
        let mut ways: Vec<Carried> = Transport::ALL.into_iter().map(Carried::By).collect();
        ways.push(Carried::Mixed(lane.dice.random()));
        let mut plays = Vec::new();
        for way in ways {
            let play = play(&server, &owners, &format!("h{number}"), &history, way).await;
            plays.push(play.with_context(|| format!("history {number} {history:?} by {way:?}"))?);
        }
        played.insert(number, (history, plays));
    }
    server.kill().await?;
    let ledger = Ledger::read(&house.database()).await?;
    for (number, (history, plays)) in &played {
        same(&ledger, plays).with_context(|| format!("history {number} {history:?}"))?;
    }
    let people = played.values().flat_map(|(_, plays)| plays).flat_map(|play| &play.people);
    check::hold(&ledger, people, Views::Whole)
}

fn invent(dice: &mut StdRng) -> Vec<Step> {
    const ACTS: [Act; 8] =
        [Act::Join, Act::Join, Act::Join, Act::Leave, Act::Say, Act::Note, Act::Promise, Act::Close];
    let mut history = vec![Step::Call { with_words: dice.random_bool(0.5) }];
    for _ in 0..dice.random_range(4..=14) {
        history.push(match dice.random_range(0..100) {
            0..8 => Step::Call { with_words: dice.random_bool(0.7) },
            8..33 => Step::Say,
            33..38 => Step::SayAgain,
            38..44 => Step::Cancel,
            44..48 => Step::Close,
            48..54 => Step::Post,
            _ => Step::Admin(dice.random_range(0..2), *ACTS.choose(dice).unwrap_or(&Act::Say)),
        });
    }
    // Most end what is open: every admin is shown all calls that are, those of other histories as well.
    if dice.random_bool(0.8) {
        history.extend([Step::Cancel, Step::Close]);
    }
    history
}

/// A history with people of its own: the visitor, then the admins.
async fn play(
    server: &Server,
    owners: &[Owner],
    name: &str,
    history: &[Step],
    way: Carried,
) -> anyhow::Result<Played> {
    let (first, mut cuts) = match way {
        Carried::By(transport) => (transport, None),
        Carried::Mixed(seed) => (Transport::WebSocket, Some(StdRng::seed_from_u64(seed))),
    };
    let mut people = vec![Person::visitor(name, first)];
    for (number, owner) in owners.iter().enumerate() {
        people.push(Person::admin(&format!("{name}-a{number}"), first, owner));
    }
    for person in &mut people {
        person.connect(server.address).await?;
    }
    let mut answers = Vec::new();
    for step in history {
        let conversation = people[0].conversation().unwrap_or_default().to_owned();
        let calls = matches!(step, Step::Call { .. });
        let before = if calls { over(&mut people[0]).await? } else { None };
        let who = if let Step::Admin(number, _) = step { &mut people[number + 1] } else { &mut people[0] };
        let mut cut = false;
        if let Some(dice) = &mut cuts {
            cut = dice.random_bool(0.3);
            if dice.random_bool(0.4) {
                who.transport = *Transport::ALL.choose(dice).unwrap_or(&first);
                who.connect(server.address).await?;
            }
        }
        let answer = take(who, *step, &conversation, cut, server).await?;
        answers.push(format!("{step:?}: {answer}"));
        if calls {
            arrive(&mut people, before.as_ref()).await?;
        }
    }
    catch_up(&mut people).await?;
    Ok(Played { people: people.into_iter().map(|person| person.record).collect(), answers })
}

/// One step and its answer. With a cut, the connection ends before the answer is heard, and the command is sent again.
async fn take(
    who: &mut Person,
    step: Step,
    conversation: &str,
    cut: bool,
    server: &Server,
) -> Result<String, Cut> {
    let verb = |verb: &str| json!({ "type": verb, "conversation_id": conversation });
    let frame = match step {
        Step::Call { with_words } => {
            let words = with_words.then(|| who.words());
            who.call_frame(words)
        }
        Step::Say | Step::Admin(_, Act::Say) => {
            let mut frame = verb("say");
            frame["body"] = who.words().into();
            frame
        }
        Step::SayAgain => match who.record.sent.iter().rev().find(|sent| sent.verb() == "say") {
            Some(said) => said.frame.clone(),
            None => return Ok("nothing was said".to_owned()),
        },
        Step::Cancel => verb("cancel"),
        Step::Close | Step::Admin(_, Act::Close) => verb("close"),
        Step::Post => {
            who.leave_inquiry(None).await?;
            let answer = who.record.errands.last().and_then(|errand| errand.answer.clone());
            return Ok(format!("{:?}", answer.map(|made| made.map(drop))));
        }
        Step::Admin(_, Act::Join) => verb("join"),
        Step::Admin(_, Act::Leave) => verb("leave"),
        Step::Admin(_, Act::Note) => {
            let mut frame = verb("note");
            frame["body"] = who.words().into();
            frame
        }
        Step::Admin(_, Act::Promise) => {
            let mut frame = verb("promise");
            frame["minutes"] = 3.into();
            frame
        }
    };
    let id = who.give(frame).await?;
    // A promise that is sent again is a new one.
    if cut && !matches!(step, Step::Admin(_, Act::Promise)) {
        who.connect(server.address).await?;
    }
    Ok(match who.answered(&id).await? {
        Answer::Done(_) => "done".to_owned(),
        Answer::Refused(code) => code,
    })
}

/// The visitor's conversation, if it is over: what they were shown of it may be older.
async fn over(visitor: &mut Person) -> Result<Option<String>, Cut> {
    let Some(id) = visitor.conversation().map(str::to_owned) else { return Ok(None) };
    let stored = visitor.request("GET", &format!("/conversations/{id}"), None).await?;
    let open = matches!(stored.body["conversation"]["state"].as_str(), Some("waiting" | "active"));
    Ok((!open).then_some(id))
}

/// After a call everybody knows where it led: to another conversation than the one that was over.
async fn arrive(people: &mut [Person], over: Option<&String>) -> Result<(), Cut> {
    let (visitor, admins) = people.split_at_mut(1);
    visitor[0].until(|record| record.follows.iter().any(|id| Some(id) != over)).await?;
    let conversation = visitor[0].conversation().unwrap_or_default().to_owned();
    for admin in admins {
        admin.follow(&conversation).await?;
    }
    Ok(())
}

/// Everybody listens until they have all of it, and see the state in which it is stored.
async fn catch_up(people: &mut [Person]) -> anyhow::Result<()> {
    let followed = people[1].record.follows.clone();
    for id in followed {
        let stored = people[1].request("GET", &format!("/conversations/{id}"), None).await?;
        let shown = &stored.body["conversation"];
        let last = shown["last_seq"].as_u64().context("an admin cannot see it")?;
        let state = shown["state"].as_str();
        for admin in &mut people[1..] {
            admin.caught_up(&[(id.clone(), last)]).await?;
        }
        let log = people[1].record.views[&id].iter();
        let last =
            log.filter(|event| event["kind"] != "noted").filter_map(|event| event["seq"].as_u64()).max();
        for person in people.iter_mut().filter(|person| person.record.follows.contains(&id)) {
            person.caught_up(&[(id.clone(), last.unwrap_or(0))]).await?;
            // Who asks for events is not shown the rest.
            if person.transport != Transport::Rest {
                person.until(|record| record.state(&id) == state).await?;
            }
        }
    }
    Ok(())
}

/// Holds that all plays of a history were answered alike and have left the same logs.
fn same(ledger: &Ledger, plays: &[Played]) -> anyhow::Result<()> {
    let Some((first, others)) = plays.split_first() else { return Ok(()) };
    let model = told(ledger, first);
    for other in others {
        ensure!(other.answers == first.answers, "answered {:?}, and {:?}", first.answers, other.answers);
        let log = told(ledger, other);
        ensure!(log == model, "the logs are {model:#?} and {log:#?}");
    }
    Ok(())
}

/// What a visitor's logs tell, but for ids and times that are new each time.
fn told(ledger: &Ledger, play: &Played) -> Vec<Vec<String>> {
    let visitor = play.people[0].id.clone().unwrap_or_default();
    let mut logs: Vec<_> = ledger.of_visitor(&visitor).collect();
    logs.sort_by_key(|stored| stored.row.number);
    logs.into_iter().map(|stored| stored.log.iter().map(tell).collect()).collect()
}

fn tell(event: &Event) -> String {
    let by = match &event.by {
        Actor::Visitor { .. } => "visitor".to_owned(),
        Actor::Admin { name, .. } => name.as_str().to_owned(),
        Actor::System => "time".to_owned(),
    };
    let id = event.client_id.as_ref().map_or("", |id| id.as_str());
    match &event.what {
        // REST has no id for a press of the bell.
        What::Called { .. } => format!("{} called by {by}", event.seq.0),
        What::Said { body } | What::Noted { body } => {
            format!("{} {} by {by} as {id}: {}", event.seq.0, event.what.kind(), body.as_str())
        }
        What::Left { wait } => format!("{} left by {by}, {}", event.seq.0, wait.is_some()),
        what => format!("{} {} by {by}", event.seq.0, what.kind()),
    }
}
