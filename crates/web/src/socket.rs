//! What both WebSockets share: small buffers, one reading of frames, close codes, pings, sending with a bound.

use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use futures_util::SinkExt;
use serde::Serialize;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;

/// How often a silent peer is pinged.
pub const PING_EVERY: Duration = Duration::from_secs(20);
/// After how long without a sign of life a peer is dead: two pings unanswered.
pub const DEAD_AFTER: Duration = Duration::from_secs(45);
/// How long the first frame may take.
pub const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How long a peer may leave a frame unread before it is cut off; it resumes from where it was.
pub const SEND_WITHIN: Duration = Duration::from_secs(30);
/// How long a closing handshake may take.
const CLOSED_WITHIN: Duration = Duration::from_secs(2);
/// How long a command in flight may still take once the server is stopping: well within its drain.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Close codes: RFC 6455, section 7.4.1, and our own from 4000 on.
pub mod close {
    /// The server is going away: reconnect.
    pub const GOING_AWAY: u16 = 1001;
    /// A binary frame.
    pub const BINARY: u16 = 1003;
    /// Not UTF-8, or not JSON.
    pub const NOT_JSON: u16 = 1007;
    /// Not allowed.
    pub const NOT_ALLOWED: u16 = 1008;
    /// Too big.
    pub const TOO_BIG: u16 = 1009;
    /// Something went wrong here: reconnect.
    pub const INTERNAL: u16 = 1011;
    /// Token or identity not accepted, or no longer valid.
    pub const UNAUTHORIZED: u16 = 4401;
    /// No hello.
    pub const NO_HELLO: u16 = 4408;
    /// Too many connections or frames.
    pub const TOO_MANY: u16 = 4429;
}

/// Why a socket is closed by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close(pub u16, pub &'static str);

/// The connection ended by itself, or has to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The peer is gone.
    Gone,
    /// We close.
    Close(Close),
}

impl From<Close> for Ended {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// Sets small buffers and the frame limit: an idle connection costs a few KiB, not 136.
pub fn configure(upgrade: WebSocketUpgrade, frame_bytes: usize) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(1024)
        .write_buffer_size(4096)
        .max_write_buffer_size(frame_bytes * 8)
        .max_message_size(frame_bytes)
        .max_frame_size(frame_bytes)
}

/// The answer to a request that does not open a WebSocket (RFC 6455, section 4.2).
pub fn not_a_handshake(rejection: &WebSocketUpgradeRejection) -> Problem {
    let detail = "This address speaks WebSocket (RFC 6455, version 13) only.";
    let status = match rejection {
        WebSocketUpgradeRejection::MethodNotGet(_) => StatusCode::METHOD_NOT_ALLOWED,
        WebSocketUpgradeRejection::InvalidUpgradeHeader(_)
        | WebSocketUpgradeRejection::InvalidConnectionHeader(_)
        | WebSocketUpgradeRejection::ConnectionNotUpgradable(_) => StatusCode::UPGRADE_REQUIRED,
        _ => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, "not_a_handshake", detail)
}

/// One WebSocket with its signs of life.
#[derive(Debug)]
pub struct Wire {
    socket: WebSocket,
    heard: Instant,
    /// When it is looked after next.
    care: Instant,
    /// How many frames came since the last look.
    frames: u32,
    stop: CancellationToken,
}

/// Comes when the server is stopping and has waited for this connection long enough.
pub async fn out_of_time(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(LAST_WORDS).await;
}

/// More frames than a person's page sends between two looks (20 s).
pub const FRAMES: u32 = 400;

impl Wire {
    /// Takes a socket over. Once `stop` is cancelled no further frame is taken from it: what is being done is
    /// finished and answered, and then the peer is told to come back.
    pub fn new(socket: WebSocket, stop: CancellationToken) -> Self {
        let now = Instant::now();
        Self { socket, heard: now, care: now + PING_EVERY, frames: 0, stop }
    }

