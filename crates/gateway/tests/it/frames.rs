//! Who may do what by a frame: every frame of the visitors' sockets from somebody whose call it is not (S07, S60). Socket.IO's events
//! are the same frames, carried out by the same code.

use serde_json::{Value, json};
use testkit::routes;
use testkit::socket::Socket;

use crate::stage::{SOCKET, Stage};

/// What comes of it when it names another visitor's call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The error of what is not there.
    NotFound,
    /// The code with which the socket is closed.
    Closed(u16),
    /// It cannot name a call, and is about one's own.
    OwnOnly,
}

fn table(call: &str, token: &str) -> Vec<(&'static str, Value, Then)> {
    vec![
        ("hello", json!({ "token": &token[1..], "conversation_id": call }), Then::Closed(4401)),
        ("call", json!({ "id": "f1" }), Then::OwnOnly),
        ("say", json!({ "id": "f1", "conversation_id": call, "body": "words" }), Then::NotFound),
        ("typing", json!({ "on": true }), Then::OwnOnly),
        ("read", json!({ "seq": 1 }), Then::OwnOnly),
        ("cancel", json!({ "id": "f1", "conversation_id": call }), Then::NotFound),
        ("close", json!({ "id": "f1", "conversation_id": call }), Then::NotFound),
        ("ping", json!({}), Then::OwnOnly),
    ]
}

#[test]
fn no_frame_is_without_a_row() {
    let mut rows: Vec<_> = table("", " ").iter().map(|row| row.0.to_owned()).collect();
    rows.sort();
    assert_eq!(rows, routes::frames_in_source(include_str!("../../src/socket/frames.rs")));
}

async fn line_of(stage: &Stage, id: &str) -> (&'static str, u64) {
    let owner = desk::Caller::Admin(stage.world.storage.admins().await.unwrap()[0].clone());
    let view = stage.world.desk.conversation(&owner, id.parse().unwrap()).await.unwrap();
    (view.row.conversation.state.as_str(), view.row.conversation.seq.0)
}

#[tokio::test]
async fn every_frame_touches_ones_own_call_and_no_other() {
    for at in 0..table("", " ").len() {
        let stage = Stage::open().await;
        stage.owner().await;
        let (a, token) = stage.world.visitor().await;
        let call = stage.world.call(&a, "mine alone").await.to_string();
        let before = line_of(&stage, &call).await;
        let (kind, mut frame, then) = table(&call, &token).swap_remove(at);
        frame["type"] = kind.into();
        let mut other = if kind == "hello" {
            stage.socket().await
        } else {
            // To ask for another's call at the hello gives nothing of it either.
            stage.hello(json!({ "conversation_id": call })).await.0
        };
        other.send(&frame).await;
        match then {
            Then::NotFound => assert_eq!(other.next("error").await["code"], "not_found", "{kind}"),
            Then::Closed(code) => assert_eq!(other.closed().await, code, "{kind}"),
            Then::OwnOnly => {
                other.send(&json!({ "type": "ping" })).await;
                other.next("pong").await;
            }
        }
        let heard = format!("{:?}", other.heard);
        assert!(!heard.contains("mine alone") && !heard.contains(&a.id.to_string()), "{kind}: {heard}");
        assert_eq!(line_of(&stage, &call).await, before, "{kind}");
    }
}

#[tokio::test]
async fn an_admins_credentials_are_no_visitors_and_no_socket_is_opened_by_them() {
    let stage = Stage::open().await;
    let owner = stage.owner().await;
    let (_, of_admin) = stage.world.api_token(&owner).await;
    let bearer = format!("Bearer {of_admin}");
    let cookie = format!("deskbell={of_admin}");
    for headers in [("Authorization", bearer.as_str()), ("Cookie", cookie.as_str())] {
        let mut socket = Socket::open(stage.at, SOCKET, &[headers]).await.unwrap();
        socket.send(&json!({ "type": "hello" })).await;
        let welcome = socket.next("welcome").await;
        assert!(
            welcome.get("admin").is_none() && welcome["visitor"]["id"].is_string(),
            "a new visitor like any other"
        );
    }
    let mut socket = stage.socket().await;
    socket.send(&json!({ "type": "hello", "token": of_admin })).await;
    assert_eq!(socket.closed().await, 4401);
}
