//! A WebSocket client that remembers everything it was told.

use std::fmt::Debug;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::http::PATIENCE;

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket<S = TcpStream> {
    stream: WebSocketStream<S>,
    /// Every frame so far.
    pub heard: Vec<Value>,
    read: usize,
}

impl Socket {
    /// Opens one; or says with which status it was refused.
    pub async fn open(to: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(to).await.expect("the server listens");
        Self::over(stream, path, headers).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Debug> Socket<S> {
    /// Opens one over a line that is there already.
    pub async fn over(stream: S, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://localhost{path}").into_client_request().expect("the path is one");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("the test gives a header's name");
            let value = HeaderValue::from_str(value).expect("the test gives a header's value");
            request.headers_mut().append(name, value);
        }
        match timeout(PATIENCE, tokio_tungstenite::client_async(request, stream)).await {
            Ok(Ok((stream, _))) => Ok(Self { stream, heard: Vec::new(), read: 0 }),
            Ok(Err(Error::Http(answer))) => Err(answer.status().as_u16()),
            other => panic!("the handshake failed: {other:?}"),
        }
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.send_message(Message::text(text)).await;
    }

    /// Sends any message. One that the server does not take any more shows in what comes back.
    pub async fn send_message(&mut self, message: Message) {
        if let Err(error) = self.stream.send(message).await {
            self.heard.push(json!({ "not sent": error.to_string() }));
        }
    }

    /// The next frame of this type; what comes before it is passed over, and stays in `heard`.
    pub async fn next(&mut self, kind: &str) -> Value {
        self.find(kind, |frame| frame["type"] == kind).await
    }

    /// The next frame that `wanted` says yes to.
    pub async fn find(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            while let Some(frame) = self.heard.get(self.read) {
                self.read += 1;
                if wanted(frame) {
                    return frame.clone();
                }
            }
            if let Some(code) = self.hear().await {
                panic!("closed with {code} instead of {what}; heard {:?}", self.heard);
            }
        }
    }

    /// How the server closes: the code, or 0 without one.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Some(code) = self.hear().await {
                return code;
            }
        }
    }

    /// The close code, if the server closes before a frame of this type comes.
    pub async fn closed_or(&mut self, kind: &str) -> Option<u16> {
        while !self.heard.iter().any(|frame| frame["type"] == kind) {
            if let Some(code) = self.hear().await {
                return Some(code);
            }
        }
        None
    }

    /// Everything that came before the answer to a ping sent now.
    pub async fn settle(&mut self) -> &[Value] {
        self.send(&json!({ "type": "ping" })).await;
        self.next("pong").await;
        &self.heard
    }

    /// The sequence numbers of the events so far.
    pub fn seqs(&self) -> Vec<u64> {
        let events = self.heard.iter().filter(|frame| frame["type"] == "event");
        events.filter_map(|frame| frame["event"]["seq"].as_u64()).collect()
    }

    /// Cuts the connection without a word.
    pub fn cut(self) {
        drop(self);
    }

    async fn hear(&mut self) -> Option<u16> {
        let message = timeout(PATIENCE, self.stream.next()).await;
        match message.unwrap_or_else(|_| panic!("nothing came; heard {:?}", self.heard)) {
            Some(Ok(Message::Text(text))) => {
                self.heard.push(serde_json::from_str(&text).expect("the server sends JSON"));
                None
            }
            Some(Ok(Message::Close(frame))) => Some(frame.map_or(0, |frame| frame.code.into())),
            Some(Ok(_)) => None,
            Some(Err(_)) | None => Some(0),
        }
    }
}
