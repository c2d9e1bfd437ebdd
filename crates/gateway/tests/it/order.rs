//! Whoever reads a socket in order knows everybody and everything that an event names before it comes.

use desk::Caller;
use domain::id::ConversationId;
use serde_json::{Value, json};
use testkit::socket::Socket;

use crate::stage::Stage;

/// What had been heard before the event of this kind, and the event.
fn before<'a>(socket: &'a Socket, kind: &str) -> (&'a [Value], &'a Value) {
    let at = socket.heard.iter().position(|frame| frame["event"]["kind"] == kind).expect(kind);
    (&socket.heard[..at], &socket.heard[at]["event"])
}

fn last<'a>(heard: &'a [Value], kind: &str) -> Option<&'a Value> {
    heard.iter().rev().find(|frame| frame["type"] == kind).map(|frame| &frame[kind])
}

async fn called(stage: &Stage) -> (Socket, ConversationId, String) {
    let (_, token) = stage.world.visitor().await;
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    socket.send(&json!({ "type": "call", "id": "c1" })).await;
    let id = socket.next("conversation").await["conversation"]["id"].as_str().unwrap().parse().unwrap();
    socket.find("the call", |frame| frame["event"]["kind"] == "called").await;
    (socket, id, token)
}

#[tokio::test]
async fn who_comes_in_is_in_the_room_before_it_is_told() {
    let stage = Stage::open().await;
    let kim = stage.owner().await;
    let (mut socket, id, _) = called(&stage).await;
    stage.world.desk.join(&Caller::Admin(kim), id).await.unwrap();
    socket.find("the joining", |frame| frame["event"]["kind"] == "joined").await;
    let (heard, joined) = before(&socket, "joined");
    let view = last(heard, "conversation").unwrap();
    assert_eq!((&view["state"], &view["admins"][0]["id"]), (&json!("active"), &joined["by"]["id"]));
}

#[tokio::test]
async fn the_post_of_a_move_comes_before_the_move_and_once() {
    let stage = Stage::open().await;
    let (mut socket, id, token) = called(&stage).await;
    let post = json!({ "kind": "error", "title": "Payment", "body": "It does not load." });
    assert_eq!(stage.post(&format!("/conversations/{id}/inquiry"), &token, &post).await.status, 201);
    socket.find("the move", |frame| frame["event"]["kind"] == "moved").await;
    socket.settle().await;
    let (heard, moved) = before(&socket, "moved");
    let view = last(heard, "conversation").unwrap();
    assert_eq!((&view["state"], &view["inquiry_id"]), (&json!("moved"), &moved["data"]["inquiry_id"]));
    assert_eq!(last(heard, "inquiry").unwrap()["id"], moved["data"]["inquiry_id"]);
    let told = socket.heard.iter().filter(|frame| frame["type"] == "inquiry").count();
    assert_eq!(told, 1, "{:?}", socket.heard);
}
