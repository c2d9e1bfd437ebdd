//! Mails that arrive.

use std::collections::HashSet;
use std::time::Duration;

use domain::admin::Locale;
use domain::conversation::Command;
use domain::inquiry::Inquiry;
use domain::notice::NoticeKind;
use domain::text::{Body, Name};
use mail_parser::MessageParser;
use mailer::{Settings, Transport};
use storage::{Admins, NewNotice, NoticeState, Outbox, Visitors};

use crate::world::{World, admin_actor};
use testkit::smtp::{Answer, Sink, Step};

#[tokio::test]
async fn a_call_is_mailed_to_each_admin_alone_and_in_their_language() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::Ko).await;
    let lee = world.admin("lee", Locale::En).await;
    let visitor = world.visitor("김민지").await;
    let call = world.call(&visitor, "결제가 안 돼요", &[&kim, &lee]).await;
    let _mailer = world.mail_through(&sink);

    let mails = sink.mails_until(|mails| mails.len() == 2).await;
    for (admin, subject, id) in [
        (&kim, "김민지 님이 호출했어요 · Burgerput #1", call.notices[0]),
        (&lee, "김민지 is calling · Burgerput #1", call.notices[1]),
    ] {
        let received = mails.iter().find(|mail| mail.to == [admin.email.as_str()]).expect("one for each");
        assert_eq!(received.from, "desk@burgerput.example");
        assert_eq!(received.message_id(), format!("<{id}@burgerput.example>"));
        let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
        assert_eq!(mail.subject(), Some(subject));
        let to = mail.to().and_then(|to| to.first()).expect("a To");
        assert_eq!((to.name(), to.address()), (Some(admin.name.as_str()), Some(admin.email.as_str())));
        for body in [mail.body_text(0), mail.body_html(0)] {
            let body = body.expect("both parts");
            assert!(body.contains("결제가 안 돼요"), "{body}");
            assert!(
                body.contains(&format!("https://desk.burgerput.example/admin/conversations/{}", call.id))
            );
        }
        assert_eq!(mail.references().as_text(), Some(format!("c-{}@burgerput.example", call.id).as_str()));
        let notice = world.until_state(id, NoticeState::Sent).await;
        assert_eq!(notice.last_reply.as_deref(), Some("250 2.0.0 Ok: queued as 4T2"));
        assert_eq!((notice.attempts, notice.sent_at), (1, Some(crate::world::NOW)));
    }
    assert_eq!(world.storage.told(call.id).await.expect("read").sent, 2);
}

#[tokio::test]
async fn a_mailer_that_runs_already_is_woken_by_the_bell() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::Ko).await;
    let visitor = world.visitor("김민지").await;
    let _mailer = world.mail_through(&sink);
    for n in 1..=3 {
        let visitor = if n == 1 { visitor.clone() } else { world.visitor("이서연").await };
        let call = world.call(&visitor, "도와주세요", &[&kim]).await;
        world.until_state(call.notices[0], NoticeState::Sent).await;
        assert_eq!(sink.mails().len(), n);
    }
}

#[tokio::test]
async fn each_kind_of_inquiry_mail_goes_to_whom_it_is_for() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let _mailer = world.mail_through(&sink);
    for (kind, told, to, subject, reply_to) in [
        (
            NoticeKind::Inquiry,
            Some(&kim),
            "kim@burgerput.example",
            "[Burgerput] Error report #1 ·",
            Some("minji@example.com"),
        ),
        (
            NoticeKind::Comment,
            Some(&kim),
            "kim@burgerput.example",
            "[Burgerput] New comment on inquiry #2 ·",
            Some("minji@example.com"),
        ),
        (NoticeKind::Comment, None, "minji@example.com", "Your inquiry was answered ·", None),
        (NoticeKind::Resolved, None, "minji@example.com", "Your inquiry is resolved ·", None),
    ] {
        let before = sink.mails().len();
        let post = world.post(kind, told).await;
        world.until_state(post.notice, NoticeState::Sent).await;
        let received = sink.mails().pop().expect("a mail");
        assert_eq!(sink.mails().len(), before + 1);
        assert_eq!(received.to, [to]);
        let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
        let found = mail.subject().expect("a subject");
        assert!(found.starts_with(subject), "{found}");
        assert_eq!(mail.reply_to().and_then(|to| to.first()).and_then(|to| to.address()), reply_to);
        assert_eq!(
            mail.references().as_text(),
            Some(format!("i-{}@burgerput.example", post.inquiry.id).as_str())
        );
        if kind == NoticeKind::Comment {
            assert!(mail.body_text(0).expect("a plain part").contains("> It works again now."));
        }
    }
}

