//! The post that a move makes of what the caller has said, whatever that is.

use proptest::prelude::*;

use super::people::{POST, Person, Room, after, body, call, client_id, note, page, say};
use crate::context::{CallContext, PageError};
use crate::conversation::{Command, Transcript};
use crate::inquiry::InquiryKind;
use crate::policy::Policy;
use crate::text::{Email, TextLimits};

fn limits(title_chars: usize, post_bytes: usize) -> TextLimits {
    TextLimits { title_chars, post_bytes, ..TextLimits::default() }
}

fn said(words: &[&str]) -> Transcript {
    Transcript { said: words.iter().map(|&w| w.to_owned()).collect(), ..Transcript::default() }
}

#[test]
fn a_transcript_takes_the_page_and_the_callers_own_words_and_nobody_elses() {
    let mut room = Room::empty(Policy::default());
    room.does(Person::Caller, after(0), call(Some("One"))).unwrap();
    room.does(Person::Caller, after(1), say("Two")).unwrap();
    room.does(Person::Kim, after(2), note("Not theirs")).unwrap();
    room.does(Person::Kim, after(2), Command::Join { visitor_there: true }).unwrap();
    room.does(Person::Kim, after(3), say("An answer")).unwrap();
    room.does(Person::Caller, after(4), Command::Say { client_id: client_id("x"), body: body("Three") })
        .unwrap();
    let email = Some(Email::new("caller@mail.example").unwrap());
    let transcript = Transcript::of(&room.log, email.clone());
    let words = ["One", "Two", "Three"].map(str::to_owned).to_vec();
    assert_eq!(transcript, Transcript { context: page(), said: words, email });
}

#[test]
fn what_was_said_becomes_an_error_report_under_its_first_line() {
    let mut transcript = said(&["  Payment fails\nsince noon", "Please hurry"]);
    transcript.context = page();
    transcript.email = Some(Email::new("caller@mail.example").unwrap());
    let draft = transcript.clone().into_draft(POST, limits(150, 1000));
    assert_eq!((draft.id, draft.kind), (POST, InquiryKind::Error));
    assert_eq!(draft.title.as_str(), "Payment fails");
    assert_eq!(draft.body.as_str(), "  Payment fails\nsince noon\nPlease hurry");
    assert_eq!(draft.email, transcript.email);
}

#[test]
fn with_nothing_said_it_is_a_missed_call_with_the_page_and_its_errors() {
    let transcript = Transcript { context: page(), ..Transcript::default() };
    let draft = transcript.into_draft(POST, TextLimits::default());
    assert_eq!(draft.kind, InquiryKind::MissedCall);
    assert_eq!(draft.title.as_str(), "Payment");
    assert_eq!(
        draft.body.as_str(),
        "Payment\nhttps://shop.example/pay\n· x is undefined (pay.js:3)\n· 502 Bad Gateway"
    );
    assert_eq!(draft.email, None);
}

#[test]
fn a_missed_call_is_called_after_its_page_or_its_address_or_nothing() {
    let title = |title: Option<&str>, url: Option<&str>| {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let context = CallContext { title: own(title), url: own(url), ..CallContext::default() };
        let transcript = Transcript { context, ..Transcript::default() };
        String::from(transcript.into_draft(POST, TextLimits::default()).title)
    };
    assert_eq!(title(Some("Cart"), Some("https://s.example")), "Cart");
    assert_eq!(title(None, Some("https://s.example")), "https://s.example");
    assert_eq!(title(Some("\u{200B} "), Some("https://s.example")), "https://s.example");
    assert_eq!(title(Some("\u{1}\u{7F}"), Some("https://s.example")), "https://s.example");
    assert_eq!(title(None, None), "—");
}

#[test]
fn what_does_not_fit_is_cut_between_characters_and_shown_to_be_cut() {
    let post = |words: &str, bytes| String::from(said(&[words]).into_draft(POST, limits(9, bytes)).body);
    assert_eq!(post("abcdef", 6), "abcdef", "exactly the limit fits");
    assert_eq!(post("abcdefg", 6), "abc…");
    assert_eq!(post("가나다라", 10), "가나…");
    assert_eq!(post("가나다라", 11), "가나…");
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        1 => "[ \t\r\n\u{0}\u{1}\u{200B}\u{3164}a]{0,12}",
        1 => "[가-힣😀 ]{0,90}",
    ]
}

fn any_context() -> impl Strategy<Value = CallContext> {
    let text = || prop::option::of(any_text());
    let error =
        (text(), text()).prop_map(|(message, source)| PageError { message, source, ..PageError::default() });
    (text(), text(), prop::collection::vec(error, 0..4)).prop_map(|(url, title, errors)| CallContext {
        url,
        title,
        errors,
        ..CallContext::default()
    })
}

fn any_transcript() -> impl Strategy<Value = Transcript> {
    (any_context(), prop::collection::vec(any_text(), 0..5)).prop_map(|(context, said)| Transcript {
        context,
        said,
        email: None,
    })
}

proptest! {
    #[test]
    fn a_post_is_made_of_any_text_within_its_limits_and_has_a_title_to_show(
        transcript in any_transcript(), title_chars in 1usize..60, post_bytes in 3usize..200,
    ) {
        let nothing_said = transcript.said.is_empty();
        let draft = transcript.into_draft(POST, limits(title_chars, post_bytes));
        prop_assert_eq!(draft.kind == InquiryKind::MissedCall, nothing_said);
        prop_assert!(draft.body.as_str().len() <= post_bytes);
        let title = draft.title.as_str();
        prop_assert!((1..=title_chars).contains(&title.chars().count()), "{:?}", title);
        prop_assert!(!title.chars().any(char::is_control), "{:?}", title);
        prop_assert!(!title.trim().is_empty(), "{:?}", title);
        prop_assert_eq!(title.trim(), title, "no blanks around it");
    }

    #[test]
    fn every_word_said_is_in_the_post_as_far_as_it_goes(
        words in prop::collection::vec("[a-z가-힣]{1,20}", 1..12), post_bytes in 3usize..300,
    ) {
        let transcript = Transcript { said: words.clone(), ..Transcript::default() };
        let body = String::from(transcript.into_draft(POST, limits(150, post_bytes)).body);
        if words.iter().map(|word| word.len() + 1).sum::<usize>() - 1 <= post_bytes {
            prop_assert_eq!(body.split('\n').collect::<Vec<_>>(), words);
        } else {
            let kept = body.strip_suffix('…').expect("it is shown to be cut");
            let lines: Vec<&str> = kept.split('\n').collect();
            let (last, whole) = lines.split_last().expect("at least one");
            prop_assert!(whole.iter().zip(&words).all(|(line, word)| line == word));
            prop_assert!(words[whole.len()].starts_with(last));
            prop_assert!(body.len() + 4 > post_bytes, "no more is cut than has to be");
        }
    }
}
