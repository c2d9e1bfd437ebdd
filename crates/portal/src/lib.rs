//! Gives admins their sign-in, queue, conversations and inquiries as pages.

mod account;
mod api;
pub mod auth;
mod browser;
mod call_links;
mod conversations;
mod error;
mod figures;
mod flash;
mod icons;
mod inquiries;
mod mails;
mod moment;
mod namesakes;
mod page;
mod people;
mod queue;
mod record;
mod room;
mod shell;
mod socket;
mod state;
mod team;
mod text;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

pub use namesakes::{NameFault, name_or_address};
pub use state::{Parts, PortalState, Settings};

use auth::session_store::{IDLE, Store};
use auth::{forgot, second_step, sign_in, welcome};
use error::PageError;

/// The longest form: a comment of the longest length, every byte of it written as three.
const FORM_BYTES: usize = 128 * 1024;

/// The layer that gives requests their session; the API and the socket stand inside it, too.
pub fn sessions(state: &PortalState) -> SessionManagerLayer<Store> {
    let secure = state.settings.secure_cookies;
    let store = Store::new(state.storage.clone(), state.clock.clone());
    SessionManagerLayer::new(store)
        .with_name(if secure { "__Host-deskbell" } else { "deskbell" })
        .with_secure(secure)
        .with_http_only(true)
        // Strict would keep somebody who follows the link in a mail signed out; forms carry a token of their own.
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(IDLE.try_into().unwrap_or(time::Duration::HOUR)))
}

/// Everything below `/admin`, and the files its pages need.
pub fn router(state: PortalState) -> Router {
    pages()
        .method_not_allowed_fallback(|| async { PageError::Form(StatusCode::METHOD_NOT_ALLOWED) })
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(sessions(&state))
        .layer(from_fn_with_state(state.clone(), page::dress))
        .merge(files())
        .merge(api::router(&state))
        .with_state(state)
}

fn pages() -> Router<PortalState> {
    Router::new()
        .route("/admin", get(queue::page))
        .route("/admin/", get(|| async { Redirect::permanent("/admin") }))
        .route("/admin/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/admin/sign-in/code", get(second_step::page).post(second_step::submit))
        .route("/admin/forgot", get(forgot::page).post(forgot::submit))
        .route("/admin/answer/{secret}", get(call_links::page).post(call_links::act))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/welcome/{secret}", get(welcome::page).post(welcome::submit))
        .route("/admin/conversations", get(conversations::page))
        .route("/admin/figures", get(figures::page))
        .route("/admin/conversations/{id}", get(room::page))
        .route("/admin/conversations/{id}/{verb}", post(room::actions::act))
        .route("/admin/inquiries", get(inquiries::board::page))
        .route("/admin/inquiries/{id}", get(inquiries::post::page))
        .route("/admin/inquiries/{id}/{verb}", post(inquiries::post::act))
        .route("/admin/mails", get(mails::notices::page))
        .route("/admin/mails/kept", get(mails::kept::page))
        .route("/admin/mails/{id}", get(mails::kept::one))
        .route("/admin/mails/{id}/html", get(mails::kept::html))
        .route("/admin/notices/{id}/retry", post(mails::notices::retry))
        .route("/admin/team", get(team::page).post(team::add))
        .route("/admin/team/{id}/{verb}", post(team::act))
        .route("/admin/record", get(record::page))
        .route("/admin/account", get(account::page).post(account::profile::save))
        .route("/admin/account/password", post(account::password::change))
        .route("/admin/account/duty", post(account::profile::duty))
        .route("/admin/account/language", post(account::profile::language))
        .route("/admin/account/codes", get(account::codes::page))
        .route("/admin/account/codes/{verb}", post(account::codes::act))
        .route("/admin/account/sessions", post(account::sessions::end))
        .route("/admin/{*rest}", get(|| async { PageError::NotFound }))
}

fn files() -> Router<PortalState> {
    Router::new()
        .route("/assets/portal/{file}", get(web::assets::portal))
        // The portal's modules import the widget's by a path that is the same in the repository and on the wire.
        .route("/assets/widget/{file}", get(web::assets::widget))
}
