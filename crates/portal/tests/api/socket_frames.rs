//! Bad frames on the admin's socket: an error with the frame's id, or the right close code.

use serde_json::{Value, json};
use testkit::socket::Socket;
use tokio_tungstenite::tungstenite::Message;

use crate::stage::{SOCKET, Stage};

#[tokio::test]
async fn a_wrong_frame_is_answered_with_its_id_and_the_field_at_fault() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    stage.act(&format!("/conversations/{id}/join")).await;
    let (mut socket, _) = stage.hello(json!({})).await;
    let before = stage.stored().await;
    let long = "a".repeat(8193);
    let table = [
        (json!({ "type": "nonsense", "id": "i" }), "type"),
        (json!({ "type": "call", "id": "i" }), "type"),
        (json!({ "type": "cancel", "id": "i" }), "type"),
        (json!({ "type": 7, "id": "i" }), "type"),
        (json!({ "id": "i" }), "type"),
        (json!({ "type": "say", "id": "i", "body": "x" }), "conversation_id"),
        (json!({ "type": "say", "id": "i", "conversation_id": id }), "body"),
        (json!({ "type": "say", "id": "i", "conversation_id": id, "body": " " }), "body"),
        (json!({ "type": "say", "id": "i", "conversation_id": id, "body": "a\0" }), "body"),
        (json!({ "type": "say", "id": "i", "conversation_id": id, "body": long }), "body"),
        (json!({ "type": "say", "id": "i", "conversation_id": id, "body": 7 }), "body"),
        (json!({ "type": "note", "id": "i", "conversation_id": id, "body": "\u{3164}" }), "body"),
        (json!({ "type": "note", "id": "i", "conversation_id": 7, "body": "x" }), "conversation_id"),
        (json!({ "type": "join", "id": "i", "conversation_id": id, "x": 1 }), "x"),
        (json!({ "type": "join", "id": "i" }), "conversation_id"),
        (json!({ "type": "leave", "id": "i", "conversation_id": [] }), "conversation_id"),
        (json!({ "type": "close", "id": "i", "conversation_id": null }), "conversation_id"),
        (json!({ "type": "promise", "id": "i", "conversation_id": id }), "minutes"),
        (json!({ "type": "promise", "id": "i", "conversation_id": id, "minutes": -1 }), "minutes"),
        (json!({ "type": "promise", "id": "i", "conversation_id": id, "minutes": "3" }), "minutes"),
        (json!({ "type": "hello", "id": "i" }), "id"),
        (json!({ "type": "ping", "id": "i" }), "id"),
    ];
    for (frame, field) in table {
        socket.send(&frame).await;
        let error = socket.next("error").await;
        assert_eq!(
            (&error["id"], &error["field"], &error["code"]),
            (&json!("i"), &json!(field), &json!("invalid")),
            "{frame}: {error}"
        );
    }
    for frame in [
        json!({ "type": "join", "id": "i", "conversation_id": "x" }),
        json!({ "type": "say", "id": "i", "conversation_id": stage.world.source.id().to_string(), "body": "x" }),
    ] {
        socket.send(&frame).await;
        let error = socket.next("error").await;
        assert_eq!((&error["id"], &error["code"]), (&json!("i"), &json!("not_found")), "{frame}");
    }
    for frame in [
        json!({ "type": "follow", "conversation_id": "x" }),
        json!({ "type": "unfollow", "conversation_id": "x" }),
        json!({ "type": "follow", "conversation_id": "\0" }),
    ] {
        socket.send(&frame).await;
        let error = socket.next("error").await;
        assert_eq!(
            (&error["code"], &error["conversation_id"]),
            (&json!("not_found"), &frame["conversation_id"]),
            "{frame}"
        );
    }
    socket.send(&json!({ "type": "typing", "conversation_id": "x", "on": true })).await;
    socket
        .send(&json!({ "type": "read", "conversation_id": stage.world.source.id().to_string(), "seq": 1 }))
        .await;
    socket.settle().await;
    assert_eq!(stage.stored().await, before);
}

#[tokio::test]
async fn what_is_no_frame_of_ours_closes_with_the_code_that_says_why() {
    let stage = Stage::open().await;
    for greeted in [false, true] {
        for (message, code) in [
            (Message::binary(&b"{}"[..]), 1003),
            (Message::text(""), 1007),
            (Message::text("{"), 1007),
            (Message::text("{\"type\":\"ping\"} x"), 1007),
            (Message::text("[".repeat(60_000)), 1007),
            (Message::text("x".repeat(65_537)), 1009),
        ] {
            let mut socket = if greeted {
                stage.hello(json!({})).await.0
            } else {
                Socket::open(stage.at, SOCKET, &[]).await.unwrap()
            };
            socket.send_message(message).await;
            assert_eq!(socket.closed().await, code);
        }
    }
    for frame in [
        json!({ "type": "ping" }),
        json!({ "type": "follow", "conversation_id": "x" }),
        json!({}),
        json!({ "type": "hello", "x": 1 }),
    ] {
        let mut socket = Socket::open(stage.at, SOCKET, &[]).await.unwrap();
        socket.send(&frame).await;
        assert_eq!(socket.closed().await, 4408, "{frame}");
    }
}

#[tokio::test]
async fn one_socket_follows_so_many_and_no_more() {
    let stage = Stage::open().await;
    let (mut socket, _) = stage.hello(json!({})).await;
    for n in 0..33 {
        let id = stage.call("help").await;
        socket.send(&json!({ "type": "follow", "conversation_id": id })).await;
        if n == 32 {
            assert_eq!(socket.next("error").await["code"], "too_many_lines");
        } else {
            socket
                .find("the call", |frame| frame["event"]["seq"] == 2 && frame["conversation_id"] == *id)
                .await;
        }
    }
    let errors: Vec<&Value> = socket.heard.iter().filter(|frame| frame["type"] == "error").collect();
    assert_eq!(errors.len(), 1);
}

#[tokio::test]
async fn who_has_no_room_for_a_call_does_not_join_it_unseen() {
    let stage = Stage::open().await;
    let (mut socket, _) = stage.hello(json!({})).await;
    let mut calls = Vec::new();
    for n in 0..33 {
        calls.push(stage.call("help").await);
        let id = format!("j{n}");
        socket.send(&json!({ "type": "join", "id": id, "conversation_id": calls[n] })).await;
        let answer = socket.find("the answer", |frame| frame["id"] == *id).await;
        assert_eq!(answer["type"], if n == 32 { "error" } else { "ack" }, "{answer}");
    }
    let shown = stage.get(&format!("/conversations/{}", calls[32])).await.json();
    assert_eq!(shown["conversation"]["state"], "waiting");
    socket.send(&json!({ "type": "unfollow", "conversation_id": calls[0] })).await;
    socket.send(&json!({ "type": "join", "id": "again", "conversation_id": calls[32] })).await;
    socket.find("the joining", |frame| frame["type"] == "ack" && frame["id"] == "again").await;
}
