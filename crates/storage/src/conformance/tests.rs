//! Holds that the suite is complete: every promise is in its list, and every method of the traits is used by one.

const LIST: &str = include_str!("mod.rs");

const PROMISES: &[(&str, &str)] = &[
    ("admins", include_str!("admins.rs")),
    ("conversations", include_str!("conversations.rs")),
    ("deeds", include_str!("deeds.rs")),
    ("digests", include_str!("digests.rs")),
    ("event_log", include_str!("event_log.rs")),
    ("event_races", include_str!("event_races.rs")),
    ("histories", include_str!("histories.rs")),
    ("inquiries", include_str!("inquiries.rs")),
    ("links", include_str!("links.rs")),
    ("mailbox", include_str!("mailbox.rs")),
    ("meta", include_str!("meta.rs")),
    ("outbox", include_str!("outbox.rs")),
    ("second_factor", include_str!("second_factor.rs")),
    ("sessions", include_str!("sessions.rs")),
    ("visitors", include_str!("visitors.rs")),
];

const TRAITS: &[&str] = &[
    include_str!("../admins.rs"),
    include_str!("../conversations.rs"),
    include_str!("../deeds.rs"),
    include_str!("../event_log.rs"),
    include_str!("../inquiries.rs"),
    include_str!("../lib.rs"),
    include_str!("../links.rs"),
    include_str!("../outbox.rs"),
    include_str!("../second_factor.rs"),
    include_str!("../sessions.rs"),
    include_str!("../visitors.rs"),
];

fn names_after<'a>(source: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    source.lines().filter_map(move |line| {
        let rest = line.trim_start().strip_prefix(prefix)?;
        rest.split(['(', '<']).next()
    })
}

#[test]
fn every_promise_is_in_the_list() {
    for (matter, source) in PROMISES {
        let list = LIST.split(&format!("{matter}:\n")).nth(1).and_then(|rest| rest.split(';').next());
        let listed: Vec<&str> = list.expect("the matter is in the list").split_whitespace().collect();
        let written: Vec<&str> = names_after(source, "pub async fn ").collect();
        assert!(!written.is_empty());
        assert_eq!(listed, written, "{matter}");
    }
}

#[test]
fn every_method_of_the_store_is_in_a_promise() {
    let mut methods = 0;
    for source in TRAITS {
        for method in names_after(source, "async fn ") {
            methods += 1;
            let call = format!(".{method}(");
            assert!(PROMISES.iter().any(|(_, source)| source.contains(&call)), "no promise uses {method}");
        }
    }
    assert!(methods > 50);
}
