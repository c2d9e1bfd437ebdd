//! Letters as the store could yield them.

use domain::admin::Locale;
use domain::context::{CallContext, PageError};
use storage::LinkPurpose;

use crate::letter::{
    AccountFacts, AccountTexts, CallFacts, CommentFacts, DigestFacts, DigestLine, Evidence, Foreign, Frame,
    InquiryFacts, Letter, Listed, Person, Words,
};

/// Everything in a letter that somebody else may have written.
#[derive(Debug, Clone)]
pub(super) struct Strangers {
    pub(super) name: Option<String>,
    pub(super) said: Vec<String>,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) context: CallContext,
}

impl Strangers {
    /// An ordinary visitor.
    pub(super) fn usual(locale: Locale) -> Self {
        let ko = locale == Locale::Ko;
        let pick = |korean: &str, english: &str| (if ko { korean } else { english }).to_owned();
        Self {
            name: Some(pick("김민지", "Minji Kim")),
            said: vec![
                pick("안녕하세요, 결제가 안 돼요.", "Hello, I cannot pay."),
                pick(
                    "‘결제하기’를 누르면 빈 화면만 나와요.\n카드는 두 장 다 해 봤어요. https://shop.example/pay?x=1",
                    "When I press “Pay” I only get an empty page.\nI tried both of my cards. https://shop.example/pay?x=1",
                ),
            ],
            title: pick("결제 버튼을 누르면 빈 화면이 나와요", "The pay button leads to an empty page"),
            body: pick(
                "장바구니에서 ‘결제하기’를 누르면 빈 화면만 나와요.\n\n브라우저 두 개에서 같아요. 어제까지는 됐어요.",
                "When I press “Pay” in the basket I only get an empty page.\n\nIt is the same in two browsers. It worked yesterday.",
            ),
            context: CallContext {
                url: Some("https://burgerput.example/basket?step=pay".to_owned()),
                title: Some(pick("장바구니 · 버거풋", "Basket · Burgerput")),
                release: Some("2026.11.3".to_owned()),
                user_agent: Some(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36".to_owned(),
                ),
                viewport: Some("1280x800".to_owned()),
                errors: vec![
                    error("request", "POST failed", "/api/orders/42/payment", Some(500)),
                    error("error", "TypeError: Cannot read properties of undefined (reading 'redirectUrl')", "https://burgerput.example/assets/pay.js:120:15", None),
                ],
            },
        }
    }
}

fn error(kind: &str, message: &str, source: &str, status: Option<u16>) -> PageError {
    PageError {
        at: None,
        kind: Some(kind.to_owned()),
        message: Some(message.to_owned()),
        source: Some(source.to_owned()),
        status,
        request_id: None,
    }
}

fn frame(locale: Locale, path: &str, to_author: bool, by: &Strangers) -> (Frame, Person) {
    let mut words = Words::new(locale);
    words.set("site", site(locale));
    words.set("number", "12");
    let known = by.name.as_deref().map(|name| Foreign::line(name, 60));
    words.set("known", if known.is_some() { "yes" } else { "no" });
    let name = known.unwrap_or_else(|| Foreign::line(&words.say("mail-visitor"), 60));
    words.set("name", name.as_str());
    words.set(
        "since",
        words.moment(domain::Timestamp(1_795_237_224_000), domain::Timestamp(1_795_237_224_000)),
    );
    words.set("moves", if locale == Locale::Ko { "14:05 KST" } else { "05:05 UTC" });
    words.set("until", if locale == Locale::Ko { "14:04 KST" } else { "05:04 UTC" });
    words.set("waited", words.span(std::time::Duration::from_secs(125)).unwrap_or_default());
    words.set("by", if locale == Locale::Ko { "박서준" } else { "Seojun Park" });
    words.set("title", Foreign::line(&by.title, 100).as_str());
    let frame = Frame {
        words,
        site: site(locale),
        link: format!("https://desk.burgerput.example/{path}"),
        to_author,
    };
    (frame, Person { name, email: None, verified: false })
}

fn site(locale: Locale) -> String {
    (if locale == Locale::Ko { "버거풋" } else { "Burgerput" }).to_owned()
}

pub(super) fn call(locale: Locale, by: &Strangers, waits: bool) -> CallFacts {
    let path = "admin/conversations/019aa4c1-0000-7000-8000-000000000012";
    let (frame, person) = frame(locale, path, false, by);
    CallFacts {
        frame,
        person: Person { verified: true, email: Some(Foreign::line("minji@example.com", 254)), ..person },
        actions: actions(),
        said: by.said.iter().map(|said| Foreign::block(said, 1000)).collect(),
        more: false,
        evidence: Evidence::of(&by.context),
        waits,
        promised: waits,
    }
}

