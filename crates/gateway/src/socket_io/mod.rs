//! Socket.IO v4 for visitors at `/socket.io/`, namespace `/` (contract, section 7; docs/adr/0012-socket-io.md).

mod mouth;
mod packet;
mod session;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use engineioxide::config::EngineIoConfig;
use engineioxide::handler::EngineIoHandler;
use engineioxide::service::EngineIoService;
use engineioxide::{DisconnectReason, Socket, Str};
use web::Problem;
use web::client_ip::ClientIp;
use web::socket::{Close, DEAD_AFTER, Ended, PING_EVERY, close};

use crate::socket::{going_away, run};
use crate::socket_io::mouth::SocketIo;
use crate::socket_io::session::Inbox;
use crate::state::Gateway;

#[cfg(test)]
pub(crate) use {mouth::Said, packet::Packet, packet::event};

/// How many packets may wait for a reader.
const WAITING: usize = 16;
/// How long the body of a request may take.
const BODY_WITHIN: Duration = Duration::from_secs(15);

/// All of `/socket.io/`: polling and WebSocket, from origins that may.
pub(crate) fn router(gateway: &Gateway) -> Router<Gateway> {
    let frame_bytes = gateway.config().limits.frame_bytes;
    let config = EngineIoConfig::builder()
        .req_path("/socket.io")
        .ping_interval(PING_EVERY)
        .ping_timeout(DEAD_AFTER.saturating_sub(PING_EVERY))
        .max_buffer_size(WAITING)
        .max_payload(frame_bytes as u64)
        .ws_read_buffer_size(1024)
        .ws_max_message_size(frame_bytes)
        .ws_max_frame_size(frame_bytes)
        .build();
    let engine = EngineIoService::with_config(Arc::new(Door(gateway.clone())), config);
    Router::new()
        .route_service("/socket.io/", engine)
        .layer(crate::cors(gateway))
        .layer(from_fn_with_state(gateway.clone(), admit))
}

/// Looks at a request before Engine.IO does: an origin that may not come in is refused whatever it asks for.
async fn admit(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    if !gateway.config().origins.allow(request.headers()) {
        let detail = "This page's origin is not allowed. Add it to site.allowed_origins.";
        return Problem::forbidden("origin_not_allowed", detail).into_response();
    }
    let query = request.uri().query().unwrap_or_default();
    if query.split('&').any(|pair| pair == "transport=websocket") && !is_handshake(request.headers()) {
        let detail = "This transport speaks WebSocket (RFC 6455, version 13) only.";
        return Problem::new(StatusCode::UPGRADE_REQUIRED, "not_a_handshake", detail).into_response();
    }
    let request = without_what_nobody_asks_for(request);
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let in_time = tokio::time::timeout(BODY_WITHIN, next.run(request)).await;
    in_time.unwrap_or_else(|_| {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "The body took too long to arrive.")
            .into_response()
    })
}

/// Engine.IO keeps a session's first request as long as the session: cookies and the browser's name have no business there. What
/// is kept is copied, since a header's value is a part of the buffer that the whole head was read into, and keeps all of it.
fn without_what_nobody_asks_for(mut request: Request) -> Request {
    let asked = [
        header::HOST,
        header::ORIGIN,
        header::CONNECTION,
        header::UPGRADE,
        header::SEC_WEBSOCKET_KEY,
        header::SEC_WEBSOCKET_VERSION,
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::ACCESS_CONTROL_REQUEST_METHOD,
        header::ACCESS_CONTROL_REQUEST_HEADERS,
    ];
    let all = std::mem::take(request.headers_mut());
    let kept = asked.into_iter().filter_map(|name| {
        let value = HeaderValue::from_bytes(all.get(&name)?.as_bytes()).ok()?;
        Some((name, value))
    });
    *request.headers_mut() = kept.collect();
    if let Ok(copy) = Uri::try_from(request.uri().to_string()) {
        *request.uri_mut() = copy;
    }
    request.extensions_mut().remove::<OriginalUri>();
    request
}

fn is_handshake(headers: &HeaderMap) -> bool {
    let is = |name, wanted: &str| {
        headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()))
    };
    is(header::UPGRADE, "websocket") && is(header::SEC_WEBSOCKET_VERSION, "13")
}

/// Lets Engine.IO's sessions in, each with a task of its own.
#[derive(Debug)]
struct Door(Gateway);

impl EngineIoHandler for Door {
    type Data = Inbox;

    fn on_connect(self: Arc<Self>, session: Arc<Socket<Inbox>>) {
        let gateway = self.0.clone();
        self.0.tracker().spawn(converse(gateway, session));
    }

    fn on_disconnect(&self, session: Arc<Socket<Inbox>>, _: DisconnectReason) {
        session.data.end(Ended::Gone);
    }

    fn on_message(self: &Arc<Self>, text: Str, session: Arc<Socket<Inbox>>) {
        session.data.put(text);
    }

    fn on_binary(self: &Arc<Self>, _: Bytes, session: Arc<Socket<Inbox>>) {
        session.data.end(Close(close::BINARY, "text only").into());
    }
}

async fn converse(gateway: Gateway, session: Arc<Socket<Inbox>>) {
    let client = session.req_parts.extensions.get::<ClientIp>().copied();
    let client = client.unwrap_or(ClientIp(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    let stop = gateway.stop().clone();
    let mut mouth = SocketIo::new(session, gateway.desk().source().clone(), stop.clone());
    let ended = tokio::select! {
        ended = run(&gateway, client, &mut mouth) => ended,
        () = web::socket::out_of_time(stop) => going_away(),
    };
    mouth.close(ended).await;
}
