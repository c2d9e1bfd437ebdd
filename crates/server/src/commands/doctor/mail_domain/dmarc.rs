//! DMARC: what others do with mails in a domain's name that neither SPF nor DKIM vouches for (RFC 7489).

use super::super::Finding;
use super::dns::Dns;
use super::tags::value;

const ABOUT: &str = "DMARC";

/// Asks at the domain, and at those above it: the organisation's own holds for all that have none.
pub(super) async fn look(dns: &Dns, domain: &str) -> Result<Finding, String> {
    for at in ancestors(domain) {
        let texts = dns.texts(&format!("_dmarc.{at}")).await?;
        let records: Vec<&String> = texts.iter().filter(|text| is_dmarc(text)).collect();
        if !records.is_empty() {
            return Ok(judge(domain, at, &records));
        }
    }
    let what = format!(
        "{domain} has none: anybody's mails in its name are taken for yours, and large providers ask for one"
    );
    let advice =
        format!("TXT at _dmarc.{domain}: \"v=DMARC1; p=none; rua=mailto:you@{domain}\" to begin with");
    Ok(Finding::doubtful(ABOUT, what, advice))
}

/// The domain and those above it, but for the last: nobody's mails are from a whole `com`.
fn ancestors(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |at| at.split_once('.').map(|(_, above)| above))
        .enumerate()
        .take_while(|(level, at)| *level == 0 || at.contains('.'))
        .map(|(_, at)| at)
}

fn judge(domain: &str, at: &str, records: &[&String]) -> Finding {
    let [record] = records else {
        let what = format!("_dmarc.{at} has {}; with more than one, none counts", records.len());
        return Finding::broken(ABOUT, what, "leave one of them");
    };
    let own = value(record, "p");
    // What the organisation says of the domains below it goes before what it says of itself.
    let policy = if at == domain { own } else { value(record, "sp").or(own) };
    match policy.as_deref() {
        Some("quarantine" | "reject") => Finding::fine(ABOUT, format!("_dmarc.{at}: {record}")),
        Some("none") => {
            let what = format!("_dmarc.{at}: {record}: forged mails are only reported (none)");
            let advice =
                "when the reports show that your own mails pass, say p=quarantine, and p=reject after that";
            Finding::doubtful(ABOUT, what, advice)
        }
        _ => {
            let what =
                format!("_dmarc.{at}: {record}: it has no policy that is known, so nothing of it counts");
            Finding::broken(ABOUT, what, "say p=none, p=quarantine or p=reject")
        }
    }
}

fn is_dmarc(text: &str) -> bool {
    text.split(';').next().is_some_and(|first| first.split_whitespace().collect::<String>() == "v=DMARC1")
}

#[cfg(test)]
mod tests {
    use super::super::super::Grade;
    use super::*;

    #[test]
    fn the_policy_decides() {
        for (at, record, grade, part) in [
            ("mail.desk.example", "v=DMARC1; p=reject", Grade::Fine, "p=reject"),
            ("mail.desk.example", "v = DMARC1 ;p = quarantine; sp=none", Grade::Fine, "quarantine"),
            ("mail.desk.example", "v=DMARC1; p=none; sp=reject", Grade::Doubtful, "only reported"),
            ("desk.example", "v=DMARC1; p=reject; sp=none", Grade::Doubtful, "_dmarc.desk.example: "),
            ("desk.example", "v=DMARC1; p=reject", Grade::Fine, "_dmarc.desk.example: "),
            ("mail.desk.example", "v=DMARC1; rua=mailto:x@desk.example", Grade::Broken, "no policy"),
            ("mail.desk.example", "v=DMARC1; p=all", Grade::Broken, "no policy"),
        ] {
            let record = record.to_owned();
            assert!(is_dmarc(&record), "{record}");
            let finding = judge("mail.desk.example", at, &[&record]);
            assert!(finding.grade == grade && finding.what.contains(part), "{record}: {finding}");
            assert_eq!(judge(at, at, &[&record, &record]).grade, Grade::Broken);
        }
        assert!(!is_dmarc("v=DMARC10; p=none") && !is_dmarc("p=none; v=DMARC1"));
    }

    #[test]
    fn the_organisation_is_found_above() {
        let names: Vec<&str> = ancestors("a.desk.co.uk").collect();
        assert_eq!(names, ["a.desk.co.uk", "desk.co.uk", "co.uk"]);
        assert_eq!(ancestors("intranet").collect::<Vec<_>>(), ["intranet"]);
    }
}