#[tokio::test]
async fn an_admin_is_mailed_at_the_address_and_in_the_language_they_have_now() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let mut kim = world.admin("kim", Locale::Ko).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    kim.locale = Locale::En;
    world.storage.update_admin(&kim, &testkit::deed()).await.expect("stored");
    let _mailer = world.mail_through(&sink);
    world.until_state(call.notices[0], NoticeState::Sent).await;
    let received = sink.mails().pop().expect("a mail");
    let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
    assert_eq!(mail.subject(), Some("Minji is calling · Burgerput #1"));
}

/// S24.
#[tokio::test]
async fn a_visitor_whose_name_is_a_header_or_a_script_is_just_a_name() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let _mailer = world.mail_through(&sink);
    for name in
        ["a\r\nBcc: x@evil.example", "<script>alert(1)</script>", "a\r\n.\r\nMAIL FROM:<x@evil.example>"]
    {
        let mut visitor = world.visitor("plain").await;
        visitor.name = Some(Name::from_stored(name.to_owned()));
        world.storage.rename_visitor(&visitor).await.expect("stored");
        let call = world.call(&visitor, name, &[&kim]).await;
        world.until_state(call.notices[0], NoticeState::Sent).await;
    }
    let mails = sink.mails();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|mail| mail.to == ["kim@burgerput.example"]));
    for received in &mails {
        let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
        assert!(mail.bcc().is_none());
        assert!(!mail.body_html(0).expect("an HTML part").contains("<script"));
    }
    let recipients = sink.lines().iter().filter(|line| line.starts_with("RCPT")).count();
    assert_eq!(recipients, 3);
}

#[tokio::test]
async fn many_mails_go_over_no_more_connections_than_there_are_lanes() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let mut told = Vec::new();
    for n in 0..40 {
        told.push(world.admin(&format!("admin{n}"), Locale::En).await);
    }
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &told.iter().collect::<Vec<_>>()).await;
    let _mailer = world.mail_through(&sink);
    let mails = sink.mails_until(|mails| mails.len() == 40).await;
    let recipients: HashSet<String> = mails.into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(recipients.len(), 40, "each admin once");
    for id in call.notices {
        world.until_state(id, NoticeState::Sent).await;
    }
    let (most, all) = sink.connections();
    assert!(most <= Settings::LANES, "{most} connections at once");
    assert!(all <= Settings::LANES, "{all} connections for 40 mails");
}

#[tokio::test]
async fn two_mailers_on_one_outbox_send_each_mail_once() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let mut told = Vec::new();
    for n in 0..30 {
        told.push(world.admin(&format!("admin{n}"), Locale::En).await);
    }
    let (one, two) = (world.mail_through(&sink), world.mail_through(&sink));
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &told.iter().collect::<Vec<_>>()).await;
    for id in call.notices {
        world.until_state(id, NoticeState::Sent).await;
    }
    one.stop().await;
    two.stop().await;
    let ids: HashSet<String> = sink.mails().iter().map(|mail| mail.message_id().to_owned()).collect();
    assert_eq!((sink.mails().len(), ids.len()), (30, 30));
}

