//! Protected lines: who is trusted, and that nothing is said to anybody else.

use domain::admin::Locale;
use mailer::{SmtpUrl, Transport};
use storage::NoticeState;
use testkit::smtp::{Answer, Identity, Protection, Sink, Step};

use crate::world::World;

fn url(sink: &Sink, scheme: &str, query: &str) -> SmtpUrl {
    let port = sink.address.port();
    format!("{scheme}://desk:hunter2@localhost:{port}{query}").parse().expect("an address")
}

/// A call, mailed through this server.
async fn call(url: SmtpUrl) -> (World, crate::world::Call, crate::world::Running) {
    let world = World::new().await;
    let kim = world.admin("kim", Locale::En).await;
    let visitor = world.visitor("Minji").await;
    let call = world.call(&visitor, "help", &[&kim]).await;
    let mailer = world.start(Transport::Smtp(url));
    (world, call, mailer)
}

#[tokio::test]
async fn a_mail_goes_over_starttls_and_over_tls_from_the_first_byte() {
    let identity = Identity::of("localhost");
    for (protection, scheme, query) in [
        (Protection::StartTls(identity.clone()), "smtp", "?tls=required"),
        (Protection::Implicit(identity.clone()), "smtps", ""),
    ] {
        let sink = Sink::protected(protection, |_| Answer::Fine).await;
        let url = url(&sink, scheme, query).trusting(&identity.authority).expect("a certificate");
        let (world, call, _mailer) = call(url).await;
        world.until_state(call.notices[0], NoticeState::Sent).await;
        let lines = sink.lines();
        let verbs: Vec<&str> = lines.iter().filter_map(|line| line.split([' ', ':']).next()).collect();
        let protected: &[&str] = if scheme == "smtp" { &["EHLO", "STARTTLS"] } else { &[] };
        let expected: Vec<&str> =
            protected.iter().copied().chain(["EHLO", "AUTH", "MAIL", "RCPT", "DATA"]).collect();
        assert_eq!(verbs, expected, "{scheme}");
        assert_eq!(sink.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_neither_password_nor_mail() {
    let identity = Identity::of("localhost");
    for (protection, scheme, query, step) in [
        (Protection::StartTls(identity.clone()), "smtp", "?tls=required", "STARTTLS: "),
        (Protection::Implicit(identity.clone()), "smtps", "", "connecting: "),
    ] {
        let sink = Sink::protected(protection, |_| Answer::Fine).await;
        let (world, call, _mailer) = call(url(&sink, scheme, query)).await;
        let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
        let reply = notice.last_reply.expect("a reason");
        assert!(reply.starts_with(step) && reply.contains("certificate"), "{reply}");
        assert!(!sink.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn an_expired_certificate_is_none_even_of_a_trusted_authority() {
    let identity = Identity::expired("localhost");
    for (protection, scheme, query) in [
        (Protection::StartTls(identity.clone()), "smtp", "?tls=required"),
        (Protection::Implicit(identity.clone()), "smtps", ""),
    ] {
        let sink = Sink::protected(protection, |_| Answer::Fine).await;
        let url = url(&sink, scheme, query).trusting(&identity.authority).expect("a certificate");
        let (world, call, _mailer) = call(url).await;
        let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
        let reply = notice.last_reply.expect("a reason");
        assert!(reply.contains("certificate") && reply.contains("expired"), "{reply}");
        assert!(!sink.lines().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn where_starttls_is_taken_out_or_refused_or_broken_nothing_is_said_in_clear() {
    let identity = Identity::of("localhost");
    let offered = || Protection::StartTls(identity.clone());
    for (protection, step, answer) in [
        (Protection::Plain, Step::Ehlo, Answer::Fine),
        (offered(), Step::Ehlo, Answer::say("250-sink.example\r\n250 AUTH PLAIN LOGIN")),
        (offered(), Step::StartTls, Answer::say("454 4.7.0 not now")),
        (offered(), Step::StartTls, Answer::say("502 5.5.1 never heard of it")),
        (offered(), Step::StartTls, Answer::HangUp),
        (offered(), Step::Handshake, Answer::HangUp),
    ] {
        let script = answer.clone();
        let sink = Sink::protected(
            protection,
            move |at| {
                if at.step == step { script.clone() } else { Answer::Fine }
            },
        )
        .await;
        let url = url(&sink, "smtp", "?tls=required").trusting(&identity.authority).expect("a certificate");
        let (world, call, _mailer) = call(url).await;
        world.until_state(call.notices[0], NoticeState::Retrying).await;
        let clear = |line: &String| !line.starts_with("EHLO ") && line != "STARTTLS" && line != "QUIT";
        assert!(!sink.lines().iter().any(clear), "{step:?} {answer:?}: {:?}", sink.lines());
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_enough() {
    let identity = Identity::of("mail.elsewhere.example");
    let sink = Sink::protected(Protection::Implicit(identity.clone()), |_| Answer::Fine).await;
    let url = url(&sink, "smtps", "").trusting(&identity.authority).expect("a certificate");
    let (world, call, _mailer) = call(url).await;
    let notice = world.until_state(call.notices[0], NoticeState::Retrying).await;
    let reply = notice.last_reply.expect("a reason");
    assert!(reply.contains("certificate") && reply.contains("name"), "{reply}");
    assert!(sink.lines().is_empty() && sink.mails().is_empty());
}
