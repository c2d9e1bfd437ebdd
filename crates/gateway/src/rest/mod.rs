//! REST for visitors: `/api/v1/widget` (contract, section 4).

mod conversations;
mod inquiries;
mod origin;
mod sessions;

use std::str::FromStr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use web::{Path, Problem};

use crate::state::Gateway;

#[cfg(test)]
pub(crate) use conversations::CallIn;
pub(crate) use conversations::MessageIn;

/// All of its routes.
pub(crate) fn router(body_bytes: usize) -> Router<Gateway> {
    Router::new()
        .route("/socket", get(crate::socket::upgrade))
        .route("/events", get(crate::event_stream::own))
        .route("/origin", get(origin::show))
        .route("/sessions", post(sessions::create))
        .route("/conversations", post(conversations::call))
        .route("/conversations/{id}", get(conversations::show))
        .route("/conversations/{id}/events", get(conversations::events))
        .route("/conversations/{id}/messages", post(conversations::say))
        .route("/conversations/{id}/typing", post(conversations::typing))
        .route("/conversations/{id}/read", post(conversations::read))
        .route("/conversations/{id}/cancel", post(conversations::cancel))
        .route("/conversations/{id}/close", post(conversations::close))
        .route("/conversations/{id}/inquiry", post(conversations::leave_inquiry))
        .route("/inquiries", get(inquiries::list).post(inquiries::create))
        .route("/inquiries/{id}", get(inquiries::show).patch(inquiries::edit).delete(inquiries::delete))
        .route("/inquiries/{id}/comments", post(inquiries::comment))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                axum::http::StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "Not with this method.",
            )
        })
        .layer(DefaultBodyLimit::max(body_bytes))
}

/// An id out of a path. What is not an id is not there.
fn id<T: FromStr>(Path(text): Path<String>) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}
