//! R21: admins who join at the same moment.

use anyhow::{Context, ensure};
use domain::conversation::What;
use futures_util::future::try_join_all;
use rand::RngExt;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::{Answer, Person, Transport};
use crate::house::House;
use crate::lanes::{self, Lane};

/// The most who join at once.
const MOST: usize = 16;
/// After so many rounds the admins come anew: a connection may send 400 frames in 20 s, and a round costs four.
const ROUNDS: u64 = 50;

/// Lets them join, round after round.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let mut seen = Seen::default();
    for lane in lanes::run(&attempt, 1, one).await? {
        seen += lane;
    }
    Ok(Outcome { did: attempt.count, saw: seen.to_string() })
}

async fn one(mut lane: Lane) -> anyhow::Result<Seen> {
    let house = House::new(&lane.attempt.binary)?;
    let mut admins = Vec::new();
    for number in 0..MOST {
        let owner = house.owner(&format!("a{number}@desk.example")).await?;
        let transport = Transport::ALL[number % Transport::ALL.len()];
        admins.push(Person::admin(&format!("a{number}"), transport, &owner));
    }
    let server = house.serve().await?;
    let mut visitors = Vec::new();
    for round in 0..lane.count {
        if round.is_multiple_of(ROUNDS) {
            for admin in &mut admins {
                admin.connect(server.address).await?;
            }
        }
        let mut visitor = Person::visitor(&format!("v{round}"), Transport::WebSocket);
        visitor.connect(server.address).await?;
        let call = visitor.call(None).await?;
        visitor.answered(&call).await?;
        visitor.until(|record| !record.shown.is_empty()).await?;
        let conversation = visitor.conversation().context("the call led nowhere")?.to_owned();
        let many = lane.dice.random_range(2..=MOST);
        together(&mut admins[..many], &conversation).await.with_context(|| format!("round {round}"))?;
        for admin in &mut admins[..many] {
            admin.unfollow(&conversation).await?;
        }
        visitor.until(|record| record.last(&conversation) > many as u64).await?;
        visitor.ask(serde_json::json!({ "type": "close" })).await?;
        visitor.cut();
        visitors.push((visitor, many));
    }
    server.kill().await?;
    let ledger = Ledger::read(&house.database()).await?;
    for (visitor, many) in &visitors {
        let conversation = visitor.conversation().and_then(|id| ledger.conversations.get(id));
        let log = &conversation.context("a call is lost")?.log;
        let joined = log.iter().filter(|event| event.what == What::Joined).count();
        ensure!(joined == *many, "{joined} of {many} joined");
    }
    let records = visitors.iter().map(|(visitor, _)| visitor).chain(&admins).map(|person| &person.record);
    check::hold(&ledger, records, Views::Begun)
}

/// All of them join, and each listens until they have seen the others come.
async fn together(admins: &mut [Person], conversation: &str) -> anyhow::Result<()> {
    let many = admins.len();
    let joins = admins.iter_mut().map(|admin| async move {
        admin.follow(conversation).await?;
        let join = serde_json::json!({ "type": "join", "conversation_id": conversation });
        let answer = admin.ask(join).await?;
        ensure!(matches!(answer, Answer::Done(_)), "{} was told {answer:?}", admin.record.name);
        let came = |events: &Vec<serde_json::Value>| events.iter().filter(|e| e["kind"] == "joined").count();
        let all =
            |seen: &crate::clients::Record| seen.views.get(conversation).is_some_and(|v| came(v) == many);
        Ok(admin.until(all).await?)
    });
    try_join_all(joins).await?;
    Ok(())
}
