//! Whose address a request comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

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

/// Whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<IpAddr>);

impl TrustedProxies {
    /// Walks `X-Forwarded-For` from its end over all trusted proxies; the first that is not one is the client.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> ClientIp {
        let mut client = peer;
        let values = headers.get_all("x-forwarded-for").iter();
        let forwarded = values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
        for hop in forwarded.rsplit(',') {
            if !self.0.contains(&client) {
                break;
            }
            match hop.trim().parse() {
                Ok(address) => client = address,
                Err(_) => break,
            }
        }
        ClientIp(client)
    }
}

/// Puts [`ClientIp`] into the request's extensions.
pub async fn layer(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
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

    #[test]
    fn a_forwarded_address_is_believed_from_trusted_proxies_only() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let none = TrustedProxies::default();
        assert_eq!(none.client(ip("10.0.0.1"), &headers("1.2.3.4")).0, ip("10.0.0.1"));
        let one = TrustedProxies(vec![ip("10.0.0.1")]);
        assert_eq!(one.client(ip("10.0.0.1"), &headers("9.9.9.9, 1.2.3.4")).0, ip("1.2.3.4"));
        assert_eq!(one.client(ip("10.0.0.2"), &headers("1.2.3.4")).0, ip("10.0.0.2"));
        assert_eq!(one.client(ip("10.0.0.1"), &headers("nonsense")).0, ip("10.0.0.1"));
        let two = TrustedProxies(vec![ip("10.0.0.1"), ip("10.0.0.2")]);
        assert_eq!(two.client(ip("10.0.0.1"), &headers("6.6.6.6, 1.2.3.4, 10.0.0.2")).0, ip("1.2.3.4"));
    }

    #[test]
    fn a_household_of_ipv6_counts_as_one() {
        let key = |text: &str| ClientIp(text.parse().unwrap()).key();
        assert_eq!(key("2001:db8:1:2:3::4"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:1.2.3.4"), key("1.2.3.4"));
    }
}
