//! Who asks: `Authorization: Bearer <visitor token>`.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use desk::{Caller, Desk};
use domain::visitor::Visitor;
use web::Problem;
use web::client_ip::ClientIp;

use crate::state::Gateway;

/// The visitor whose token came with the request, and where it came from.
pub(crate) struct Asking {
    pub(crate) visitor: Visitor,
    pub(crate) client: ClientIp,
}

impl Asking {
    pub(crate) fn caller(&self) -> Caller {
        Caller::Visitor(self.visitor.clone())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asking
where
    Gateway: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gateway = Gateway::from_ref(state);
        let token = bearer(&parts.headers).ok_or_else(|| {
            Problem::unauthorized(
                "Send a visitor token: Authorization: Bearer …, from POST /api/v1/widget/sessions.",
            )
        })?;
        let visitor = known(gateway.desk(), token).await?;
        gateway.desk().heard_of(visitor.id).await?;
        let client = parts.extensions.get::<ClientIp>().copied().ok_or_else(Problem::unavailable)?;
        Ok(Self { visitor, client })
    }
}

async fn known(desk: &Desk, token: &str) -> Result<Visitor, Problem> {
    let visitor = desk.visitor_by_token(token).await?;
    visitor.ok_or_else(|| {
        Problem::unauthorized("This visitor token is not known, or has expired. Get a new one.")
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}
