//! Socket.IO, packet by packet: what clients of any make may send, and what they must not get away with (S41).

use std::time::Duration;

use desk::{Caller, Whisper};
use domain::Seq;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use testkit::http::{Answer, PATIENCE, Request};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::stage::{HOST_SITE, Stage, config};

const DOOR: &str = "/socket.io/?EIO=4&transport=";

/// A session over requests, as a client makes it whose network has no WebSocket.
struct Polling<'a> {
    stage: &'a Stage,
    sid: String,
    heard: Vec<String>,
}

impl<'a> Polling<'a> {
    async fn open(stage: &'a Stage) -> Self {
        let answer = Request::new("GET", &format!("{DOOR}polling")).send(stage.at).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let open: Value = serde_json::from_str(answer.text().strip_prefix('0').unwrap()).unwrap();
        assert_eq!((&open["pingInterval"], &open["pingTimeout"]), (&json!(20_000), &json!(25_000)));
        assert_eq!((&open["maxPayload"], &open["upgrades"]), (&json!(65_536), &json!(["websocket"])));
        Self { stage, sid: open["sid"].as_str().unwrap().to_owned(), heard: Vec::new() }
    }

    /// One that has come in with this `auth`; and its welcome.
    async fn connected(stage: &'a Stage, auth: &Value) -> (Self, Value) {
        let mut client = Self::open(stage).await;
        assert_eq!(client.post(&format!("40{auth}")).await.status, 200);
        let welcome = client.event("welcome").await;
        (client, welcome)
    }

    fn path(&self) -> String {
        format!("{DOOR}polling&sid={}", self.sid)
    }

    async fn post(&self, body: &str) -> Answer {
        let request = Request::new("POST", &self.path()).bytes("text/plain;charset=UTF-8", body.as_bytes());
        request.send(self.stage.at).await
    }