    /// The next text frame. Pings dead-silent peers meanwhile. May be dropped and called again.
    pub async fn recv(&mut self) -> Result<Utf8Bytes, Ended> {
        loop {
            let message = tokio::select! {
                biased;
                () = self.stop.cancelled() => {
                    return Err(Close(close::GOING_AWAY, "going away").into());
                }
                message = self.socket.recv() => message,
                () = tokio::time::sleep_until(self.care) => {
                    self.look_after().await?;
                    continue;
                }
            };
            self.heard = Instant::now();
            match message {
                None => return Err(Ended::Gone),
                Some(Ok(Message::Close(_))) => {
                    self.let_go().await;
                    return Err(Ended::Gone);
                }
                Some(Err(error)) => return Err(ending(&error)),
                Some(Ok(Message::Binary(_))) => {
                    return Err(Close(close::BINARY, "text frames only").into());
                }
                Some(Ok(Message::Text(text))) => {
                    self.frames += 1;
                    if self.frames > FRAMES {
                        return Err(Close(close::TOO_MANY, "too many frames").into());
                    }
                    return Ok(text);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            }
        }
    }

    /// The peer has closed: the answer to that is written already, but only flushing sends it.
    async fn let_go(&mut self) {
        // Whoever does not take it has gone all the same.
        let _unheard = timeout(CLOSED_WITHIN, self.socket.flush()).await;
    }

    async fn look_after(&mut self) -> Result<(), Ended> {
        let now = Instant::now();
        self.frames = 0;
        let dead_at = self.heard + DEAD_AFTER;
        if now >= dead_at {
            return Err(Ended::Gone);
        }
        self.care = dead_at.min(now + PING_EVERY);
        self.write(Message::Ping(axum::body::Bytes::new()), true).await
    }

    /// Sends one frame.
    pub async fn send(&mut self, frame: &impl Serialize) -> Result<(), Ended> {
        self.write(text(frame)?, true).await
    }

    /// Sends a text as one frame, as it is.
    pub async fn send_text(&mut self, text: Utf8Bytes) -> Result<(), Ended> {
        self.write(Message::Text(text), true).await
    }

    /// Takes a frame without sending it yet: what is due in one turn goes out in one write, by [`Wire::flush`].
    pub async fn queue(&mut self, frame: &impl Serialize) -> Result<(), Ended> {
        self.write(text(frame)?, false).await
    }

    /// Sends what was queued.
    pub async fn flush(&mut self) -> Result<(), Ended> {
        match timeout(SEND_WITHIN, self.socket.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Gone),
        }
    }

    /// Says why, and closes.
    pub async fn close(mut self, Close(code, reason): Close) {
        let frame = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        if self.write(frame, true).await.is_ok() {
            // The peer's own close frame ends it cleanly; who does not send one is not waited for.
            let _gone =
                timeout(CLOSED_WITHIN, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
        }
    }

    async fn write(&mut self, message: Message, flush: bool) -> Result<(), Ended> {
        let write = async {
            self.socket.feed(message).await?;
            if flush { self.socket.flush().await } else { Ok(()) }
        };
        match timeout(SEND_WITHIN, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Gone),
        }
    }
}

fn text(frame: &impl Serialize) -> Result<Message, Ended> {
    match serde_json::to_string(frame) {
        Ok(text) => Ok(Message::Text(text.into())),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a frame could not be written as JSON");
            Err(Close(close::INTERNAL, "internal error").into())
        }
    }
}

/// What a broken protocol asks for. axum hides the error's type, not its words.
fn ending(error: &axum::Error) -> Ended {
    let words = error.to_string();
    // Not "too big": so is a control frame of more than 125 bytes, which is against the rules and not against our limit.
    if words.contains("Message too long") {
        Close(close::TOO_BIG, "too big").into()
    } else if words.contains("UTF-8") || words.contains("utf-8") {
        Close(close::NOT_JSON, "not UTF-8").into()
    } else {
        Ended::Gone
    }
}

/// `{type:"error", id?, code, message}`
pub fn error_frame(id: Option<&str>, problem: &Problem) -> serde_json::Value {
    let mut frame = serde_json::json!({ "type": "error", "code": problem.code, "message": problem.detail });
    if let Some(field) = problem.errors.first() {
        frame["field"] = field.field.clone().into();
    }
    // What is longer is no id of anybody's, and would only be sent back and forth.
    if let Some(id) = id.filter(|id| id.len() <= 64) {
        frame["id"] = id.into();
    }
    if let Some(seconds) = problem.retry_after {
        frame["retry_after"] = seconds.into();
    }
    frame
}

/// The id that a frame carries, however wrong the rest of it is: its error answers to it.
pub fn id_of(text: &str) -> Option<String> {
    let frame: serde_json::Value = serde_json::from_str(text).ok()?;
    frame.get("id")?.as_str().filter(|id| id.len() <= 64).map(ToOwned::to_owned)
}
