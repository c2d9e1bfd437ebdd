//! A Socket.IO client that takes nothing for granted: every packet is in the test's hands.

use futures_util::StreamExt;
use serde_json::{Value, json};
use testkit::http::{Answer, PATIENCE, Request};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::stage::Stage;

pub(super) const DOOR: &str = "/socket.io/?EIO=4&transport=";

/// A session over requests, as a client makes it whose network has no WebSocket.
pub(super) struct Polling<'a> {
    pub(super) stage: &'a Stage,
    pub(super) sid: String,
    pub(super) heard: Vec<String>,
}

impl<'a> Polling<'a> {
    pub(super) async fn open(stage: &'a Stage) -> Self {
        let answer = Request::new("GET", &format!("{DOOR}polling")).send(stage.at).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let open: Value = serde_json::from_str(answer.text().strip_prefix('0').unwrap()).unwrap();
        assert_eq!((&open["pingInterval"], &open["pingTimeout"]), (&json!(20_000), &json!(25_000)));
        assert_eq!((&open["maxPayload"], &open["upgrades"]), (&json!(65_536), &json!(["websocket"])));
        Self { stage, sid: open["sid"].as_str().unwrap().to_owned(), heard: Vec::new() }
    }

    /// One that has come in with this `auth`; and its welcome.
    pub(super) async fn connected(stage: &'a Stage, auth: &Value) -> (Self, Value) {
        let mut client = Self::open(stage).await;
        assert_eq!(client.post(&format!("40{auth}")).await.status, 200);
        let welcome = client.event("welcome").await;
        (client, welcome)
    }

    pub(super) fn path(&self) -> String {
        format!("{DOOR}polling&sid={}", self.sid)
    }

    pub(super) async fn post(&self, body: &str) -> Answer {
        let request = Request::new("POST", &self.path()).bytes("text/plain;charset=UTF-8", body.as_bytes());
        request.send(self.stage.at).await
    }

    pub(super) async fn poll(&mut self) -> u16 {
        let answer = Request::new("GET", &self.path()).send(self.stage.at).await;
        if answer.status == 200 {
            for packet in answer.text().split('\u{1e}') {
                if packet == "2" {
                    self.post("3").await;
                } else {
                    self.heard.push(packet.to_owned());
                }
            }
        }
        answer.status
    }

    /// The first packet with this beginning, taken out of what was heard.
    pub(super) async fn packet(&mut self, begin: &str) -> String {
        loop {
            if let Some(at) = self.heard.iter().position(|packet| packet.starts_with(begin)) {
                return self.heard.remove(at);
            }
            let status = self.poll().await;
            assert_eq!(status, 200, "no {begin}, heard {:?}", self.heard);
        }
    }

    pub(super) async fn event(&mut self, name: &str) -> Value {
        let packet = self.packet(&format!("42[\"{name}\",")).await;
        serde_json::from_str::<Value>(&packet[2..]).unwrap()[1].clone()
    }

    /// Sends an event with a callback, and gives what the callback gets.
    pub(super) async fn ask(&mut self, callback: u32, event: &Value) -> Value {
        assert_eq!(self.post(&format!("42{callback}{event}")).await.status, 200);
        let begin = format!("43{callback}[");
        let packet = self.packet(&begin).await;
        serde_json::from_str(&packet[begin.len() - 1..]).unwrap()
    }

    /// Waits until the server has shown the client out, which goes then, as clients do.
    pub(super) async fn ended(&mut self) {
        let end = async {
            while !self.heard.iter().any(|packet| ["1", "41"].contains(&packet.as_str())) {
                if self.poll().await != 200 {
                    return;
                }
            }
            self.post("1").await;
        };
        assert!(timeout(PATIENCE, end).await.is_ok(), "still there, heard {:?}", self.heard);
    }
}

pub(super) type WebSocket = WebSocketStream<TcpStream>;

pub(super) async fn websocket(stage: &Stage, query: &str) -> WebSocket {
    let request = format!("ws://localhost{DOOR}websocket{query}").into_client_request().unwrap();
    let stream = TcpStream::connect(stage.at).await.unwrap();
    tokio_tungstenite::client_async(request, stream).await.unwrap().0
}

pub(super) async fn text(socket: &mut WebSocket) -> Option<String> {
    match timeout(PATIENCE, socket.next()).await.expect("something comes in time") {
        Some(Ok(Message::Text(text))) => Some(text.to_string()),
        _ => None,
    }
}

pub(super) async fn until(socket: &mut WebSocket, begin: &str) -> String {
    loop {
        let text = text(socket).await.unwrap_or_else(|| panic!("closed before {begin}"));
        if text.starts_with(begin) {
            return text;
        }
    }
}
