//! Speaks with visitors: REST, WebSocket, server-sent events, Socket.IO, the widget's files and its own pages.

mod config;
mod event_stream;
mod identity;
mod pages;
#[cfg(test)]
mod parsers;
mod rest;
mod socket;
mod socket_io;
mod state;
mod visitor;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::get;
use tower_http::cors::{AllowOrigin, CorsLayer};
use web::assets;

pub use config::{Config, Limits};
pub use identity::{IdentityKey, KeyFault};
pub use state::Gateway;

/// The whole public surface on one page.
pub fn router(gateway: Gateway) -> Router {
    let files = Router::new()
        .route("/widget.js", get(assets::loader))
        .route("/widget/{file}", get(assets::widget))
        .route("/socket.io/{file}", get(assets::socket_io_client));
    let pages = Router::new()
        .route("/", get(pages::home))
        .route("/help", get(pages::help))
        .route("/demo", get(pages::demo));
    let api = rest::router(gateway.config().limits.body_bytes).layer(cors(&gateway));
    let socket_io = socket_io::router(&gateway);
    Router::new().merge(files).merge(pages).merge(socket_io).nest("/api/v1/widget", api).with_state(gateway)
}

/// Pages of the host site call us from its origin. Tokens travel in a header, so no cookie ever has to.
fn cors(gateway: &Gateway) -> CorsLayer {
    let origins =
        gateway.config().origins.all().iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(std::time::Duration::from_hours(1))
}
