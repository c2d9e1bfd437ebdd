//! Nothing that a visitor wrote bends a mail (S24–S27 of the reliability list): every payload, in every field, in
//! every letter, read back by a MIME parser that is not lettre's.

use domain::Timestamp;
use domain::admin::Locale;
use domain::context::{CallContext, PageError};
use mail_parser::{HeaderName, MessageParser, MimeHeaders};

use super::fixtures::{self, Strangers};
use crate::letter::Letter;
use crate::look::Needed;
use crate::message;
use crate::settings::Sender;

/// What an attacker might call themselves.
pub(super) const PAYLOADS: &[&str] = &[
    "a\r\nBcc: victim@evil.example",
    "a\nBcc: victim@evil.example",
    "a\rBcc: victim@evil.example",
    "a\r\n\r\n<h1>body</h1>",
    "a\n\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "\r\nSubject: other",
    "\r\n To: folded@evil.example",
    "a\r\n\tBcc: tab@evil.example",
    "a%0d%0aBcc: percent@evil.example",
    "a\\r\\nBcc: escaped@evil.example",
    "a\u{85}Bcc: nel@evil.example",
    "a\u{2028}Bcc: ls@evil.example",
    "a\u{2029}Bcc: ps@evil.example",
    "a\u{b}Bcc: vt@evil.example",
    "a\u{c}Bcc: ff@evil.example",
    "a\0Bcc: nul@evil.example",
    "\u{1b}[31mred\u{7}",
    "a\u{9b}31m",
    "\r\n.\r\nMAIL FROM:<e@evil.example>\r\n",
    "\n.\nMAIL FROM:<e@evil.example>\n",
    "\r.\rMAIL FROM:<e@evil.example>\r",
    "\r\n.\rRCPT TO:<e@evil.example>",
    ".\r\nQUIT\r\n",
    "\"><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</blockquote></div><a href=\"https://evil.example\">click</a>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "--></title><script>alert(1)</script><!--",
    "{{ frame.link }}{% include \"mail/_call.html\" %}",
    "{ $site } { mail-visitor }",
    "=?utf-8?q?=0d=0aBcc:=20encoded@evil.example?=",
    "=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "=\0?utf-8?q?=0d=0aBcc:=20split@evil.example?=",
    "=?utf-8?q?x?=\r\n =?utf-8?q?y?=",
    "\"Kim, Minji\" <other@evil.example>",
    "a@evil.example, b@evil.example",
    "Minji (comment) <x@evil.example>;",
    "=?us-ascii?q?",
    "\\\"\\\\\"",
    "\u{202e}gpj.exe\u{202c}",
    "\u{200b}\u{2060}\u{feff}",
    "https://evil.example/pay?now=1#x",
    "www.evil.example",
    "mailto:x@evil.example",
    "----=_boundary\r\nContent-Type: text/html\r\n\r\n<b>x</b>",
    "이름\r\n숨은참조: x@evil.example",
    "𝕬𝖉𝖒𝖎𝖓 ✅ 관리자",
    "a\r\nFrom: ceo@evil.example",
    "a\r\nTo: victim@evil.example",
    "a\r\nCc: victim@evil.example",
    "a\r\nReply-To: victim@evil.example",
    "a\r\nSender: victim@evil.example",
    "a\r\nReturn-Path: <victim@evil.example>",
    "a\r\nMessage-ID: <1@evil.example>",
    "a\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000",
    "a\r\nMIME-Version: 2.0",
    "a\r\nContent-Transfer-Encoding: 8bit",
    "a\r\nX-Spam-Flag: NO",
    "a\r\nList-Unsubscribe: <https://evil.example>",
    "a\r\nDisposition-Notification-To: victim@evil.example",
    "a\r\nAuto-Submitted: no",
    "a\n\rBcc: reversed@evil.example",
    "a\r\r\nBcc: double@evil.example",
    "a\r\n\r\nBcc: afterblank@evil.example",
    "\nBcc: first@evil.example\na",
    "a\\nBcc: literal@evil.example",
    "a&#13;&#10;Bcc: entity@evil.example",
    "a\u{560a}Bcc: truncated@evil.example",
    "a\u{ff0d}\u{ff0a}Bcc: wide@evil.example",
    "a\u{2424}Bcc: symbol@evil.example",
    "a\u{1c}\u{1d}\u{1e}Bcc: separators@evil.example",
    "a\u{feff}\r\nBcc: bom@evil.example",
    "=?utf-8?q?a=0aBcc=3a_x=40evil.example?=",
    "=?UTF-8?B?YQ0KQmNjOiB4QGV2aWwuZXhhbXBsZQ==?=",
    "=?iso-2022-kr?b?GyQpQw4hISEhDw==?=",
    "=?utf-7?q?+AA0ACg-Bcc?=",
    "=?utf-8?q?=00?=",
    "=?utf-8*en?q?a?= =?utf-8?q?=0D?=",
    "=?=?=?utf-8?q?nested?=",
    "<kim@evil.example>",
    "<<kim@evil.example>>",
    "kim@burgerput.example> <x@evil.example",
    "\"kim@burgerput.example\"<x@evil.example>",
    "x@evil.example (Kim)",
    "group: a@evil.example, b@evil.example;",
    "@evil.example:kim@burgerput.example",
    "kim%evil.example@burgerput.example",
    "\\",
    "\"",
    "\\\"\r\nBcc: quoted@evil.example",
    "(((((((((",
    "a;b,c:d<e>f@g[h]i\\j\"k",
    "%s%n%x$(id)`id`",
    "<!--[if mso]><a href=\"https://evil.example\">x</a><![endif]-->",
    "<base href=\"https://evil.example/\">",
    "<form action=\"https://evil.example\"><input></form>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "ftp://evil.example/x and HTTPS://EVIL.example",
    "evil.example/path?x=1",
    "xn--80ak6aa92e.evil.example",
    "tel:+82-2-000-0000",
    "",
    "   ",
];

