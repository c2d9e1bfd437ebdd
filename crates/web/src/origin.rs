//! Which pages may talk to us.

use axum::http::{HeaderMap, header};

use crate::hosts::is_loopback;

/// The origins that may open sockets and call the API from a page.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    allowed: Vec<String>,
}

impl Origins {
    /// `own` is the public URL's origin, always allowed; compared as the browser writes them: scheme, host and
    /// port, lower case, no slash at the end.
    pub fn new(own: &str, others: &[String]) -> Self {
        let allowed = std::iter::once(own).chain(others.iter().map(String::as_str));
        Self { allowed: allowed.map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect() }
    }

    /// Whether exactly this origin is allowed.
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed == origin)
    }

    /// Whether the handshake may go on: a page from an allowed origin, a page of ours opened on this machine under
    /// one of its own names (the host check has let only those through), or a program, which sends none. Two headers, or
    /// one that is not text, is neither.
    pub fn allow(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let origin = match (origins.next(), origins.next()) {
            (None, _) => return true,
            (Some(origin), None) => origin.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return false,
        };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        self.allows(origin) || (is_loopback(host) && origin.strip_prefix("http://") == Some(host))
    }

    /// All of them.
    pub fn all(&self) -> &[String] {
        &self.allowed
    }
}

/// The origin of a URL: `https://desk.example:8443/x` → `https://desk.example:8443`.
pub fn of_url(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let default = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    format!("{scheme}://{}", host.strip_suffix(default).unwrap_or(host)).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S10.
    #[test]
    fn only_an_exact_origin_is_allowed() {
        let origins = Origins::new("https://desk.example", &["https://shop.example:8443/".to_owned()]);
        for good in ["https://desk.example", "https://shop.example:8443"] {
            assert!(origins.allows(good), "{good}");
        }
        for bad in [
            "http://desk.example",
            "https://desk.example.evil.org",
            "https://evil.desk.example",
            "https://desk.example:443",
            "https://desk.example/",
            "https://DESK.example",
            "https://shop.example",
            "https://xdesk.example",
            "null",
            "",
            "https://desk.example.",
            "https://desk.example%60",
            "https://desk.example$",
            "https://desk.example https://x.y",
        ] {
            assert!(!origins.allows(bad), "{bad}");
        }
    }

    #[test]
    fn two_origins_are_none_and_none_is_a_program() {
        let origins = Origins::new("https://desk.example", &[]);
        let mut headers = HeaderMap::new();
        assert!(origins.allow(&headers));
        headers.append(header::ORIGIN, "https://desk.example".parse().unwrap());
        assert!(origins.allow(&headers));
        headers.append(header::ORIGIN, "https://desk.example".parse().unwrap());
        assert!(!origins.allow(&headers));
    }

    #[test]
    fn a_page_of_ours_may_be_opened_under_another_of_our_names() {
        let origins = Origins::new("http://localhost:4000", &[]);
        let mut headers = HeaderMap::new();
        headers.append(header::ORIGIN, "http://127.0.0.1:4000".parse().unwrap());
        assert!(!origins.allow(&headers));
        headers.append(header::HOST, "127.0.0.1:4000".parse().unwrap());
        assert!(origins.allow(&headers));
        headers.insert(header::ORIGIN, "http://127.0.0.1:4001".parse().unwrap());
        assert!(!origins.allow(&headers));
    }

    #[test]
    fn a_url_has_an_origin() {
        assert_eq!(of_url("https://Desk.example/help?x"), "https://desk.example");
        assert_eq!(of_url("http://localhost:4000"), "http://localhost:4000");
        assert_eq!(of_url("https://desk.example:443/"), "https://desk.example");
    }
}
