//! The files of `assets/`, compiled in as the build script has made them.

mod pack;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::path::Path;
use crate::problem::Problem;

/// Who may load a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Pages of any site: the widget is made to be embedded.
    AnySite,
    /// Our own pages.
    OurPages,
}

/// Serves `assets/{path}`; answers 304 when the browser has it.
pub fn serve(path: &str, reach: Reach, request: &Request) -> Response {
    let Some(file) = pack::file(path) else {
        return Problem::not_found().into_response();
    };
    let said = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let known = said(header::IF_NONE_MATCH).unwrap_or_default();
    // A proxy that compresses marks the tag as weak.
    let same = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == file.etag);
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else if said(header::ACCEPT_ENCODING).is_some_and(takes_gzip) {
        let headers = [(header::CONTENT_TYPE, file.kind()), (header::CONTENT_ENCODING, "gzip")];
        (headers, file.gzip).into_response()
    } else {
        ([(header::CONTENT_TYPE, file.kind())], file.plain).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static(file.etag));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    // The names carry no version, so the browser asks each time, and is told "unchanged" in one small answer.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if reach == Reach::AnySite {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    response
}

/// Whether `Accept-Encoding` names gzip and does not refuse it (RFC 9110, section 12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        name.eq_ignore_ascii_case("gzip")
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// `/widget/{file}`
#[expect(clippy::unused_async, reason = "a handler is one")]
pub async fn widget(Path(file): Path<String>, request: Request) -> Response {
    serve_from("widget", &file, Reach::AnySite, &request)
}

/// `/widget.js`: the loader.
#[expect(clippy::unused_async, reason = "a handler is one")]
pub async fn loader(request: Request) -> Response {
    serve("widget/loader.js", Reach::AnySite, &request)
}

/// `/socket.io/{file}`: the official client, where a server of Socket.IO has it. Under the name that the tutorials use there is
/// the same as under the other, not the long form for debugging.
#[expect(clippy::unused_async, reason = "a handler is one")]
pub async fn socket_io_client(Path(file): Path<String>, request: Request) -> Response {
    let file = if file == "socket.io.js" { "socket.io.min.js" } else { &file };
    serve_from("socket.io", file, Reach::AnySite, &request)
}

/// `/assets/portal/{file}`
#[expect(clippy::unused_async, reason = "a handler is one")]
pub async fn portal(Path(file): Path<String>, request: Request) -> Response {
    serve_from("portal", &file, Reach::OurPages, &request)
}

/// A file of one folder. An escaped slash would lead into another, with another reach.
fn serve_from(folder: &str, file: &str, reach: Reach, request: &Request) -> Response {
    if file.contains('/') {
        return Problem::not_found().into_response();
    }
    serve(&format!("{folder}/{file}"), reach, request)
}
