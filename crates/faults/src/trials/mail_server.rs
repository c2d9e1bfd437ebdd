//! R13 to R17: a mail server that stalls, refuses, hangs up, is a stranger, or talks nonsense.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use storage::{Notice, NoticeState};
use testkit::smtp::{Answer, Identity, Protection, Reached, Received, Sink, Step};
use tokio::time::{sleep, timeout};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Views};
use crate::clients::Record;
use crate::house::{House, PATIENCE, Server};
use crate::trials::mails::{ADMINS, call, house};

/// How long a mail may take that has nothing to do with a line that stalls. The stalled one is given up after 30 s:
/// whoever waits for it is far later than this.
const UNTOUCHED: Duration = Duration::from_secs(10);
/// The pause between two looks at the outbox.
const LOOK: Duration = Duration::from_millis(20);
/// What a server may answer to the recipient, or to the mail, and whether that is final.
const ANSWERS: [(Step, &str, bool); 16] = [
    (Step::Rcpt, "450 4.2.0 greylisted, come back later", false),
    (Step::Rcpt, "451 4.3.0 local error", false),
    (Step::Rcpt, "452 4.2.2 mailbox full", false),
    (Step::Rcpt, "421 4.3.2 shutting down", false),
    (Step::Rcpt, "550 5.1.1 no such user", true),
    (Step::Rcpt, "551 5.1.6 user has moved", true),
    (Step::Rcpt, "552 5.2.2 mailbox full for good", true),
    (Step::Rcpt, "553 5.1.3 no such mailbox name", true),
    (Step::Rcpt, "554 5.7.1 refused by policy", true),
    (Step::Data, "451 4.3.0 local error", false),
    (Step::Data, "554 5.5.0 no", true),
    (Step::Dot, "421 4.3.2 shutting down", false),
    (Step::Dot, "451 4.7.1 try again later", false),
    (Step::Dot, "452 4.3.1 no room", false),
    (Step::Dot, "550 5.7.1 looks like spam", true),
    (Step::Dot, "552 5.3.4 too big", true),
];
/// What no mail server says.
const NONSENSE: [&str; 7] =
    ["", "nonsense", "999 no such code", "25", "250", "250-and so on", "\u{0}\u{1}\u{2}"];

/// Whether this step belongs to the first admin's mail; before the recipient is known, to the first line.
fn is_kims(at: &Reached<'_>) -> bool {
    match at.step {
        Step::Rcpt => at.line.contains(ADMINS[0]),
        Step::Data | Step::Dot => at.to.iter().any(|to| to == ADMINS[0]),
        _ => at.connection == 0,
    }
}

/// The notices of the latest call, the first admin's first.
async fn notices(house: &House) -> anyhow::Result<[Notice; 2]> {
    let ledger = Ledger::read(&house.database()).await?;
    let call = ledger.notices.iter().max_by_key(|one| one.number).context("nobody was told")?.conversation;
    let notice = |admin: &str| {
        let mut notices = ledger.notices.iter();
        let found = notices.find(|one| one.conversation == call && one.to.address.as_str() == admin);
        found.cloned().with_context(|| format!("{admin} was not told"))
    };
    Ok([notice(ADMINS[0])?, notice(ADMINS[1])?])
}

/// Waits until the latest call's notices are as they should be.
async fn until(house: &House, what: &str, is: impl Fn(&[Notice; 2]) -> bool) -> anyhow::Result<[Notice; 2]> {
    let found = timeout(PATIENCE, async {
        loop {
            let notices = notices(house).await?;
            if is(&notices) {
                return anyhow::Ok(notices);
            }
            sleep(LOOK).await;
        }
    });
    found.await.with_context(|| format!("{what}: the notices did not come to it"))?
}

fn lees(mails: &[Received]) -> usize {
    mails.iter().filter(|mail| mail.to.iter().any(|to| to == ADMINS[1])).count()
}

async fn others_leave(sink: &Sink, wanted: usize, what: &str) -> anyhow::Result<()> {
    let mails = sink.wait(UNTOUCHED, |mails| mails.len() >= wanted).await;
    mails.with_context(|| format!("{what}: {} of {wanted} mails left", sink.count()))?;
    Ok(())
}

async fn end(house: &House, server: Server, records: &[Record]) -> anyhow::Result<()> {
    server.kill().await?;
    check::hold(&Ledger::read(&house.database()).await?, records, Views::Begun)?;
    Ok(())
}

