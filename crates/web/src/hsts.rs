//! `Strict-Transport-Security` (RFC 6797): browsers that have seen it come by https:// alone from then on.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::hosts;

/// What browsers are told, as the operator chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hsts {
    /// For how long they remember it; zero makes them forget.
    pub max_age: Duration,
    /// Whether it holds for every name below ours as well.
    pub subdomains: bool,
}

impl Hsts {
    /// The header's value for this public URL. There is none for http://, nor for an address without a name, which
    /// browsers would not remember, nor for this machine's own name, which is not ours alone.
    pub fn value(self, public_url: &str) -> Option<HeaderValue> {
        let host = public_url.strip_prefix("https://")?;
        let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
        if hosts::is_loopback(host) || host.starts_with('[') || name.parse::<IpAddr>().is_ok() {
            return None;
        }
        let subdomains = if self.subdomains { "; includeSubDomains" } else { "" };
        HeaderValue::try_from(format!("max-age={}{subdomains}", self.max_age.as_secs())).ok()
    }
}

/// Adds it to every answer, but to what was meant for another host (421): for that one we do not speak.
pub async fn layer(State(value): State<HeaderValue>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() != StatusCode::MISDIRECTED_REQUEST {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_is_reached_by_https_is_remembered() {
        let hsts = Hsts { max_age: Duration::from_hours(24 * 365), subdomains: false };
        for url in ["https://desk.example", "https://desk.example:8443", "https://1.example"] {
            assert_eq!(hsts.value(url).unwrap(), "max-age=31536000", "{url}");
        }
        for url in [
            "http://desk.example",
            "https://localhost:4000",
            "https://127.0.0.1",
            "https://[::1]:4000",
            "https://192.0.2.7:4000",
            "https://[2001:db8::7]",
        ] {
            assert_eq!(hsts.value(url), None, "{url}");
        }
        let all = Hsts { subdomains: true, ..hsts };
        assert_eq!(all.value("https://desk.example").unwrap(), "max-age=31536000; includeSubDomains");
    }
}
