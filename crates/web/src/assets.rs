//! The files of `assets/`, compiled in: the file in the repository is the file served.

use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../assets"]
#[include = "widget/*.js"]
#[include = "widget/*.css"]
#[include = "widget/*.json"]
#[include = "widget/*.svg"]
#[include = "portal/*"]
#[exclude = "*/tests/*"]
#[exclude = "*.md"]
struct Assets;

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
    let Some(file) = Assets::get(path) else {
        return Problem::not_found().into_response();
    };
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..12]));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // A proxy that compresses marks the tag as weak.
    let same =
        known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let mut response =
        if same { StatusCode::NOT_MODIFIED.into_response() } else { whole(path, file).into_response() };
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    // The names carry no version, so the browser asks each time, and is told "unchanged" in one small answer.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if reach == Reach::AnySite {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    response
}

fn whole(path: &str, file: EmbeddedFile) -> Response {
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind)], file.data).into_response()
}

/// `/widget/{file}`
pub async fn widget(Path(file): Path<String>, request: Request) -> Response {
    serve(&format!("widget/{file}"), Reach::AnySite, &request)
}

/// `/widget.js`: the loader.
pub async fn loader(request: Request) -> Response {
    serve("widget/loader.js", Reach::AnySite, &request)
}

/// `/assets/portal/{file}`
pub async fn portal(Path(file): Path<String>, request: Request) -> Response {
    serve(&format!("portal/{file}"), Reach::OurPages, &request)
}
