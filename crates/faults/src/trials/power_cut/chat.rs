//! People who talk while a server's system calls are written down.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use crate::clients::{Answer, Person, Record, Transport};

/// How many talk at the same time, over each transport.
const PEOPLE: u64 = 3;
/// How much each of them says.
const MESSAGES: usize = 110;

/// What somebody said, and was acknowledged.
pub(super) struct Chat {
    pub(super) conversation: String,
    /// The client ids of their messages with the places.
    pub(super) acks: BTreeMap<String, u64>,
}

/// Has everybody talk, to the end.
pub(super) async fn all(to: SocketAddr, seed: u64) -> anyhow::Result<Vec<Chat>> {
    let mut talks = JoinSet::new();
    for (transport, t) in Transport::ALL.into_iter().zip(0..) {
        for n in 0..PEOPLE {
            let person = Person::visitor(&format!("{}{n}", transport.as_str().to_lowercase()), transport);
            talks.spawn(talk(to, person, StdRng::seed_from_u64(seed ^ (t << 8 | n))));
        }
    }
    let mut chats = Vec::new();
    while let Some(talked) = talks.join_next().await {
        chats.push(talked??);
    }
    Ok(chats)
}

async fn talk(to: SocketAddr, mut person: Person, mut dice: StdRng) -> anyhow::Result<Chat> {
    person.connect(to).await?;
    let words = person.words();
    let call = person.call(Some(words)).await?;
    ensure!(matches!(person.answered(&call).await?, Answer::Done(_)), "the call was refused");
    while person.conversation().is_none() {
        person.hear().await?;
    }
    let mut said = 0;
    while said < MESSAGES {
        // Some say one thing after the other, and some several at once.
        for _ in 0..dice.random_range(1..=4) {
            let words = long_or_short(&person.words(), &mut dice);
            person.say(None, words).await?;
            said += 1;
        }
        person.all_answered().await?;
    }
    let conversation = person.conversation().context("a call has a conversation")?.to_owned();
    Ok(Chat { conversation, acks: acks(&person.record) })
}

/// A page of the database holds many short messages, and a long one takes several pages.
fn long_or_short(words: &str, dice: &mut StdRng) -> String {
    let length =
        if dice.random_bool(0.2) { dice.random_range(1_000..4_000) } else { dice.random_range(1..150) };
    format!("{words} ").chars().cycle().take(length).collect::<String>() + "!"
}

fn acks(record: &Record) -> BTreeMap<String, u64> {
    let said = record.sent.iter().filter(|sent| sent.verb() == "say");
    said.filter_map(|sent| match sent.answer {
        Some(Answer::Done(Some(seq))) => Some((sent.id.clone(), seq)),
        _ => None,
    })
    .collect()
}
