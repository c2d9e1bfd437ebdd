//! A mail server that refuses, forgets, hangs up, stalls, or is not there.

use std::time::Duration;

use domain::Clock;
use domain::admin::Locale;
use mailer::{Settings, Transport};
use storage::{Claim, NoticeState, Outbox};
use tokio::net::TcpListener;

use crate::world::{NOW, World};
use testkit::smtp::{Answer, Protection, Sink, Step};

/// A call with one admin, through this server; what became of its notice after the first try.
async fn first_try(world: &World, sink: &Sink) -> (storage::Notice, crate::world::Running) {
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let mailer = world.mail_through(sink);
    let notice = world.until(call.notices[0], |notice| notice.state != NoticeState::Queued).await;
    (notice, mailer)
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_at_once_and_nobody_else_is() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Rcpt if at.line.contains("lee@") => Answer::say("550 5.1.1 no such user"),
        _ => Answer::Fine,
    })
    .await;
    let mut told = Vec::new();
    for name in ["kim", "lee", "park"] {
        told.push(world.admin(name, Locale::En).await);
    }
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &told.iter().collect::<Vec<_>>()).await;
    let _mailer = world.mail_through(&sink);
    world.until_state(call.notices[0], NoticeState::Sent).await;
    world.until_state(call.notices[2], NoticeState::Sent).await;
    let dead = world.until_state(call.notices[1], NoticeState::Dead).await;
    assert_eq!(dead.last_reply.as_deref(), Some("RCPT TO: 550 5.1.1 no such user"));
    assert_eq!((dead.attempts, dead.sent_at), (1, None));
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn bad_recipients_cost_no_new_connections() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Rcpt if at.line.contains("gone") => Answer::say("550 5.1.1 no such user"),
        _ => Answer::Fine,
    })
    .await;
    let mut told = Vec::new();
    for n in 0..10 {
        told.push(world.admin(&format!("gone{n}"), Locale::En).await);
        told.push(world.admin(&format!("here{n}"), Locale::En).await);
    }
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &told.iter().collect::<Vec<_>>()).await;
    let _mailer = world.mail_through(&sink);
    for (n, id) in call.notices.iter().enumerate() {
        world.until_state(*id, if n % 2 == 0 { NoticeState::Dead } else { NoticeState::Sent }).await;
    }
    assert_eq!(sink.mails().len(), 10);
    assert!(sink.connections().1 <= Settings::LANES, "{} connections", sink.connections().1);
}

#[tokio::test]
async fn every_refusal_has_its_verdict() {
    use NoticeState::{Dead, Retrying};
    for (at, answer, state, reply) in [
        (Step::Greeting, Answer::say("421 4.3.2 too busy"), Retrying, "connecting: 421 4.3.2 too busy"),
        // Until it has heard of the recipient, a server's "never" is about us, and we may be put right.
        (Step::Greeting, Answer::say("554 5.7.1 go away"), Retrying, "connecting: 554 5.7.1 go away"),
        (Step::Ehlo, Answer::say("501 5.5.4 bad name"), Retrying, "connecting: 501 5.5.4 bad name"),
        (Step::Mail, Answer::say("451 4.7.1 greylisted"), Retrying, "MAIL FROM: 451 4.7.1 greylisted"),
        (Step::Mail, Answer::say("550 5.7.1 not your sender"), Dead, "MAIL FROM: 550 5.7.1 not your sender"),
        (Step::Rcpt, Answer::say("450 4.2.0 greylisted"), Retrying, "RCPT TO: 450 4.2.0 greylisted"),
        (Step::Rcpt, Answer::say("452 4.2.2 mailbox full"), Retrying, "RCPT TO: 452 4.2.2 mailbox full"),
        (Step::Rcpt, Answer::say("421 4.7.0 closing"), Retrying, "RCPT TO: 421 4.7.0 closing"),
        (Step::Rcpt, Answer::say("553 5.1.3 bad address"), Dead, "RCPT TO: 553 5.1.3 bad address"),
        (Step::Data, Answer::say("451 4.3.0 later"), Retrying, "DATA: 451 4.3.0 later"),
        (
            Step::Data,
            Answer::say("554 5.5.1 no valid recipients"),
            Dead,
            "DATA: 554 5.5.1 no valid recipients",
        ),
        (Step::Dot, Answer::say("452 4.3.1 disk full"), Retrying, "the mail: 452 4.3.1 disk full"),
        (Step::Dot, Answer::say("554 5.6.0 looks like spam"), Dead, "the mail: 554 5.6.0 looks like spam"),
    ] {
        let world = World::new().await;
        let script = answer.clone();
        let sink =
            Sink::scripted(move |reached| if reached.step == at { script.clone() } else { Answer::Fine })
                .await;
        let (notice, _mailer) = first_try(&world, &sink).await;
        assert_eq!(notice.state, state, "{at:?} {answer:?}");
        assert_eq!(notice.last_reply.as_deref(), Some(reply), "{at:?} {answer:?}");
        if state == Retrying {
            assert_eq!(notice.due_at, NOW.plus(Duration::from_secs(1)));
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_anywhere_is_tried_again() {
    for at in [Step::Greeting, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Dot] {
        let world = World::new().await;
        let sink = Sink::scripted(move |reached| match reached.before {
            0 if reached.step == at => Answer::HangUp,
            _ => Answer::Fine,
        })
        .await;
        let (notice, _mailer) = first_try(&world, &sink).await;
        assert_eq!(notice.state, NoticeState::Retrying, "{at:?}");
        world.advance(Duration::from_secs(1));
        let notice = world.until_state(notice.id, NoticeState::Sent).await;
        assert_eq!(notice.attempts, 2, "{at:?}");
        // Whoever hangs up after the dot may have delivered it: then there are two copies, with one name.
        let mails = sink.mails();
        assert_eq!(mails.len(), if at == Step::Dot { 2 } else { 1 }, "{at:?}");
        assert!(mails.iter().all(|mail| mail.message_id() == mails[0].message_id()), "{at:?}");
    }
}

#[tokio::test]
async fn a_busy_server_is_tried_after_one_two_five_ten_and_thirty_seconds() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Rcpt if at.before < 5 => Answer::say("450 4.2.0 greylisted"),
        _ => Answer::Fine,
    })
    .await;
    let (mut notice, _mailer) = first_try(&world, &sink).await;
    for seconds in [1, 2, 5, 10, 30] {
        assert_eq!(notice.due_at.since(world.clock.now()), Duration::from_secs(seconds));
        let tried = notice.attempts;
        world.advance(Duration::from_secs(seconds));
        notice = world.until(notice.id, |notice| notice.attempts > tried).await;
    }
    assert_eq!((notice.state, notice.attempts), (NoticeState::Sent, 6));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for_and_given_up_after_a_day() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let _mailer = world.start(Transport::Smtp(format!("smtp://{address}").parse().expect("an address")));
    let mut notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
    let reply = notice.last_reply.clone().expect("a reason");
    assert!(reply.starts_with("connecting: ") && reply.contains("refused"), "{reply}");
    let mut tries = 1;
    while notice.state == NoticeState::Retrying {
        world.advance(notice.due_at.since(world.clock.now()));
        notice = world.until(notice.id, |notice| notice.attempts > tries).await;
        tries = notice.attempts;
        assert!(tries < 1000, "it goes on for ever");
    }
    assert_eq!(notice.state, NoticeState::Dead);
    assert!(notice.last_reply.expect("a reason").starts_with("given up after a day: connecting: "));
    assert!(tries > 200, "{tries}");
}

