//! R02: killed at each named point, at each of its passes, in each command.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use fault_point::Point;
use futures_util::future::try_join_all;
use serde_json::json;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::{Cut, Person, Record, Transport};
use crate::house::{House, Server};
use crate::lanes::{self, Lane};
use crate::trap::{Trap, VARIABLE, sprung};

/// More passes than any command makes: one that goes on beyond would never end.
const PASSES: u64 = 60;
/// So many commands are tried side by side.
const LANES: usize = 4;
/// So many rounds at the same time, where there are many: most of one is waiting, for a process to start or for calm.
const ABREAST: u64 = 4;
/// The rounds in a house.
const ROUNDS: u64 = 5;

/// What is being done when the server dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Deed {
    Arrive,
    Call,
    Say,
    AnswerSay,
    Note,
    Join,
    Leave,
    Close,
    Cancel,
    Promise,
    Post,
    Complete,
    Comment,
    /// Nobody does anything: steps of the ladder, the offer and the move come by themselves.
    Wait,
}

const DEEDS: [Deed; 13] = [
    Deed::Arrive,
    Deed::Call,
    Deed::Say,
    Deed::AnswerSay,
    Deed::Note,
    Deed::Join,
    Deed::Leave,
    Deed::Close,
    Deed::Cancel,
    Deed::Promise,
    Deed::Post,
    Deed::Complete,
    Deed::Comment,
];

/// How often each deed was cut short at each point.
type Hits = BTreeMap<(Deed, Point), u64>;

/// Goes through all of it, so many times.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (mut hits, mut seen) = (Hits::new(), Seen::default());
    for (of_lane, held) in lanes::run(&attempt, ABREAST, rounds).await?.into_iter().flatten() {
        for (at, count) in of_lane {
            *hits.entry(at).or_default() += count;
        }
        seen += held;
    }
    let of = |point: Point| hits.iter().filter(|((_, at), _)| *at == point).map(|(_, hit)| *hit).sum::<u64>();
    let first_start = |point: Point| point <= Point::MigrationCommitted;
    for point in Point::ALL.iter().copied().filter(|point| !first_start(*point)) {
        ensure!(of(point) > 0, "{} was never reached", point.name());
    }
    for deed in DEEDS.into_iter().chain([Deed::Wait]) {
        ensure!(hits.keys().any(|(of, _)| *of == deed), "{deed:?} was never cut short");
    }
    let points: Vec<String> = Point::ALL
        .iter()
        .filter(|point| !first_start(**point))
        .map(|point| format!("{} {}", point.name(), of(*point)))
        .collect();
    let total: u64 = hits.values().sum();
    let saw = format!("{total} deaths in {} commands: {}; {seen}", DEEDS.len() + 1, points.join(", "));
    Ok(Outcome { did: attempt.count, saw })
}

/// Rounds one after the other, each with several commands at a time.
async fn rounds(lane: Lane) -> anyhow::Result<Vec<(Hits, Seen)>> {
    let mut all = Vec::new();
    for part in lane.parts(ROUNDS) {
        let deeds = DEEDS.chunks(DEEDS.len().div_ceil(LANES)).map(|deeds| (deeds, false));
        let deeds = deeds.chain([(&[Deed::Wait][..], true)]).enumerate();
        let trials = deeds.map(|(number, (deeds, short_waits))| {
            let attempt = &part.attempt;
            async move { Trial::begin(attempt, number, short_waits).await?.run(deeds, part.count).await }
        });
        all.extend(try_join_all(trials).await?);
    }
    Ok(all)
}

struct Trial {
    house: House,
    trap: Trap,
    server: Option<Server>,
    lane: usize,
    kim: Person,
    visitors: u64,
    records: Vec<Record>,
    hits: Hits,
}

