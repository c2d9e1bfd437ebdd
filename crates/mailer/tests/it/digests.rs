//! What is too much for single mails comes in digests.

use std::time::Duration;

use domain::admin::{Admin, Locale};
use domain::conversation::Command;
use domain::id::NoticeId;
use domain::notice::{NoticeKind, SkipReason};
use mail_parser::MessageParser;
use mailer::{Settings, Transport};
use storage::{Mailbox, Notice, NoticeState, Outbox, Page, Storage};
use testkit::smtp::{Answer, Received, Sink, Step};
use testkit::{Meddler, Point};

use crate::world::{Call, PATIENCE, World, admin_actor};

pub(crate) fn limited(sink: &Sink, mails: u32) -> Settings {
    Settings { mails_per_admin: Some((mails, Duration::from_hours(1))), ..World::earnest(sink) }
}

pub(crate) async fn call_of_nobody_known(world: &World, to: &[&Admin]) -> Call {
    let visitor = world.anonymous().await;
    world.call(&visitor, "I cannot pay", to).await
}

/// Waits until a notice stands as wanted; what is gathered rings no bell.
pub(crate) async fn eventually(world: &World, id: NoticeId, wanted: impl Fn(&Notice) -> bool) -> Notice {
    let found = async {
        loop {
            let notice = world.look(id).await;
            if wanted(&notice) {
                return notice;
            }
            tokio::task::yield_now().await;
        }
    };
    let Ok(notice) = tokio::time::timeout(PATIENCE, found).await else {
        panic!("it never came to that: {:?}", world.look(id).await)
    };
    notice
}

pub(crate) fn settled(notice: &Notice) -> bool {
    notice.state == NoticeState::Sent || notice.digest.is_some()
}

pub(crate) fn digests(mails: &[Received]) -> Vec<&Received> {
    mails.iter().filter(|mail| mail.message_id().starts_with("<digest-")).collect()
}

#[tokio::test]
async fn what_is_beyond_the_limit_comes_in_one_mail_that_lists_it() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let mut ids = Vec::new();
    for _ in 0..100 {
        ids.extend(call_of_nobody_known(&world, &[&kim]).await.notices);
        world.clock.advance(Duration::from_millis(10));
    }
    let post = world.post(NoticeKind::Inquiry, Some(&kim)).await;
    ids.push(post.notice);
    let _mailer = world.start_with(limited(&sink, 60));
    for id in &ids {
        eventually(&world, *id, settled).await;
    }
    assert_eq!(sink.mails_until(|mails| mails.len() >= 5).await.len(), 5);
    world.advance(Duration::from_secs(15));
    for id in &ids {
        eventually(&world, *id, |notice| notice.state == NoticeState::Sent).await;
    }
    let mails = sink.mails();
    let digest = digests(&mails);
    assert_eq!((mails.len(), digest.len()), (6, 1));
    let mail = MessageParser::default().parse(digest[0].data.as_bytes()).expect("a mail");
    assert_eq!(mail.subject(), Some("96 more calls and posts · Burgerput"));
    assert!(mail.in_reply_to().as_text().is_none() && mail.references().as_text().is_none());
    let text = mail.body_text(0).expect("a plain part");
    assert!(text.contains("Waiting calls: 95") && text.contains("65 more are in the portal."), "{text}");
    assert!(text.contains(&format!("https://desk.burgerput.example/admin/inquiries/{}", post.inquiry.id)));
    let mut inside = 0;
    for id in &ids {
        let notice = world.look(*id).await;
        inside += usize::from(notice.digest.is_some());
        assert_eq!((notice.attempts, notice.last_reply.as_deref()), (1, Some("250 2.0.0 Ok: queued as 4T2")));
        if let Some(leader) = notice.digest {
            assert_eq!(digest[0].message_id(), format!("<digest-{leader}-96@burgerput.example>"));
        }
    }
    assert_eq!(inside, 96);
}

#[tokio::test]
async fn what_was_answered_meanwhile_is_not_in_the_digest_and_says_so() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let _mailer = world.start_with(limited(&sink, 1));
    let mut calls = Vec::new();
    for _ in 0..4 {
        let call = call_of_nobody_known(&world, &[&kim]).await;
        eventually(&world, call.notices[0], settled).await;
        calls.push(call);
    }
    // The second leads the digest.
    world.act(calls[1].id, admin_actor(&kim), Command::Join { visitor_there: true }).await;
    world.advance(Duration::from_secs(15));
    for (call, state) in
        calls.iter().zip([NoticeState::Sent, NoticeState::Skipped, NoticeState::Sent, NoticeState::Sent])
    {
        eventually(&world, call.notices[0], |notice| notice.state == state).await;
    }
    let skipped = world.look(calls[1].notices[0]).await.skipped;
    assert_eq!(skipped, Some(SkipReason::Answered { by: "kim".to_owned() }));
    let mails = sink.mails();
    let text = digests(&mails)[0].data.clone();
    let mail = MessageParser::default().parse(text.as_bytes()).expect("a mail");
    let text = mail.body_text(0).expect("a plain part").into_owned();
    assert!(!text.contains(&calls[1].id.to_string()) && text.contains(&calls[2].id.to_string()), "{text}");
    // All of it answered: no mail at all.
    let late = call_of_nobody_known(&world, &[&kim]).await;
    eventually(&world, late.notices[0], settled).await;
    world.act(late.id, admin_actor(&kim), Command::Join { visitor_there: true }).await;
    world.advance(Duration::from_mins(5));
    eventually(&world, late.notices[0], |notice| notice.state == NoticeState::Skipped).await;
    assert_eq!(digests(&sink.mails()).len(), 1);
}

