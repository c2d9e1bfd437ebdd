//! Mails that are not needed any more at the moment they would leave.

use std::time::Duration;

use domain::Clock;
use domain::admin::Locale;
use domain::conversation::{Actor, Command, LeftInquiry};
use domain::id::InquiryId;
use domain::inquiry::{Inquiry, InquiryKind, InquiryStatus};
use domain::notice::NoticeKind;
use domain::text::{Body, Title};
use storage::{Admins, NewNotice, NoticeState, Outbox};

use crate::world::{World, admin_actor};
use testkit::smtp::Sink;

async fn reason(world: &World, id: domain::id::NoticeId) -> String {
    let notice = world.until_state(id, NoticeState::Skipped).await;
    assert_eq!((notice.attempts, notice.sent_at), (0, None));
    notice.last_reply.expect("a reason")
}

#[tokio::test]
async fn a_call_that_was_answered_cancelled_moved_or_closed_needs_no_mail() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let lee = world.admin("lee", Locale::En).await;
    let mut calls = Vec::new();
    for _ in 0..5 {
        let visitor = world.visitor("Minji").await;
        let by = Actor::Visitor { id: visitor.id, name: visitor.name.clone() };
        calls.push((world.call(&visitor, "help", &[&kim]).await, by));
    }
    world.act(calls[0].0.id, admin_actor(&kim), Command::Join { visitor_there: true }).await;
    world.act(calls[0].0.id, admin_actor(&lee), Command::Join { visitor_there: true }).await;
    world.act(calls[1].0.id, calls[1].1.clone(), Command::Cancel).await;
    let left = LeftInquiry {
        id: InquiryId(world.id()),
        kind: InquiryKind::Error,
        title: Title::from_stored("t".to_owned()),
        body: Body::from_stored("b".to_owned()),
        email: None,
    };
    world.act(calls[2].0.id, calls[2].1.clone(), Command::LeaveInquiry(left)).await;
    world.act(calls[3].0.id, admin_actor(&lee), Command::Join { visitor_there: true }).await;
    world.act(calls[3].0.id, admin_actor(&lee), Command::Close).await;
    let _mailer = world.mail_through(&sink);

    assert_eq!(reason(&world, calls[0].0.notices[0]).await, "answered by kim, lee before it left");
    assert_eq!(reason(&world, calls[1].0.notices[0]).await, "cancelled by the caller before it left");
    assert_eq!(reason(&world, calls[2].0.notices[0]).await, "moved to the board before it left");
    assert_eq!(reason(&world, calls[3].0.notices[0]).await, "answered by lee before it left");
    world.until_state(calls[4].0.notices[0], NoticeState::Sent).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn when_a_wait_begins_anew_only_the_newer_mail_leaves() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    world.clock.advance(Duration::from_secs(30));
    world.act(call.id, admin_actor(&kim), Command::Join { visitor_there: true }).await;
    let newer = NewNotice { conversation: Some(call.id), ..world.notice(NoticeKind::Call, &kim) };
    let newer_id = newer.id;
    world.act_and_tell(call.id, admin_actor(&kim), Command::Leave, vec![newer]).await;
    let _mailer = world.mail_through(&sink);
    assert_eq!(reason(&world, call.notices[0]).await, "it was answered; a newer mail tells of the new wait");
    world.until_state(newer_id, NoticeState::Sent).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_disabled_admin_is_not_mailed() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let mut kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let post = world.post(NoticeKind::Inquiry, Some(&kim)).await;
    kim.disabled_at = Some(world.clock.now());
    world.storage.update_admin(&kim, &testkit::deed()).await.expect("stored");
    let _mailer = world.mail_through(&sink);
    assert_eq!(reason(&world, call.notices[0]).await, "the admin was disabled");
    assert_eq!(reason(&world, post.notice).await, "the admin was disabled");
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn an_inquiry_that_has_changed_meanwhile_may_need_no_mail() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let now = world.clock.now();
    let next = |inquiry: &Inquiry| Inquiry { version: inquiry.version + 1, ..inquiry.clone() };

    let trashed = world.post(NoticeKind::Inquiry, Some(&kim)).await;
    world.change(Inquiry { trashed_at: Some(now), ..next(&trashed.inquiry) }, None, Vec::new()).await;
    let reopened = world.post(NoticeKind::Resolved, None).await;
    world.change(Inquiry { status: InquiryStatus::Open, ..next(&reopened.inquiry) }, None, Vec::new()).await;
    let withdrawn = world.post(NoticeKind::Comment, None).await;
    world.change(Inquiry { email: None, ..next(&withdrawn.inquiry) }, None, Vec::new()).await;
    let _mailer = world.mail_through(&sink);

    assert_eq!(reason(&world, trashed.notice).await, "the inquiry was deleted before it left");
    assert_eq!(reason(&world, reopened.notice).await, "the inquiry was reopened before it left");
    assert_eq!(reason(&world, withdrawn.notice).await, "the author has taken their address back");
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn what_its_author_has_completed_meanwhile_is_sent_once_and_whole() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let post = world.post(NoticeKind::Inquiry, Some(&kim)).await;
    let complete = Inquiry {
        version: 2,
        title: Title::from_stored("The whole story".to_owned()),
        body: Body::from_stored("with every detail".to_owned()),
        ..post.inquiry.clone()
    };
    world.change(complete, None, Vec::new()).await;
    let _mailer = world.mail_through(&sink);
    world.until_state(post.notice, NoticeState::Sent).await;
    let received = sink.mails();
    assert_eq!(received.len(), 1);
    let mail = mail_parser::MessageParser::default().parse(received[0].data.as_bytes()).expect("a mail");
    assert_eq!(mail.subject(), Some("[Burgerput] Error report #1 · The whole story"));
    assert!(mail.body_text(0).expect("a plain part").contains("> with every detail"));
}

#[tokio::test]
async fn a_skipped_notice_that_is_asked_for_again_is_looked_at_again() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let mut kim = world.admin("kim", Locale::En).await;
    kim.disabled_at = Some(world.clock.now());
    world.storage.update_admin(&kim, &testkit::deed()).await.expect("stored");
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let _mailer = world.mail_through(&sink);
    reason(&world, call.notices[0]).await;
    kim.disabled_at = None;
    world.storage.update_admin(&kim, &testkit::deed()).await.expect("stored");
    assert!(world.storage.requeue(call.notices[0], &testkit::deed()).await.expect("stored"));
    world.advance(Duration::ZERO);
    world.until_state(call.notices[0], NoticeState::Sent).await;
    assert_eq!(sink.mails().len(), 1);
}