fn actions() -> Vec<(LinkPurpose, String)> {
    let link = |purpose: LinkPurpose| {
        (purpose, format!("https://desk.burgerput.example/admin/answer/{}", purpose.as_str()))
    };
    LinkPurpose::OF_CALL.into_iter().map(link).collect()
}

fn account(locale: Locale, texts: AccountTexts) -> AccountFacts {
    let (mut frame, _) = frame(locale, "admin/welcome/secret", false, &Strangers::usual(locale));
    frame.words.set("name", if locale == Locale::Ko { "박서준" } else { "Seojun Park" });
    frame.words.set("life", frame.words.span(crate::links::INVITATION).unwrap_or_default());
    AccountFacts { frame, texts }
}

pub(super) fn inquiry(locale: Locale, by: &Strangers, kind: &'static str, to_author: bool) -> InquiryFacts {
    let id = "019aa4c1-0000-7000-8000-000000000045";
    let path = if to_author { format!("help#inquiry={id}") } else { format!("admin/inquiries/{id}") };
    let (mut frame, person) = frame(locale, &path, to_author, by);
    frame.words.set("kind", kind);
    InquiryFacts {
        frame,
        person: Person { email: Some(Foreign::line("minji@example.com", 254)), ..person },
        title: Foreign::line(&by.title, 100),
        body: Foreign::block(&by.body, 4000),
        kind,
        from_call: kind != "suggestion",
        evidence: Evidence::of(&by.context),
    }
}

pub(super) fn digest(locale: Locale, by: &Strangers) -> DigestFacts {
    let (mut frame, person) = frame(locale, "admin", false, by);
    frame.words.count("n", 43);
    frame.words.set("kind", "error");
    let line = |about: &str, path: &str, said: Option<&str>| DigestLine {
        who: person.name.clone(),
        about: frame.t(about),
        said: said.map(|said| Foreign::line(said, 160)),
        link: format!("https://desk.burgerput.example/admin/{path}/019aa4c1-0000-7000-8000-000000000012"),
    };
    let list = |n: usize, lines: Vec<DigestLine>| {
        let mut words = frame.words.clone();
        words.count("n", n);
        words.count("more", n - lines.len());
        Listed { words, more: n > lines.len(), lines }
    };
    let words = by.said.last().map(String::as_str);
    let calls = list(
        42,
        vec![
            line("mail-digest-call", "conversations", words),
            line("mail-digest-call", "conversations", None),
        ],
    );
    let posts = list(1, vec![line("mail-digest-post", "inquiries", Some(&by.title))]);
    DigestFacts { frame, calls, posts }
}

/// Every letter there is, with the name of its preview.
pub(super) fn all(locale: Locale, by: &Strangers) -> Vec<(&'static str, Letter)> {
    let silent = Strangers { said: Vec::new(), name: None, ..by.clone() };
    let comment = |to_author: bool| {
        let words = if locale == Locale::Ko {
            "확인했어요. 카드사 점검 때문이었고, 지금은 결제됩니다.\n불편을 드려 죄송해요."
        } else {
            "Found it: the card network was down. It works again now.\nSorry for the trouble."
        };
        CommentFacts {
            inquiry: inquiry(locale, by, "error", to_author),
            body: Foreign::block(if to_author { words } else { &by.body }, 4000),
        }
    };
    vec![
        ("call", Letter::Call(call(locale, by, false))),
        ("call-silent", Letter::Call(call(locale, &silent, false))),
        ("escalation", Letter::Escalation(call(locale, by, true))),
        ("inquiry", Letter::Inquiry(inquiry(locale, by, "error", false))),
        ("suggestion", Letter::Inquiry(inquiry(locale, by, "suggestion", false))),
        ("missed", Letter::Inquiry(inquiry(locale, &silent, "missed_call", false))),
        ("comment-author", Letter::Comment(comment(true))),
        ("comment-admin", Letter::Comment(comment(false))),
        ("resolved", Letter::Resolved(inquiry(locale, by, "error", true))),
        ("invitation", Letter::Invitation(account(locale, AccountTexts::INVITATION))),
        ("reset", Letter::Reset(account(locale, AccountTexts::RESET))),
        ("digest", Letter::Digest(digest(locale, by))),
    ]
}