    async fn poll(&mut self) -> u16 {
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
    async fn packet(&mut self, begin: &str) -> String {
        loop {
            if let Some(at) = self.heard.iter().position(|packet| packet.starts_with(begin)) {
                return self.heard.remove(at);
            }
            let status = self.poll().await;
            assert_eq!(status, 200, "no {begin}, heard {:?}", self.heard);
        }
    }

    async fn event(&mut self, name: &str) -> Value {
        let packet = self.packet(&format!("42[\"{name}\",")).await;
        serde_json::from_str::<Value>(&packet[2..]).unwrap()[1].clone()
    }

    /// Sends an event with a callback, and gives what the callback gets.
    async fn ask(&mut self, callback: u32, event: &Value) -> Value {
        assert_eq!(self.post(&format!("42{callback}{event}")).await.status, 200);
        let begin = format!("43{callback}[");
        let packet = self.packet(&begin).await;
        serde_json::from_str(&packet[begin.len() - 1..]).unwrap()
    }

    /// Waits until the server has shown the client out, which goes then, as clients do.
    async fn ended(&mut self) {
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

type WebSocket = WebSocketStream<TcpStream>;

async fn websocket(stage: &Stage, query: &str) -> WebSocket {
    let request = format!("ws://localhost{DOOR}websocket{query}").into_client_request().unwrap();
    let stream = TcpStream::connect(stage.at).await.unwrap();
    tokio_tungstenite::client_async(request, stream).await.unwrap().0
}

async fn text(socket: &mut WebSocket) -> Option<String> {
    match timeout(PATIENCE, socket.next()).await.expect("something comes in time") {
        Some(Ok(Message::Text(text))) => Some(text.to_string()),
        _ => None,
    }
}

async fn until(socket: &mut WebSocket, begin: &str) -> String {
    loop {
        let text = text(socket).await.unwrap_or_else(|| panic!("closed before {begin}"));
        if text.starts_with(begin) {
            return text;
        }
    }
}

#[tokio::test]
async fn a_client_comes_in_calls_and_hears_what_a_websocket_hears() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (mut client, welcome) = Polling::connected(&stage, &json!({})).await;
    let name: Value = serde_json::from_str(client.packet("40").await.strip_prefix("40").unwrap()).unwrap();
    assert_ne!(name["sid"], client.sid.as_str(), "what others may learn opens no session");
    let token = welcome["token"].as_str().unwrap().to_owned();
    assert_eq!((&welcome["recovered"], &welcome["type"]), (&json!(true), &Value::Null));
    let called = client
        .ask(0, &json!(["call", { "id": "c1", "message": { "id": "m1", "body": "도와주세요" } }]))
        .await;
    assert_eq!(called, json!([null, { "id": "c1", "seq": 2 }]));
    let conversation = client.event("conversation").await["conversation"].clone();
    let id = conversation["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(client.event("event").await["event"]["kind"], "called");
    assert_eq!(client.event("event").await["event"]["body"], "도와주세요");
    stage.world.desk.join(&owner, id).await.unwrap();
    stage.world.says(&owner, id, "hello").await;
    for seq in [3, 4] {
        assert_eq!(client.event("event").await["event"]["seq"], seq);
    }
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    socket.find("the words", |frame| frame["event"]["body"] == "hello").await;
    let mut ear = stage.world.bus.overhear(id);
    assert_eq!(client.ask(1, &json!(["typing", { "on": true }])).await, json!([null, {}]));
    assert!(matches!(ear.recv().await.unwrap(), Whisper::Typing { on: true, .. }));
    assert_eq!(client.ask(2, &json!(["read", { "seq": 4 }])).await, json!([null, {}]));
    assert!(matches!(ear.recv().await.unwrap(), Whisper::Read { seq: Seq(4), .. }));
    stage.world.desk.whisper(id, Whisper::Typing { by: owner.actor(), on: true });
    assert_eq!(client.event("typing").await["by"]["name"], "Kim");
    assert_eq!(client.ask(3, &json!(["ping"])).await, json!([null, {}]));
    client.post("42[\"ping\",{}]").await;
    client.event("pong").await;
    // The same id again: the same place. Without a callback, the answer is an event.
    let say = json!(["say", { "id": "m2", "body": "again" }]);
    assert_eq!(client.ask(4, &say).await, json!([null, { "id": "m2", "seq": 5 }]));
    client.post(&format!("42{say}")).await;
    assert_eq!(client.event("ack").await, json!({ "id": "m2", "seq": 5 }));
    let refused = client.ask(5, &json!(["cancel", { "id": "x1" }])).await;
    assert_eq!(
        (refused[0]["code"].as_str(), refused.as_array().unwrap().len()),
        (Some("already_answered"), 1)
    );
    client.post(&format!("42{}", json!(["cancel", { "id": "x2" }]))).await;
    let error = client.event("error").await;
    assert_eq!((&error["code"], &error["id"]), (&json!("already_answered"), &json!("x2")));
    assert_eq!(client.ask(6, &json!(["close", { "id": "x3" }])).await[0], Value::Null);
}

#[tokio::test]
async fn from_every_place_in_the_log_exactly_the_rest_comes() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    for n in 0..5 {
        stage.world.says(&Caller::Visitor(visitor.clone()), id, &format!("word {n}")).await;
    }
    let (_, welcome) = Polling::connected(&stage, &json!({ "token": token })).await;
    let epoch = welcome["epoch"].clone();
    for after in 0..=8_u64 {
        for auth in [
            json!({ "token": token, "after": after }),
            json!({ "token": token, "conversation_id": id.to_string(), "after": after, "epoch": epoch }),
            json!({ "token": token, "serverOffset": after }),
        ] {
            let (mut client, welcome) = Polling::connected(&stage, &auth).await;
            assert_eq!(welcome["recovered"], after <= 7, "{auth}");
            let from = if after <= 7 { after } else { 0 };
            for seq in from + 1..=7 {
                assert_eq!(client.event("event").await["event"]["seq"], seq, "{auth}");
            }
            client.ask(0, &json!(["typing", { "on": false }])).await;
            assert!(!client.heard.iter().any(|packet| packet.contains("\"event\",")), "{:?}", client.heard);
        }
    }
    let other = json!({ "token": token, "after": 7, "epoch": "another" });
    let (mut client, welcome) = Polling::connected(&stage, &other).await;
    assert_eq!(welcome["recovered"], false);
    client.packet("42[\"event\"").await;
}

#[tokio::test]
async fn a_page_after_the_tutorial_calls_and_chats() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (mut client, welcome) = Polling::connected(&stage, &json!({ "serverOffset": 0 })).await;
    let token = welcome["token"].clone();
    let (mut other, _) = Polling::connected(&stage, &json!({ "token": token })).await;
    client.post("42[\"chat message\",\"hello?\"]").await;
    for page in [&mut client, &mut other] {
        assert_eq!(page.event("chat message").await, "hello?", "the sender hears it, too");
    }
    let id = other.event("conversation").await["conversation"]["id"].as_str().unwrap().parse().unwrap();
    stage.world.desk.join(&owner, id).await.unwrap();
    stage.world.says(&owner, id, "Kim here").await;
    for page in [&mut client, &mut other] {
        assert_eq!(page.event("chat message").await, "Kim here");
    }
    // Its last step: an id for each message, sent again until it is answered; and where in the log it stands.
    for _ in 0..2 {
        let answer = client.ask(0, &json!(["chat message", "once", "aBc-0"])).await;
        assert_eq!(answer, json!([null, { "id": "aBc-0", "seq": 5 }]));
    }
    assert_eq!(other.packet("42[\"chat message\",\"once\"").await, "42[\"chat message\",\"once\",5]");
    stage.world.desk.close(&owner, id).await.unwrap();
    client.ask(1, &json!(["chat message", "another call"])).await;
    let shown = async |page: &mut Polling<'_>| loop {
        let conversation = page.event("conversation").await["conversation"].clone();
        if conversation["number"] == 2 {
            return conversation["state"].clone();
        }
    };
    assert_eq!(shown(&mut other).await, "waiting");
    for wrong in [json!(["chat message"]), json!(["chat message", 7]), json!(["chat message", { "a": 1 }])] {
        assert_eq!(client.ask(2, &wrong).await[0]["field"], "body", "{wrong}");
    }
    assert_eq!(client.ask(3, &json!(["chat message", ""])).await[0]["code"], "invalid");
}

