//! What an operator decides about mail.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;

use crate::letter::one_line;
use crate::smtp_url::SmtpUrl;

/// A value that cannot be used, with the key of the settings that holds it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} {detail}")]
pub struct SettingsFault {
    /// Which key.
    pub key: &'static str,
    /// What is wrong with it; never the value itself, which may hold a password.
    pub detail: String,
}

/// The mailer's settings. Whoever holds one has values that were checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who the mails are from.
    pub from: Sender,
    /// How they leave.
    pub transport: Transport,
    /// The only base of links in mails; without a slash at its end.
    pub public_url: String,
    /// What the host site is called.
    pub site_name: String,
    /// How many mails may be on their way at once; each lane keeps one connection to the server.
    pub lanes: usize,
    /// How long the server may take for one step of the SMTP dialogue; twice as long for the final dot.
    pub patience: Duration,
    /// For how long a try may keep its lane before it draws aside.
    pub prompt: Duration,
    /// How many mails an admin gets within which time; what comes beyond them is gathered into digests.
    pub mails_per_admin: Option<(u32, Duration)>,
}

impl Settings {
    /// The usual number of lanes: few, as relays refuse those who come with many connections.
    pub const LANES: usize = 3;
    /// The usual patience.
    pub const PATIENCE: Duration = Duration::from_secs(30);
    /// How long a try usually takes at most: others wait for no more than this.
    pub const PROMPT: Duration = Duration::from_millis(500);
    /// How many mails an admin usually gets at most.
    pub const MAILS_PER_ADMIN: (u32, Duration) = (60, Duration::from_hours(1));
}

/// How mails leave.
#[derive(Debug, Clone)]
pub enum Transport {
    /// They do not: they are kept in the built-in mailbox, which the portal shows.
    BuiltIn,
    /// By a mail server.
    Smtp(SmtpUrl),
}

/// Who mails are from: `desk@example.com` or `Example desk <desk@example.com>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// The part after the @, which names our mails, too.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }

    pub(crate) const fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

impl FromStr for Sender {
    type Err = SettingsFault;

    fn from_str(text: &str) -> Result<Self, SettingsFault> {
        let fault = |detail: &str| SettingsFault { key: "mail.from", detail: detail.to_owned() };
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err(fault("contains a control character"));
        }
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
            None => ("", text),
        };
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | ',' | ';' | '(' | ')');
        if !address.chars().all(plain) || address.contains('[') {
            return Err(fault("must be name@host or Name <name@host>"));
        }
        let address: Address = address.parse().map_err(|_| fault("must be name@host or Name <name@host>"))?;
        let name = Some(one_line(name, 80)).filter(|name| !name.is_empty());
        Ok(Self(Mailbox::new(name, address)))
    }
}

/// As people write it; the message has its own, encoded form.
impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.name {
            Some(name) => write!(f, "{name} <{}>", self.0.email),
            None => self.0.email.fmt(f),
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_plain_address_with_or_without_a_name() {
        for (text, shown) in [
            ("desk@burgerput.example", "desk@burgerput.example"),
            ("Burgerput desk <desk@burgerput.example>", "Burgerput desk <desk@burgerput.example>"),
            ("\"Desk, Burgerput\" <desk@burgerput.example>", "Desk, Burgerput <desk@burgerput.example>"),
            ("버거풋 데스크 <desk@burgerput.example>", "버거풋 데스크 <desk@burgerput.example>"),
            (" <desk@localhost> ", "desk@localhost"),
        ] {
            let sender: Sender = text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!(sender.to_string(), shown);
        }
    }

    #[test]
    fn a_bad_sender_is_refused_with_the_key() {
        for text in [
            "",
            "desk",
            "desk@",
            "@host",
            "Desk desk@host.example",
            "a@b.example, c@d.example",
            "\"a b\"@host.example",
            "desk@[127.0.0.1]",
            "Desk\r\nBcc: x@y.example <desk@host.example>",
            "데스크@host.example",
        ] {
            let fault = text.parse::<Sender>().expect_err(text);
            assert_eq!(fault.key, "mail.from", "{text}");
        }
    }
}
