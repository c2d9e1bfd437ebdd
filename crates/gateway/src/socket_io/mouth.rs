//! Frames as events of Socket.IO, commands with a callback, and the words of pages written after its tutorial.

use std::sync::Arc;
use std::time::Duration;

use desk::Source;
use domain::text::ClientId;
use engineioxide::{DisconnectReason, Socket};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use web::Problem;
use web::socket::{Close, Ended, FRAMES, PING_EVERY, SEND_WITHIN, close, id_of};

use crate::socket::{Frame, Heard, Mouth, going_away};
use crate::socket_io::packet::{self, Packet};
use crate::socket_io::session::Inbox;

/// What a page after the tutorial calls its words.
const CHAT: &str = "chat message";
/// How often a full session is looked at again: only a reader who is behind makes us wait.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How long a client that was shown out may take to leave by itself.
const LEAVES_WITHIN: Duration = Duration::from_secs(2);

/// One Socket.IO client in the namespace `/`.
pub(super) struct SocketIo {
    session: Arc<Socket<Inbox>>,
    source: Source,
    /// Whether the client was let in.
    connected: bool,
    /// Whether the client was told that it is not let in.
    refused: bool,
    /// The callback of the command that is being carried out.
    callback: Option<u64>,
    frames: u32,
    counted_since: Instant,
    stop: CancellationToken,
}

impl SocketIo {
    /// Once `stop` is cancelled nothing further is taken from it, as from a WebSocket.
    pub(super) fn new(session: Arc<Socket<Inbox>>, source: Source, stop: CancellationToken) -> Self {
        Self {
            session,
            source,
            connected: false,
            refused: false,
            callback: None,
            frames: 0,
            counted_since: Instant::now(),
            stop,
        }
    }

    /// Says why, unless the client is to come back by itself, and ends the session.
    pub(super) async fn close(self, ended: Ended) {
        if let Ended::Close(Close(code, reason)) = ended
            && !matches!(code, close::GOING_AWAY | close::INTERNAL)
        {
            let data = json!({ "code": word(code), "message": reason });
            let last = if self.connected {
                let told = self.emit(packet::said("error", &data)).await;
                told.and(self.emit(packet::DISCONNECT.to_owned()).await)
            } else if self.refused {
                Ok(())
            } else {
                self.emit(packet::connect_error("/", reason, &data)).await
            };
            if last.is_ok() {
                // It hears this and goes; who does not is not waited for.
                let gone = async { while self.session.data.next().await.is_ok() {} };
                let _gone = timeout(LEAVES_WITHIN, gone).await;
            }
        }
        self.session.close(DisconnectReason::ClosingServer);
    }

