//! Every spelling of a mail server's address, good and bad.

use super::*;

#[test]
fn good_addresses_are_understood() {
    let table: &[(&str, &str, u16, Tls)] = &[
        ("smtps://smtp.example.com", "smtp.example.com", 465, Tls::Implicit),
        ("smtps://u:p@smtp.example.com:4465", "smtp.example.com", 4465, Tls::Implicit),
        ("smtps://smtp.example.com?tls=required", "smtp.example.com", 465, Tls::Implicit),
        ("smtp://smtp.example.com", "smtp.example.com", 587, Tls::Required),
        ("smtp://smtp.example.com:25/", "smtp.example.com", 25, Tls::Required),
        ("smtp://smtp.example.com:25?tls=none", "smtp.example.com", 25, Tls::None),
        ("smtp://localhost", "localhost", 25, Tls::None),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Tls::None),
        ("smtp://127.8.8.8:1025", "127.8.8.8", 1025, Tls::None),
        ("smtp://[::1]:1025", "::1", 1025, Tls::None),
        ("smtp://[2001:db8::1]", "2001:db8::1", 587, Tls::Required),
        ("smtp://localhost:1025?tls=required", "localhost", 1025, Tls::Required),
        ("smtp://10.0.0.5", "10.0.0.5", 587, Tls::Required),
        ("smtp://localhost.example.com", "localhost.example.com", 587, Tls::Required),
    ];
    for (text, host, port, tls) in table {
        let url: SmtpUrl = text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"));
        assert_eq!((url.host.as_str(), url.port, url.tls), (*host, *port, *tls), "{text}");
    }
}

#[test]
fn user_and_password_are_percent_decoded() {
    let url: SmtpUrl =
        "smtps://desk%40example.com:p%3A%2F%40%ED%95%9C@smtp.example.com".parse().expect("good");
    assert_eq!(url.credentials, Some(("desk@example.com".to_owned(), "p:/@한".to_owned())));
}

/// S45.
#[test]
fn the_password_is_never_printed() {
    let url: SmtpUrl = "smtps://desk:hunter2@smtp.example.com".parse().expect("good");
    assert_eq!(url.to_string(), "smtps://desk:***@smtp.example.com:465");
    assert!(!format!("{url:?} {url}").contains("hunter2"));
}

#[test]
fn bad_addresses_are_refused_with_the_key() {
    let bad = [
        "",
        "smtp.example.com",
        "http://smtp.example.com",
        "smtp://",
        "smtp://:25",
        "smtp://user@smtp.example.com",
        "smtp://:pw@smtp.example.com",
        "smtp://user:@smtp.example.com",
        "smtp://smtp.example.com:0",
        "smtp://smtp.example.com:99999",
        "smtp://smtp.example.com:port",
        "smtp://smtp.example.com/ehlo",
        "smtp://smtp.example.com?tls=maybe",
        "smtp://smtp.example.com?tls=none&x=1",
        "smtps://smtp.example.com?tls=none",
        "smtp://[::1",
        "smtp://[nonsense]:25",
        "smtp://u:p%zz@smtp.example.com",
        "smtp://u:p%0d%0aRCPT@smtp.example.com",
        "smtp://u:p%ff@smtp.example.com",
        "smtp://u:p%@smtp.example.com",
        "smtp://smtp example.com",
        "smtp://스엠티피.example.com",
    ];
    for text in bad {
        let fault = text.parse::<SmtpUrl>().expect_err(text);
        assert_eq!(fault.key, "mail.url", "{text}");
        assert!(fault.to_string().starts_with("mail.url "), "{fault}");
        assert!(!fault.to_string().contains("example"), "a fault must not repeat what may hold a password");
    }
}

#[test]
fn an_authority_that_is_not_a_certificate_is_refused() {
    let url: SmtpUrl = "smtps://smtp.example.com".parse().expect("good");
    for text in ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
        assert_eq!(url.clone().trusting(text).expect_err(text).key, "mail.url");
    }
}
