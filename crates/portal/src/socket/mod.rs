//! WebSocket for admins: `/api/v1/admin/socket` (contract, section 6).

mod commands;
mod frames;
mod queue;
mod run;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use axum::RequestExt;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use web::Problem;
use web::client_ip::ClientIp;
use web::listener::Held;
use web::open_socket::OpenSocket;
use web::origin::{Origins, of_url};
use web::socket::{Close, Ended, Wire, close};

use crate::PortalState;
use crate::api::identify;

/// Takes the connection over, if it comes from the portal's own pages, or from a program.
pub(crate) async fn upgrade(State(state): State<PortalState>, mut request: Request) -> Response {
    let origins = Origins::new(&of_url(&state.settings.public_url), &[]);
    if !origins.allow(request.headers()) {
        let detail = "The admin socket is for the portal's own pages. Open the portal at server.public_url.";
        return Problem::forbidden("origin_not_allowed", detail).into_response();
    }
    let known = match identify(request.headers(), request.extensions(), &state).await {
        Ok(known) => known.map(|(asking, _)| asking),
        Err(problem) => return problem.into_response(),
    };
    let held = request.extensions().get::<Held>().cloned();
    let client = request.extensions().get::<ClientIp>().copied();
    let client = client.unwrap_or(ClientIp(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    let upgrade = match request.extract_parts::<WebSocketUpgrade>().await {
        Ok(upgrade) => web::socket::configure(upgrade, state.settings.frame_bytes),
        Err(rejection) => return web::socket::not_a_handshake(&rejection).into_response(),
    };
    upgrade.on_upgrade(move |socket| {
        let tracker = state.tracker.clone();
        tracker.track_future(async move {
            let (held, open) = (held, OpenSocket::of("admin"));
            let stop = state.stop.clone();
            let mut wire = Wire::new(socket, stop.clone());
            let mut who = None;
            let ended = tokio::select! {
                ended = run::run(&state, known, &mut wire, &mut who) => ended,
                () = web::socket::out_of_time(stop) => Close(close::GOING_AWAY, "going away").into(),
            };
            open.ended(ended, client, who.as_ref().map(|who| who as &dyn fmt::Display));
            if let Ended::Close(close) = ended {
                wire.close(close).await;
            }
            drop(held);
        })
    })
}
