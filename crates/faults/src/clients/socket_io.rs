//! Socket.IO v4 (protocol version 5) over Engine.IO v4, WebSocket only: as much of it as a visitor needs.
//!
//! Spoken here by hand: the official client is held against the server by the step `clients` of the tests, and in a trial the
//! connection has to be cut, and its callbacks answered, by us.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Cut, Hello, Line, of_visitor};

/// A visitor whose page uses socket.io-client.
pub(crate) struct SocketIo {
    stream: WebSocketStream<TcpStream>,
    /// The commands that wait for their callback, by its number.
    asked: BTreeMap<u64, Value>,
    next: u64,
}

/// Opens one, and comes into `/` with what `hello` says.
pub(crate) async fn open(to: SocketAddr, hello: &Hello) -> Result<SocketIo, Cut> {
    let stream = TcpStream::connect(to).await.map_err(Cut::broken)?;
    stream.set_nodelay(true).map_err(Cut::broken)?;
    let address = format!("ws://localhost:{}/socket.io/?EIO=4&transport=websocket", to.port());
    let (stream, _) = client_async(address, stream).await.map_err(Cut::broken)?;
    let mut socket = SocketIo { stream, asked: BTreeMap::new(), next: 0 };
    let opened = socket.packet().await?;
    if !opened.starts_with('0') {
        return Err(Cut::broken(format!("Engine.IO began with {opened:?}")));
    }
    let mut auth = json!({});
    if let Some(token) = &hello.token {
        auth["token"] = token.as_str().into();
    }
    if let Some(conversation) = &hello.conversation {
        auth["conversation_id"] = conversation.as_str().into();
        auth["after"] = hello.after.into();
    }
    socket.say(format!("40{auth}")).await?;
    Ok(socket)
}

impl SocketIo {
    async fn say(&mut self, packet: String) -> Result<(), Cut> {
        self.stream.send(Message::text(packet)).await.map_err(Cut::broken)
    }

    /// The next packet of Engine.IO; pings are answered.
    async fn packet(&mut self) -> Result<String, Cut> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.say("3".to_owned()).await?,
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(frame))) => {
                    return Err(Cut::Closed(frame.map_or(0, |frame| frame.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Cut::broken(error)),
                None => return Err(Cut::broken("it ended")),
            }
        }
    }

    /// An event as the frame that it is.
    fn event(text: &str) -> Result<Value, Cut> {
        let said: Value = serde_json::from_str(text).map_err(Cut::broken)?;
        let mut frame = if said[1].is_object() { said[1].clone() } else { json!({ "body": said[1] }) };
        frame["type"] = said[0].clone();
        Ok(frame)
    }

    /// A callback as the answer that it is: `[null, { seq? }]` or `[{ code, message }]`.
    fn answered(&mut self, text: &str) -> Result<Option<Value>, Cut> {
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, said) = text.split_at(digits);
        let number: u64 = number.parse().map_err(Cut::broken)?;
        let Some(id) = self.asked.remove(&number) else { return Ok(None) };
        let said: Value = serde_json::from_str(said).map_err(Cut::broken)?;
        Ok(Some(match &said[0] {
            Value::Null => json!({ "type": "ack", "id": id, "seq": said[1]["seq"] }),
            refused => json!({ "type": "error", "id": id, "code": refused["code"] }),
        }))
    }
}

#[async_trait]
impl Line for SocketIo {
    async fn send(&mut self, frame: &Value) -> Result<(), Cut> {
        let mut fields = of_visitor(frame);
        let name = fields["type"].clone();
        if let Some(fields) = fields.as_object_mut() {
            fields.remove("type");
        }
        let number = self.next;
        self.next += 1;
        self.asked.insert(number, frame["id"].clone());
        self.say(format!("42{number}{}", json!([name, fields]))).await
    }

    async fn recv(&mut self) -> Result<Value, Cut> {
        loop {
            let packet = self.packet().await?;
            match packet.get(..2) {
                // Said once more for pages that were written after the tutorial.
                Some("42") if packet.starts_with("42[\"chat message\"") => {}
                Some("42") => return Self::event(&packet[2..]),
                Some("43") => {
                    if let Some(answer) = self.answered(&packet[2..])? {
                        return Ok(answer);
                    }
                }
                Some("41") => return Err(Cut::broken("shown out")),
                Some("44") => return Err(Cut::broken(packet)),
                _ => {}
            }
        }
    }
}
