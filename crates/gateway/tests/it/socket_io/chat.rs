//! Socket.IO, packet by packet: what clients of any make may send.

use desk::{Caller, Whisper};
use domain::Seq;
use futures_util::SinkExt;
use serde_json::{Value, json};
use testkit::http::Request;
use testkit::origins::foreign;
use tokio_tungstenite::tungstenite::Message;

use super::kit::{DOOR, Polling, text, until, websocket};
use crate::stage::{HOST_SITE, Stage, config};

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

/// S10.
#[tokio::test]
async fn a_page_of_another_origin_is_refused_whatever_it_asks_for() {
    let stage = Stage::open().await;
    let client = Polling::open(&stage).await;
    let own = client.path();
    let ask = async |method: &str, path: &str, origin: &str| {
        Request::new(method, path).header("Origin", origin).bytes("text/plain", b"").send(stage.at).await
    };
    for origin in foreign() {
        for (method, path) in [
            ("GET", format!("{DOOR}polling")),
            ("GET", format!("{DOOR}websocket")),
            ("GET", own.clone()),
            ("POST", own.clone()),
            ("OPTIONS", own.clone()),
        ] {
            let answer = ask(method, &path, &origin).await;
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
