//! WebSocket: a frame is a frame.

use std::net::SocketAddr;

use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Cut, Hello, Line, Side, of_visitor};

/// An open WebSocket.
pub(crate) struct WebSocket {
    side: Side,
    stream: WebSocketStream<TcpStream>,
}

/// Opens one and sends `hello`.
pub(crate) async fn open(side: Side, to: SocketAddr, hello: &Hello) -> Result<WebSocket, Cut> {
    let stream = TcpStream::connect(to).await.map_err(Cut::broken)?;
    stream.set_nodelay(true).map_err(Cut::broken)?;
    let address = format!("ws://localhost:{}{}/socket", to.port(), side.api());
    let (stream, _) = client_async(address, stream).await.map_err(Cut::broken)?;
    let mut socket = WebSocket { side, stream };
    let mut frame = json!({ "type": "hello" });
    if let Some(token) = &hello.token {
        frame["token"] = token.as_str().into();
    }
    if let Some(conversation) = &hello.conversation {
        frame["conversation_id"] = conversation.as_str().into();
        frame["after"] = hello.after.into();
    }
    socket.say(&frame).await?;
    Ok(socket)
}

impl WebSocket {
    async fn say(&mut self, frame: &Value) -> Result<(), Cut> {
        self.stream.send(Message::text(frame.to_string())).await.map_err(Cut::broken)
    }
}

#[async_trait]
impl Line for WebSocket {
    async fn send(&mut self, frame: &Value) -> Result<(), Cut> {
        match self.side {
            Side::Visitor => self.say(&of_visitor(frame)).await,
            Side::Admin => self.say(frame).await,
        }
    }

    async fn recv(&mut self) -> Result<Value, Cut> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).map_err(Cut::broken),
                Some(Ok(Message::Close(frame))) => {
                    return Err(Cut::Closed(frame.map_or(0, |frame| frame.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Cut::broken(error)),
                None => return Err(Cut::broken("it ended")),
            }
        }
    }
}