#[tokio::test]
async fn whoever_may_not_come_in_is_told_why() {
    let mut config = config();
    config.limits.sockets_per_visitor = 2;
    let stage = Stage::with(config).await;
    let (_, token) = stage.world.visitor().await;
    let _held = (
        Polling::connected(&stage, &json!({ "token": token })).await,
        stage.hello(json!({ "token": token })).await,
    );
    for (packet, code) in [
        ("40{\"token\":\"nobody\"}".to_owned(), "unauthorized"),
        ("40{\"identity\":\"a.b.c\"}".to_owned(), "unauthorized"),
        ("40{\"x\":1}".to_owned(), "invalid"),
        ("40{\"after\":-1}".to_owned(), "invalid"),
        ("40[]".to_owned(), "invalid"),
        (format!("40{}", json!({ "token": token })), "too_many"),
    ] {
        let mut client = Polling::open(&stage).await;
        client.post(&packet).await;
        let error = client.packet("44").await;
        let error: Value = serde_json::from_str(&error[2..]).unwrap();
        assert_eq!(error["data"]["code"], code, "{packet}: {error}");
        assert_eq!(error["message"], error["data"]["message"], "{packet}");
        client.post("1").await;
    }
    assert_eq!(stage.stored().await, "[] [] 0");
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_whatever_it_asks_for() {
    let stage = Stage::open().await;
    let client = Polling::open(&stage).await;
    let own = client.path();
    let ask = async |method: &str, path: &str, origin: &str| {
        Request::new(method, path).header("Origin", origin).bytes("text/plain", b"").send(stage.at).await
    };
    for origin in
        ["https://evil.example", "null", "", "https://desk.example.evil.example", "http://desk.example"]
    {
        for (method, path) in [
            ("GET", format!("{DOOR}polling")),
            ("GET", format!("{DOOR}websocket")),
            ("GET", own.clone()),
            ("POST", own.clone()),
            ("OPTIONS", own.clone()),
        ] {
            let answer = ask(method, &path, origin).await;
            assert_eq!(
                (answer.status, answer.header("access-control-allow-origin")),
                (403, ""),
                "{origin} {method}"
            );
        }
    }
    for origin in ["https://desk.example", HOST_SITE] {
        let answer = ask("GET", &format!("{DOOR}polling"), origin).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, origin));
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    assert_eq!(Request::new("GET", &format!("{DOOR}websocket")).send(stage.at).await.status, 426);
}

