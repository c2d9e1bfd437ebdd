//! Both languages say the same things.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{EN, KO, Words, accepted};
use domain::admin::Locale;
use fluent_bundle::FluentResource;

/// Each message with the arguments it takes.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    assert!(FluentResource::try_new(text.to_owned()).is_ok(), "every line parses");
    let mut all = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) =
            line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            key = name.to_owned();
            assert!(all.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is there twice");
        }
        for (at, _) in line.match_indices('$') {
            let name =
                line[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            all.entry(key.clone()).or_default().insert(name);
        }
    }
    all
}

/// The text of every template and source file of this crate.
fn sources() -> String {
    fn read(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                read(&path, into);
            } else if !path.ends_with("tests.rs") {
                into.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = String::new();
    read(&root.join("src"), &mut all);
    read(&root.join("../../templates/portal"), &mut all);
    all
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    assert_eq!(messages(KO), messages(EN));
}

#[test]
fn every_key_that_a_page_names_is_there() {
    let known = messages(EN);
    let text = sources();
    let mut missing = BTreeSet::new();
    let mut named = 0;
    for call in
        ["s.t(\"", "s.n(\"", "s.v(\"", "s.vs(\"", "words.get(\"", "words.with(\"", "words.with_all(\""]
    {
        for part in text.split(call).skip(1) {
            let key = part.split('"').next().unwrap_or_default();
            named += 1;
            if !known.contains_key(key) {
                missing.insert(key.to_owned());
            }
        }
    }
    assert!(named > 100, "the search still finds the calls");
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_key_is_left_over() {
    let text = sources();
    // Keys that are put together from a word of the rules are found by their beginning.
    let made = [
        "refusal-",
        "fault-",
        "state-",
        "kind-",
        "status-",
        "notice-kind-",
        "notice-state-",
        "notice-skipped-",
        "flash-",
        "role-",
        "deed-",
    ];
    let left: Vec<String> = messages(EN)
        .into_keys()
        .filter(|key| !text.contains(&format!("\"{key}\"")) && !made.iter().any(|part| key.starts_with(part)))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn every_deed_has_its_words() {
    let in_calls = ["call-joined", "call-left", "call-promised", "call-moved", "call-closed"];
    let deeds: BTreeSet<String> = domain::deed::DeedKind::ALL
        .iter()
        .map(|kind| kind.as_str())
        .chain(in_calls)
        .map(|word| format!("deed-{word}"))
        .collect();
    let worded = messages(EN).into_keys().filter(|key| key.starts_with("deed-"));
    assert_eq!(worded.collect::<BTreeSet<_>>(), deeds);
}

#[test]
fn the_reader_gets_the_language_they_asked_for_first() {
    for (header, expected) in [
        ("ko-KR,ko;q=0.9,en;q=0.8", Some(Locale::Ko)),
        ("en", Some(Locale::En)),
        ("fr, en;q=0.4, ko;q=0.7", Some(Locale::Ko)),
        ("fr, ko;q=0", None),
        ("", None),
        ("*;q=banana", None),
    ] {
        assert_eq!(accepted(header), expected, "{header}");
    }
}

#[test]
fn a_count_is_worded_by_the_rules_of_its_language() {
    assert_eq!(Words(Locale::En).with("unit-minutes", "n", 1), "1 minute");
    assert_eq!(Words(Locale::En).with("unit-minutes", "n", 3), "3 minutes");
    assert_eq!(Words(Locale::Ko).with("unit-minutes", "n", 3), "3분");
}
