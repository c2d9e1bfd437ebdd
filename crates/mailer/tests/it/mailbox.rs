//! Where no mail server is configured: mails are kept, and the portal shows them.

use std::time::Duration;

use domain::admin::Locale;
use domain::notice::NoticeKind;
use mailer::Transport;
use storage::{Mailbox, NoticeState, Page};

use crate::world::World;

#[tokio::test]
async fn mails_are_kept_in_the_built_in_mailbox() {
    let world = World::new().await;
    let kim = world.admin("kim", Locale::Ko).await;
    let visitor = world.visitor("김민지").await;
    let call = world.call(&visitor, "결제가 안 돼요", &[&kim]).await;
    let _mailer = world.start(Transport::BuiltIn);
    let notice = world.until_state(call.notices[0], NoticeState::Sent).await;
    assert_eq!(notice.last_reply.as_deref(), Some("kept in the built-in mailbox"));
    let post = world.post(NoticeKind::Resolved, None).await;
    world.until_state(post.notice, NoticeState::Sent).await;

    let mails = world.storage.mails(Page::first(10)).await.expect("read").items;
    assert_eq!(mails.len(), 2);
    let (resolved, called) = (&mails[0], &mails[1]);
    assert_eq!(called.subject, "김민지 님이 호출했어요 · Burgerput #1");
    assert_eq!((called.to.as_str(), called.notice), ("kim@burgerput.example", call.notices[0]));
    assert_eq!(called.from, "Burgerput desk <desk@burgerput.example>");
    assert!(called.text.contains("> 결제가 안 돼요") && called.html.contains("결제가 안 돼요"));
    assert_eq!(resolved.to, "minji@example.com");
    assert!(world.storage.mail(called.id).await.expect("read").is_some());
}

#[tokio::test]
async fn a_mail_that_is_rendered_again_replaces_the_one_that_was_kept() {
    let world = World::new().await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let first = world.start(Transport::BuiltIn);
    world.until_state(call.notices[0], NoticeState::Sent).await;
    first.stop().await;
    // As after a crash between keeping and recording: the same notice, the same id.
    let mut mail = world.storage.mails(Page::first(10)).await.expect("read").items.remove(0);
    let before = mail.id;
    mail.subject = "again".to_owned();
    mail.at = mail.at.plus(Duration::from_secs(1));
    world.storage.keep(&mail).await.expect("kept");
    let mails = world.storage.mails(Page::first(10)).await.expect("read").items;
    assert_eq!((mails.len(), mails[0].id, mails[0].subject.as_str()), (1, before, "again"));
    assert_eq!(mails[0].id.0, call.notices[0].0);
}