fn payloads() -> Vec<String> {
    let mut payloads: Vec<String> = PAYLOADS.iter().map(|text| (*text).to_owned()).collect();
    payloads.push("x".repeat(4000));
    payloads.push("가".repeat(4000));
    payloads.push("a b ".repeat(2000));
    payloads.push("\r\n".repeat(500));
    payloads
}

/// A visitor who writes the same thing into everything.
fn hostile(payload: &str) -> Strangers {
    let text = || Some(payload.to_owned());
    Strangers {
        name: text(),
        said: vec![payload.to_owned(), payload.to_owned()],
        title: payload.to_owned(),
        body: payload.to_owned(),
        context: CallContext {
            url: text(),
            title: text(),
            release: text(),
            user_agent: text(),
            viewport: text(),
            errors: vec![PageError {
                at: text(),
                kind: text(),
                message: text(),
                source: text(),
                status: None,
                request_id: text(),
            }],
        },
    }
}

fn wire(letter: Letter, payload: &str) -> String {
    let rendered = letter.render().expect("whatever a visitor wrote renders");
    let needed = Needed {
        address: "kim@burgerput.example".to_owned(),
        name: Some(payload.to_owned()),
        reply_to: Some(payload.to_owned()),
        thread: vec!["c-1".to_owned(), "i-2".to_owned()],
        letter,
        links: Vec::new(),
    };
    let id = "019aa4c1-0000-7000-8000-000000000001";
    let from: Sender = "Burgerput desk <desk@burgerput.example>".parse().expect("a sender");
    let outgoing = message::build(id, &needed, &rendered, &from, Timestamp(1_795_237_224_000))
        .expect("whatever a visitor wrote makes a mail");
    assert_eq!(AsRef::<str>::as_ref(&outgoing.to), "kim@burgerput.example");
    String::from_utf8(outgoing.bytes).expect("a mail of ASCII")
}

const HEADERS: &[&str] = &[
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
];

fn check(wire: &str, what: &str) {
    assert!(wire.is_ascii(), "{what}: bytes that need 8BITMIME");
    let bare = wire.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n', '\0']), "{what}: a bare CR or LF or a NUL");
    assert!(wire.split("\r\n").all(|line| line.len() <= 998), "{what}: a line too long");
    assert!(!wire.split("\r\n").any(|line| line == "."), "{what}: a lone dot");

    let mail =
        MessageParser::default().parse(wire.as_bytes()).unwrap_or_else(|| panic!("{what}: not a mail"));
    let names: Vec<String> = mail.headers().iter().map(|header| header.name().to_ascii_lowercase()).collect();
    let expected: Vec<String> = HEADERS.iter().map(|name| name.to_ascii_lowercase()).collect();
    let (mut sorted, mut wanted) = (names.clone(), expected.clone());
    sorted.sort();
    wanted.sort();
    assert_eq!(sorted, wanted, "{what}");
    let to: Vec<_> = mail.to().expect("a To").iter().collect();
    assert_eq!(to.len(), 1, "{what}: {to:?}");
    assert_eq!(to[0].address(), Some("kim@burgerput.example"), "{what}");
    let from: Vec<_> = mail.from().expect("a From").iter().collect();
    assert_eq!(from.len(), 1, "{what}");
    assert_eq!(from[0].address(), Some("desk@burgerput.example"), "{what}");
    assert!(mail.cc().is_none() && mail.bcc().is_none() && mail.reply_to().is_none(), "{what}");
    assert!(mail.header(HeaderName::Sender).is_none(), "{what}");
    let subject = mail.subject().expect("a subject");
    assert!(subject.chars().count() <= 150 && !subject.chars().any(char::is_control), "{what}: {subject:?}");
    assert_eq!(mail.message_id(), Some("019aa4c1-0000-7000-8000-000000000001@burgerput.example"), "{what}");
    assert_eq!(
        (mail.text_body_count(), mail.html_body_count(), mail.attachment_count()),
        (1, 1, 0),
        "{what}"
    );
    assert_eq!(mail.parts.len(), 3, "{what}: one alternative of two parts");
    for part in &mail.parts[1..] {
        assert_eq!(part.content_transfer_encoding(), Some("base64"), "{what}");
    }
    check_html(&mail.body_html(0).expect("an HTML part"), what);
}