#[tokio::test]
async fn packets_that_are_none_end_their_session_and_nothing_else() {
    let stage = Stage::open().await;
    let (mut bystander, _) = Polling::connected(&stage, &json!({})).await;
    let before = stage.stored().await;
    let many = format!("45{}-[\"say\",{{}}]", "9".repeat(30));
    for packet in [
        "4",
        "4é",
        "47",
        "48[]",
        "44{}",
        "42",
        "42[]",
        "42{}",
        "42[1]",
        "42[\"say\"",
        "42[null]",
        "429[\"say\"",
        "4299999999999999999999[\"say\",{}]",
        "42/admin,[\"say\",{}]",
        "451-[\"say\",{\"_placeholder\":true,\"num\":0}]",
        "450-[\"say\",{}]",
        "45-[\"say\"]",
        "4510000-[\"say\"]",
        "461-[]",
        &many,
        "bAAAA",
        "b%%%",
        "9",
        "0{}",
        "6",
        "é",
    ] {
        let (mut client, _) = Polling::connected(&stage, &json!({})).await;
        let answer = client.post(packet).await;
        assert!([200, 400].contains(&answer.status), "{packet:.40}: {}", answer.status);
        if answer.status == 200 {
            client.ended().await;
        }
    }
    // Not connected to the namespace, and already talking.
    let mut client = Polling::open(&stage).await;
    client.post("42[\"call\",{\"id\":\"c1\"}]").await;
    client.ended().await;
    let (client, _) = Polling::connected(&stage, &json!({})).await;
    let huge = format!("42[\"say\",{{\"id\":\"a\",\"body\":\"{}\"}}]", "x".repeat(70_000));
    assert_eq!(client.post(&huge).await.status, 413);
    let invalid = Request::new("POST", &client.path()).bytes("text/plain", b"42[\"say\",{\"id\":\"\xff\"}]");
    assert_eq!(invalid.send(stage.at).await.status, 400);
    assert_eq!(stage.stored().await, before, "nothing was done");
    bystander.ask(9, &json!(["typing", { "on": true }])).await;
}

#[tokio::test]
async fn wrong_events_are_answered_and_the_session_goes_on() {
    let stage = Stage::open().await;
    let (mut client, _) = Polling::connected(&stage, &json!({})).await;
    let table = [
        (json!(["say"]), "id", "missing"),
        (json!(["say", null]), "body", "wrong_type"),
        (json!(["say", "text"]), "body", "wrong_type"),
        (json!(["say", ["a"]]), "body", "wrong_type"),
        (json!(["say", { "id": 1, "body": "x" }]), "id", "wrong_type"),
        (json!(["say", { "id": "a", "body": "x", "x": 1 }]), "x", "unknown"),
        (json!(["say", { "type": "call", "id": "a" }]), "type", "duplicate"),
        (json!(["nonsense", {}]), "type", "unknown_value"),
        (json!(["chat", { "id": "a", "body": "x" }]), "type", "unknown_value"),
        (json!(["", {}]), "type", "unknown_value"),
        (json!(["a\",\"type\":\"call", {}]), "type", "unknown_value"),
        (json!(["hello", {}]), "type", "repeated"),
    ];
    for (n, (event, field, _)) in (0..).zip(&table) {
        let answer = client.ask(n, event).await;
        assert_eq!(
            (&answer[0]["code"], &answer[0]["field"]),
            (&json!("invalid"), &json!(field)),
            "{event}: {answer}"
        );
    }
    let deep = format!("4250[\"say\",{}{}]", "[".repeat(30_000), "]".repeat(30_000));
    client.post(&deep).await;
    assert!(client.packet("4350[").await.contains("\"field\":\"body\""));
    client.post("431[]").await;
    client.post("40{}").await;
    assert_eq!(client.event("error").await["field"], "type", "one session is one visitor");
    let (_, token) = stage.world.visitor().await;
    client.post(&format!("40{}", json!({ "token": token }))).await;
    assert_eq!(client.event("error").await["field"], "type");
    for namespace in ["/admin", "/x?token=1", "/", "/%00", "//"] {
        client.post(&format!("40{namespace},{{}}")).await;
        if namespace == "/" {
            client.event("error").await;
        } else {
            let refused = client.packet(&format!("44{namespace},")).await;
            assert!(refused.contains("\"Invalid namespace\""), "{refused}");
        }
    }
    client.ask(99, &json!(["typing", { "on": true }])).await;
}

