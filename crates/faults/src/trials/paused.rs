//! R20: a worker that was stopped in the middle of its work goes on when others have done it.

use anyhow::{Context, ensure};
use domain::Timestamp;
use fault_point::Point;
use storage::NoticeState;
use testkit::smtp::{Answer, Sink, Step};

use crate::catalogue::{Attempt, Outcome};
use crate::check::{self, Ledger, Seen, Views};
use crate::clients::Record;
use crate::house::House;
use crate::lanes::{self, Lane};
use crate::trap::{Trap, VARIABLE};
use crate::trials::clocks::{Wall, library};
use crate::trials::mails::{self, BEYOND_THE_LEASE, once_or_twice};
use crate::trials::workers::call;

const LANES: u64 = 2;
/// Where a worker of the timeouts is stopped, and for how many calls: so that nothing else goes on in it at that moment.
/// Who is stopped with the database in their hands keeps everybody from writing until they go on.
const POINTS: [(Point, u64); 3] =
    [(Point::DeadlinesRead, 6), (Point::DeadlinesFired, 6), (Point::StepStored, 1)];

/// Stops workers at these points, lets others do everything, and wakes them; every second time a mailer with a lease on a
/// mail, which runs out meanwhile.
pub(crate) async fn run(attempt: Attempt) -> anyhow::Result<Outcome> {
    let mut seen = Seen::default();
    for held in lanes::run(&attempt, LANES, one).await? {
        seen += held;
    }
    Ok(Outcome { did: attempt.count, saw: format!("all of them woke behind the others; {seen}") })
}

async fn one(lane: Lane) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    for round in 0..lane.count {
        let held = if lane.number == 0 {
            let (point, calls) = POINTS[usize::try_from(round)? % POINTS.len()];
            let held = timeouts(&lane.attempt, point, calls).await;
            held.with_context(|| format!("stopped at {}", point.name()))
        } else {
            mailer(&lane.attempt, round % 2 == 0).await.context("a mailer, stopped over a mail")
        };
        seen += held?;
    }
    Ok(seen)
}

/// A worker that knows what is due, or has done it.
async fn timeouts(attempt: &Attempt, point: Point, calls: u64) -> anyhow::Result<Seen> {
    let house = House::new(&attempt.binary)?.with_short_waits();
    let trap = Trap::in_house(&house);
    let house = house.with_variable(VARIABLE, trap.path());
    house.owner("kim@desk.example").await?;
    let front = ["serve", "--roles", "gateway,portal,mailer", "--listen", "127.0.0.1:0"];
    let front = house.start(&front).await?;
    let roles = ["serve", "--roles", "timeouts"];
    // What it does at its start is over before anybody calls.
    let stopped = house.start(&roles).await?;
    house.calm().await?;
    let records = call(&front, 0, calls).await?;
    trap.stop_at(point)?;
    stopped.is_stopped().await?;
    trap.lift()?;
    let other = house.start(&roles).await?;
    house.decided().await?;
    stopped.signal("CONT").await?;
    house.calm().await?;
    // It is awake: what is due next is done again, by whichever of the two is first.
    let more = call(&front, calls, calls).await?;
    house.decided().await?;
    for server in [stopped, other, front] {
        server.kill().await?;
    }
    let ledger = Ledger::read(&house.database()).await?;
    check::hold(&ledger, records.iter().chain(&more), Views::Begun)
}

/// A mailer whose mail was taken, and who is stopped before it can say so. What the other one finds out after the lease has
/// run out is what holds, whether that mail was taken too (`again`) or refused for good.
async fn mailer(attempt: &Attempt, again: bool) -> anyhow::Result<Seen> {
    let sink = Sink::friendly().await;
    let house = mails::house_of(attempt, sink.address, &["kim@desk.example"]).await?;
    let trap = Trap::in_house(&house);
    let (house, wall) = Wall::hang(house.with_variable(VARIABLE, trap.path()), &library()?)?;
    let front = house.start(&["serve", "--roles", "gateway,portal", "--listen", "127.0.0.1:0"]).await?;
    // What it does at its start is over before there is a mail: stopped with the database in its hands, it would keep the
    // other from everything.
    let stopped = house.start(&["serve", "--roles", "mailer"]).await?;
    house.calm().await?;
    trap.stop_at(Point::MailTaken)?;
    let records: Vec<Record> = call(&front, 0, 1).await?;
    stopped.is_stopped().await?;
    trap.lift()?;
    if !again {
        sink.behave(
            |at| if at.step == Step::Rcpt { Answer::say("550 5.1.1 no such user") } else { Answer::Fine },
        );
    }
    wall.set(BEYOND_THE_LEASE)?;
    let other = house.launch(&["serve", "--roles", "mailer"])?;
    house.posted().await.with_context(|| house.last_words())?;
    let before = notices(&Ledger::read(&house.database()).await?);
    stopped.signal("CONT").await?;
    house.calm().await?;
    for server in [stopped, other, front] {
        server.kill().await?;
    }
    let ledger = Ledger::read(&house.database()).await?;
    let after = notices(&ledger);
    ensure!(before == after, "who had no lease any more wrote {after:?} over {before:?}");
    let wanted = if again { NoticeState::Sent } else { NoticeState::Dead };
    ensure!(after.iter().any(|(state, ..)| *state == wanted), "the notices are {after:?}");
    once_or_twice(&sink.mails())?;
    check::hold(&ledger, &records, Views::Begun)
}

/// What there is to know of the notices.
fn notices(ledger: &Ledger) -> Vec<(NoticeState, u32, Option<String>, Option<Timestamp>)> {
    let all = ledger.notices.iter();
    all.map(|notice| (notice.state, notice.attempts, notice.last_reply.clone(), notice.sent_at)).collect()
}
