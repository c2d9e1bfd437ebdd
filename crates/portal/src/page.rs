//! Every answer of the portal: rendered pages, pages about errors, and the headers that go with them.

use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::admin::Locale;

use crate::PortalState;
use crate::auth::pre_session::cookie;
use crate::error::{PageError, Trouble};
use crate::shell::Shell;
use crate::words::{Words, accepted};

/// Scripts and styles are files of ours, the frame holds a kept mail; nothing else is loaded.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where the language that somebody chose before signing in is kept. Over https it is bound to host and transport as the other
/// cookies are, and so has the whole host for its path.
pub(crate) fn language_cookie(state: &PortalState) -> &'static str {
    if state.settings.secure_cookies { "__Host-deskbell-language" } else { "deskbell-language" }
}

/// The reader of this request, as far as it is known while the answer is made.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    guess: Locale,
    known: Arc<OnceLock<Locale>>,
}

impl Reader {
    fn of(headers: &HeaderMap, state: &PortalState) -> Self {
        let chosen = cookie(headers, language_cookie(state)).and_then(|tag| tag.parse().ok());
        let asked = || accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
        let guess = chosen.or_else(asked).unwrap_or(state.settings.locale);
        Self { guess, known: Arc::default() }
    }

    /// The reader has turned out to be somebody who speaks this.
    pub(crate) fn is(&self, locale: Locale) {
        let _ = self.known.set(locale);
    }

    pub(crate) fn words(&self) -> Words {
        Words(self.known.get().copied().unwrap_or(self.guess))
    }
}

/// Renders a page.
pub(crate) fn render(page: &impl Template) -> Result<Response, PageError> {
    match page.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be rendered");
            Err(PageError::Unavailable)
        }
    }
}

/// Names and values as the beginning of a query: `state=open&q=…&`. What is empty is left out.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.push_str(name);
        query.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                query.push(char::from(byte));
            } else {
                // Writing into a String cannot fail.
                let _ = write!(query, "%{byte:02X}");
            }
        }
        query.push('&');
    }
    query
}

/// The page about an error.
#[derive(Template)]
#[template(path = "portal/error.html")]
struct ErrorPage {
    s: Shell,
    status: u16,
    title: String,
    text: String,
    /// Whether it is a link for a password that is gone: another one is to be had elsewhere than among the calls.
    about_passwords: bool,
}

/// Gives every answer its headers, and errors a page in the reader's language.
pub(crate) async fn dress(State(state): State<PortalState>, mut request: Request, next: Next) -> Response {
    let reader = Reader::of(request.headers(), &state);
    request.extensions_mut().insert(reader.clone());
    let mut response = next.run(request).await;
    if let Some(trouble) = response.extensions().get::<Trouble>().copied() {
        response = error_page(&state, &reader, trouble, response);
    }
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::CONTENT_SECURITY_POLICY, POLICY);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    default(header::REFERRER_POLICY, "no-referrer");
    default(header::CACHE_CONTROL, "no-store");
    response
}

fn error_page(state: &PortalState, reader: &Reader, trouble: Trouble, bare: Response) -> Response {
    let s = Shell::plain(state, reader.words());
    let (title, text) = match trouble.0 {
        "owners" => (s.t("error-owners-title"), s.t("error-owners-text")),
        "csrf" => (s.t("error-csrf-title"), s.t("error-csrf-text")),
        "link" => (s.t("error-link-title"), s.t("error-link-text")),
        "first" => (s.t("error-first-title"), s.t("error-first-text")),
        "answer" => (s.t("error-answer-title"), s.t("error-answer-text")),
        "form" => (s.t("error-form-title"), s.t("error-form-text")),
        "busy" => (s.t("error-busy-title"), s.t("error-busy-text")),
        "unavailable" => (s.t("error-unavailable-title"), s.t("error-unavailable-text")),
        _ => (s.t("error-missing-title"), s.t("error-missing-text")),
    };
    let about_passwords = trouble.0 == "link";
    let page = ErrorPage { s, status: bare.status().as_u16(), title, text, about_passwords };
    let (mut parts, _) = bare.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    match page.render() {
        Ok(html) => (parts.status, parts.headers, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
