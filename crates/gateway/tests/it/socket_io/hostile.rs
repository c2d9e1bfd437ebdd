//! Socket.IO, packet by packet: what clients must not get away with (S41).

use std::time::Duration;

use desk::Caller;
use futures_util::SinkExt;
use serde_json::json;
use testkit::http::Request;
use tokio_tungstenite::tungstenite::Message;

use super::kit::{DOOR, Polling, WebSocket, text, until, websocket};
use crate::stage::Stage;

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
