//! `/healthz`: alive; `/readyz`: able to serve, or what is not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use storage::Storage;

/// The routes of both.
pub(crate) fn router(storage: Arc<dyn Storage>) -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(storage)
}

/// The same while the server starts: it is alive, and not able to serve yet.
pub(crate) fn starting() -> Router {
    let ready = || async { not_ready("starting") };
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
}

fn not_ready(why: &str) -> Response {
    let body = Json(json!({ "ready": false, "failed": [why] }));
    (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
}

async fn ready(State(storage): State<Arc<dyn Storage>>) -> Response {
    match storage.epoch().await {
        Ok(_) => (StatusCode::OK, Json(json!({ "ready": true, "failed": [] }))).into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "not ready: the database does not answer"
            );
            not_ready("database")
        }
    }
}
