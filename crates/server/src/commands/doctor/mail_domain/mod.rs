//! Whether others take the mails of `mail.from`'s domain for what they are: its records in the DNS.

mod dkim;
mod dmarc;
mod dns;
mod spf;
mod tags;

use std::net::SocketAddr;

pub(crate) use dns::resolver_address;

use super::Finding;
use crate::settings::Settings;
use dns::Dns;

const ABOUT: &str = "mail domain";

/// Names that are in nobody's DNS (RFC 2606, RFC 6761).
const NOBODYS: [&str; 4] = ["localhost", "example", "invalid", "test"];

/// Asks what the DNS says of the domain that mails are from. A resolver that was named is asked about any; those of this
/// machine only about domains that the DNS may have.
pub(super) async fn look(settings: &Settings, resolver: Option<SocketAddr>) -> Vec<Finding> {
    let (Some(_), Some(from)) = (&settings.mail.url, &settings.mail.from) else { return Vec::new() };
    let domain = from.domain().trim_end_matches('.').to_lowercase();
    let last = domain.rsplit('.').next().unwrap_or_default();
    if domain.starts_with('[') || (resolver.is_none() && NOBODYS.contains(&last)) {
        return Vec::new();
    }
    let dns = match Dns::of(resolver) {
        Ok(dns) => dns,
        Err(why) => return vec![not_asked(&domain, &why)],
    };
    let (exists, spf, dkim, dmarc) = tokio::join!(
        existence(&dns, &domain),
        async { dns.texts(&domain).await.map(|texts| spf::judge(&domain, &texts)) },
        signature(&dns, settings.mail.dkim_selector.as_deref(), &domain),
        dmarc::look(&dns, &domain),
    );
    // Where nobody answers, one line says so.
    if let (Err(why), Err(_), Err(_)) = (&exists, &spf, &dmarc) {
        return vec![not_asked(&domain, why)];
    }
    let told = |looked: Result<Finding, String>| looked.unwrap_or_else(|why| not_asked(&domain, &why));
    [exists, spf, dkim, dmarc].map(told).into()
}

fn not_asked(domain: &str, why: &str) -> Finding {
    let what = format!("the DNS could not be asked about {domain}: {why}");
    Finding::doubtful(ABOUT, what, "name a resolver that can be reached: --resolver 9.9.9.9")
}

/// Whether anybody could answer to a mail: many servers refuse one whose sender does not exist.
async fn existence(dns: &Dns, domain: &str) -> Result<Finding, String> {
    let servers = dns.mail_servers(domain).await?;
    if servers.iter().any(|server| server == ".") {
        let what =
            format!("{domain} says that it takes no mail (MX is a dot): some servers refuse mails from it");
        let advice = "let mail.from be at a domain that takes mail";
        return Ok(Finding::doubtful(ABOUT, what, advice));
    }
    if !servers.is_empty() {
        return Ok(Finding::fine(ABOUT, format!("{domain} takes mail at {}", servers.join(" "))));
    }
    if dns.has_address(domain).await? {
        return Ok(Finding::fine(ABOUT, format!("{domain} has no MX, but an address")));
    }
    let what = format!("{domain} has neither MX nor address: most servers refuse mails from it");
    Ok(Finding::broken(ABOUT, what, "check mail.from for a slip, or give the domain an MX record"))
}

async fn signature(dns: &Dns, selector: Option<&str>, domain: &str) -> Result<Finding, String> {
    let Some(selector) = selector else { return Ok(dkim::unknown()) };
    let name = format!("{selector}._domainkey.{domain}");
    dns.texts(&name).await.map(|texts| dkim::judge(&name, &texts))
}