/// The same elements as ever, and no link but ours.
fn check_html(html: &str, what: &str) {
    let allowed = [
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "p",
        "span",
        "h1",
        "blockquote",
        "strong",
        "br",
        "a",
        "!--[if",
        "![endif]--",
        "/html",
        "/head",
        "/title",
        "/style",
        "/body",
        "/div",
        "/p",
        "/span",
        "/h1",
        "/blockquote",
        "/strong",
        "/a",
    ];
    for tag in html.split('<').skip(1) {
        let name = tag.split([' ', '>', '\n']).next().unwrap_or_default();
        // The two conditional comments for Outlook hold the only table.
        let outlook = ["table", "tr", "td", "/td", "/tr", "/table"].contains(&name);
        assert!(allowed.contains(&name) || outlook, "{what}: <{name}>");
        let attributes = tag.split('>').next().unwrap_or_default();
        assert!(!attributes.to_ascii_lowercase().contains("javascript:"), "{what}: <{attributes}>");
        assert!(!attributes.contains(" on"), "{what}: <{attributes}>");
    }
    // The button and the address below it; in a digest one for each line, too, in a call mail its three buttons.
    let more = ["digest", "call", "escalation"].iter().any(|letter| what.starts_with(letter));
    let links = if more { 5 } else { 2 };
    assert_eq!(html.matches("<a ").count(), links, "{what}");
    assert_eq!(html.matches("href=\"https://desk.burgerput.example/").count(), links, "{what}");
    assert_eq!(html.matches("<style>").count(), 1, "{what}");
    for linkable in ["https://evil", "www.evil", "@evil.example"] {
        assert!(!html.contains(linkable), "{what}: {linkable} would become a link");
    }
}

#[test]
fn no_payload_in_any_field_of_any_letter_bends_a_mail() {
    let payloads = payloads();
    assert!(payloads.len() >= 100, "{}", payloads.len());
    let mut mails = 0;
    for locale in [Locale::Ko, Locale::En] {
        for payload in &payloads {
            for (name, letter) in fixtures::all(locale, &hostile(payload)) {
                let what = format!("{name} {locale} {:?}", payload.chars().take(40).collect::<String>());
                check(&wire(letter, payload), &what);
                mails += 1;
            }
        }
    }
    assert!(mails >= 2000, "{mails}");
}

#[test]
fn what_a_visitor_wrote_arrives_word_for_word() {
    let said = "<b>5 < 6 & \"7\"</b> { $site }\n둘째 줄 — https://shop.example/?a=1&b=2";
    let by = Strangers { said: vec![said.to_owned()], ..Strangers::usual(Locale::Ko) };
    let wire = wire(Letter::Call(fixtures::call(Locale::Ko, &by, false)), "Kim");
    let mail = MessageParser::default().parse(wire.as_bytes()).expect("a mail");
    let text = mail.body_text(0).expect("a plain part").replace("\r\n", "\n");
    let quoted = said.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    assert!(text.contains(&quoted), "{text}");
}

#[test]
fn an_ordinary_reply_address_is_offered_and_a_strange_one_is_not() {
    let facts = fixtures::inquiry(Locale::En, &Strangers::usual(Locale::En), "error", false);
    let letter = Letter::Inquiry(facts);
    let reply_to = |address: &str| {
        let wire = wire(letter.clone(), address);
        let mail = MessageParser::default().parse(wire.as_bytes()).expect("a mail");
        mail.reply_to().and_then(|list| list.first()).and_then(|to| to.address()).map(str::to_owned)
    };
    assert_eq!(reply_to("minji@example.com").as_deref(), Some("minji@example.com"));
    for strange in
        ["\"x@evil.example \"@ex.example", "a@localhost", "a@[127.0.0.1]", "a b@c.example", "a@b@c.example"]
    {
        assert_eq!(reply_to(strange), None, "{strange}");
    }
}
