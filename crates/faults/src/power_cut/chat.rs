//! People who talk while a server's system calls are written down.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::clients::{Answer, Cut, Person, Record, Transport};
use crate::house::PATIENCE;

/// How many talk at the same time, over each transport.
const PEOPLE: u64 = 3;
/// How many talk in all.
pub(crate) const CHATS: u64 = PEOPLE * Transport::ALL.len() as u64;
/// How long somebody waits before they try again.
const AGAIN: Duration = Duration::from_millis(50);

/// What somebody said, and was acknowledged.
pub(crate) struct Chat {
    pub(super) conversation: String,
    /// The client ids of their messages with the places.
    pub(super) acks: BTreeMap<String, u64>,
}

/// How often nothing could be stored.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Refused {
    /// So many commands were answered so.
    pub(crate) times: usize,
    /// The longest that anybody waited for that answer.
    pub(crate) slowest: Duration,
    /// The longest that what is stored already took to be read then.
    pub(crate) read: Duration,
}

impl std::ops::AddAssign for Refused {
    fn add_assign(&mut self, other: Self) {
        self.times += other.times;
        self.slowest = self.slowest.max(other.slowest);
        self.read = self.read.max(other.read);
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (slowest, read) = (self.slowest.as_millis(), self.read.as_millis());
        write!(f, "{} refused within {slowest} ms, reads within {read} ms, all stored in the end", self.times)
    }
}

/// Has everybody say so much, and goes on until all of it is acknowledged; `told` is cancelled when somebody was
/// answered that nothing can be stored.
pub(super) async fn all(
    to: SocketAddr,
    seed: u64,
    messages: usize,
    told: &CancellationToken,
) -> anyhow::Result<(Vec<Chat>, Refused)> {
    let mut talks = JoinSet::new();
    for (transport, t) in Transport::ALL.into_iter().zip(0..) {
        for n in 0..PEOPLE {
            let person = Person::visitor(&format!("{}{n}", transport.as_str().to_lowercase()), transport);
            let dice = StdRng::seed_from_u64(seed ^ (t << 8 | n));
            let (refused, told) = (Refused::default(), told.clone());
            let talk = Talk { to, person, dice, refused, told };
            talks.spawn(timeout(PATIENCE, talk.say_all(messages)));
        }
    }
    let (mut chats, mut refused) = (Vec::new(), Refused::default());
    while let Some(talked) = talks.join_next().await {
        let (chat, was) =
            talked?.context("what was said is not acknowledged, however often it is sent again")??;
        chats.push(chat);
        refused += was;
    }
    Ok((chats, refused))
}

/// Somebody who says it again until it is stored.
struct Talk {
    to: SocketAddr,
    person: Person,
    dice: StdRng,
    refused: Refused,
    told: CancellationToken,
}

impl Talk {
    async fn say_all(mut self, messages: usize) -> anyhow::Result<(Chat, Refused)> {
        let mut said = 0;
        while said < messages || self.person.record.open().next().is_some() {
            if let Err(Cut::Silent(what)) = self.step(&mut said, messages).await {
                bail!("{}: {what}", self.person.record.name);
            }
        }
        let conversation = self.person.conversation().context("a call has a conversation")?.to_owned();
        Ok((Chat { conversation, acks: acks(&self.person.record) }, self.refused))
    }

    async fn step(&mut self, said: &mut usize, messages: usize) -> Result<(), Cut> {
        let mut began = Instant::now();
        let open = self.person.record.open().next().is_some();
        if !self.person.is_connected() {
            sleep(AGAIN).await;
            // Somebody new cannot be let in: that has to be stored as well.
            self.person.connect(self.to).await.inspect_err(|_| self.told.cancel())?;
        } else if self.person.conversation().is_none() && !open {
            if self.person.record.sent.is_empty() {
                let words = self.person.words();
                self.person.call(Some(words)).await?;
            } else {
                self.person.hear().await?;
            }
        } else if !open && *said < messages {
            // Some say one thing after the other, and some several at once.
            for _ in 0..self.dice.random_range(1..=4) {
                let words = long_or_short(&self.person.words(), &mut self.dice);
                *said += 1;
                // Each has to be answered in time; over REST they come one after the other.
                began = Instant::now();
                self.person.say(None, words).await?;
            }
        }
        self.person.all_answered().await?;
        self.again_what_was_refused(began).await
    }

    async fn again_what_was_refused(&mut self, began: Instant) -> Result<(), Cut> {
        let mut times = 0;
        for sent in &mut self.person.record.sent {
            if matches!(&sent.answer, Some(Answer::Refused(code)) if code == "unavailable") {
                (sent.answer, times) = (None, times + 1);
            }
        }
        if times == 0 {
            return Ok(());
        }
        self.told.cancel();
        let slowest = began.elapsed();
        let asked = Instant::now();
        if let Some(conversation) = self.person.conversation().map(str::to_owned) {
            let path = format!("/conversations/{conversation}/events");
            let read = self.person.request("GET", &path, None).await?;
            if !read.is_ok() {
                return Err(Cut::Silent(format!("{path} was answered with {}", read.status)));
            }
        }
        self.refused += Refused { times, slowest, read: asked.elapsed() };
        // With the next connection it is sent again, under the same id.
        self.person.cut();
        Ok(())
    }
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