#[tokio::test]
async fn a_mailer_that_signs_in_does_so_before_anything_else() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let url = format!("smtp://desk%40x:p%40ss@{}?tls=none", sink.address);
    let _mailer = world.start(Transport::Smtp(url.parse().expect("an address")));
    world.until_state(call.notices[0], NoticeState::Sent).await;
    let lines = sink.lines();
    let verbs: Vec<&str> = lines.iter().filter_map(|line| line.split([' ', ':']).next()).collect();
    assert_eq!(&verbs[..4], ["EHLO", "AUTH", "MAIL", "RCPT"]);
    // base64 of "\0desk@x\0p@ss"
    assert_eq!(lines[1], "AUTH PLAIN AGRlc2tAeABwQHNz");
}

#[tokio::test]
async fn a_mail_on_its_way_arrives_before_the_mailer_is_down() {
    let (reached, mut at_data) = tokio::sync::watch::channel(false);
    let world = World::new().await;
    let sink = Sink::scripted(move |at| {
        if at.step == Step::Data {
            reached.send_replace(true);
        }
        Answer::Fine
    })
    .await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let mailer = world.mail_through(&sink);
    at_data.wait_for(|reached| *reached).await.expect("the mail is on its way");
    mailer.stop().await;
    assert_eq!(world.look(call.notices[0]).await.state, NoticeState::Sent);
    assert!(sink.lines().iter().any(|line| line == "QUIT"), "it says good-bye");
}

#[tokio::test]
async fn an_escalation_says_how_long_and_who_has_promised_to_come() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let lee = world.admin("lee", Locale::Ko).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[]).await;
    world.clock.advance(Duration::from_mins(1));
    let promise = Command::Promise { within: Duration::from_mins(3) };
    let told = [&kim, &lee]
        .map(|to| NewNotice { conversation: Some(call.id), ..world.notice(NoticeKind::Escalation, to) });
    let ids = told.clone().map(|notice| notice.id);
    world.act_and_tell(call.id, admin_actor(&lee), promise, told.to_vec()).await;
    world.clock.advance(Duration::from_secs(65));
    let _mailer = world.mail_through(&sink);
    for (id, lines) in ids.into_iter().zip([
        [
            "Called at 05:00 UTC · waiting for 2 minutes",
            "lee has promised to be there by 05:04 UTC.",
            "comes by 05:06 UTC",
        ],
        [
            "14:00 KST에 호출 · 2분째 기다리는 중",
            "lee 님이 14:04 KST까지 가기로 했어요.",
            "14:06 KST까지 아무도",
        ],
    ]) {
        world.until_state(id, NoticeState::Sent).await;
        let received = sink.mails().into_iter().find(|mail| mail.message_id().contains(&id.to_string()));
        let received = received.expect("it was sent");
        let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
        let text = mail.body_text(0).expect("a plain part");
        for line in lines {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
    }
}

#[tokio::test]
async fn the_mail_about_a_moved_call_carries_its_page_and_joins_its_thread() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "The pay button leads to an empty page", &[]).await;
    let post = world.post_from(Some(call.id), NoticeKind::Inquiry, Some(&kim)).await;
    let moved = Inquiry {
        version: 2,
        body: Body::from_stored("The pay button leads to an empty page\nIt worked yesterday.".to_owned()),
        ..post.inquiry.clone()
    };
    world.change(moved, None, Vec::new()).await;
    let _mailer = world.mail_through(&sink);
    world.until_state(post.notice, NoticeState::Sent).await;
    let received = sink.mails().pop().expect("a mail");
    let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
    let roots = mail.references().as_text_list().expect("two roots").to_vec();
    assert_eq!(
        roots,
        [format!("c-{}@burgerput.example", call.id), format!("i-{}@burgerput.example", post.inquiry.id)]
    );
    let text = mail.body_text(0).expect("a plain part").replace("\r\n", "\n");
    assert!(text.contains("https://burgerput.example/pay"), "{text}");
    // The title is the first line of what was said: once is enough.
    assert!(text.contains("board.\n\n> The pay button leads to an empty page\n> It worked"), "{text}");
}
