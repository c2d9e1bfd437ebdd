//! Asks a resolver.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

/// How long a question may wait, with all tries.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long one try may wait: the first may be lost.
const TRY: Duration = Duration::from_millis(1400);

/// Somebody who knows the DNS.
pub(super) struct Dns(TokioResolver);

impl Dns {
    /// The resolver at this address, else those of this machine (`/etc/resolv.conf`).
    pub(super) fn of(resolver: Option<SocketAddr>) -> Result<Self, String> {
        let mut builder = match resolver {
            Some(address) => TokioResolver::builder_with_config(at(address), TokioRuntimeProvider::default()),
            None => TokioResolver::builder_tokio().map_err(|error| format!("/etc/resolv.conf: {error}"))?,
        };
        let options = builder.options_mut();
        (options.timeout, options.attempts, options.edns0) = (TRY, 1, true);
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    /// All texts that stand there; each may be in several pieces.
    pub(super) async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let found = self.ask(name, RecordType::TXT).await?;
        let texts = found.into_iter().filter_map(|data| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        });
        Ok(texts.collect())
    }

    /// The servers that take mail for a name.
    pub(super) async fn mail_servers(&self, name: &str) -> Result<Vec<String>, String> {
        let found = self.ask(name, RecordType::MX).await?;
        let servers = found.into_iter().filter_map(|data| match data {
            RData::MX(server) => Some(server.exchange.to_string()),
            _ => None,
        });
        Ok(servers.collect())
    }

    /// Whether a name has an address.
    pub(super) async fn has_address(&self, name: &str) -> Result<bool, String> {
        for kind in [RecordType::A, RecordType::AAAA] {
            let found = self.ask(name, kind).await?;
            if found.iter().any(|data| matches!(data, RData::A(_) | RData::AAAA(_))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, String> {
        // With a dot at its end a name is whole: nothing of this machine's domain is tried behind it.
        let asking = self.0.lookup(format!("{name}."), kind);
        match tokio::time::timeout(PATIENCE, asking).await {
            Ok(Ok(found)) => Ok(found.answers().iter().map(|record| record.data.clone()).collect()),
            Ok(Err(error)) if error.is_no_records_found() => Ok(Vec::new()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }
}

fn at(address: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    let server = NameServerConfig::new(address.ip(), true, connections.into());
    ResolverConfig::from_name_servers(vec![server])
}

/// `192.0.2.53`, or with a port that is not 53.
pub(crate) fn resolver_address(text: &str) -> Result<SocketAddr, String> {
    let with_port = text.parse().or_else(|_| text.parse::<IpAddr>().map(|address| (address, 53).into()));
    with_port.map_err(|_| "must be an IP address, with or without a port".to_owned())
}
