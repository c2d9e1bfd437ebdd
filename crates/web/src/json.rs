//! JSON bodies: 400 when it is not JSON, 413 when it is too big, 415 without its content type, 422 naming the wrong field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::in_time;
use crate::object::Object;
use crate::problem::Problem;

/// A JSON body, in or out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], axum::Json(self.0)).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        // A form of another site can send text/plain without asking; JSON it cannot (CSRF).
        let is_json = |kind: &str| kind.split(';').next().unwrap_or_default().trim() == "application/json";
        if !kind.is_some_and(is_json) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "Send the body as JSON, with Content-Type: application/json.",
            ));
        }
        let body =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                _ if in_time::was_too_slow(&rejection) => too_slow(),
                StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                _ => Problem::bad_request("unreadable_body", "The body could not be read."),
            })?;
        parse(&body).map(Self)
    }
}

fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The body took too long to arrive.")
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large.")
}

/// Reads a value from a JSON object, telling "not JSON" (400) from "JSON with a wrong field" (422).
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    parse_with(text, |reader| Object::<T>::deserialize(reader).map(|Object(value)| value))
}

/// The reader of JSON text that knows where in it it stands.
pub(crate) type Reader<'a, 'b, 'de> = serde_path_to_error::Deserializer<
    'a,
    'b,
    &'b mut serde_json::Deserializer<serde_json::de::SliceRead<'de>>,
>;

/// As [`parse`], for whatever `read` makes of the text.
pub(crate) fn parse_with<'de, T>(
    text: &'de [u8],
    read: impl FnOnce(Reader<'_, '_, 'de>) -> Result<T, serde_json::Error>,
) -> Result<T, Problem> {
    let not_json = || Problem::bad_request("not_json", "What was sent is not JSON.");
    let mut reader = serde_json::Deserializer::from_slice(text);
    let mut track = serde_path_to_error::Track::new();
    let value = read(serde_path_to_error::Deserializer::new(&mut reader, &mut track)).map_err(|error| {
        // A wrong field is found before the end has been looked at: the rest may be no JSON at all.
        if error.is_data() && is_json(text) {
            wrong_field(&track.path().to_string(), &error.to_string())
        } else {
            not_json()
        }
    })?;
    reader.end().map_err(|_| Problem::bad_request("not_json", "There is something after the JSON."))?;
    Ok(value)
}

fn is_json(text: &[u8]) -> bool {
    let whole = std::str::from_utf8(text).ok();
    whole.is_some_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
}

/// serde says "unknown field `x`, expected …" and "missing field `x`" at the path of the object around it.
fn wrong_field(path: &str, message: &str) -> Problem {
    let quoted = message.split('`').nth(1);
    let around = if path == "." { "" } else { path };
    let inside = |name: &str| {
        if around.is_empty() || around == name || around.ends_with(&format!(".{name}")) {
            if around.is_empty() { name.to_owned() } else { around.to_owned() }
        } else {
            format!("{around}.{name}")
        }
    };
    let (field, code, detail) = match quoted {
        Some(name) if message.starts_with("missing field") => (inside(name), "missing", "is missing"),
        Some(name) if message.starts_with("unknown field") => (inside(name), "unknown", "is not known here"),
        Some(name) if message.starts_with("duplicate field") => (inside(name), "duplicate", "is there twice"),
        Some(_) if message.starts_with("unknown variant") => {
            (around.to_owned(), "unknown_value", "has a value that is not known here")
        }
        _ => (around.to_owned(), "wrong_type", "has the wrong type"),
    };
    let field = if field.is_empty() { "body".to_owned() } else { field };
    Problem::field(field, code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its parsing is looked at")]
        inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its parsing is looked at")]
        id: String,
    }

    fn fault(text: &str) -> (u16, String, &'static str) {
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err();
        let field = problem.errors.first();
        let code = field.map_or(problem.code, |field| field.code);
        (problem.status.as_u16(), field.map(|field| field.field.clone()).unwrap_or_default(), code)
    }

    #[test]
    fn a_wrong_field_is_named_with_its_path() {
        assert_eq!(fault(r#"{"inner":{"id":1}}"#), (422, "inner.id".into(), "wrong_type"));
        assert_eq!(fault(r#"{"inner":{}}"#), (422, "inner.id".into(), "missing"));
        assert_eq!(fault(r#"{"inner":{"id":"a","x":1}}"#), (422, "inner.x".into(), "unknown"));
        assert_eq!(fault(r#"{"inner":{"id":"a","id":"b"}}"#), (422, "inner.id".into(), "duplicate"));
        // serde takes an array for a structure: nobody writes that on purpose.
        assert_eq!(fault(r#"[{"id":"a"}]"#), (422, "body".into(), "wrong_type"));
        assert_eq!(fault("7"), (422, "body".into(), "wrong_type"));
    }

    #[test]
    fn what_is_not_json_is_a_bad_request() {
        for text in [
            "",
            "{",
            "{\"inner\":NaN}",
            "{\"x\":1,",
            "{\"x\":1} x",
            "\u{feff}{}",
            "{\"inner\":{\"id\":\"a\"}} x",
            "{\"inner\":{\"id\":\"\\ud800\"}}",
        ] {
            assert_eq!(fault(text).0, 400, "{text}");
        }
        assert_eq!(fault(&"[".repeat(100_000)).0, 400);
        assert_eq!(fault(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).0, 422);
        assert_eq!(parse::<Outer>(b"{\"inner\":{\"id\":\"\xff\"}}").unwrap_err().status.as_u16(), 400);
        assert_eq!(parse::<Outer>(b"{\"x\":\"\xff\"}").unwrap_err().status.as_u16(), 400);
    }
}
