//! `/healthz`: alive; `/readyz`: able to serve, or what is not.
//!
//! Visitors are told less than operators: a load balancer in front must not take the desk away because a mail server is down, for
//! the admins who are there already see every call.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::clock::Clock;
use serde_json::json;
use storage::Storage;

/// A mail that is still to leave after so long is somebody's who was not told.
const OLD_MAIL: Duration = Duration::from_mins(10);

#[derive(Clone)]
struct Health {
    storage: Arc<dyn Storage>,
    /// With it, mails are looked at as well.
    clock: Option<Arc<dyn Clock>>,
}

/// Both, for everybody: able to serve is whoever has a database that answers.
pub(crate) fn for_everybody(storage: Arc<dyn Storage>) -> Router {
    router(Health { storage, clock: None })
}

/// Both, for operators: a mail that should have left long ago is told, too.
pub(crate) fn for_operators(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Router {
    router(Health { storage, clock: Some(clock) })
}

fn router(health: Health) -> Router {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready)).with_state(health)
}

/// The same while the server starts: it is alive, and not able to serve yet.
pub(crate) fn starting() -> Router {
    let ready = || async { answer(&["starting"]) };
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
}

fn answer(failed: &[&str]) -> Response {
    let status = if failed.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": failed.is_empty(), "failed": failed }))).into_response()
}

async fn ready(State(Health { storage, clock }): State<Health>) -> Response {
    if let Err(error) = storage.epoch().await {
        return lost(&error);
    }
    let Some(clock) = clock else { return answer(&[]) };
    match storage.load().await {
        Ok(load) if load.oldest_unsent.is_some_and(|at| clock.now().since(at) > OLD_MAIL) => {
            answer(&["mail"])
        }
        Ok(_) => answer(&[]),
        Err(error) => lost(&error),
    }
}

fn lost(error: &storage::StorageError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "not ready: the database does not answer");
    answer(&["database"])
}
