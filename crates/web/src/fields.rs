//! Checks of single fields, each naming itself in its error.

use domain::context::{CallContext, PageError};
use domain::text::{Body, ClientId, Email, Title};
use serde::Deserialize;

use crate::object::Object;
use crate::problem::Problem;

/// A message's or a post's words.
pub fn body(field: &str, text: &str, limit: usize) -> Result<Body, Problem> {
    Body::new(text, limit).map_err(|fault| Problem::text(field, fault))
}

/// A title.
pub fn title(field: &str, text: &str, limit: usize) -> Result<Title, Problem> {
    Title::new(text, limit).map_err(|fault| Problem::text(field, fault))
}

/// An address; an empty one is none.
pub fn email(field: &str, text: Option<&str>) -> Result<Option<Email>, Problem> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => Email::new(text).map(Some).map_err(|fault| Problem::text(field, fault)),
    }
}

/// An id that a client made.
pub fn client_id(field: &str, text: &str) -> Result<ClientId, Problem> {
    ClientId::new(text).map_err(|fault| Problem::text(field, fault))
}

/// What the page tells about itself with a call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextIn {
    url: Option<String>,
    title: Option<String>,
    release: Option<String>,
    user_agent: Option<String>,
    viewport: Option<String>,
    #[serde(default)]
    errors: Vec<Object<ErrorIn>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorIn {
    at: Option<String>,
    kind: Option<String>,
    message: Option<String>,
    source: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
}

/// At most so many errors of the page; the newest are kept.
const ERRORS: usize = 20;

impl ContextIn {
    /// Makes the best of it: a page's evidence is cut to size and never stands in the way of a call.
    pub fn into_context(self) -> CallContext {
        let skip = self.errors.len().saturating_sub(ERRORS);
        CallContext {
            url: clean(self.url, 2048),
            title: clean(self.title, 300),
            release: clean(self.release, 100),
            user_agent: clean(self.user_agent, 512),
            viewport: clean(self.viewport, 32),
            errors: self.errors.into_iter().skip(skip).map(|Object(error)| error.into()).collect(),
        }
    }
}

impl From<ErrorIn> for PageError {
    fn from(error: ErrorIn) -> Self {
        Self {
            at: clean(error.at, 40),
            kind: clean(error.kind, 40),
            message: clean(error.message, 500),
            source: clean(error.source, 500),
            status: error.status,
            request_id: clean(error.request_id, 100),
        }
    }
}

fn clean(text: Option<String>, chars: usize) -> Option<String> {
    let text: String = text?.chars().filter(|c| !c.is_control()).take(chars).collect();
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(text: &str) -> CallContext {
        crate::json::parse::<ContextIn>(text.as_bytes()).unwrap().into_context()
    }

    #[test]
    fn a_pages_evidence_is_cut_to_size_and_cleaned() {
        let long = "가".repeat(5000);
        let cut = context(&format!(r#"{{"url":"{long}","title":" \u0000 ","viewport":"390\u0007x844"}}"#));
        assert_eq!(cut.url.map(|url| url.chars().count()), Some(2048));
        assert_eq!((cut.title, cut.viewport.as_deref()), (None, Some("390x844")));
    }

    #[test]
    fn of_many_errors_the_newest_are_kept() {
        let errors: Vec<String> = (0..50).map(|n| format!(r#"{{"message":"{n}","status":500}}"#)).collect();
        let kept = context(&format!(r#"{{"errors":[{}]}}"#, errors.join(","))).errors;
        assert_eq!(kept.len(), ERRORS);
        assert_eq!(kept.first().and_then(|error| error.message.as_deref()), Some("30"));
        assert_eq!(kept.last().and_then(|error| error.message.as_deref()), Some("49"));
    }

    #[test]
    fn an_empty_address_is_none_and_a_wrong_one_is_named() {
        assert!(matches!(email("email", None), Ok(None)));
        assert!(matches!(email("email", Some("  ")), Ok(None)));
        assert!(
            matches!(email("email", Some(" a@b.example ")), Ok(Some(found)) if found.as_str() == "a@b.example")
        );
        let problem = email("author.email", Some("a@b")).unwrap_err();
        assert_eq!(
            (problem.errors[0].field.as_str(), problem.errors[0].code),
            ("author.email", "not_an_email")
        );
    }
}
