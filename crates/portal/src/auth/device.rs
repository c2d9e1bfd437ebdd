//! From where somebody signs in, as they and the record are shown it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use web::client_ip::ClientIp;

use crate::browser;

/// The other end of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Device {
    /// Its network address.
    pub(crate) address: Option<ClientIp>,
    /// Its browser, in two words; empty when it does not say.
    pub(crate) browser: String,
}

impl Device {
    /// Its address and browser in one line.
    pub(crate) fn line(&self) -> String {
        let address = self.address.map(|address| address.0.to_string());
        let browser = (!self.browser.is_empty()).then(|| self.browser.clone());
        [address, browser].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            address: parts.extensions.get::<ClientIp>().copied(),
            browser: agent.map(browser::short).unwrap_or_default(),
        })
    }
}