/// R13: one mail stalls at a step, or is answered byte by byte.
pub(crate) async fn stalls(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (mut steps, mut latest) = (0, Duration::ZERO);
    for round in 0..attempt.count {
        for step in Step::PLAIN {
            for slow in [Answer::Stall, Answer::Drip(Duration::from_secs(5))] {
                let what = format!("round {round}, {step:?}, {slow:?}");
                let sink =
                    Sink::scripted(
                        move |at| {
                            if at.step == step && is_kims(&at) { slow.clone() } else { Answer::Fine }
                        },
                    )
                    .await;
                let house = house(&attempt, sink.address).await?;
                let server = house.serve().await?;
                let mut records = vec![call(&server, "v0").await?];
                // Of this call's two mails one is on the slow line; of the next call's none, or again the first admin's.
                let wanted = if matches!(step, Step::Greeting | Step::Ehlo | Step::Mail) { 3 } else { 2 };
                others_leave(&sink, 1, &what).await?;
                let begun = Instant::now();
                records.push(call(&server, "v1").await?);
                others_leave(&sink, wanted, &what).await?;
                latest = latest.max(begun.elapsed());
                steps += 1;
                end(&house, server, &records).await?;
            }
        }
    }
    let saw = format!(
        "{steps} slow steps; the next call's mail left {} ms after the press at the latest",
        latest.as_millis()
    );
    Ok(Outcome { did: attempt.count, saw })
}

/// R14: one of two recipients is refused, once.
pub(crate) async fn refuses(attempt: Attempt) -> anyhow::Result<Outcome> {
    let (mut retried, mut given_up) = (0, 0);
    for round in 0..attempt.count {
        let sink = Sink::friendly().await;
        let house = house(&attempt, sink.address).await?;
        let server = house.serve().await?;
        let mut records = Vec::new();
        for (number, (step, words, is_final)) in ANSWERS.into_iter().enumerate() {
            let what = format!("round {round}, {step:?}: {words}");
            let hangs_up = words.starts_with("421");
            let said = std::sync::atomic::AtomicBool::new(false);
            sink.behave(move |at| {
                let first =
                    at.step == step && is_kims(&at) && !said.swap(true, std::sync::atomic::Ordering::Relaxed);
                match (first, hangs_up) {
                    (true, true) => Answer::say_and_hang_up(words),
                    (true, false) => Answer::say(words),
                    (false, _) => Answer::Fine,
                }
            });
            let record = call(&server, &format!("v{number}")).await?;
            let is_over = |one: &Notice| matches!(one.state, NoticeState::Sent | NoticeState::Dead);
            let [kim, lee] = until(&house, &what, |notices| notices.iter().all(is_over)).await?;
            ensure!((lee.state, lee.attempts) == (NoticeState::Sent, 1), "{what}: lee's is {lee:?}");
            let wanted = if is_final { (NoticeState::Dead, 1) } else { (NoticeState::Sent, 2) };
            ensure!((kim.state, kim.attempts) == wanted, "{what}: kim's is {kim:?}");
            *(if is_final { &mut given_up } else { &mut retried }) += 1;
            records.push(record);
        }
        ensure!(sink.violations().is_empty(), "{:?}", sink.violations());
        end(&house, server, &records).await?;
    }
    Ok(Outcome {
        did: attempt.count,
        saw: format!("{retried} retried and sent, {given_up} given up, each for one admin only"),
    })
}

/// R15: the line dies between the final dot and the answer.
pub(crate) async fn hangs_up(attempt: Attempt) -> anyhow::Result<Outcome> {
    let sink = Sink::friendly().await;
    let house = house(&attempt, sink.address).await?;
    let server = house.serve().await?;
    let (mut records, mut copies) = (Vec::new(), 0);
    for round in 0..attempt.count {
        sink.take();
        let hung = std::sync::atomic::AtomicBool::new(false);
        sink.behave(move |at| {
            let first = at.step == Step::Dot
                && is_kims(&at)
                && !hung.swap(true, std::sync::atomic::Ordering::Relaxed);
            if first { Answer::HangUp } else { Answer::Fine }
        });
        let record = call(&server, &format!("v{round}")).await?;
        let is_sent = |one: &Notice| one.state == NoticeState::Sent;
        until(&house, "a line that died", |notices| notices.iter().all(is_sent)).await?;
        let mails = sink.mails();
        let kims: Vec<&Received> = mails.iter().filter(|mail| mail.to == [ADMINS[0]]).collect();
        ensure!(kims.len() == 2, "round {round}: kim's mail came {} times", kims.len());
        ensure!(
            kims[0].message_id() == kims[1].message_id(),
            "round {round}: the copy has another Message-ID"
        );
        ensure!(lees(&mails) == 1, "round {round}: lee's mail came {} times", lees(&mails));
        copies += kims.len() - 1;
        records.push(record);
    }
    end(&house, server, &records).await?;
    Ok(Outcome { did: attempt.count, saw: format!("{copies} copies, each with the Message-ID of the first") })
}

