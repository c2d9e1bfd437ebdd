//! What is taken and what is not, field by field.

use super::*;

#[test]
fn a_body_is_refused_when_blank_too_long_or_with_control_characters() {
    assert_eq!(Body::new("", 10), Err(TextFault::Blank));
    assert_eq!(Body::new(" \n\t", 10), Err(TextFault::Blank));
    assert_eq!(Body::new("\u{200B}\u{3164}", 10), Err(TextFault::Blank));
    assert_eq!(Body::new("a\0b", 10), Err(TextFault::Control));
    assert_eq!(Body::new("a\rb", 10), Err(TextFault::Control));
    assert_eq!(Body::new("a\u{9b}b", 10), Err(TextFault::Control));
    assert_eq!(Body::new("한글한글", 11), Err(TextFault::TooManyBytes { limit: 11 }));
    assert_eq!(Body::new("한글한글", 12).unwrap().as_str(), "한글한글");
    assert_eq!(Body::new("two\n\tlines", 20).unwrap().as_str(), "two\n\tlines");
}

#[test]
fn a_title_is_one_line_counted_in_characters() {
    assert_eq!(Title::new("  결제가 안 돼요 ", 8).unwrap().as_str(), "결제가 안 돼요");
    assert_eq!(Title::new("결제가 안 돼요", 7), Err(TextFault::TooManyChars { limit: 7 }));
    assert_eq!(Title::new("a\nb", 9), Err(TextFault::Control));
    assert_eq!(Title::cut_from("\n  first line\nsecond", 7).unwrap().as_str(), "first …");
    assert_eq!(Title::cut_from(" \u{200B} ", 7), None);
    assert_eq!(Title::cut_from("\u{1}\u{7f}", 7), None, "control characters alone leave nothing");
    assert_eq!(Title::cut_from("\u{0} \u{200B}\n a\tb\u{0}", 7).unwrap().as_str(), "a b");
    assert_eq!(Title::cut_from("1234567", 7).unwrap().as_str(), "1234567");
}

#[test]
fn a_name_from_a_token_loses_its_control_characters() {
    assert_eq!(Name::cut_from("a\r\nBcc: x@y.z", 80).unwrap().as_str(), "aBcc: x@y.z");
    assert_eq!(Name::cut_from("\u{202E}\u{0}", 80), None);
}

#[test]
fn an_address_is_taken_only_in_its_plain_form() {
    for good in ["a@b.co", "kim.dev+desk@mail.example.kr", "o'neil@x-y.org", " a@b.co "] {
        assert!(Email::new(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "a",
        "@b.co",
        "a@",
        "a@b",
        "a@localhost",
        "a@[127.0.0.1]",
        "\"x\"@b.co",
        "\"x@evil.org \"@ex.org",
        "a@b@c.co",
        "a b@c.co",
        "a@b .co",
        "a@b..co",
        "a@-b.co",
        ".a@b.co",
        "a.@b.co",
        "a..b@c.co",
        "a@b.co\n",
        "a@1.2.3.4",
        "a(c)@b.co",
        "<a@b.co>",
        "a@b.co,c@d.co",
        "a@b.co;",
        "a%c.co@b.co",
        "c.co!a@b.co",
        "=?utf-8?q?a?=@b.co",
        "ä@b.co",
        "a@bücher.de",
    ] {
        assert_eq!(Email::new(bad), Err(TextFault::NotAnAddress), "{bad}");
    }
    assert!(Email::new(&format!("{}@b.co", "a".repeat(65))).is_err());

    // The longest: 64 before the @, labels of 63, 254 in all.
    let longest = |last: usize| {
        let [local, label, last] = [64, 63, last].map(|n| "a".repeat(n));
        Email::new(&format!("{local}@{label}.{label}.{last}"))
    };
    assert!(longest(61).is_ok());
    assert_eq!(longest(62), Err(TextFault::NotAnAddress));
}

#[test]
fn a_client_id_has_a_small_alphabet() {
    assert!(ClientId::new("b7f0_-Z").is_ok());
    assert!(ClientId::new(&"a".repeat(64)).is_ok());
    for bad in ["", "a b", "a/b", "한", &"a".repeat(65)] {
        assert_eq!(ClientId::new(bad), Err(TextFault::NotAClientId));
    }
}
