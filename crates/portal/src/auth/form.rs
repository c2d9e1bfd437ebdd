//! Posted forms: checked for their CSRF token before anything looks at them.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode};

use super::SignedIn;
use crate::PortalState;
use crate::error::PageError;

/// The fields of a form, as they came.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first field of this name, or nothing at all.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find_map(|(found, value)| (found == name).then_some(value.as_str())).unwrap_or_default()
    }

    /// A field of several lines: browsers send line ends as CR LF.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n").replace('\r', "\n")
    }
}

/// A form that anybody may have sent. Nothing in it is trusted yet.
#[derive(Debug)]
pub(crate) struct Unchecked(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Unchecked {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        if comes_from_elsewhere(request.headers()) {
            return Err(PageError::Csrf);
        }
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(Fields(fields))),
            Err(rejection) if web::in_time::was_too_slow(&rejection) => {
                Err(PageError::Form(StatusCode::REQUEST_TIMEOUT))
            }
            Err(rejection) => {
                Err(PageError::Form(axum::response::IntoResponse::into_response(rejection).status()))
            }
        }
    }
}

/// A form of somebody who is signed in, sent from one of our pages.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) by: SignedIn,
    pub(crate) fields: Fields,
}

impl FromRequest<PortalState> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &PortalState) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let by = SignedIn::from_request_parts(&mut parts, state).await?;
        let Unchecked(fields) = Unchecked::from_request(Request::from_parts(parts, body), state).await?;
        if by.csrf_is(fields.get("csrf")) { Ok(Self { by, fields }) } else { Err(PageError::Csrf) }
    }
}

/// A browser that says so is believed at once; one that says nothing is held to the token alone.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}
