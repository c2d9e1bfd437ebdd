//! S26: an address that two programs might read differently is none. What we take, lettre and another MIME parser read
//! as the same one address; everything else is refused before it comes near a mail.

use domain::admin::Locale;
use domain::notice::NoticeKind;
use domain::text::Email;
use lettre::Address;
use mail_parser::MessageParser;
use storage::NoticeState;
use testkit::smtp::Sink;

use crate::world::World;

const PLAIN: &[&str] = &[
    "kim@site.example",
    "Kim.Minji@Site.Example",
    "kim+bell@site.example",
    "kim-minji@site.example",
    "kim_minji@site.example",
    "k@s.io",
    "1@2x.example",
    "0123456789@site.example",
    "a.b.c.d.e@site.example",
    "o'neil@site.example",
    "kim=desk@site.example",
    "kim#1@site.example",
    "kim&lee@site.example",
    "kim*@site.example",
    "kim/desk@site.example",
    "kim?@site.example",
    "kim^@site.example",
    "kim`@site.example",
    "{kim}@site.example",
    "kim|lee@site.example",
    "~kim@site.example",
    "$kim@site.example",
    "kim@a.b.c.d.example",
    "kim@xn--bcher-kva.example",
    "kim@site-1.example",
    "kim@1site.example",
    "kim@site.co.kr",
    "kim@site.xn--3e0b707e",
];

/// Around or inside of an address, in place of `{}`.
const TWISTED: &[&str] = &[
    "<{}>",
    "Kim <{}>",
    "\"Kim\" <{}>",
    "{} <x@evil.example>",
    "<x@evil.example> {}",
    "<{}><x@evil.example>",
    "<<{}>>",
    "({}) x@evil.example",
    "{}(comment)",
    "(comment){}",
    "{},x@evil.example",
    "{}, x@evil.example",
    "{};x@evil.example",
    "{} x@evil.example",
    "group:{};",
    "group: {}, x@evil.example;",
    "@evil.example:{}",
    "@a.example,@b.example:{}",
    "mailto:{}",
    "{}?bcc=x@evil.example",
    "{}%0a",
    "{}\n",
    "{}\r\n",
    "\n{}",
    "{}\r\nBcc: x@evil.example",
    "{}\nBcc: x@evil.example",
    "{}\rBcc: x@evil.example",
    "{}\0",
    "{}\0x@evil.example",
    "{}\t",
    "\t{}",
    "{}\u{85}",
    "{}\u{a0}",
    "{}\u{200b}",
    "\u{202e}{}",
    "\u{feff}{}",
    "{}\u{2028}",
    "{}@evil.example",
    "\"{}\"",
    "\"{}\"@evil.example",
    "'{}' x",
    "{}.",
    "{}>",
    "<{}",
    "{}\\",
    "\\{}",
    "{}\"",
    "=?utf-8?q?{}?=",
    "{} RCPT TO:<x@evil.example>",
    "{}> SIZE=1",
    "{} NOTIFY=NEVER",
    "[{}]",
    "{}:25",
    "{}/../x",
    "{}#x y",
];

const BROKEN: &[&str] = &[
    "",
    " ",
    "@",
    "kim",
    "kim@",
    "@site.example",
    "kim@@site.example",
    "kim@site@evil.example",
    "kim@site",
    "kim@localhost",
    "kim@localhost.",
    "kim@[127.0.0.1]",
    "kim@[IPv6:::1]",
    "kim@127.0.0.1",
    "kim@2130706433",
    "kim@0x7f.1",
    "kim@.example",
    "kim@site..example",
    "kim@.site.example",
    "kim@site.example.",
    "kim@-site.example",
    "kim@site-.example",
    "kim@site.-example",
    "kim@si_te.example",
    "kim@site .example",
    "kim@ site.example",
    "kim @site.example",
    "ki m@site.example",
    ".kim@site.example",
    "kim.@site.example",
    "ki..m@site.example",
    "\"kim\"@site.example",
    "\"ki m\"@site.example",
    "\"kim@evil.example\"@site.example",
    "\"kim\\\"\"@site.example",
    "\"\"@site.example",
    "\"x@evil.org \"@ex.org",
    "ki(c)m@site.example",
    "kim@site(c).example",
    "kim@(c)site.example",
    "ki,m@site.example",
    "ki;m@site.example",
    "ki:m@site.example",
    "ki<m@site.example",
    "ki>m@site.example",
    "ki[m]@site.example",
    "ki\\m@site.example",
    "ki\\@m@site.example",
    "kim%evil.example@site.example",
    "kim%40evil.example@site.example",
    "evil.example!kim@site.example",
    "evil!kim%x@site.example",
    "킴@site.example",
    "kim@사이트.example",
    "kim@site.한국",
    "ｋim@site.example",
    "kim＠site.example",
    "kim@site。example",
    "kim@site․example",
    "kïm@site.example",
    "kim@site.example\u{301}",
    "kim@site.123",
    "kim@site,example",
    "kim@site/example",
    "kim@site:25.example",
    "kim@site.example@",
    "=?utf-8?q?kim?=@site.example",
    "kim@=?utf-8?q?site?=.example",
];

#[test]
fn what_is_taken_is_one_address_to_every_reader_and_the_rest_is_refused() {
    let long = [
        format!("{}@site.example", "a".repeat(65)),
        format!("kim@{}.example", "a".repeat(64)),
        format!("kim@{}example", "a.".repeat(130)),
        format!("{}@site.example", "a".repeat(5000)),
    ];
    let twisted: Vec<String> = TWISTED.iter().map(|text| text.replace("{}", "kim@site.example")).collect();
    let refused: Vec<&str> = BROKEN
        .iter()
        .copied()
        .chain(twisted.iter().map(String::as_str))
        .chain(long.iter().map(String::as_str))
        .collect();
    assert!(refused.len() + PLAIN.len() >= 150, "{}", refused.len() + PLAIN.len());
    for text in refused {
        assert!(Email::new(text).is_err(), "{text:?} is taken");
    }
    for text in PLAIN.iter().copied() {
        let email = Email::new(text).unwrap_or_else(|_| panic!("{text} is refused"));
        assert_eq!(email.as_str(), text);
        let address: Address = text.parse().unwrap_or_else(|_| panic!("lettre refuses {text}"));
        assert_eq!(AsRef::<str>::as_ref(&address), text);
        let header = format!("Reply-To: {text}\r\nSubject: x\r\n\r\nx\r\n");
        let mail = MessageParser::default().parse(header.as_bytes()).expect("a mail");
        let read: Vec<_> = mail.reply_to().expect("a header").iter().collect();
        assert_eq!(read.len(), 1, "{text}");
        assert_eq!((read[0].address(), read[0].name()), (Some(text), None), "{text}");
    }
}

#[tokio::test]
async fn a_visitors_address_is_where_answers_go_and_never_a_recipient_of_an_admins_mail() {
    let (world, sink) = (World::new().await, Sink::friendly().await);
    let kim = world.admin("kim", Locale::En).await;
    let _mailer = world.mail_through(&sink);
    for kind in [NoticeKind::Inquiry, NoticeKind::Comment] {
        let post = world.post(kind, Some(&kim)).await;
        world.until_state(post.notice, NoticeState::Sent).await;
    }
    for received in sink.mails() {
        assert_eq!(received.to, ["kim@burgerput.example"]);
        assert_eq!(received.from, "desk@burgerput.example");
    }
    let visitors = |line: &String| line.contains("minji@example.com");
    assert!(!sink.lines().iter().any(visitors), "{:?}", sink.lines());
}
