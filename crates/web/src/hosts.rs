//! Which names we answer to: a request for another host is misdirected (421), so that no link can be forged through `Host`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// The names we answer to.
#[derive(Debug, Clone)]
pub struct Hosts {
    public: Arc<str>,
    loopback: bool,
}

impl Hosts {
    /// The host (with its port) of the public URL, and the loopback names if a listener is on loopback.
    pub fn new(public_url: &str, loopback: bool) -> Self {
        let origin = crate::origin::of_url(public_url);
        let public = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host).into();
        Self { public, loopback }
    }

    fn answers(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = |host: &str| host.trim_end_matches(":443").trim_end_matches(":80").to_owned();
        if bare(&host) == bare(&self.public) {
            return true;
        }
        self.loopback && is_loopback(&host)
    }
}

/// Whether a host, with or without its port, is this machine by one of its usual names.
pub fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Refuses what is meant for another host.
pub async fn layer(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = match (request.uri().authority(), named.next(), named.next()) {
        (_, Some(_), Some(_)) => None,
        (Some(authority), _, _) => Some(authority.as_str()),
        (None, host, _) => host.and_then(|host| host.to_str().ok()),
    };
    if host.is_some_and(|host| hosts.answers(host)) {
        return next.run(request).await;
    }
    let detail = "This server answers for another name. Check server.public_url in its settings.";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "misdirected", detail).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_answered() {
        let hosts = Hosts::new("https://desk.example", false);
        assert!(hosts.answers("desk.example") && hosts.answers("DESK.example:443"));
        for other in ["evil.example", "desk.example.evil.org", "desk.example:8443", "localhost:4000", ""] {
            assert!(!hosts.answers(other), "{other}");
        }
        let local = Hosts::new("https://desk.example", true);
        assert!(local.answers("localhost:4000") && local.answers("127.0.0.1") && local.answers("[::1]:4000"));
        assert!(!local.answers("localhost.evil.org"));
    }
}