#[tokio::test]
async fn a_digest_is_tried_again_under_its_name_and_under_another_when_it_has_grown() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Dot if (1..=2).contains(&at.before) => Answer::HangUp,
        _ => Answer::Fine,
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    let _mailer = world.start_with(limited(&sink, 1));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = call_of_nobody_known(&world, &[&kim]).await.notices[0];
        eventually(&world, id, settled).await;
        ids.push(id);
    }
    world.advance(Duration::from_secs(15));
    eventually(&world, ids[1], |notice| notice.attempts == 1).await;
    world.advance(Duration::from_secs(1));
    eventually(&world, ids[1], |notice| notice.attempts == 2).await;
    let joins = call_of_nobody_known(&world, &[&kim]).await.notices[0];
    eventually(&world, joins, settled).await;
    world.advance(Duration::from_secs(2));
    for id in ids[1..].iter().chain([&joins]) {
        eventually(&world, *id, |notice| notice.state == NoticeState::Sent).await;
    }
    let mails = sink.mails();
    let names: Vec<&str> = digests(&mails).iter().map(|mail| mail.message_id()).collect();
    assert_eq!((names.len(), names[0] == names[1], names[1] == names[2]), (3, true, false), "{names:?}");
}

#[tokio::test]
async fn a_digest_whose_mailer_was_killed_after_the_250_comes_again_under_the_same_name() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let real: std::sync::Arc<dyn Storage> = world.storage.clone();
    let meddler = Meddler::on(&real);
    let mailer = world.start_on(meddler.clone(), limited(&sink, 0));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = call_of_nobody_known(&world, &[&kim]).await.notices[0];
        eventually(&world, id, settled).await;
        ids.push(id);
    }
    meddler.once(Point::BeforeRecord, std::future::pending());
    world.advance(Duration::from_secs(15));
    sink.mails_until(|mails| mails.len() == 1).await;
    drop(mailer);
    let _restarted = world.start_with(limited(&sink, 0));
    world.advance(Duration::from_mins(2));
    for id in &ids {
        eventually(&world, *id, |notice| notice.state == NoticeState::Sent).await;
    }
    let mails = sink.mails();
    assert_eq!((mails.len(), mails[0].message_id()), (2, mails[1].message_id()));
}

#[tokio::test]
async fn a_refused_digest_is_visible_and_each_part_of_it_can_be_sent_again() {
    let world = World::new().await;
    let sink = Sink::scripted(|at| match at.step {
        Step::Rcpt if at.before == 0 => Answer::say("550 5.1.1 no such user"),
        _ => Answer::Fine,
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    let first = world.start_with(limited(&sink, 0));
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = call_of_nobody_known(&world, &[&kim]).await.notices[0];
        eventually(&world, id, settled).await;
        ids.push(id);
    }
    world.advance(Duration::from_secs(15));
    for id in &ids {
        let dead = eventually(&world, *id, |notice| notice.state == NoticeState::Dead).await;
        assert_eq!(dead.last_reply.as_deref(), Some("RCPT TO: 550 5.1.1 no such user"));
    }
    first.stop().await;
    let _mailer = world.mail_through(&sink);
    assert!(world.storage.requeue(ids[1], &testkit::deed()).await.expect("stored"));
    world.advance(Duration::ZERO);
    let sent = eventually(&world, ids[1], |notice| notice.state == NoticeState::Sent).await;
    assert_eq!(sent.digest, None);
    assert_eq!(world.look(ids[0]).await.state, NoticeState::Dead);
}

#[tokio::test]
async fn the_built_in_mailbox_keeps_digests_too() {
    let world = World::new().await;
    let kim = world.admin("kim", Locale::Ko).await;
    let limit = Some((1, Duration::from_hours(1)));
    let _mailer =
        world.start_with(Settings { mails_per_admin: limit, ..World::settings(Transport::BuiltIn) });
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = call_of_nobody_known(&world, &[&kim]).await.notices[0];
        eventually(&world, id, settled).await;
        ids.push(id);
    }
    world.advance(Duration::from_secs(15));
    for id in &ids {
        eventually(&world, *id, |notice| notice.state == NoticeState::Sent).await;
    }
    let mails = world.storage.mails(Page::first(10)).await.expect("read").items;
    assert_eq!((mails.len(), mails[0].subject.as_str()), (2, "호출과 글 2건이 더 왔어요 · Burgerput"));
}
