//! SPF: from which servers mails of a domain may come (RFC 7208), read no deeper than its words.

use std::net::IpAddr;

use ipnet::IpNet;

use super::super::Finding;

const ABOUT: &str = "SPF";

/// What is to be said of the texts at a domain.
pub(super) fn judge(domain: &str, texts: &[String]) -> Finding {
    let records: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
    let record = match records.as_slice() {
        [record] => record.as_str(),
        [] => {
            let what = format!("{domain} has none: many servers put its mails to the spam, or refuse them");
            let advice = format!(
                "TXT at {domain}: \"v=spf1 include:… ~all\", with what the operator of your mail server tells you to include"
            );
            return Finding::doubtful(ABOUT, what, advice);
        }
        some => {
            let what = format!("{domain} has {}; with more than one, none counts", some.len());
            return Finding::broken(ABOUT, what, "put them together into one, and take the others away");
        }
    };
    let terms = record.split_ascii_whitespace().skip(1);
    if let Some(unknown) = terms.clone().find(|term| !is_term(term)) {
        let what = format!("{domain}: {record}: {unknown} is no term of SPF, so nothing of it counts");
        return Finding::broken(ABOUT, what, "correct or take out that term");
    }
    let mut others = terms.clone().filter_map(|term| {
        let (sign, word) = signed(term);
        word.eq_ignore_ascii_case("all").then_some(sign)
    });
    let led_on = terms.clone().any(|term| term.to_ascii_lowercase().starts_with("redirect="));
    match others.next() {
        Some('+') => {
            let what = format!("{domain}: {record}: it lets the whole world send in your name");
            Finding::doubtful(ABOUT, what, "end it with ~all or -all instead of +all")
        }
        Some('?') => unsaid(domain, record),
        None if !led_on => unsaid(domain, record),
        _ => Finding::fine(ABOUT, format!("{domain}: {record}")),
    }
}

fn unsaid(domain: &str, record: &str) -> Finding {
    let what = format!("{domain}: {record}: it says nothing of servers that are not named");
    Finding::doubtful(ABOUT, what, "end it with ~all or -all")
}

fn is_spf(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    word.eq_ignore_ascii_case("v=spf1")
}

/// A term's sign, and what follows it.
fn signed(term: &str) -> (char, &str) {
    match term.chars().next() {
        Some(sign @ ('+' | '-' | '~' | '?')) => (sign, &term[1..]),
        _ => ('+', term),
    }
}

/// A mechanism that is known, or a modifier, of which any may be there (section 4.6.1).
fn is_term(term: &str) -> bool {
    let (_, word) = signed(term);
    let end = word.find([':', '/', '=']).unwrap_or(word.len());
    let (name, value) = word.split_at(end);
    let network = |value: &str| {
        let address = value.strip_prefix(':')?;
        address.parse::<IpNet>().or_else(|_| address.parse::<IpAddr>().map(IpNet::from)).ok()
    };
    match name.to_ascii_lowercase().as_str() {
        "all" => value.is_empty(),
        "include" | "exists" => value.len() > 1 && value.starts_with(':'),
        "a" | "mx" | "ptr" => !value.starts_with('='),
        "ip4" => network(value).is_some_and(|network| network.addr().is_ipv4()),
        "ip6" => network(value).is_some_and(|network| network.addr().is_ipv6()),
        name => !name.is_empty() && value.starts_with('='),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Grade;
    use super::*;

    #[test]
    fn a_record_is_judged_by_its_words() {
        for (texts, grade, part) in [
            (vec!["v=spf1 include:_spf.mail.example -all"], Grade::Fine, "include:_spf"),
            (
                vec!["other", "V=SPF1 a mx/24 ip4:192.0.2.0/24 ip6:2001:db8::/32 exists:%{i}.x.example ~all"],
                Grade::Fine,
                "ip6",
            ),
            (vec!["v=spf1 redirect=_spf.mail.example"], Grade::Fine, "redirect"),
            (vec!["v=spf1 a:mail.desk.example ip4:192.0.2.7 exp=why.desk.example -ALL"], Grade::Fine, "exp"),
            (vec!["v=spf10 -all", "spf1"], Grade::Doubtful, "has none"),
            (vec![], Grade::Doubtful, "has none"),
            (vec!["v=spf1 -all", "v=spf1 ~all"], Grade::Broken, "has 2"),
            (vec!["v=spf1 mx +all"], Grade::Doubtful, "whole world"),
            (vec!["v=spf1 all"], Grade::Doubtful, "whole world"),
            (vec!["v=spf1 mx ?all"], Grade::Doubtful, "says nothing"),
            (vec!["v=spf1"], Grade::Doubtful, "says nothing"),
            (vec!["v=spf1 ipv4:192.0.2.7 -all"], Grade::Broken, "ipv4:192.0.2.7 is no term"),
            (vec!["v=spf1 ip4:192.0.2.777 -all"], Grade::Broken, "is no term"),
            (vec!["v=spf1 include: -all"], Grade::Broken, "include: is no term"),
        ] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            let finding = judge("desk.example", &texts);
            assert!(finding.grade == grade && finding.what.contains(part), "{texts:?}: {finding}");
        }
    }
}
