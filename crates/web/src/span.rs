//! Spans for a collector of traces: one for each request, one for each command of a socket (docs/operations.md).
//!
//! What stands in them is ours: methods, routes, codes, ids. No words, no addresses of anybody, no tokens. Spans of this
//! target go to the collector and nowhere else, and nothing else goes there; where there is no collector, they are not made.
//! What a request says about traces is not listened to: no visitor chooses an id, or what is recorded.

use std::fmt;

use axum::http::{Method, StatusCode};
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, info_span};

use crate::Problem;

/// The span of a request, until [`answered`].
pub(crate) fn request(method: &'static str, route: &str, id: &str) -> Span {
    info_span!(
        target: "deskbell::span",
        "http.request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request.id = id,
    )
}

/// With what a request was answered.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// A method by its name; what is in no use here has none, for whoever asks could make it up.
pub(crate) fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Carries a socket's command out in a span of its own.
pub async fn command<T>(
    transport: &'static str,
    name: &'static str,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    let span = info_span!(
        target: "deskbell::span",
        "socket.command",
        otel.name = %format_args!("socket {name}"),
        otel.kind = "server",
        otel.status_code = Empty,
        socket.transport = transport,
        socket.command = name,
        conversation.id = Empty,
        outcome = Empty,
    );
    let done = work.instrument(span.clone()).await;
    span.record("outcome", done.as_ref().map_or_else(|problem| problem.code, |_| "done"));
    if done.as_ref().is_err_and(|problem| problem.status.is_server_error()) {
        span.record("otel.status_code", "ERROR");
    }
    done
}

/// Which conversation the command that is being carried out is about.
pub fn concerns(conversation: impl fmt::Display) {
    Span::current().record("conversation.id", display(conversation));
}
