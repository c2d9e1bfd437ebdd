//! R28: the server is started anew while hundreds are connected, and all come back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::catalogue::{Attempt, Outcome};
use crate::check;
use crate::clients::{Cut, Person, Transport};
use crate::house::{House, Server};

/// How long it may take until the last one is back, from the moment at which the old server is gone.
const WITHIN: Duration = Duration::from_secs(15);
/// How many come at the same time at first; after the restart it is up to their own patience.
const ARRIVING: usize = 64;

/// Connects so many, and restarts the server twice: once it is asked to stop, once it is killed.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let house = House::new(&attempt.binary)?.patient();
    let mut server = house.serve().await?;
    let mut people = arrive(&server, attempt.count).await?;
    let mut took = Vec::new();
    for (asked, restart) in [(true, 1), (false, 2)] {
        let mut returning = JoinSet::new();
        for (person, n) in people.drain(..).zip(0..) {
            let dice = StdRng::seed_from_u64(attempt.seed ^ (restart << 32) ^ n);
            returning.spawn(come_back(person, server.address, dice));
        }
        let address = server.address.to_string();
        if asked {
            server.signal("TERM").await?;
            ensure!(server.ended().await?.success(), "the server did not end well; {}", house.last_words());
        } else {
            server.kill().await?;
        }
        let gone = Instant::now();
        server = house.start(&["serve", "--listen", &address]).await?;
        let mut last = gone;
        while let Some(returned) = returning.join_next().await {
            let (person, back) = returned??;
            last = last.max(back);
            people.push(person);
        }
        took.push(last - gone);
    }
    let seen = check::end(&house, server, &mut people).await?;
    ensure!(took.iter().all(|took| *took <= WITHIN), "the last was back after {took:?}");
    let took: Vec<String> = took.iter().map(|took| format!("{:.1} s", took.as_secs_f64())).collect();
    Ok(Outcome { did: attempt.count, saw: format!("all back after {}; {seen}", took.join(" and ")) })
}

/// Everybody comes and calls.
async fn arrive(server: &Server, count: u64) -> anyhow::Result<Vec<Person>> {
    let (door, mut arriving) = (Arc::new(Semaphore::new(ARRIVING)), JoinSet::new());
    // Who only has REST has no connection to lose.
    let transports = Transport::ALL.into_iter().filter(|transport| *transport != Transport::Rest).cycle();
    for (n, transport) in (0..count).zip(transports) {
        let (door, to) = (Arc::clone(&door), server.address);
        let mut person = Person::visitor(&format!("v{n}"), transport);
        arriving.spawn(async move {
            let _place = door.acquire().await;
            person.connect(to).await?;
            let words = person.words();
            let call = person.call(Some(words)).await?;
            person.answered(&call).await?;
            while person.conversation().is_none() {
                person.hear().await?;
            }
            Ok::<_, Cut>(person)
        });
    }
    let mut people = Vec::new();
    while let Some(arrived) = arriving.join_next().await {
        people.push(arrived??);
    }
    Ok(people)
}

/// Says something that the restart may come before or after, is cut, and comes back as the widget does; returns
/// when all that was said is acknowledged.
async fn come_back(
    mut person: Person,
    to: SocketAddr,
    mut dice: StdRng,
) -> anyhow::Result<(Person, Instant)> {
    let words = person.words();
    let mut cut = person.say(None, words).await.err();
    while cut.is_none() {
        cut = person.hear().await.err();
    }
    for attempt in 0.. {
        sleep(pause(attempt, &mut dice)).await;
        if person.connect(to).await.is_ok() && person.all_answered().await.is_ok() {
            break;
        }
    }
    Ok((person, Instant::now()))
}

/// As `pause` in the widget's `connection.js`: half fixed, half by chance, so that not everybody comes at once.
fn pause(attempt: u32, dice: &mut StdRng) -> Duration {
    let whole = (500 * 2_u64.pow(attempt.min(10))).min(30_000);
    Duration::from_millis(whole).mul_f64(dice.random_range(0.5..1.0))
}
