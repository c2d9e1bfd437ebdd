//! R29: asked to stop while everybody is busy.

use std::time::Duration;

use anyhow::{Context, ensure};
use rand::RngExt;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen};
use crate::clients::{Cut, Person, Record, Transport};
use crate::house::{House, Server};
use crate::lanes::{self, Lane};

/// How many talk without a pause, over each transport.
const TALKERS: u64 = 3;
/// How many only listen, over each transport.
const LISTENERS: u64 = 4;
/// How long a drain may take.
const WITHIN: Duration = Duration::from_secs(10);
/// The latest moment at which the server is asked to stop, in milliseconds.
const LATEST: u64 = 300;
/// The close code that says: the server is going away, come back.
const GOING_AWAY: u16 = 1001;

/// Stops a busy server so often.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let lanes = lanes::run(&attempt, 2, |mut lane| async move {
        let (mut seen, mut slowest) = (Seen::default(), Duration::ZERO);
        for drain in 1..=lane.count {
            let (saw, took) = once(&mut lane).await.with_context(|| format!("drain {drain}"))?;
            seen += saw;
            slowest = slowest.max(took);
        }
        Ok((seen, slowest))
    });
    let (mut seen, mut slowest) = (Seen::default(), Duration::ZERO);
    for (saw, took) in lanes.await? {
        seen += saw;
        slowest = slowest.max(took);
    }
    let saw = format!(
        "{seen}; all that was stored was answered, the slowest drain took {} ms",
        slowest.as_millis()
    );
    Ok(Outcome { did: attempt.count, saw })
}

async fn once(lane: &mut Lane) -> anyhow::Result<(Seen, Duration)> {
    let house = House::new(&lane.attempt.binary)?.patient();
    let server = house.serve().await?;
    let mut people = arrive(&server).await?;
    let moment = Duration::from_millis(lane.dice.random_range(0..=LATEST));
    let mut working = JoinSet::new();
    for (person, talks) in people.drain(..) {
        working.spawn(busy(person, talks));
    }
    sleep(moment).await;
    let asked = Instant::now();
    server.signal("TERM").await?;
    let ended = server.ended().await?;
    let took = asked.elapsed();
    ensure!(took <= WITHIN, "it took {took:?} to end");
    ensure!(ended.code() == Some(0), "it ended with {ended}; {}", house.last_words());
    let mut people = Vec::new();
    while let Some(worked) = working.join_next().await {
        let (person, talks, cut) = worked?;
        let told = cut == Cut::Closed(GOING_AWAY) || takes_it_silently(person.transport, talks);
        ensure!(told, "{} ({}) was cut: {cut}", person.record.name, person.transport.as_str());
        people.push(person);
    }
    let ledger = Ledger::read(&house.database()).await?;
    check::explain(people.iter().flat_map(|person| unanswered(&ledger, &person.record)).collect())?;
    let server = house.serve().await?;
    for person in &mut people {
        person.connect(server.address).await.with_context(|| format!("{} comes back", person.record.name))?;
        person.all_answered().await.with_context(|| format!("{} is answered", person.record.name))?;
    }
    let seen = check::end(&house, server, &mut people).await?;
    Ok((seen, took))
}

/// Whose connection may end without a word that says why.
const fn takes_it_silently(transport: Transport, talks: bool) -> bool {
    match transport {
        // Its client comes back by itself if the transport is closed without a word, and only then.
        Transport::SocketIo | Transport::Rest => true,
        // Their next request may find nobody who listens before they look at what the stream has said.
        Transport::EventStream => talks,
        Transport::WebSocket => false,
    }
}

/// Everybody has called; the first of each pair talks.
async fn arrive(server: &Server) -> anyhow::Result<Vec<(Person, bool)>> {
    let mut arriving = JoinSet::new();
    for transport in Transport::ALL {
        for n in 0..TALKERS + LISTENERS {
            let mut person = Person::visitor(&format!("{}{n}", transport.as_str()), transport);
            let to = server.address;
            arriving.spawn(async move {
                person.connect(to).await?;
                let words = person.words();
                let call = person.call(Some(words)).await?;
                person.answered(&call).await?;
                while person.conversation().is_none() {
                    person.hear().await?;
                }
                Ok::<_, Cut>((person, n < TALKERS))
            });
        }
    }
    let mut people = Vec::new();
    while let Some(arrived) = arriving.join_next().await {
        people.push(arrived??);
    }
    Ok(people)
}

/// Goes on until the cut.
async fn busy(mut person: Person, talks: bool) -> (Person, bool, Cut) {
    loop {
        let went = if talks { burst(&mut person).await } else { person.hear().await.map(drop) };
        if let Err(cut) = went {
            return (person, talks, cut);
        }
    }
}

async fn burst(person: &mut Person) -> Result<(), Cut> {
    // Where an answer comes with its request, of several those would be forgotten that nobody has looked at yet.
    let by_requests = matches!(person.transport, Transport::Rest | Transport::EventStream);
    let several = if by_requests { 1 } else { 3 };
    for _ in 0..several {
        let words = person.words();
        person.say(None, words).await?;
    }
    person.all_answered().await
}

/// What was stored for them before the end, though they were not answered.
fn unanswered(ledger: &Ledger, record: &Record) -> Vec<String> {
    let log = ledger.conversations.values().flat_map(|stored| &stored.log);
    let stored: Vec<&str> = log.filter_map(|event| Some(event.client_id.as_ref()?.as_str())).collect();
    let left = record.open().filter(|sent| stored.contains(&sent.id.as_str()));
    left.map(|sent| format!("{} {} was stored and not answered", sent.verb(), sent.id)).collect()
}