#[tokio::test]
async fn a_session_is_worth_nothing_to_whoever_guesses_at_it() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    stage.world.call(&visitor, "help").await;
    let (mut client, welcome) = Polling::connected(&stage, &json!({ "token": token })).await;
    assert_eq!(welcome["visitor"]["id"], visitor.id.to_string());
    let sid = client.sid.clone();
    for guess in
        ["", "x", "AAAAAAAAAAAAAAAA", &sid[..15], &format!("{sid}x"), &sid.to_uppercase(), "%00", "../../etc"]
    {
        for method in ["GET", "POST"] {
            let path = format!("{DOOR}polling&sid={guess}");
            let answer = Request::new(method, &path).bytes("text/plain", b"40{}").send(stage.at).await;
            assert_eq!(answer.status, 400, "{method} {guess}");
            assert!(!answer.text().contains("help"));
        }
    }
    for path in [
        "/socket.io/",
        "/socket.io/?EIO=3&transport=polling",
        "/socket.io/?EIO=4",
        "/socket.io/?EIO=4&transport=flash",
    ] {
        assert_eq!(Request::new("GET", path).send(stage.at).await.status, 400, "{path}");
    }
    assert_eq!(Request::new("POST", &format!("{DOOR}polling")).send(stage.at).await.status, 400);
    assert_eq!(Request::new("DELETE", &client.path()).send(stage.at).await.status, 400);
    client.ask(0, &json!(["typing", { "on": true }])).await;
}

#[tokio::test]
async fn a_session_moves_from_polling_to_websocket_once() {
    let stage = Stage::open().await;
    let (client, _) = Polling::connected(&stage, &json!({})).await;
    let query = format!("&sid={}", client.sid);
    let mut upgraded = websocket(&stage, &query).await;
    upgraded.send(Message::text("2probe")).await.unwrap();
    assert_eq!(text(&mut upgraded).await.as_deref(), Some("3probe"));
    upgraded.send(Message::text("5")).await.unwrap();
    upgraded.send(Message::text("420[\"call\",{\"id\":\"c1\"}]")).await.unwrap();
    assert_eq!(until(&mut upgraded, "430").await, "430[null,{\"id\":\"c1\",\"seq\":1}]");
    let mut second = websocket(&stage, &query).await;
    assert_eq!(text(&mut second).await, None, "there is one already");
    assert_eq!(client.post("2[]").await.status, 400);
    upgraded.send(Message::text("421[\"say\",{\"id\":\"m1\",\"body\":\"still here\"}]")).await.unwrap();
    until(&mut upgraded, "431[null").await;
}

#[tokio::test]
async fn binary_and_too_much_end_a_websocket() {
    let stage = Stage::open().await;
    let open = async || {
        let mut socket = websocket(&stage, "").await;
        socket.send(Message::text("40")).await.unwrap();
        until(&mut socket, "42[\"welcome\"").await;
        socket
    };
    let end = async |mut socket: WebSocket| {
        let mut last = String::new();
        while let Some(text) = text(&mut socket).await {
            if text.starts_with("42[\"error\"") {
                last = text;
            }
        }
        last
    };
    let mut binary = open().await;
    binary.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert!(end(binary).await.contains("\"binary\""));
    let mut huge = open().await;
    huge.send(Message::text(format!("42[\"say\",\"{}\"]", "x".repeat(70_000)))).await.unwrap();
    end(huge).await;
    let mut many = open().await;
    for n in 0..500 {
        // The server may have shut the door already.
        if many.send(Message::text(format!("42[\"typing\",{{\"on\":{}}}]", n % 2 == 0))).await.is_err() {
            break;
        }
    }
    assert!(end(many).await.contains("\"too_many\""));
}

#[tokio::test]
async fn a_server_that_stops_lets_clients_come_back_by_themselves() {
    let stage = Stage::open().await;
    let mut socket = websocket(&stage, "").await;
    socket.send(Message::text("40")).await.unwrap();
    until(&mut socket, "42[\"welcome\"").await;
    drop(stage);
    let mut rest = Vec::new();
    while let Some(text) = text(&mut socket).await {
        rest.push(text);
    }
    assert_eq!(rest, ["1"], "the transport is closed, not the namespace");
}

#[tokio::test]
async fn a_client_that_says_nothing_or_answers_no_ping_is_shown_out() {
    let stage = Stage::open().await;
    let mut silent = websocket(&stage, "").await;
    until(&mut silent, "0{").await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    while text(&mut silent).await.is_some() {}
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    let mut dead = websocket(&stage, "").await;
    dead.send(Message::text(format!("40{}", json!({ "token": token })))).await.unwrap();
    until(&mut dead, "42[\"welcome\"").await;
    let online = async || stage.world.desk.conversation(&owner, id).await.unwrap().visitor_online;
    assert!(online().await);
    stage.world.clock.advance(Duration::from_mins(2));
    for _ in 0..2 {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(23)).await;
        tokio::time::resume();
    }
    stage.until("the visitor is gone", async || !online().await).await;
}
