//! The only place where an error becomes a status: RFC 9457 problem details for REST, `code` and `message` for sockets.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::DeskError;
use domain::conversation::Refusal;
use domain::text::TextFault;
use serde::Serialize;

/// An error as the outside sees it. Nothing internal is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// A sentence that says what to do.
    pub detail: String,
    /// The fields at fault.
    pub errors: Vec<FieldError>,
    /// After how many seconds to try again.
    pub retry_after: Option<u64>,
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Its path: `message.body`.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

#[derive(Serialize)]
struct Details<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// Any status with a code and a sentence.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// 400: what came is not JSON, or not what HTTP allows.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: sign in, or send a token.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// 403: signed in, and still not allowed.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: not there, or not yours.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing, or it is not yours.")
    }

    /// 422: a field is at fault.
    pub fn field(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        let (field, detail) = (field.into(), detail.into());
        let sentence = format!("{field} {detail}.");
        let error = FieldError { field, code, detail };
        Self { errors: vec![error], ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", sentence) }
    }

    /// 429: too often; `retry_after` in seconds.
    pub fn too_many(retry_after: u64) -> Self {
        let detail = format!("Too many requests. Try again in {retry_after} seconds.");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail);
        Self { retry_after: Some(retry_after), ..problem }
    }

    /// 503: the store did not answer; nothing was done.
    pub fn unavailable() -> Self {
        let detail = "Deskbell cannot store anything at the moment. Nothing was done; try again shortly.";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        Self { retry_after: Some(2), ..problem }
    }

    /// 422 for a text that was not taken.
    pub fn text(field: &str, fault: TextFault) -> Self {
        Self::field(field, fault.code(), fault.to_string())
    }
}

impl From<DeskError> for Problem {
    /// 404 not there or not theirs · 409 the rules refuse · 422 a promise out of range · 503 the store failed.
    fn from(error: DeskError) -> Self {
        let sentence = |text: String| {
            let mut letters = text.chars();
            letters
                .next()
                .map_or_else(String::new, |c| c.to_uppercase().chain(letters).chain(['.']).collect())
        };
        match error {
            DeskError::NotFound => Self::not_found(),
            DeskError::Refused(refusal @ Refusal::PromiseOutOfRange) => {
                Self::field("minutes", refusal.code(), "must be from 1 to 60")
            }
            DeskError::Refused(refusal) => {
                Self::new(StatusCode::CONFLICT, refusal.code(), sentence(refusal.to_string()))
            }
            DeskError::InquiryRefused(refusal) => {
                Self::new(StatusCode::CONFLICT, refusal.code(), sentence(refusal.to_string()))
            }
            DeskError::Unavailable(source) => {
                tracing::error!(error = &source as &dyn std::error::Error, "the store did not answer");
                Self::unavailable()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Details {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
