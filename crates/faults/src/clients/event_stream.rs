//! Server-sent events and POST: what is new comes as one answer that does not end, a command is a request of its own.

use std::collections::VecDeque;
use std::net::SocketAddr;

use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::http::Http;
use super::{Cut, Hello, Line, Side, rest};

/// A visitor whose network lets no WebSocket through.
pub(crate) struct EventStream {
    commands: Http,
    /// Keeps the connection of `body`.
    _stream: Http,
    body: Incoming,
    /// What has come of an event that is not whole yet.
    begun: Vec<u8>,
    inbox: VecDeque<Value>,
}

/// Asks for the stream; a visitor who is new gets a token first.
pub(crate) async fn open(to: SocketAddr, hello: &Hello) -> Result<EventStream, Cut> {
    let mut commands = Http::new(to, hello.token.clone());
    let mut inbox = VecDeque::new();
    if hello.token.is_none() {
        let session = rest::session(&mut commands).await?;
        // Before the stream's own welcome, which knows the token already.
        inbox.push_back(json!({ "type": "session", "token": session["token"] }));
    }
    let mut path = "/api/v1/widget/events".to_owned();
    if let Some(conversation) = &hello.conversation {
        path = format!("{path}?conversation_id={conversation}&after={}", hello.after);
    }
    let mut stream = Http::new(to, commands.token.clone());
    let body = stream.stream(&path).await?;
    Ok(EventStream { commands, _stream: stream, body, begun: Vec::new(), inbox })
}

impl EventStream {
    /// Takes the whole events out of what has come.
    fn read(&mut self) -> Result<(), Cut> {
        while let Some(end) = self.begun.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = self.begun.drain(..end + 2).collect();
            let text = String::from_utf8(event).map_err(Cut::broken)?;
            let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
            let (Some(kind), Some(data)) = (field("event: "), field("data: ")) else { continue };
            let mut frame: Value = serde_json::from_str(data).map_err(Cut::broken)?;
            if kind == "close" {
                let code = frame["code"].as_u64().and_then(|code| u16::try_from(code).ok());
                return Err(Cut::Closed(code.unwrap_or(0)));
            }
            frame["type"] = kind.into();
            self.inbox.push_back(frame);
        }
        Ok(())
    }
}

#[async_trait]
impl Line for EventStream {
    async fn send(&mut self, frame: &Value) -> Result<(), Cut> {
        let Some((method, path, body)) = rest::request(Side::Visitor, frame) else {
            return Err(Cut::broken(format!("REST has nothing for {frame}")));
        };
        let body = (!body.is_null()).then_some(&body);
        let reply = self.commands.ask(method, &path, body).await?;
        // The rest of the answer comes on the stream as well, and there it is in order.
        self.inbox.push_back(rest::answer(frame, &reply));
        Ok(())
    }

    async fn recv(&mut self) -> Result<Value, Cut> {
        loop {
            if let Some(frame) = self.inbox.pop_front() {
                return Ok(frame);
            }
            match self.body.frame().await {
                Some(Ok(piece)) => {
                    if let Ok(bytes) = piece.into_data() {
                        self.begun.extend_from_slice(&bytes);
                    }
                    self.read()?;
                }
                Some(Err(error)) => return Err(Cut::broken(error)),
                None => return Err(Cut::broken("the stream ended")),
            }
        }
    }
}
