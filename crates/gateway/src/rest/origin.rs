//! Whether a page may talk to us. A browser keeps our refusals from the page and does not say why; here every page can ask.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::Gateway;

/// `GET /origin`: readable from any page, and true at this moment only.
pub(crate) async fn show(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let allowed = gateway.config().origins.allow(&headers);
    let told = [(header::CACHE_CONTROL, "no-store"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (told, Json(json!({ "origin": origin, "allowed": allowed }))).into_response()
}
