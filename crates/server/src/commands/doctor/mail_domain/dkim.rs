//! DKIM: the key by which others check what a domain has signed (RFC 6376), looked at but not tried.

use super::super::Finding;
use super::tags::value;

const ABOUT: &str = "DKIM";

/// What is to be said when nobody has told which key it is.
pub(super) fn unknown() -> Finding {
    let what = "not looked at: mail.dkim_selector would say which key your mail server signs with";
    Finding::fine(ABOUT, what)
}

/// What is to be said of the texts at a selector's name.
pub(super) fn judge(name: &str, texts: &[String]) -> Finding {
    let advice = format!("put the TXT record at {name} that your mail server's operator gives you for it");
    let is_key = |text: &&String| value(text, "p").is_some() && value(text, "v").is_none_or(|v| v == "DKIM1");
    let keys: Vec<&String> = texts.iter().filter(is_key).collect();
    match keys.as_slice() {
        [] => Finding::broken(ABOUT, format!("{name} has no key: no signature can be checked"), advice),
        [key] if value(key, "p").is_some_and(|key| key.is_empty()) => {
            let what =
                format!("{name}: the key was taken back (p= is empty): signatures by it are worth nothing");
            Finding::broken(ABOUT, what, advice)
        }
        [key] => {
            let kind = value(key, "k").unwrap_or_else(|| "rsa".to_owned());
            Finding::fine(ABOUT, format!("{name} has a key ({kind})"))
        }
        some => {
            let what = format!("{name} has {} keys: which one counts is anybody's guess", some.len());
            Finding::broken(ABOUT, what, "leave the one that your mail server signs with")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Grade;
    use super::*;

    #[test]
    fn a_key_is_there_or_not() {
        for (texts, grade, part) in [
            (vec!["v=DKIM1; k=rsa; p=MIIB IjAN"], Grade::Fine, "has a key (rsa)"),
            (vec!["k=ed25519;p=11qY"], Grade::Fine, "has a key (ed25519)"),
            (vec!["v=DKIM1; p="], Grade::Broken, "was taken back"),
            (vec!["v=spf1 -all"], Grade::Broken, "has no key"),
            (vec![], Grade::Broken, "has no key"),
            (vec!["p=a", "p=b"], Grade::Broken, "has 2 keys"),
        ] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            let finding = judge("s._domainkey.desk.example", &texts);
            assert!(finding.grade == grade && finding.what.contains(part), "{texts:?}: {finding}");
        }
    }
}
