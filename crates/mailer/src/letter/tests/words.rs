//! Both languages have the same words, and every word that is used is there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const KO: &str = include_str!("../../../../../templates/locales/ko/mail.ftl");
const EN: &str = include_str!("../../../../../templates/locales/en/mail.ftl");

/// The keys of a Fluent file, each with the arguments it uses.
fn keys(ftl: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in ftl.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =")
            && line.starts_with(|c: char| c.is_ascii_lowercase())
        {
            name.clone_into(&mut key);
            assert!(keys.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is there twice");
        }
        for part in line.split('$').skip(1) {
            let name: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
            keys.get_mut(&key).expect("an argument stands inside a message").insert(name);
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    assert_eq!(keys(KO), keys(EN));
}

#[test]
fn every_key_is_used_and_every_used_key_is_there() {
    let mut sources = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    read_all(&root.join("../../templates/mail"), &mut sources);
    read_all(&root.join("src"), &mut sources);
    let used: BTreeSet<&str> = sources
        .split('"')
        .filter(|text| text.starts_with("mail-") && text.len() > 5 && text.len() < 60 && !text.contains(' '))
        .collect();
    let there = keys(EN);
    for key in &used {
        assert!(there.contains_key(*key), "{key} is used but not there");
    }
    for key in there.keys() {
        assert!(used.contains(key.as_str()), "{key} is there but not used");
    }
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            into.push_str(&std::fs::read_to_string(&path).expect("is text"));
        }
    }
}