/// R16: nobody vouches for the server's certificate, or there is none.
pub(crate) async fn is_a_stranger(attempt: Attempt) -> anyhow::Result<Outcome> {
    let mut refused = 0;
    for round in 0..attempt.count {
        let cases = [
            (
                "implicit TLS, an unknown authority",
                Protection::Implicit(Identity::of("localhost")),
                "smtps",
                "",
            ),
            ("implicit TLS, expired", Protection::Implicit(Identity::expired("localhost")), "smtps", ""),
            (
                "STARTTLS, an unknown authority",
                Protection::StartTls(Identity::of("localhost")),
                "smtp",
                "?tls=required",
            ),
            (
                "STARTTLS, another name",
                Protection::StartTls(Identity::of("else.example")),
                "smtp",
                "?tls=required",
            ),
            ("STARTTLS taken away", Protection::Plain, "smtp", "?tls=required"),
        ];
        for (case, protection, scheme, more) in cases {
            let sink = Sink::protected(protection, |_| Answer::Fine).await;
            let house = house(&attempt, sink.address).await?;
            let url = format!("{scheme}://kim:secret@localhost:{}{more}", sink.address.port());
            let house = house.with("MAIL__URL", &url);
            let server = house.serve().await?;
            let record = call(&server, "v0").await?;
            let tried = |one: &Notice| one.state == NoticeState::Retrying && one.last_reply.is_some();
            until(&house, case, |notices| notices.iter().all(tried)).await?;
            end(&house, server, &[record]).await?;
            let heard = sink.lines();
            let told = heard.iter().find(|line| ["MAIL", "AUTH"].iter().any(|verb| line.starts_with(verb)));
            ensure!(sink.count() == 0 && told.is_none(), "round {round}, {case}: it was told {told:?}");
            refused += 1;
        }
    }
    Ok(Outcome {
        did: attempt.count,
        saw: format!("{refused} strangers were told nothing, and what failed is in the outbox"),
    })
}

/// R17: what the server says about one admin's mails is no SMTP.
pub(crate) async fn talks_nonsense(attempt: Attempt) -> anyhow::Result<Outcome> {
    let mut heard = 0;
    for _ in 0..attempt.count {
        let sink = Sink::friendly().await;
        let house = house(&attempt, sink.address).await?;
        let server = house.serve().await?;
        let mut records = Vec::new();
        let endless = "2".repeat(100_000);
        for (number, words) in NONSENSE.into_iter().chain([endless.as_str()]).enumerate() {
            let words = words.to_owned();
            sink.behave(move |at| {
                let at_kims = matches!(at.step, Step::Rcpt | Step::Dot) && is_kims(&at);
                if at_kims { Answer::say_and_hang_up(words.clone()) } else { Answer::Fine }
            });
            records.push(call(&server, &format!("v{number}")).await?);
            let mails = sink.wait(UNTOUCHED, |mails| lees(mails) >= records.len()).await;
            mails.with_context(|| format!("nonsense {number}: the other admin's mail did not leave"))?;
            heard += 1;
        }
        sink.behave(|_| Answer::Fine);
        let is_over = |one: &Notice| matches!(one.state, NoticeState::Sent | NoticeState::Dead);
        until(&house, "a server that speaks again", |notices| notices.iter().all(is_over)).await?;
        house.posted().await?;
        end(&house, server, &records).await?;
    }
    Ok(Outcome {
        did: attempt.count,
        saw: format!("{heard} kinds of nonsense; the mailer lived on, nobody else waited"),
    })
}
