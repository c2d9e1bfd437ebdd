//! The address of a mail server, as the settings write it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use lettre::transport::smtp::client::Certificate;

use crate::settings::SettingsFault;

/// Where and how mails are handed over: `smtps://user:pass@host:465`.
///
/// `smtps://` is TLS from the first byte. `smtp://` means STARTTLS and nothing without it, except towards a
/// loopback address, where nobody listens in. `?tls=none` or `?tls=required` says so outright.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub tls: Tls,
    /// With whom to sign in, and the password.
    pub(crate) credentials: Option<(String, String)>,
    /// Certificates of authorities that are trusted beside the well-known ones, as PEM.
    pub(crate) authorities: Vec<String>,
}

impl SmtpUrl {
    /// The same server, whose certificate may also come from this authority (PEM): a company's own.
    pub fn trusting(mut self, authority: &str) -> Result<Self, SettingsFault> {
        if Certificate::from_pem(authority.as_bytes()).is_err() || !authority.contains("BEGIN CERTIFICATE") {
            return Err(fault("is to trust an authority whose certificate is not PEM"));
        }
        self.authorities.push(authority.to_owned());
        Ok(self)
    }
}

/// How the line to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Implicit,
    /// By STARTTLS; without it nothing is sent.
    Required,
    /// Not at all.
    None,
}

const KEY: &str = "mail.url";

fn fault(detail: &str) -> SettingsFault {
    SettingsFault { key: KEY, detail: detail.to_owned() }
}

impl FromStr for SmtpUrl {
    type Err = SettingsFault;

    fn from_str(text: &str) -> Result<Self, SettingsFault> {
        let (scheme, rest) =
            text.trim().split_once("://").ok_or_else(|| fault("must begin with smtp:// or smtps://"))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let place = place.strip_suffix('/').unwrap_or(place);
        if place.contains(['/', '#']) {
            return Err(fault("must end after the port; a / # or ? in the password is written %2F %23 %3F"));
        }
        let (credentials, server) = match place.rsplit_once('@') {
            Some((credentials, server)) => (Some(credentials_of(credentials)?), server),
            None => (None, place),
        };
        let (host, port) = server_of(server)?;
        let tls = tls_of(scheme, query, &host)?;
        let usual = match tls {
            Tls::Implicit => 465,
            Tls::Required => 587,
            Tls::None => 25,
        };
        Ok(Self { host, port: port.unwrap_or(usual), tls, credentials, authorities: Vec::new() })
    }
}

fn credentials_of(text: &str) -> Result<(String, String), SettingsFault> {
    let (user, password) = text.split_once(':').ok_or_else(|| fault("has a user but no password"))?;
    if user.is_empty() || password.is_empty() {
        return Err(fault("has an empty user or password"));
    }
    Ok((percent_decoded(user)?, percent_decoded(password)?))
}

/// Splits `host:port`; an IPv6 address stands in brackets.
fn server_of(text: &str) -> Result<(String, Option<u16>), SettingsFault> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, port) = rest.split_once(']').ok_or_else(|| fault("has a [ without a ]"))?;
        if host.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(fault("has something other than an IPv6 address in brackets"));
        }
        match port {
            "" => (host, None),
            _ => (host, Some(port.strip_prefix(':').ok_or_else(|| fault("has no : before the port"))?)),
        }
    } else {
        text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)))
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || !host.chars().all(plain) {
        return Err(fault("has no usable host name"));
    }
    let port = port.map(|port| match port.parse() {
        Ok(0) | Err(_) => Err(fault("has a port that is not 1 to 65535")),
        Ok(port) => Ok(port),
    });
    Ok((host.to_owned(), port.transpose()?))
}

fn tls_of(scheme: &str, query: &str, host: &str) -> Result<Tls, SettingsFault> {
    let wish = match query {
        "" => None,
        "tls=none" => Some(Tls::None),
        "tls=required" => Some(Tls::Required),
        _ => return Err(fault("may end with ?tls=none or ?tls=required, nothing else")),
    };
    match (scheme, wish) {
        ("smtps", Some(Tls::None)) => Err(fault("says smtps:// and tls=none at once")),
        ("smtps", _) => Ok(Tls::Implicit),
        ("smtp", Some(tls)) => Ok(tls),
        ("smtp", None) if is_loopback(host) => Ok(Tls::None),
        ("smtp", None) => Ok(Tls::Required),
        _ => Err(fault("must begin with smtp:// or smtps://")),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn percent_decoded(text: &str) -> Result<String, SettingsFault> {
    let wrong = || fault("has a % in user or password that is not followed by two hexadecimal digits");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).ok_or_else(wrong);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).map_err(|_| wrong())?);
    }
    let text = String::from_utf8(bytes).map_err(|_| fault("has a user or password that is not UTF-8"))?;
    // A line break or NUL here would end the SMTP command it is put into.
    if text.chars().any(char::is_control) {
        return Err(fault("has a control character in user or password"));
    }
    Ok(text)
}

/// With the password hidden.
impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.tls == Tls::Implicit { "smtps://" } else { "smtp://" })?;
        if let Some((user, _)) = &self.credentials {
            write!(f, "{user}:***@")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)?;
        } else {
            write!(f, "{}:{}", self.host, self.port)?;
        }
        match self.tls {
            Tls::Implicit => Ok(()),
            Tls::Required => f.write_str("?tls=required"),
            Tls::None => f.write_str("?tls=none"),
        }
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpUrl({self})")
    }
}

#[cfg(test)]
mod tests;
