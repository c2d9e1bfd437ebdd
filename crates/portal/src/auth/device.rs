//! From where somebody signs in, as they and the record are shown it.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use desk::hash_secret;
use domain::admin::Admin;
use domain::id::AdminId;
use storage::{Link, LinkPurpose, StorageError};
use web::client_ip::ClientIp;

use super::pre_session::cookie;
use crate::PortalState;
use crate::browser;

/// The other end of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Device {
    /// Its network address.
    pub(crate) address: Option<ClientIp>,
    /// Its browser, in two words; empty when it does not say.
    pub(crate) browser: String,
    /// What it was given to be known by when somebody signed in with it.
    known_by: Option<String>,
}

/// For so long a browser is known.
const LIFE: Duration = Duration::from_hours(180 * 24);

impl Device {
    /// Its address and browser in one line.
    pub(crate) fn line(&self) -> String {
        let address = self.address.map(|address| address.0.to_string());
        let browser = (!self.browser.is_empty()).then(|| self.browser.clone());
        [address, browser].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

impl Device {
    async fn is_of(&self, state: &PortalState) -> Result<Option<AdminId>, StorageError> {
        let Some(secret) = &self.known_by else { return Ok(None) };
        let link = state.storage.link(hash_secret(secret), state.clock.now()).await?;
        Ok(link.filter(|link| link.purpose == LinkPurpose::Device).and_then(|link| link.admin))
    }

    /// What tries to sign in with this address (folded) are counted by. A browser from which its admin has signed in before has
    /// tries of its own, so that strangers who use up those of the account do not keep them out.
    pub(crate) async fn throttle_key(
        &self,
        state: &PortalState,
        email: &str,
    ) -> Result<String, StorageError> {
        let (Some(secret), Some(id)) = (&self.known_by, self.is_of(state).await?) else {
            return Ok(email.to_owned());
        };
        let own = state.storage.admin(id).await?.is_some_and(|admin| admin.email.folded() == email);
        Ok(if own { format!("device {secret}") } else { email.to_owned() })
    }

    /// Has the browser known as one of `admin`'s from now on.
    pub(crate) async fn remember(
        &self,
        state: &PortalState,
        admin: &Admin,
        response: &mut Response,
    ) -> Result<(), StorageError> {
        if self.is_of(state).await? == Some(admin.id) {
            return Ok(());
        }
        let secret = state.desk.source().secret();
        let link = Link {
            secret: secret.hash(),
            purpose: LinkPurpose::Device,
            admin: Some(admin.id),
            conversation: None,
            notice: None,
            expires_at: state.clock.now().plus(LIFE),
        };
        state.storage.add_links(&[link]).await?;
        let (name, secure) = if state.settings.secure_cookies { (SECURE, "; Secure") } else { (PLAIN, "") };
        let life = LIFE.as_secs();
        let cookie =
            format!("{name}={}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}", secret.reveal());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(())
    }
}

/// The cookie's name over https, where no neighbour can set it, and without.
const SECURE: &str = "__Host-deskbell-device";
const PLAIN: &str = "deskbell-device";

impl<S: Send + Sync> FromRequestParts<S> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            address: parts.extensions.get::<ClientIp>().copied(),
            browser: agent.map(browser::short).unwrap_or_default(),
            known_by: cookie(&parts.headers, SECURE).or(cookie(&parts.headers, PLAIN)).map(str::to_owned),
        })
    }
}
