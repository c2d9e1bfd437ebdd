//! WebSocket for visitors: `/api/v1/widget/socket` (contract, section 6).

mod commands;
mod frames;
mod hello;
mod mouth;
mod run;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use web::Problem;
use web::client_ip::ClientIp;
use web::listener::Held;
use web::socket::{Ended, Wire};

use crate::state::Gateway;

pub(crate) use frames::{Frame, Hello};
pub(crate) use hello::admit;
pub(crate) use mouth::{Heard, Mouth};
pub(crate) use run::{Guest, going_away, run, run_for};

/// Takes the connection over, if it comes from a page that may.
pub(crate) async fn upgrade(
    State(gateway): State<Gateway>,
    Extension(client): Extension<ClientIp>,
    held: Option<Extension<Held>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !gateway.config().origins.allow(&headers) {
        let detail = "This page's origin is not allowed. Add it to site.allowed_origins.";
        return Problem::forbidden("origin_not_allowed", detail).into_response();
    }
    let upgrade = match upgrade {
        Ok(upgrade) => web::socket::configure(upgrade, gateway.config().limits.frame_bytes),
        Err(rejection) => return web::socket::not_a_handshake(&rejection).into_response(),
    };
    upgrade.on_upgrade(move |socket| {
        let tracker = gateway.tracker().clone();
        // The drain waits for this future, though nobody awaits the upgraded connection's task itself.
        tracker.track_future(async move {
            let held = held;
            let stop = gateway.stop().clone();
            let mut wire = Wire::new(socket, stop.clone());
            let ended = tokio::select! {
                ended = run::run(&gateway, client, &mut wire) => ended,
                () = web::socket::out_of_time(stop) => run::going_away(),
            };
            if let Ended::Close(close) = ended {
                wire.close(close).await;
            }
            drop(held);
        })
    })
}
