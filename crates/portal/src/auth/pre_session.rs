//! The CSRF token of forms that are filled in before signing in: the same secret in a cookie and in the form.
//!
//! It needs no row in the database, so nobody can fill that by asking for the sign-in page.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::PortalState;

/// The token of a browser, and whether it has to be given to it.
#[derive(Debug, Clone)]
pub(crate) struct PreSession {
    pub(crate) token: String,
    fresh: bool,
}

fn name(state: &PortalState) -> &'static str {
    if state.settings.secure_cookies { "__Host-deskbell-form" } else { "deskbell-form" }
}

/// The value of a cookie of this request.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

impl PreSession {
    /// The browser's token, or a new one.
    pub(crate) fn of(headers: &HeaderMap, state: &PortalState) -> Self {
        let known = cookie(headers, name(state)).filter(|token| token.len() == 43);
        match known {
            Some(token) => Self { token: token.to_owned(), fresh: false },
            None => Self { token: state.desk.source().secret().reveal().to_owned(), fresh: true },
        }
    }

    /// Whether a form that came with this request was made for this browser.
    pub(crate) fn confirms(&self, token: &str) -> bool {
        !self.fresh && bool::from(subtle::ConstantTimeEq::ct_eq(self.token.as_bytes(), token.as_bytes()))
    }

    /// The `Set-Cookie` header, if the browser needs one.
    pub(crate) fn set_cookie(&self, state: &PortalState) -> Option<HeaderValue> {
        let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
        let text = format!("{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", name(state), self.token);
        self.fresh.then(|| HeaderValue::from_str(&text).ok()).flatten()
    }
}