impl Trial {
    async fn begin(attempt: &Attempt, lane: usize, short_waits: bool) -> anyhow::Result<Self> {
        let house = House::new(&attempt.binary)?;
        let trap = Trap::in_house(&house);
        let house = house.with_variable(VARIABLE, trap.path());
        let house = if short_waits {
            house.with_short_waits()
        } else {
            let house = house.with("WAIT__OFFER_AFTER", "1d").with("WAIT__MOVE_AFTER", "2d");
            house.with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#)
        };
        let owner = house.owner("kim@desk.example").await?;
        let kim = Person::admin(&format!("kim{lane}"), Transport::WebSocket, &owner);
        let (records, hits) = (Vec::new(), Hits::new());
        Ok(Self { house, trap, server: None, lane, kim, visitors: 0, records, hits })
    }

    async fn run(mut self, deeds: &[Deed], rounds: u64) -> anyhow::Result<(Hits, Seen)> {
        for _ in 0..rounds {
            for deed in deeds.iter().copied() {
                for point in Point::ALL.iter().copied() {
                    let all = self.every_pass(deed, point).await;
                    all.with_context(|| format!("{deed:?} at {}", point.name()))?;
                }
            }
        }
        self.up().await?;
        self.house.quiet().await?;
        if let Some(server) = self.server.take() {
            server.kill().await?;
        }
        let ledger = Ledger::read(&self.house.database()).await?;
        check::told(&ledger, true)?;
        let records = self.records.iter().chain([&self.kim.record]);
        Ok((self.hits, check::hold(&ledger, records, Views::Begun)?))
    }

    /// Kills the deed at the first pass of the point, then at the second, until it gets through.
    async fn every_pass(&mut self, deed: Deed, point: Point) -> anyhow::Result<()> {
        for pass in 1..=PASSES {
            let once = self.once(deed, point, pass).await;
            let cut_short = once.with_context(|| format!("pass {pass}"))?;
            if !cut_short {
                return Ok(());
            }
            *self.hits.entry((deed, point)).or_default() += 1;
        }
        bail!("it passes more than {PASSES} times")
    }

    /// The deed, with a trap. True when the server died in it.
    async fn once(&mut self, deed: Deed, point: Point, pass: u64) -> anyhow::Result<bool> {
        self.up().await?;
        let mut visitor = self.prepared(deed).await?;
        self.house.calm().await?;
        let to = self.server.as_ref().context("no server")?.address;
        self.trap.set(point, pass)?;
        let cut = match act(deed, &mut visitor, &mut self.kim, to).await {
            Ok(()) => false,
            Err(Cut::Broken(_) | Cut::Closed(_)) => true,
            Err(silent) => bail!(silent),
        };
        let mut server = self.server.take().context("no server")?;
        // What follows from it in the background, mails above all, belongs to it.
        if !cut {
            calm_or_dead(&self.house, &mut server).await?;
        }
        let cut_short = self.trap.lift()?;
        ensure!(cut_short || !cut, "a connection ended, and nobody had died; {}", self.house.last_words());
        if cut_short {
            server.died().await?;
            sprung(&self.house, point)?;
            let touched = visitor.record.views.keys().chain(&self.kim.record.follows).cloned().collect();
            let ledger = Ledger::read_only(&self.house.database(), &touched).await?;
            check::hold(&ledger, [&visitor.record, &self.kim.record], Views::Begun)?;
        } else {
            self.server = Some(server);
        }
        self.recover(visitor, cut_short).await?;
        Ok(cut_short)
    }

    /// A server, and Kim connected to it.
    async fn up(&mut self) -> anyhow::Result<()> {
        if self.server.is_none() {
            self.server = Some(self.house.serve().await?);
            self.kim.cut();
        }
        let to = self.server.as_ref().context("no server")?.address;
        if !self.kim.is_connected() {
            self.kim.connect(to).await?;
            self.kim.all_answered().await?;
        }
        Ok(())
    }

