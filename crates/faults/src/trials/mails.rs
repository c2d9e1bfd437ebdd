//! R05, R12: the mail server is away for long, or the process dies between its yes and our record of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use fault_point::Point;
use storage::NoticeState;
use testkit::smtp::{Answer, Protection, Received, Sink};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Views};
use crate::clients::{Person, Record, Transport};
use crate::house::{House, PATIENCE, Server};
use crate::trap::{Trap, VARIABLE, sprung};
use crate::trials::clocks::{Wall, library};

/// Longer than a notice is leased.
pub(crate) const BEYOND_THE_LEASE: &str = "+180";
/// The admins who are told of each call.
pub(crate) const ADMINS: [&str; 2] = ["kim@desk.example", "lee@desk.example"];
/// Calls during an outage.
const CALLS: usize = 12;

/// A house whose mails go to this server, and in which calls wait for ever.
pub(crate) async fn house(attempt: &Attempt, to: SocketAddr) -> anyhow::Result<House> {
    house_of(attempt, to, &ADMINS).await
}

/// The same with these admins.
pub(crate) async fn house_of(attempt: &Attempt, to: SocketAddr, admins: &[&str]) -> anyhow::Result<House> {
    let house = House::new(&attempt.binary)?.with("MAIL__URL", &format!("smtp://{to}"));
    let house = house.with("MAIL__FROM", "Desk <desk@desk.example>");
    let house = house.with("WAIT__OFFER_AFTER", "20d").with("WAIT__MOVE_AFTER", "30d");
    let house = house.with("WAIT__STEPS", r#"[{"after":"0s","notify":"on-duty"}]"#);
    for admin in admins {
        house.owner(admin).await?;
    }
    Ok(house)
}

pub(crate) async fn call(server: &Server, name: &str) -> anyhow::Result<Record> {
    let mut visitor = Person::visitor(name, Transport::WebSocket);
    visitor.connect(server.address).await?;
    let words = visitor.words();
    visitor.call(Some(words)).await?;
    visitor.all_answered().await?;
    Ok(visitor.record)
}

/// R05: killed between the mail server's yes and the record of it.
pub(crate) async fn taken_and_killed(attempt: Attempt) -> anyhow::Result<Outcome> {
    let library = library()?;
    let mut copies = 0;
    for round in 0..attempt.count {
        let sink = Sink::friendly().await;
        let house = house(&attempt, sink.address).await?;
        let trap = Trap::in_house(&house);
        let (house, wall) = Wall::hang(house.with_variable(VARIABLE, trap.path()), &library)?;
        let mut server = house.serve().await?;
        // Of the two mails of a call the first or the second is cut short.
        trap.set(Point::MailTaken, 1 + round % 2)?;
        let record = call(&server, "v").await?;
        server.died().await?;
        sprung(&house, Point::MailTaken)?;
        trap.lift()?;
        wall.set(BEYOND_THE_LEASE)?;
        let server = house.serve().await?;
        house.posted().await?;
        server.kill().await?;
        let mails = sink.mails();
        let held = once_or_twice(&mails).with_context(|| format!("round {round}"))?;
        ensure!(held == ADMINS.len(), "round {round}: only {held} have a mail");
        ensure!(mails.len() > ADMINS.len(), "round {round}: no mail was sent again");
        copies += mails.len() - ADMINS.len();
        told(&house, &[record]).await?;
    }
    Ok(Outcome { did: attempt.count, saw: format!("{copies} copies, each with the Message-ID of the first") })
}

/// Each recipient has one mail, or two that are the same.
pub(crate) fn once_or_twice(mails: &[Received]) -> anyhow::Result<usize> {
    let mut by_recipient: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for mail in mails {
        by_recipient.entry(mail.to.join(",")).or_default().push(mail.message_id());
    }
    for (recipient, ids) in &by_recipient {
        ensure!(ids.len() <= 2 && ids.iter().all(|id| *id == ids[0]), "{recipient} has {ids:?}");
    }
    Ok(by_recipient.len())
}

/// R12: nobody answers at the mail server's port, for an hour or for a day.
pub(crate) async fn away(attempt: Attempt) -> anyhow::Result<Outcome> {
    let library = library()?;
    // A day is 24 hours of trying; who was to be told at its very beginning is given up at its very end.
    let (hours, speed) = (attempt.count, if attempt.count > 1 { 600 } else { 240 });
    let outage = Duration::from_secs(hours * 3600).saturating_sub(Duration::from_mins(20));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?;
    drop(listener);
    let house = house(&attempt, port).await?.with_variable("FAKETIME_NO_CACHE", "1");
    let clock = house.path("clock");
    let set = |text: String| {
        let half = clock.with_extension("half");
        std::fs::write(&half, text).and_then(|()| std::fs::rename(&half, &clock))
    };
    set(format!("+0 x{speed}\n"))?;
    let house =
        house.with_variable("LD_PRELOAD", &library).with_variable("FAKETIME_TIMESTAMP_FILE", clock.clone());
    let server = house.serve().await?;
    let mut records = Vec::new();
    for number in 0..CALLS {
        records.push(call(&server, &format!("v{number}")).await?);
        // The outage itself: it has to last.
        sleep(outage / speed / u32::try_from(CALLS)?).await;
    }
    // The mail server comes back, and time goes on as it should.
    set(format!("+{}\n", outage.as_secs() + 60))?;
    let sink = Sink::on(TcpListener::bind(port).await?, Protection::Plain, |_| Answer::Fine)?;
    let wanted = CALLS * ADMINS.len();
    let mails = sink.wait(PATIENCE * 6, |mails| mails.len() >= wanted).await;
    let mails = mails.with_context(|| format!("{} of {wanted} mails came", sink.count()))?;
    house.posted().await?;
    server.kill().await?;
    let mut ids: Vec<&str> = mails.iter().map(Received::message_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ensure!(ids.len() == wanted, "{} different mails for {wanted} notices", ids.len());
    ensure!(sink.violations().is_empty(), "{:?}", sink.violations());
    let tries = told(&house, &records).await?;
    let saw = format!("{CALLS} calls made meanwhile, 0 untold; {wanted} mails, up to {tries} tries for one");
    Ok(Outcome { did: hours, saw })
}

/// Every notice was taken by the mail server. Returns the most tries that one took.
async fn told(house: &House, records: &[Record]) -> anyhow::Result<u32> {
    let ledger = Ledger::read(&house.database()).await?;
    for notice in &ledger.notices {
        ensure!(notice.state == NoticeState::Sent, "notice {} is {}", notice.id, notice.state.as_str());
    }
    check::hold(&ledger, records, Views::Begun)?;
    Ok(ledger.notices.iter().map(|notice| notice.attempts).max().unwrap_or(0))
}
