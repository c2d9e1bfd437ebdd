//! REST for admins: `/api/v1/admin` (contract, section 5), and the admin socket beside it.

mod admins;
mod asking;
mod conversations;
mod inquiries;
mod notices;
mod stats;

use std::str::FromStr;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Query};
use axum::http::StatusCode;
use axum::routing::{get, patch, post};
use desk::Page;
use web::{Path, Problem};

use crate::{PortalState, socket};

pub(crate) use admins::kind_of_change;
pub(crate) use asking::{Asking, Credential, identify};

/// All of its routes.
pub(crate) fn router(state: &PortalState) -> Router<PortalState> {
    let api = Router::new()
        .route("/socket", get(socket::upgrade))
        .route("/conversations", get(conversations::list))
        .route("/conversations/{id}", get(conversations::show))
        .route("/conversations/{id}/events", get(conversations::events))
        .route("/conversations/{id}/join", post(conversations::join))
        .route("/conversations/{id}/leave", post(conversations::leave))
        .route("/conversations/{id}/close", post(conversations::close))
        .route("/conversations/{id}/promise", post(conversations::promise))
        .route("/conversations/{id}/move", post(conversations::move_to_board))
        .route("/conversations/{id}/messages", post(conversations::say))
        .route("/conversations/{id}/notes", post(conversations::note))
        .route("/inquiries", get(inquiries::list))
        .route("/inquiries/{id}", get(inquiries::show).patch(inquiries::edit).delete(inquiries::delete))
        .route("/inquiries/{id}/comments", post(inquiries::comment))
        .route("/inquiries/{id}/resolve", post(inquiries::resolve))
        .route("/inquiries/{id}/reopen", post(inquiries::reopen))
        .route("/inquiries/{id}/restore", post(inquiries::restore))
        .route("/notices", get(notices::list))
        .route("/notices/{id}/retry", post(notices::retry))
        .route("/stats", get(stats::show))
        .route("/admins", get(admins::list).post(admins::add))
        .route("/admins/{id}", patch(admins::change))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not with this method.")
        })
        .layer(DefaultBodyLimit::max(state.settings.body_bytes))
        .layer(crate::sessions(state));
    Router::new().nest("/api/v1/admin", api)
}

/// An id out of a path. What is not an id is not there.
fn id<T: FromStr>(Path(text): Path<String>) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The parameters of a query, or the one that is wrong.
fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    query.map(|Query(query)| query).map_err(|error| Problem::field("query", "wrong_value", error.body_text()))
}

/// The page after a cursor.
fn page(cursor: Option<&str>) -> Result<Page, Problem> {
    Ok(Page { before: web::paging::cursor(cursor)?, limit: 50 })
}

/// A search text: blank is none.
fn search(text: Option<String>) -> Result<Option<String>, Problem> {
    match text {
        Some(text) if text.chars().count() > 200 => {
            Err(Problem::field("q", "too_long", "is longer than 200 characters"))
        }
        Some(text) if text.chars().any(char::is_control) => {
            Err(Problem::field("q", "control_character", "contains a control character"))
        }
        text => Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())),
    }
}