#[tokio::test]
async fn a_server_that_comes_back_gets_what_waited() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let _mailer = world.start(Transport::Smtp(format!("smtp://{address}").parse().expect("an address")));
    world.until_state(call.notices[0], NoticeState::Retrying).await;
    let listener = TcpListener::bind(address).await.expect("the same port");
    let sink = Sink::on(listener, Protection::Plain, |_| Answer::Fine).expect("bound");
    world.advance(Duration::from_secs(1));
    world.until_state(call.notices[0], NoticeState::Sent).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_hung_up_on() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Data if at.before == 0 => Answer::Stall,
        _ => Answer::Fine,
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let url = format!("smtp://{}", sink.address).parse().expect("an address");
    let settings = Settings { patience: Duration::from_millis(200), ..World::settings(Transport::Smtp(url)) };
    let _mailer = world.start_with(settings);
    let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
    assert_eq!(notice.last_reply.as_deref(), Some("DATA: no answer within 0 s"));
    world.advance(Duration::from_secs(1));
    world.until_state(call.notices[0], NoticeState::Sent).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let world = World::new().await;
    let sink = Sink::friendly().await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let url = format!("smtp://desk:hunter2@{}?tls=required", sink.address);
    let _mailer = world.start(Transport::Smtp(url.parse().expect("an address")));
    let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
    let reply = notice.last_reply.expect("a reason");
    assert!(reply.starts_with("STARTTLS: "), "{reply}");
    assert!(sink.lines().iter().all(|line| line.starts_with("EHLO")), "{:?}", sink.lines());
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_the_operators_fault_and_loses_no_mail() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Auth if at.before == 0 => Answer::say("535 5.7.8 wrong password"),
        _ => Answer::Fine,
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let url = format!("smtp://desk:hunter2@{}?tls=none", sink.address);
    let _mailer = world.start(Transport::Smtp(url.parse().expect("an address")));
    let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
    assert_eq!(notice.last_reply.as_deref(), Some("signing in: 535 5.7.8 wrong password"));
    world.advance(Duration::from_secs(1));
    world.until_state(call.notices[0], NoticeState::Sent).await;
}

#[tokio::test]
async fn what_a_dead_mailer_had_claimed_is_sent_when_its_lease_has_run_out() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let lease = NOW.plus(Duration::from_mins(2));
    assert_eq!(world.storage.claim(&Claim::new(NOW, lease, 10)).await.expect("claimed").len(), 1);
    let _mailer = world.mail_through(&sink);
    // Something that the mailer can send shows that it has looked.
    let other = world.call(&world.visitor("Seoyeon").await, "me too", &[&kim]).await;
    world.until_state(other.notices[0], NoticeState::Sent).await;
    assert_eq!(world.look(call.notices[0]).await.state, NoticeState::Queued);
    world.advance(Duration::from_mins(2));
    world.until_state(call.notices[0], NoticeState::Sent).await;
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn a_server_can_be_tried_without_sending_anything() {
    let sink = Sink::friendly().await;
    let url = format!("smtp://{}", sink.address).parse().expect("an address");
    mailer::probe(&url).await.expect("it is there");
    let closed = format!("smtp://u:p@{}?tls=required", sink.address).parse().expect("an address");
    assert!(mailer::probe(&closed).await.expect_err("no TLS there").starts_with("STARTTLS: "));
    assert!(sink.mails().is_empty());
}
