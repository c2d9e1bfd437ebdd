//! S24, S25: what goes over the wire, byte by byte, whatever a visitor wrote.

use domain::admin::Locale;
use domain::conversation::{Actor, Command};
use domain::text::{Body, ClientId, Name};
use mail_parser::MessageParser;
use storage::{NoticeState, Visitors};
use testkit::smtp::Sink;

use crate::world::World;

/// What has ended a mail early at one server or another, in a name and in a message.
const SMUGGLED: &[&str] = &[
    "\n.\n",
    "\r.\r",
    "\n.\r\n",
    "\r\n.\n",
    "\r\n.\r",
    "\r.\r\n",
    "\r\n.\r\nMAIL FROM:<e@evil.example>\r\nRCPT TO:<v@victim.example>\r\nDATA\r\nx\r\n.\r\n",
    "\n.\nMAIL FROM:<e@evil.example>\nRCPT TO:<v@victim.example>\nDATA\nx\n.\n",
    "a\0b",
    "\u{85}.\u{85}",
    "\u{2028}.\u{2028}",
    ".",
    "..",
    ".\r\n.\r\n",
    "QUIT\r\n",
    "=?utf-8?q?=0D=0A.=0D=0A?=",
];

#[tokio::test]
async fn the_wire_has_crlf_only_short_lines_and_nothing_but_our_commands() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    sink.capture();
    let kim = world.admin("kim", Locale::Ko).await;
    let _mailer = world.mail_through(&sink);
    let long = ["x".repeat(5000), "가".repeat(5000), "\n".repeat(900), "x\n".repeat(900)];
    let mut sent = 0;
    for words in SMUGGLED.iter().copied().chain(long.iter().map(String::as_str)) {
        let mut visitor = world.visitor("plain").await;
        visitor.name = Some(Name::from_stored(words.to_owned()));
        world.storage.rename_visitor(&visitor).await.expect("stored");
        let call = world.call(&visitor, words, &[&kim]).await;
        let by = Actor::Visitor { id: visitor.id, name: visitor.name.clone() };
        let say = Command::Say {
            client_id: ClientId::from_stored("m2".to_owned()),
            body: Body::from_stored(format!("again {words}")),
        };
        world.act(call.id, by, say).await;
        world.until_state(call.notices[0], NoticeState::Sent).await;
        sent += 1;
    }
    assert_eq!(sink.violations(), Vec::<String>::new());
    assert_eq!(sink.count(), sent);
    let mut bytes = 0;
    for wire in sink.wire() {
        bytes += wire.len();
        let text = String::from_utf8(wire).expect("ASCII");
        assert!(text.is_ascii());
        assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']), "a bare CR or LF, or a NUL");
        let longest = text.split("\r\n").map(str::len).max().unwrap_or_default();
        assert!(longest <= 998, "{longest}");
    }
    assert!(bytes > 100_000, "the wire was looked at");
    for line in sink.lines() {
        let known = [
            "EHLO ",
            "MAIL FROM:<desk@burgerput.example>",
            "RCPT TO:<kim@burgerput.example>",
            "DATA",
            "NOOP",
            "RSET",
            "QUIT",
        ];
        assert!(known.iter().any(|known| line.starts_with(known)), "{line}");
    }
    for received in sink.mails() {
        assert_eq!(
            (received.from.as_str(), received.to.as_slice()),
            ("desk@burgerput.example", &["kim@burgerput.example".to_owned()][..])
        );
        let mail = MessageParser::default().parse(received.data.as_bytes()).expect("a mail");
        assert!(mail.bcc().is_none() && mail.cc().is_none());
        assert_eq!(mail.to().map(|to| to.iter().count()), Some(1));
    }
}