    /// A new visitor, and all that has to be so before the deed.
    async fn prepared(&mut self, deed: Deed) -> anyhow::Result<Person> {
        self.visitors += 1;
        let mut visitor = Person::visitor(&format!("v{}-{}", self.lane, self.visitors), Transport::WebSocket);
        if deed == Deed::Arrive {
            return Ok(visitor);
        }
        let to = self.server.as_ref().context("no server")?.address;
        visitor.connect(to).await?;
        if deed == Deed::Call {
            return Ok(visitor);
        }
        let words = visitor.words();
        let call = visitor.call(Some(words)).await?;
        visitor.answered(&call).await?;
        visitor.until(|record| !record.follows.is_empty()).await?;
        let id = visitor.conversation().context("the call led nowhere")?.to_owned();
        match deed {
            Deed::AnswerSay | Deed::Leave | Deed::Close => {
                self.kim.follow(&id).await?;
                self.kim.ask(json!({ "type": "join", "conversation_id": id })).await?;
            }
            Deed::Complete | Deed::Comment => visitor.leave_inquiry(None).await?,
            Deed::Note | Deed::Join | Deed::Promise => self.kim.follow(&id).await?,
            _ => {}
        }
        Ok(visitor)
    }

    /// Everybody comes back, and what was not answered is done after all.
    async fn recover(&mut self, mut visitor: Person, cut_short: bool) -> anyhow::Result<()> {
        self.up().await?;
        let to = self.server.as_ref().context("no server")?.address;
        if cut_short {
            visitor.connect(to).await?;
        }
        visitor.all_answered().await?;
        self.kim.all_answered().await?;
        for id in self.kim.record.follows.clone() {
            self.kim.unfollow(&id).await?;
        }
        visitor.cut();
        visitor.record.follows.clear();
        self.records.push(visitor.record);
        Ok(())
    }
}

/// Waits until nothing is left to be done, or nobody to do it.
async fn calm_or_dead(house: &House, server: &mut Server) -> anyhow::Result<()> {
    tokio::select! {
        biased;
        end = server.died() => end.map(drop),
        calm = house.calm() => calm,
    }
}

/// The deed itself: returns when it is acknowledged, or when it is over.
async fn act(
    deed: Deed,
    visitor: &mut Person,
    kim: &mut Person,
    to: std::net::SocketAddr,
) -> Result<(), Cut> {
    let id = visitor.conversation().map(str::to_owned).unwrap_or_default();
    let of_kim = |verb: &str| json!({ "type": verb, "conversation_id": id });
    match deed {
        Deed::Arrive => visitor.connect(to).await,
        Deed::Call => {
            let words = visitor.words();
            visitor.call(Some(words)).await?;
            visitor.all_answered().await
        }
        Deed::Say => {
            let words = visitor.words();
            visitor.say(None, words).await?;
            visitor.all_answered().await
        }
        Deed::AnswerSay | Deed::Note => {
            let mut frame = of_kim(if deed == Deed::Note { "note" } else { "say" });
            frame["body"] = kim.words().into();
            kim.ask(frame).await.map(drop)
        }
        Deed::Join => kim.ask(of_kim("join")).await.map(drop),
        Deed::Leave => kim.ask(of_kim("leave")).await.map(drop),
        Deed::Promise => {
            let mut frame = of_kim("promise");
            frame["minutes"] = 1.into();
            kim.ask(frame).await.map(drop)
        }
        Deed::Close => visitor.ask(json!({ "type": "close" })).await.map(drop),
        Deed::Cancel => visitor.ask(json!({ "type": "cancel" })).await.map(drop),
        Deed::Post | Deed::Complete => visitor.leave_inquiry(Some("kim@shop.example")).await,
        Deed::Comment => {
            let post = visitor.inquiries().await?;
            let post = post.first().and_then(|post| post["id"].as_str()).unwrap_or_default().to_owned();
            kim.comment(&post).await
        }
        Deed::Wait => {
            let moved = |view: &Vec<serde_json::Value>| view.iter().any(|event| event["kind"] == "moved");
            visitor.until(|record| record.views.get(&id).is_some_and(moved)).await
        }
    }
}
