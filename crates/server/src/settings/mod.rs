//! The settings: defaults, the operator's file, the environment; read key by key, so that every fault is named.

mod layers;
mod protection;
mod read;
mod reader;
mod telemetry;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use domain::admin::Locale;
use domain::policy::Policy;
use gateway::IdentityKey;
use mailer::{Sender, SmtpUrl};
use web::client_ip::TrustedProxies;
use web::hsts::Hsts;
use web::rate_limit::Rate;

use crate::listening::{self, Address, Options};
use crate::telemetry::Format;
use crate::tls::Tls;

pub(crate) use telemetry::Telemetry;

/// All settings, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) server: Server,
    pub(crate) site: Site,
    /// The database file.
    pub(crate) database: PathBuf,
    pub(crate) visitors: Visitors,
    pub(crate) portal: Portal,
    pub(crate) policy: Policy,
    pub(crate) mail: Mail,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) telemetry: Telemetry,
    /// What is allowed, but hardly meant.
    pub(crate) warnings: Vec<String>,
    /// All of it as TOML, secrets masked.
    pub(crate) shown: String,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) listen: Vec<Address>,
    /// Whether the operator chose it; then it is not moved when it is taken.
    pub(crate) listen_chosen: bool,
    pub(crate) operator_listen: Vec<Address>,
    pub(crate) operator_chosen: bool,
    pub(crate) options: Options,
    pub(crate) public_url: Option<String>,
    /// The certificate, if TCP listeners for everybody speak TLS.
    pub(crate) tls: Option<Tls>,
    /// What browsers are told to remember, if anything.
    pub(crate) hsts: Option<Hsts>,
    pub(crate) trusted_proxies: TrustedProxies,
}

impl Server {
    /// The base of all links for whoever does not know where we listen in truth: as it was set, or the first address.
    pub(crate) fn base(&self) -> Option<String> {
        let address = || {
            self.listen.iter().find_map(|address| match address {
                Address::Tcp(address) => {
                    Some(listening::usable(*address, self.tls.is_some(), self.options.ipv6_only))
                }
                Address::Unix(_) | Address::Inherited(_) => None,
            })
        };
        self.public_url.clone().or_else(address)
    }
}

#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) locale: Locale,
}

#[derive(Debug)]
pub(crate) struct Visitors {
    pub(crate) anonymous: bool,
    pub(crate) identity: Option<IdentityKey>,
}

#[derive(Debug)]
pub(crate) struct Portal {
    pub(crate) require_codes: bool,
}

#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) from: Option<Sender>,
    pub(crate) url: Option<SmtpUrl>,
    /// Which key the mail server signs with; only the doctor wants to know.
    pub(crate) dkim_selector: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) format: Format,
    pub(crate) filter: String,
}

#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) frame_bytes: usize,
    pub(crate) body_bytes: usize,
    pub(crate) connections: usize,
    pub(crate) connections_per_ip: usize,
    pub(crate) sockets_per_visitor: usize,
    pub(crate) messages_per_visitor: Rate,
    pub(crate) calls_per_visitor: Rate,
    pub(crate) calls_per_ip: Rate,
    pub(crate) sessions_per_ip: Rate,
    pub(crate) mails_per_admin: Rate,
    pub(crate) sign_ins_per_account: Rate,
    pub(crate) sign_ins_per_ip: Rate,
}

/// A value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Which key: `wait.move_after`.
    pub(crate) key: String,
    /// What is wrong with it, and what would be right.
    pub(crate) detail: String,
}

impl Settings {
    /// Reads the settings in force, or all that is wrong with them.
    pub(crate) fn load(
        file: Option<&Path>,
        data: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Fault>> {
        let layers = layers::merge(file, environment)?;
        read::settings(layers, data)
    }
}

/// The environment of this process: the one place where it is read.
pub(crate) fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// All faults in one message.
pub(crate) fn describe(faults: &[Fault]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.key, fault.detail)).collect();
    anyhow::anyhow!("the settings cannot be used: {}", lines.join("; "))
}