    /// Hands a packet to the session. One place stays free for the heartbeat, which ends a session that is full.
    async fn emit(&self, text: String) -> Result<(), Ended> {
        let mut text = Some(text);
        let until = Instant::now() + SEND_WITHIN;
        while !self.try_emit(&mut text)? {
            if Instant::now() >= until {
                return Err(Ended::Gone);
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    fn try_emit(&self, text: &mut Option<String>) -> Result<bool, Ended> {
        let place = match self.session.reserve() {
            Ok(place) => place,
            Err(TrySendError::Full(())) => return Ok(false),
            Err(TrySendError::Closed(())) => return Err(Ended::Gone),
        };
        if self.session.reserve().is_err() {
            return Ok(false);
        }
        if let Some(text) = text.take() {
            place.emit(text.into());
        }
        Ok(true)
    }

    fn count(&mut self) -> Result<(), Close> {
        let now = Instant::now();
        if now - self.counted_since >= PING_EVERY {
            (self.counted_since, self.frames) = (now, 0);
        }
        self.frames += 1;
        if self.frames > FRAMES { Err(Close(close::TOO_MANY, "too many frames")) } else { Ok(()) }
    }

    /// What a packet asks for; `None` when it asks for nothing.
    fn hear(&mut self, text: &str) -> Result<Option<Said>, Ended> {
        match Packet::read(text)? {
            Packet::Connect { auth } => Ok(Some(hello(auth))),
            Packet::Elsewhere { namespace } => {
                let (code, message) = ("invalid_namespace", "Invalid namespace");
                let data = json!({ "code": code, "message": message });
                self.try_emit(&mut Some(packet::connect_error(namespace, message, &data)))?;
                Ok(None)
            }
            Packet::Disconnect => Err(Ended::Gone),
            Packet::Answer => Ok(None),
            Packet::Event { .. } if !self.connected => {
                Err(Close(close::NO_HELLO, "not connected to the namespace").into())
            }
            Packet::Event { callback, arguments } => {
                let (name, arguments) = packet::event(arguments)?;
                self.callback = callback;
                Ok(Some(if name == CHAT {
                    self.chat(&arguments)
                } else {
                    Said::of(&name, arguments.first().copied())
                }))
            }
        }
    }

    /// `emit("chat message", text, id?)`: the tutorial's last step gives each message an id of its own.
    fn chat(&self, arguments: &[&RawValue]) -> Said {
        let text = |at: usize| {
            arguments.get(at).and_then(|argument| serde_json::from_str::<String>(argument.get()).ok())
        };
        let Some(body) = text(0) else {
            return Said::Wrong(Problem::field("body", "wrong_type", "must be a text"));
        };
        let id = text(1).filter(|id| ClientId::new(id).is_ok());
        Said::Chat { id: id.unwrap_or_else(|| self.source.id().simple().to_string()), body }
    }

    /// A frame goes out: to the callback that waits for it, as a refusal to let in, or as an event.
    async fn say(&mut self, frame: Value) -> Result<(), Ended> {
        let (kind, fields) = take_type(frame);
        match kind.as_str() {
            "ack" | "error" if self.callback.is_some() => {
                let arguments = if kind == "ack" { json!([null, fields]) } else { json!([fields]) };
                let Some(callback) = self.callback.take() else { return Ok(()) };
                self.emit(packet::answer(callback, &arguments)).await
            }
            "error" if !self.connected => {
                self.refused = true;
                let message = fields["message"].as_str().unwrap_or_default().to_owned();
                self.emit(packet::connect_error("/", &message, &fields)).await
            }
            "welcome" => {
                self.connected = true;
                let name = self.source.id().simple().to_string();
                self.emit(packet::connect(&name)).await?;
                self.emit(packet::said(&kind, &fields)).await
            }
            _ => {
                self.emit(packet::said(&kind, &fields)).await?;
                let event = &fields["event"];
                match (event["kind"].as_str(), event["body"].as_str()) {
                    (Some("said"), Some(body)) => {
                        let words = format!("2{}", json!([CHAT, body, event["seq"]]));
                        self.emit(words).await
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

fn take_type(mut frame: Value) -> (String, Value) {
    let kind = frame.as_object_mut().and_then(|fields| fields.remove("type"));
    (kind.as_ref().and_then(Value::as_str).unwrap_or("message").to_owned(), frame)
}

/// A word for a close code, as errors have one.
fn word(code: u16) -> &'static str {
    match code {
        close::BINARY => "binary",
        close::NOT_JSON => "not_json",
        close::NO_HELLO => "no_hello",
        close::TOO_MANY => "too_many",
        close::UNAUTHORIZED => "unauthorized",
        _ => "closed",
    }
}

/// `auth` carries the fields of `hello`; a page after the tutorial has its place in the log as `serverOffset`.
fn hello(auth: Option<&str>) -> Said {
    let auth = auth.unwrap_or("{}");
    if let Ok(Value::Object(mut fields)) = serde_json::from_str(auth)
        && let Some(offset) = fields.remove("serverOffset")
    {
        fields.entry("after").or_insert(offset);
        let fields = Value::Object(fields).to_string();
        return Said::of("hello", RawValue::from_string(fields).ok().as_deref());
    }
    Said::of("hello", serde_json::from_str(auth).ok())
}

/// Something that a client has said.
#[derive(Debug)]
pub(crate) enum Said {
    /// A frame, as a WebSocket would have brought it.
    Frame(String),
    /// Words of a page after the tutorial.
    Chat { id: String, body: String },
    /// What cannot be made a frame of.
    Wrong(Problem),
}

impl Said {
    /// A frame of this type with these fields.
    pub(crate) fn of(kind: &str, fields: Option<&RawValue>) -> Self {
        let fields = fields.map_or("{}", RawValue::get).trim();
        let Some(inside) = fields.strip_prefix('{').map(str::trim_start) else {
            return Self::Wrong(Problem::field("body", "wrong_type", "must be an object"));
        };
        let comma = if inside.starts_with('}') { "" } else { "," };
        Self::Frame(format!("{{\"type\":{}{comma}{inside}", Value::from(kind)))
    }
}

impl Heard for Said {
    fn frame(&self) -> Result<Frame, Problem> {
        match self {
            Self::Frame(text) => web::tagged::parse(text.as_bytes()),
            Self::Chat { id, body } => Ok(Frame::Chat { id: id.clone(), body: body.clone() }),
            Self::Wrong(problem) => Err(problem.clone()),
        }
    }

    fn id(&self) -> Option<String> {
        match self {
            Self::Frame(text) => id_of(text),
            Self::Chat { id, .. } => Some(id.clone()),
            Self::Wrong(_) => None,
        }
    }
}

impl Mouth for SocketIo {
    type Heard = Said;

    const TRANSPORT: &'static str = "socket.io";

    async fn recv(&mut self) -> Result<Said, Ended> {
        loop {
            let text = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(going_away()),
                text = self.session.data.next() => text?,
            };
            self.count()?;
            if let Some(said) = self.hear(&text)? {
                return Ok(said);
            }
        }
    }

    async fn send(&mut self, frame: &(impl Serialize + Sync)) -> Result<(), Ended> {
        let frame = serde_json::to_value(frame).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a frame could not be written as JSON");
            Close(close::INTERNAL, "internal error")
        })?;
        self.say(frame).await
    }

    /// Engine.IO writes together what is there together.
    async fn queue(&mut self, frame: &(impl Serialize + Sync)) -> Result<(), Ended> {
        self.send(frame).await
    }

    /// A command that has no answer of its own answers its callback here.
    async fn flush(&mut self) -> Result<(), Ended> {
        match self.callback.take() {
            Some(callback) => self.emit(packet::answer(callback, &json!([null, {}]))).await,
            None => Ok(()),
        }
    }
}
