//! Mails that carry links: invitations, new passwords, and the buttons of a call mail. The secrets are in the mails and nowhere else.

use std::time::Duration;

use domain::Clock;
use domain::admin::{Admin, Locale};
use domain::id::NoticeId;
use domain::notice::{NoticeKind, SkipReason};
use mail_parser::MessageParser;
use storage::{LinkPurpose, Links, NewNotice, NoticeState, Outbox, Recipient};
use testkit::smtp::{Answer, Sink, Step};

use crate::world::{World, hash};

async fn told(world: &World, kind: NoticeKind, admin: &Admin) -> NoticeId {
    let now = world.clock.now();
    let notice = NewNotice {
        id: NoticeId(world.id()),
        kind,
        to: Recipient { admin: Some(admin.id), address: admin.email.clone(), locale: admin.locale },
        conversation: None,
        inquiry: None,
        comment: None,
        created_at: now,
        due_at: now,
    };
    let id = notice.id;
    world.storage.queue_notices(&[notice], &testkit::deed()).await.expect("stored");
    id
}

/// The secrets of the links below `path`, in the order in which a mail's plain part has them.
fn secrets(mail: &str, path: &str) -> Vec<String> {
    let mail = MessageParser::default()
        .parse(mail.as_bytes())
        .expect("a mail")
        .body_text(0)
        .expect("text")
        .into_owned();
    let rest = mail.split(path).skip(1);
    rest.map(|rest| rest.split_whitespace().next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn an_invitation_and_a_new_password_carry_a_link_for_as_long_as_they_say() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let _mailer = world.mail_through(&sink);
    for (kind, life, words) in [
        (NoticeKind::Invitation, Duration::from_hours(72), "for 3 days"),
        (NoticeKind::Reset, Duration::from_mins(30), "for 30 minutes"),
    ] {
        let id = told(&world, kind, &kim).await;
        world.advance(Duration::ZERO);
        world.until_state(id, NoticeState::Sent).await;
        let mail = sink.mails().pop().expect("a mail").data;
        let text = MessageParser::default()
            .parse(mail.as_bytes())
            .expect("a mail")
            .body_text(0)
            .expect("text")
            .into_owned();
        assert!(text.contains(words), "{text}");
        let found = secrets(&mail, "https://desk.burgerput.example/admin/welcome/");
        let [secret] = found.as_slice() else { panic!("one link: {found:?}") };
        let now = world.clock.now();
        let link = world.storage.link(hash(secret), now).await.expect("read").expect("it is good");
        assert_eq!((link.purpose, link.admin, link.notice), (LinkPurpose::Password, Some(kim.id), Some(id)));
        assert_eq!(link.expires_at, now.plus(life));
    }
}

#[tokio::test]
async fn a_mail_that_may_have_arrived_twice_works_in_either_copy() {
    let busy = |at: testkit::smtp::Reached<'_>| match at.step {
        Step::Data => Answer::say("451 4.3.0 not now"),
        _ => Answer::Fine,
    };
    let (world, sink) = (World::new().await, Sink::scripted(busy).await);
    let kim = world.admin("kim", Locale::En).await;
    let id = told(&world, NoticeKind::Reset, &kim).await;
    let _mailer = world.mail_through(&sink);
    world.until(id, |notice| notice.state == NoticeState::Retrying).await;
    sink.behave(|_| Answer::Fine);
    world.advance(Duration::from_mins(2));
    world.until_state(id, NoticeState::Sent).await;
    let now = world.clock.now();
    for secret in ["secret-1", "secret-2"] {
        assert!(world.storage.link(hash(secret), now).await.expect("read").is_some(), "{secret}");
    }
}

#[tokio::test]
async fn what_is_not_wanted_any_more_is_not_sent_and_leaves_no_link() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let invitation = told(&world, NoticeKind::Invitation, &kim).await;
    let reset = told(&world, NoticeKind::Reset, &kim).await;
    storage::Admins::set_password(&*world.storage, kim.id, "hash", None, &testkit::deed())
        .await
        .expect("stored");
    world.clock.advance(Duration::from_secs(3601));
    let _mailer = world.mail_through(&sink);
    for (id, reason) in [(invitation, SkipReason::PasswordChosen), (reset, SkipReason::TooLate)] {
        let notice = world.until_state(id, NoticeState::Skipped).await;
        assert_eq!(notice.skipped, Some(reason));
    }
    assert!(sink.mails().is_empty());
    assert!(world.storage.link(hash("secret-1"), world.clock.now()).await.expect("read").is_none());
}

#[tokio::test]
async fn a_call_mail_has_three_buttons_that_outlast_the_wait() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let (kim, lee) = (world.admin("kim", Locale::En).await, world.admin("lee", Locale::Ko).await);
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim, &lee]).await;
    let _mailer = world.mail_through(&sink);
    for id in &call.notices {
        world.until_state(*id, NoticeState::Sent).await;
    }
    let mut all = Vec::new();
    for (id, admin) in call.notices.iter().zip([&kim, &lee]) {
        let mails = sink.mails();
        let mail =
            mails.iter().find(|mail| mail.message_id().contains(&id.to_string())).expect("a mail of theirs");
        let found = secrets(&mail.data, "https://desk.burgerput.example/admin/answer/");
        assert_eq!(found.len(), 3);
        let html = MessageParser::default()
            .parse(mail.data.as_bytes())
            .expect("a mail")
            .body_html(0)
            .expect("html")
            .into_owned();
        for (secret, purpose) in found.iter().zip(LinkPurpose::OF_CALL) {
            assert!(html.contains(&format!("/admin/answer/{secret}\"")), "the same in both parts");
            let link =
                world.storage.link(hash(secret), world.clock.now()).await.expect("read").expect("it is good");
            assert_eq!((link.purpose, link.admin), (purpose, Some(admin.id)));
            assert_eq!((link.conversation, link.notice), (Some(call.id), Some(*id)));
            // Five minutes of waiting, and half an hour for promises that put the move off.
            assert_eq!(link.expires_at, world.clock.now().plus(Duration::from_mins(35)));
        }
        all.extend(found);
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6, "each has links of their own");
}
