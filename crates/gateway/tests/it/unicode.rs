//! Text comes back as it was sent, by REST and by WebSocket through the database and out again by both, or is refused (S43).

use std::collections::HashMap;

use serde_json::{Value, json};
use testkit::unicode::{kept, refused};
use tokio_tungstenite::tungstenite::Message;

use crate::stage::Stage;

#[tokio::test]
async fn s43_every_text_of_the_table_comes_back_to_the_letter() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let called = stage.post("/conversations", &token, &json!({})).await.json();
    let call = format!("/conversations/{}", called["conversation"]["id"].as_str().unwrap());
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    let table = kept();
    assert!(table.len() >= 500);
    for (n, (what, text)) in table.iter().enumerate() {
        // Every other one goes in by the socket.
        if n % 2 == 0 {
            let words = json!({ "id": format!("m{n}"), "body": text });
            let said = stage.post(&format!("{call}/messages"), &token, &words).await;
            assert_eq!(said.status, 201, "{what}: {}", said.text());
        } else {
            let id = format!("m{n}");
            socket.send(&json!({ "type": "say", "id": id, "body": text })).await;
            let answer = socket.find("an answer", |frame| frame["id"] == *id).await;
            assert_eq!(answer["type"], "ack", "{what}: {answer}");
        }
    }
    // Out they come by both: all by the socket, which has followed, and all by REST, page after page.
    socket.settle().await;
    let by_socket: HashMap<&str, &str> =
        socket.heard.iter().filter_map(|frame| said(&frame["event"])).collect();
    let mut log = Vec::new();
    loop {
        let page = stage.get(&format!("{call}/events?limit=200&after={}", log.len()), &token).await.json();
        let events = page["events"].as_array().unwrap().clone();
        if events.is_empty() {
            break;
        }
        log.extend(events);
    }
    let by_rest: HashMap<&str, &str> = log.iter().filter_map(said).collect();
    for (n, (what, text)) in table.iter().enumerate() {
        let id = format!("m{n}");
        assert_eq!(by_rest.get(&*id), Some(&text.as_str()), "{what}, by REST");
        assert_eq!(by_socket.get(&*id), Some(&text.as_str()), "{what}, by the socket");
    }
}

/// The client's id and the words of a message.
fn said(event: &Value) -> Option<(&str, &str)> {
    Some((event["client_id"].as_str()?, event["body"].as_str()?))
}

#[tokio::test]
async fn s43_every_post_and_comment_of_the_table_comes_back_to_the_letter() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    for (what, text) in kept() {
        let post = json!({ "kind": "suggestion", "title": text, "body": format!("{text}\n\t{text}") });
        let posted = stage.post("/inquiries", &token, &post).await;
        assert_eq!(posted.status, 201, "{what}: {}", posted.text());
        let path = format!("/inquiries/{}", posted.json()["inquiry"]["id"].as_str().unwrap());
        let commented = stage.post(&format!("{path}/comments"), &token, &json!({ "body": text })).await;
        assert_eq!(commented.status, 201, "{what}: {}", commented.text());
        let shown = stage.get(&path, &token).await.json();
        let shown = &shown["inquiry"];
        assert_eq!((&shown["title"], &shown["body"]), (&post["title"], &post["body"]), "{what}");
        assert_eq!(shown["comments"][0]["body"], *text, "{what}");
    }
}

#[tokio::test]
async fn s43_what_is_no_text_is_refused_and_nothing_is_stored() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let called = stage.post("/conversations", &token, &json!({})).await.json();
    let call = format!("/conversations/{}", called["conversation"]["id"].as_str().unwrap());
    let before = stage.stored().await;
    for (what, text) in refused() {
        for (path, start, end) in [
            (format!("{call}/messages"), r#"{"id":"m1","body":""#, r#""}"#),
            ("/inquiries".to_owned(), r#"{"kind":"error","body":"b","title":""#, r#""}"#),
            ("/inquiries".to_owned(), r#"{"kind":"error","title":"t","body":""#, r#""}"#),
            (format!("{call}/messages"), r#"{"body":"b","id":""#, r#""}"#),
        ] {
            let body = [start.as_bytes(), &text, end.as_bytes()].concat();
            let request = stage.request("POST", &path, &token).bytes("application/json", &body);
            let answer = request.send(stage.at).await;
            assert!(matches!(answer.status, 400 | 422), "{what}: {} {}", answer.status, answer.text());
        }
    }
    assert_eq!(stage.stored().await, before);
}

#[tokio::test]
async fn s43_what_is_no_text_is_refused_by_the_socket_too() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    stage.post("/conversations", &token, &json!({})).await;
    let before = stage.stored().await;
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    for (what, text) in refused() {
        let frame = [br#"{"type":"say","id":"m1","body":""#.as_slice(), &text, br#""}"#].concat();
        // What is no UTF-8 a client cannot put into a frame of text: the raw frames do (S36).
        let Ok(frame) = String::from_utf8(frame) else { continue };
        socket.send_message(Message::text(frame)).await;
        // A field that is at fault is named; what is no JSON ends the connection.
        if let Some(code) = socket.closed_or("error").await {
            assert_eq!(code, 1007, "{what}");
        } else {
            let error = socket.next("error").await;
            assert_eq!((&error["code"], &error["field"]), (&json!("invalid"), &json!("body")), "{what}");
        }
        socket = stage.hello(json!({ "token": token })).await.0;
    }
    assert_eq!(stage.stored().await, before);
}
