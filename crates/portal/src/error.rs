//! What keeps a page from being shown, and the page that says so instead.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use desk::DeskError;
use storage::StorageError;

use crate::auth::PasswordFault;
use crate::flash::Flash;
use crate::namesakes::NameFault;

/// Why a page is not shown. The reader sees it in their language: [`crate::page::dress`] words it.
#[derive(Debug)]
pub enum PageError {
    /// 303: sign in first, then come back to `next`.
    SignIn { next: Option<String> },
    /// 303: set codes up first.
    CodesFirst,
    /// 404.
    NotFound,
    /// 403: for owners only.
    OwnersOnly,
    /// 403: the form was not made by one of our pages for this browser, or is from an earlier sign-in.
    Csrf,
    /// 410: the one-time link was used or has expired.
    LinkGone,
    /// 410: the same where nobody is there yet who could give another.
    FirstLinkGone,
    /// 410: a call mail's link was used, has expired, or its call is gone.
    AnswerGone,
    /// 400, 413 or 415: the form could not be read.
    Form(StatusCode),
    /// 429, with the time to wait.
    TooMany(Duration),
    /// 503: the store did not answer.
    Unavailable,
    /// The rules or a field's check say no; a form's handler turns it into a [`Flash`].
    Refused(Flash),
}

/// What a page about an error says, for [`crate::page::dress`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trouble(pub(crate) &'static str);

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } | Self::CodesFirst => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::OwnersOnly | Self::Csrf => StatusCode::FORBIDDEN,
            Self::LinkGone | Self::FirstLinkGone | Self::AnswerGone => StatusCode::GONE,
            Self::Form(status) => *status,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(_) => StatusCode::CONFLICT,
        }
    }

    const fn trouble(&self) -> Trouble {
        Trouble(match self {
            Self::OwnersOnly => "owners",
            Self::Csrf => "csrf",
            Self::LinkGone => "link",
            Self::FirstLinkGone => "first",
            Self::AnswerGone => "answer",
            Self::Form(_) | Self::Refused(_) => "form",
            Self::TooMany(_) => "busy",
            Self::Unavailable => "unavailable",
            Self::NotFound | Self::SignIn { .. } | Self::CodesFirst => "missing",
        })
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::SignIn { next } = &self {
            let to = next.as_ref().filter(|next| *next != "/admin").map_or_else(
                || "/admin/sign-in".to_owned(),
                |next| format!("/admin/sign-in?next={}", encode(next)),
            );
            return Redirect::to(&to).into_response();
        }
        if matches!(self, Self::CodesFirst) {
            return Redirect::to(crate::auth::enrolling::PAGE).into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self.trouble());
        if let Self::TooMany(wait) = self {
            let seconds = wait.as_secs().saturating_add(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A path with its query, as the value of a query's field. What [`crate::auth::next::safe`] lets through needs
/// no more than this.
fn encode(path: &str) -> String {
    path.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace('?', "%3F").replace('=', "%3D")
}

impl From<StorageError> for PageError {
    fn from(error: StorageError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store did not answer");
        Self::Unavailable
    }
}

impl From<DeskError> for PageError {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound => Self::NotFound,
            DeskError::Refused(refusal) => Self::Refused(Flash::refused(refusal.code())),
            DeskError::InquiryRefused(refusal) => Self::Refused(Flash::refused(refusal.code())),
            DeskError::Unavailable(error) => error.into(),
        }
    }
}

impl From<tower_sessions::session::Error> for PageError {
    fn from(error: tower_sessions::session::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the session could not be read or kept");
        Self::Unavailable
    }
}

impl From<PasswordFault> for PageError {
    fn from(fault: PasswordFault) -> Self {
        match fault {
            PasswordFault::Busy => Self::TooMany(Duration::from_secs(2)),
            PasswordFault::Failed => Self::Unavailable,
            fault => Self::Refused(Flash::fault(fault.code())),
        }
    }
}

impl From<NameFault> for PageError {
    fn from(fault: NameFault) -> Self {
        Self::Refused(match &fault {
            NameFault::LooksLike { of } => Flash::fault_by(fault.code(), of.as_str()),
            NameFault::Text(_) | NameFault::Turned => Flash::fault(fault.code()),
        })
    }
}

impl From<domain::text::TextFault> for PageError {
    fn from(fault: domain::text::TextFault) -> Self {
        Self::Refused(Flash::fault(fault.code()))
    }
}
