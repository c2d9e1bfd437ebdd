//! Who asks: the session's cookie with its CSRF token, or an API token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, header};
use desk::{Caller, hash_secret};
use domain::admin::{Admin, Role};
use domain::deed::{Deed, DeedKind};
use storage::SecretHash;
use web::Problem;

use crate::PortalState;
use crate::auth::signed_in;

/// The header in which a page's script sends its session's CSRF token.
const CSRF: &str = "x-csrf-token";

/// The admin who asks, with what they have shown for it.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) admin: Admin,
    pub(crate) credential: Credential,
}

/// By what right somebody asks; it may be taken back while a socket is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A session, by the hash of its id.
    Session(SecretHash),
    /// An API token, by its hash.
    Token(SecretHash),
}

impl Asking {
    pub(crate) fn caller(&self) -> Caller {
        Caller::Admin(self.admin.clone())
    }

    /// Something they do now, for the record.
    pub(crate) fn deed(&self, state: &PortalState, kind: DeedKind) -> Deed {
        Deed::new(state.clock.now(), self.caller().actor(), kind)
    }

    pub(crate) fn owner(&self) -> Result<(), Problem> {
        if self.admin.role == Role::Owner {
            Ok(())
        } else {
            Err(Problem::forbidden("owners_only", "Only an owner may do this."))
        }
    }
}

impl Credential {
    /// The admin behind it, if it still holds.
    pub(crate) async fn admin(self, state: &PortalState) -> Result<Option<Admin>, Problem> {
        let now = state.clock.now();
        let found = match self {
            Self::Token(hash) => state.storage.admin_by_api_token(hash, now).await,
            Self::Session(id) => match state.storage.session(id, now).await {
                Ok(Some(session)) => match session.admin {
                    Some(admin) => state.storage.admin(admin).await,
                    None => Ok(None),
                },
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            },
        };
        Ok(found.map_err(desk::DeskError::from)?.filter(Admin::enabled))
    }
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}

/// Who asks by the cookie or by the header of a request; `None` when neither is there or good.
pub(crate) async fn identify(
    headers: &HeaderMap,
    extensions: &Extensions,
    state: &PortalState,
) -> Result<Option<(Asking, Option<String>)>, Problem> {
    if let Some(token) = bearer(headers) {
        let credential = Credential::Token(hash_secret(token));
        let admin = credential.admin(state).await?;
        return Ok(admin.map(|admin| (Asking { admin, credential }, None)));
    }
    let session = signed_in(extensions, state).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a session could not be read");
        Problem::unavailable()
    })?;
    if session.as_ref().is_some_and(|session| session.owes_codes) {
        let detail = "Codes have to be set up for this account first. Open the portal.";
        return Err(Problem::unauthorized(detail));
    }
    Ok(session.map(|session| {
        let credential = Credential::Session(session.session);
        (Asking { admin: session.admin, credential }, Some(session.csrf))
    }))
}

impl FromRequestParts<PortalState> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, Problem> {
        let found = identify(&parts.headers, &parts.extensions, state).await?;
        let (asking, csrf) = found.ok_or_else(|| {
            Problem::unauthorized("Sign in to the portal, or send an API token: Authorization: Bearer ….")
        })?;
        let changes = !matches!(parts.method, Method::GET | Method::HEAD);
        if let (true, Some(csrf)) = (changes, csrf) {
            let sent = parts.headers.get(CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default();
            if !bool::from(subtle::ConstantTimeEq::ct_eq(csrf.as_bytes(), sent.as_bytes())) {
                let detail = "Send the page's CSRF token in X-CSRF-Token. Reload the page to get a new one.";
                return Err(Problem::forbidden("csrf", detail));
            }
        }
        Ok(asking)
    }
}
