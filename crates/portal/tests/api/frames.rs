//! Who may do what by a frame: every frame of the admins' socket for an admin, and for everyone whose right is none or has ended (S07, S11, S12).

use serde_json::{Value, json};
use testkit::routes;
use testkit::socket::Socket;

use crate::stage::{SOCKET, Stage};

/// A frame about a waiting call, and what an admin who may gets for it: an acknowledgement, a code, or silence.
fn table(call: &str) -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("hello", json!({}), "unexpected"),
        ("follow", json!({ "conversation_id": call }), ""),
        ("unfollow", json!({ "conversation_id": call }), ""),
        ("say", json!({ "id": "f1", "conversation_id": call, "body": "words" }), "not_joined"),
        ("note", json!({ "id": "f1", "conversation_id": call, "body": "words" }), "ack"),
        ("join", json!({ "id": "f1", "conversation_id": call }), "ack"),
        ("leave", json!({ "id": "f1", "conversation_id": call }), "ack"),
        ("close", json!({ "id": "f1", "conversation_id": call }), "not_answered_yet"),
        ("promise", json!({ "id": "f1", "conversation_id": call, "minutes": 3 }), "ack"),
        ("typing", json!({ "conversation_id": call, "on": true }), ""),
        ("read", json!({ "conversation_id": call, "seq": 1 }), ""),
        ("ping", json!({}), ""),
    ]
}

fn frame_of(row: &(&'static str, Value, &'static str)) -> Value {
    let mut frame = row.1.clone();
    frame["type"] = row.0.into();
    frame
}

#[test]
fn no_frame_is_without_a_row() {
    let mut rows: Vec<_> = table("").iter().map(|row| row.0.to_owned()).collect();
    rows.sort();
    assert_eq!(rows, routes::frames_in_source(include_str!("../../src/socket/frames.rs")));
}

#[tokio::test]
async fn every_frame_serves_an_admin_and_before_hello_nobody() {
    for at in 0..table("").len() {
        let stage = Stage::open().await;
        let call = stage.call("help").await;
        let row = table(&call).swap_remove(at);
        let (mut socket, _) = stage.hello(json!({})).await;
        if row.0 != "hello" {
            socket.send(&frame_of(&row)).await;
            match row.2 {
                "" => {}
                "ack" => assert_eq!(socket.next("ack").await["id"], "f1", "{}", row.0),
                code => assert_eq!(socket.next("error").await["code"], code, "{}", row.0),
            }
            socket.send(&json!({ "type": "ping" })).await;
            socket.next("pong").await;
            // Without a hello nothing is done, whatever the cookie or token of the handshake.
            let bearer = format!("Bearer {}", stage.token);
            let before = stage.stored().await;
            let mut unknown = Socket::open(stage.at, SOCKET, &[("Authorization", &bearer)]).await.unwrap();
            unknown.send(&frame_of(&row)).await;
            assert_eq!(unknown.closed().await, 4408, "{}", row.0);
            assert_eq!(stage.stored().await, before, "{}", row.0);
        }
    }
}

/// Once it is rung that rights have changed, no frame is carried out that was not looked at anew.
#[tokio::test]
async fn no_frame_acts_with_a_right_that_has_ended() {
    for at in 0..table("").len() {
        let stage = Stage::open().await;
        let call = stage.call("help").await;
        let row = table(&call).swap_remove(at);
        let (id, token) = stage.world.api_token(&stage.owner).await;
        let (mut socket, _) = stage.hello(json!({ "token": token })).await;
        stage.world.storage.revoke_api_token(id, &testkit::deed()).await.unwrap();
        stage.world.desk.rights_changed();
        let before = stage.stored().await;
        socket.send(&frame_of(&row)).await;
        assert_eq!(socket.closed().await, 4401, "{}", row.0);
        assert_eq!(stage.stored().await, before, "{}", row.0);
        assert!(!socket.heard.iter().any(|frame| frame["type"] == "ack"), "{}", row.0);
    }
}
