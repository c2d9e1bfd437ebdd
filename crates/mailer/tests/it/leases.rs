//! R05, R15, R20: killed after the mail server has taken the mail, and held up past the lease.

use std::sync::Arc;
use std::time::Duration;

use domain::admin::Locale;
use storage::{NoticeState, Storage};
use testkit::smtp::{Answer, Sink, Step};
use testkit::{Meddler, Point};
use tokio::sync::Notify;

use crate::world::World;

const LEASE: Duration = Duration::from_mins(2);

#[tokio::test]
async fn killed_between_the_servers_250_and_the_record_the_mail_comes_again_under_the_same_name() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let real: Arc<dyn Storage> = world.storage.clone();
    let meddler = Meddler::on(&real);
    meddler.once(Point::BeforeRecord, std::future::pending());
    let killed = world.start_on(meddler.clone(), World::earnest(&sink));
    sink.mails_until(|mails| mails.len() == 1).await;
    assert_eq!(world.look(call.notices[0]).await.state, NoticeState::Queued);
    drop(killed);
    let _restarted = world.mail_through(&sink);
    // Something that it can send shows that it has looked: the lease holds still.
    let other = world.call(&world.visitor("Seoyeon").await, "me too", &[&kim]).await;
    world.until_state(other.notices[0], NoticeState::Sent).await;
    assert_eq!(world.look(call.notices[0]).await.state, NoticeState::Queued);
    world.advance(LEASE);
    let notice = world.until_state(call.notices[0], NoticeState::Sent).await;
    assert!(meddler.is_done());
    let name = format!("<{}@burgerput.example>", notice.id);
    let copies = sink.mails().iter().filter(|mail| mail.message_id() == name).count();
    assert_eq!((copies, sink.count()), (2, 3));
}

#[tokio::test]
async fn a_mailer_that_was_held_up_past_its_lease_overwrites_nothing() {
    for answer in ["451 4.3.0 later", "550 5.1.1 no such user", "250 2.0.0 Ok"] {
        let world = World::new().await;
        // The first try ends as the case says; the second mailer's is taken.
        let sink = Sink::scripted(move |at| match at.step {
            Step::Dot if at.before == 0 => Answer::say(answer),
            _ => Answer::Fine,
        })
        .await;
        let kim = world.admin("kim", Locale::En).await;
        let visitor = world.visitor("Minji").await;
        let call = world.call(&visitor, "help", &[&kim]).await;
        let real: Arc<dyn Storage> = world.storage.clone();
        let meddler = Meddler::on(&real);
        let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (at_record, held) = (Arc::clone(&reached), Arc::clone(&go_on));
        meddler.once(Point::BeforeRecord, async move {
            at_record.notify_one();
            held.notified().await;
        });
        let held_up = world.start_on(meddler, World::earnest(&sink));
        reached.notified().await;
        world.clock.advance(LEASE);
        let other = world.mail_through(&sink);
        let sent = world.until_state(call.notices[0], NoticeState::Sent).await;
        go_on.notify_one();
        held_up.stop().await;
        other.stop().await;
        let after = world.look(call.notices[0]).await;
        assert_eq!((after.state, after.attempts), (NoticeState::Sent, 1), "{answer}");
        assert_eq!((after.last_reply, after.sent_at), (sent.last_reply, sent.sent_at), "{answer}");
        assert_eq!(sink.count(), 2, "{answer}");
    }
}

#[tokio::test]
async fn a_line_that_breaks_after_the_final_dot_costs_one_more_copy_under_the_same_name() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Dot if at.before == 0 => Answer::HangUp,
        _ => Answer::Fine,
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let _mailer = world.mail_through(&sink);
    world.until_state(call.notices[0], NoticeState::Retrying).await;
    world.advance(Duration::from_secs(1));
    world.until_state(call.notices[0], NoticeState::Sent).await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].message_id(), mails[1].message_id());
    assert_eq!(mails.iter().filter(|mail| mail.taken).count(), 1);
}
