//! R12: the mail server is away for an hour, or for a day, and comes back.

use std::time::Duration;

use domain::Clock;
use domain::admin::Locale;
use domain::id::NoticeId;
use mailer::{Settings, Transport};
use storage::{Claim, Delivery, Notice, NoticeState, Outbox, Spared};
use testkit::smtp::{Answer, Protection, Received, Sink, Step};
use tokio::net::TcpListener;

use crate::world::{NOW, World};

/// A port on which nobody listens, yet.
async fn closed_port() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("bound")
}

/// A call a minute while the server is away for so long; then it is back.
async fn after_an_outage_of(away: Duration, calls: u32) {
    let world = World::new().await;
    let kim = world.admin("kim", Locale::En).await;
    let address = closed_port().await;
    let url = format!("smtp://{address}").parse().expect("an address");
    let mailer = world.start(Transport::Smtp(url));
    let mut ids: Vec<NoticeId> = Vec::new();
    let step = away / calls;
    for n in 0..calls {
        let visitor = world.visitor(&format!("visitor {n}")).await;
        let call = world.call(&visitor, "help", &[&kim]).await;
        world.until(call.notices[0], |notice| notice.attempts > 0).await;
        ids.extend(call.notices);
        // Time passes from one try to the next, so that each is made when it is due.
        let until = NOW.plus(step * (n + 1));
        while world.clock.now() < until {
            let next = world.storage.next_notice_at(&Spared::default()).await.expect("read");
            let next = next.filter(|next| *next < until).unwrap_or(until);
            world.advance(next.since(world.clock.now()));
            for id in &ids {
                world.until(*id, |notice| notice.due_at > world.clock.now()).await;
            }
        }
    }
    for id in &ids {
        assert_eq!(world.look(*id).await.state, NoticeState::Retrying, "not given up within the day");
    }
    let listener = TcpListener::bind(address).await.expect("the same port");
    let sink = Sink::on(listener, Protection::Plain, |_| Answer::Fine).expect("bound");
    // The longest pause is five minutes.
    for _ in 0..5 {
        world.advance(Duration::from_mins(1));
        // Or a mail on its way would outlive its lease by this clock.
        for id in &ids {
            let done =
                |notice: &Notice| notice.due_at > world.clock.now() || notice.state == NoticeState::Sent;
            world.until(*id, done).await;
        }
    }
    for id in &ids {
        world.until_state(*id, NoticeState::Sent).await;
    }
    assert_eq!(sink.count(), ids.len(), "each once");
    assert!(sink.connections().0 <= Settings::LANES, "{:?}", sink.connections());
    mailer.stop().await;
}

#[tokio::test]
async fn no_call_is_untold_after_an_hour_without_a_mail_server() {
    after_an_outage_of(Duration::from_hours(1), 12).await;
}

#[tokio::test]
async fn no_call_is_untold_after_a_day_without_a_mail_server() {
    after_an_outage_of(Duration::from_hours(24) - Duration::from_secs(1), 4).await;
}

/// A thousand notices that have been tried in vain, all due at once.
#[tokio::test]
async fn a_backlog_is_sent_newest_call_first_over_no_more_lines_than_there_are_lanes() {
    const BACKLOG: usize = 1_000;
    let world = World::new().await;
    let mut told = Vec::new();
    for n in 0..20 {
        told.push(world.admin(&format!("admin{n}"), Locale::En).await);
    }
    let mut calls = Vec::new();
    while calls.len() * told.len() < BACKLOG {
        world.clock.advance(Duration::from_secs(1));
        let visitor = world.visitor("Minji").await;
        let call = world.call(&visitor, "help", &told.iter().collect::<Vec<_>>()).await;
        calls.push(call.id);
    }
    let now = world.clock.now();
    let lease = now.plus(Duration::from_mins(1));
    let claimed = world.storage.claim(&Claim::new(now, lease, 20_000)).await.expect("claimed");
    assert_eq!(claimed.len(), BACKLOG);
    for claimed in claimed {
        let retry = Delivery::Retry { reply: "421 away".to_owned(), at: lease };
        assert!(world.storage.record(&claimed.lease, &retry, now).await.expect("recorded"));
    }
    world.clock.advance(Duration::from_mins(1));
    let sink = Sink::friendly().await;
    let start = std::time::Instant::now();
    let mailer = world.mail_through(&sink);
    // A call in the midst of it leaves at once.
    sink.mails_until(|mails| mails.len() > 100).await;
    let midst = world.call(&world.visitor("Seoyeon").await, "me too", &[&told[0]]).await;
    let before = sink.count();
    world.until_state(midst.notices[0], NoticeState::Sent).await;
    let waited = sink.count() - before;
    assert!(waited <= 50, "{waited} mails left before the new one");
    let limit = Duration::from_mins(10);
    let mails = sink.wait(limit, |mails| mails.len() > BACKLOG).await.expect("all within ten minutes");
    println!("{BACKLOG} mails in {:?}", start.elapsed());
    mailer.stop().await;
    let ids: std::collections::HashSet<&str> = mails.iter().map(Received::message_id).collect();
    assert_eq!((mails.len(), ids.len()), (BACKLOG + 1, BACKLOG + 1), "nothing twice, nothing lost");
    // Three of four are the newest first; every fourth is the longest due.
    let newest = format!("c-{}@", calls.last().expect("50 calls"));
    let early = mails[..100].iter().filter(|mail| mail.data.contains(&newest)).count();
    assert_eq!(early, told.len(), "the newest call's mails are among the first");
    assert!(sink.connections().0 <= Settings::LANES, "{:?}", sink.connections());
    assert_eq!(sink.reached(Step::Mail), BACKLOG + 1, "no try in vain");
}
