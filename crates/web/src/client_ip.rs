//! Whose address a request comes from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

/// The address of the client: the connection's, or what a trusted proxy says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// What limits count by: an IPv4 address, or the /64 that one household has of IPv6.
    pub fn key(self) -> IpAddr {
        match self.0 {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                let network = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
                v6.to_ipv4_mapped().map_or(IpAddr::V6(network), IpAddr::V4)
            }
            v4 @ IpAddr::V4(_) => v4,
        }
    }
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Somebody at an address.
    Address(IpAddr),
    /// A program on this machine, by a Unix socket.
    Local,
}

/// Whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    /// Their addresses, or the networks that they are in.
    pub networks: Vec<IpNet>,
    /// Whether whoever comes by a Unix socket is one.
    pub unix: bool,
}

impl TrustedProxies {
    /// Whether what this peer says of others is believed.
    pub fn trusts(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.networks.iter().any(|network| network.contains(&address)),
            Peer::Local => self.unix,
        }
    }

    /// Walks `X-Forwarded-For` from its end over all trusted proxies; the first that is not one is the client.
    pub fn client(&self, peer: Peer, headers: &HeaderMap) -> ClientIp {
        let mut client = peer;
        let values = headers.get_all("x-forwarded-for").iter();
        let forwarded = values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
        for hop in forwarded.rsplit(',') {
            if !self.trusts(client) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(address) => client = Peer::Address(address.to_canonical()),
                Err(_) => break,
            }
        }
        match client {
            Peer::Address(address) => ClientIp(address),
            Peer::Local => ClientIp(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        }
    }
}

/// Puts [`ClientIp`] into the request's extensions.
pub async fn layer(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let peer = peer.unwrap_or(Peer::Address(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    let client = proxies.client(peer, request.headers());
    request.extensions_mut().insert(client);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", value.parse().unwrap());
        headers
    }

    fn trusted(networks: &[&str]) -> TrustedProxies {
        TrustedProxies { networks: networks.iter().map(|net| net.parse().unwrap()).collect(), unix: false }
    }

    #[test]
    fn a_forwarded_address_is_believed_from_trusted_proxies_only() {
        let client = |proxies: &TrustedProxies, peer: &str, said: &str| {
            proxies.client(Peer::Address(peer.parse().unwrap()), &headers(said)).0.to_string()
        };
        assert_eq!(client(&TrustedProxies::default(), "10.0.0.1", "1.2.3.4"), "10.0.0.1");
        let one = trusted(&["10.0.0.1/32"]);
        assert_eq!(client(&one, "10.0.0.1", "9.9.9.9, 1.2.3.4"), "1.2.3.4");
        assert_eq!(client(&one, "10.0.0.1", "9.9.9.9, ::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(client(&one, "10.0.0.2", "1.2.3.4"), "10.0.0.2");
        assert_eq!(client(&one, "10.0.0.1", "nonsense"), "10.0.0.1");
        let network = trusted(&["10.0.0.0/8", "fd00::/8"]);
        assert_eq!(client(&network, "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.9.0.2"), "1.2.3.4");
        assert_eq!(client(&network, "fd12::1", "2001:db8::7"), "2001:db8::7");
        assert_eq!(client(&network, "11.0.0.1", "1.2.3.4"), "11.0.0.1");
    }

    #[test]
    fn a_unix_socket_speaks_for_others_only_when_it_is_trusted() {
        let mut proxies = TrustedProxies::default();
        let said = headers("1.2.3.4");
        assert_eq!(proxies.client(Peer::Local, &said).0.to_string(), "127.0.0.1");
        proxies.unix = true;
        assert_eq!(proxies.client(Peer::Local, &said).0.to_string(), "1.2.3.4");
        assert_eq!(proxies.client(Peer::Local, &HeaderMap::new()).0.to_string(), "127.0.0.1");
    }

    #[test]
    fn a_household_of_ipv6_counts_as_one() {
        let key = |text: &str| ClientIp(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:1.2.3.4"), key("1.2.3.4"));
    }
}
