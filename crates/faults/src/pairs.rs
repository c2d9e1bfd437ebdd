//! Pairs of a visitor and an admin who chat while something else goes on, and how soon they are answered meanwhile.

use std::time::Duration;

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::clients::{Person, Transport};
use crate::house::{Owner, Server};

/// There are at least so many pairs.
pub(crate) const FEWEST: u64 = 10;
/// How soon most of what people say is answered, whatever goes on.
const ANSWERED_WITHIN: Duration = Duration::from_millis(500);
/// How long people talk before anything begins.
const CALM: Duration = Duration::from_secs(4);

/// Visitors who call, each answered by an admin.
pub(crate) async fn meet(server: &Server, owner: &Owner, pairs: u64) -> anyhow::Result<Vec<[Person; 2]>> {
    let mut people = Vec::new();
    for n in 0..pairs {
        let mut visitor = Person::visitor(&format!("v{n}"), Transport::WebSocket);
        visitor.connect(server.address).await?;
        let call = visitor.call(None).await?;
        visitor.answered(&call).await?;
        while visitor.conversation().is_none() {
            visitor.hear().await?;
        }
        let conversation = visitor.conversation().context("a call has a conversation")?.to_owned();
        let mut admin = Person::admin(&format!("a{n}"), Transport::WebSocket, owner);
        admin.connect(server.address).await?;
        admin.follow(&conversation).await?;
        let join = admin.verb("join", Some(&conversation)).await?;
        admin.answered(&join).await?;
        people.push([visitor, admin]);
    }
    Ok(people)
}

/// Lets all pairs talk while nothing else goes on: what a machine does then is told beside what it does later.
pub(crate) async fn calm(
    pairs: Vec<[Person; 2]>,
    seed: u64,
) -> anyhow::Result<(Vec<[Person; 2]>, Vec<Duration>)> {
    let pause = async {
        sleep(CALM).await;
        Ok(())
    };
    let (pairs, took, ()) = chat(pairs, seed, pause).await?;
    Ok((pairs, took))
}

/// Lets all pairs talk until something has ended; how long each answer took, and what came of it.
pub(crate) async fn chat<T>(
    pairs: Vec<[Person; 2]>,
    seed: u64,
    meanwhile: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<(Vec<[Person; 2]>, Vec<Duration>, T)> {
    let (over, mut talking) = (CancellationToken::new(), JoinSet::new());
    for (pair, n) in pairs.into_iter().zip(0..) {
        talking.spawn(talk(pair, StdRng::seed_from_u64(seed ^ (n << 32)), over.clone()));
    }
    let came = meanwhile.await?;
    over.cancel();
    let (mut took, mut pairs) = (Vec::new(), Vec::new());
    while let Some(talked) = talking.join_next().await {
        let (pair, answers) = talked??;
        took.extend(answers);
        pairs.push(pair);
    }
    Ok((pairs, took, came))
}

/// The two say something in turn until it is over; how long each answer took.
async fn talk(
    [mut visitor, mut admin]: [Person; 2],
    mut dice: StdRng,
    over: CancellationToken,
) -> anyhow::Result<([Person; 2], Vec<Duration>)> {
    let conversation = visitor.conversation().context("a call has a conversation")?.to_owned();
    let mut took = Vec::new();
    while !over.is_cancelled() {
        for (person, to) in [(&mut visitor, None), (&mut admin, Some(conversation.as_str()))] {
            let (began, words) = (Instant::now(), person.words());
            let said = person.say(to, words).await?;
            person.answered(&said).await?;
            took.push(began.elapsed());
            // Nobody types faster.
            sleep(Duration::from_millis(dice.random_range(300..700))).await;
        }
    }
    Ok(([visitor, admin], took))
}

/// Holds that so many in a hundred were answered in time: how soon these were, and how soon they were before.
///
/// Ninety-nine can be asked for where much is said. Of three hundred words, one moment in which a shared machine's disk stands
/// still for everybody is more than three.
pub(crate) fn in_time(
    took: Vec<Duration>,
    before: Vec<Duration>,
    share: usize,
) -> anyhow::Result<(Duration, Duration)> {
    let (slow, calm) = (slow(took, share), slow(before, share));
    ensure!(slow <= ANSWERED_WITHIN, "people were answered after {slow:?}, before it was {calm:?}");
    Ok((slow, calm))
}

/// So many in a hundred are at most so slow.
fn slow(mut took: Vec<Duration>, share: usize) -> Duration {
    took.sort_unstable();
    took.get(took.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
}
