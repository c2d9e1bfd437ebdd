//! A handler that panics costs its own request, nothing else.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::Problem;

/// Answers 500 for a handler that panicked; what it said is in the log, not in the answer.
pub fn layer() -> CatchPanicLayer<fn(Box<dyn Any + Send + 'static>) -> Response> {
    CatchPanicLayer::custom(answer)
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("(no words)"), "a handler panicked");
    let detail = "Something went wrong here. Nothing was lost that was acknowledged; try again.";
    Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).into_response()
}
