//! The admin's socket: the queue, the calls that are followed, what is said in them.

use domain::admin::Role;
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn the_queue_comes_whole_and_then_what_changes_and_what_leaves() {
    let stage = Stage::open().await;
    let first = stage.call("first words").await;
    let second = stage.call("second words").await;
    let (mut socket, welcome) = stage.hello(json!({})).await;
    assert_eq!((&welcome["admin"]["name"], &welcome["recovered"]), (&json!("Kim"), &json!(true)));
    let queue = socket.next("queue").await["conversations"].clone();
    let ids: Vec<&Value> = queue.as_array().unwrap().iter().map(|entry| &entry["id"]).collect();
    assert_eq!(ids, [&json!(first), &json!(second)], "longest wait first");
    assert_eq!(
        (&queue[0]["preview"], &queue[0]["visitor"]["verified"]),
        (&json!("first words"), &json!(false))
    );
    let third = stage.call("third words").await;
    let changed = |id: String| {
        move |frame: &Value| {
            frame["changed"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == *id))
        }
    };
    socket.find("the third", changed(third.clone())).await;
    stage.act(&format!("/conversations/{first}/join")).await;
    let joined = |frame: &Value| {
        frame["changed"].as_array().is_some_and(|all| all.iter().any(|one| one["state"] == "active"))
    };
    socket.find("joined", joined).await;
    stage.act(&format!("/conversations/{first}/close")).await;
    let left =
        socket.find("gone", |frame| frame["removed"].as_array().is_some_and(|ids| !ids.is_empty())).await;
    assert_eq!((&left["removed"], &left["changed"]), (&json!([first]), &json!([])));
    assert!(!format!("{:?}", socket.heard).contains("\"event\""), "what is not followed is not told");
}

#[tokio::test]
async fn joining_follows_and_both_see_what_is_said() {
    let stage = Stage::open().await;
    let lee = stage.world.admin("lee@desk.example", "Lee", Role::Admin).await;
    let (_, of_lee) = stage.world.api_token(&lee).await;
    let id = stage.call("help").await;
    let (mut one, _) = stage.hello(json!({})).await;
    let (mut two, _) = stage.hello(json!({ "token": of_lee })).await;
    one.send(&json!({ "type": "join", "id": "j1", "conversation_id": id })).await;
    assert_eq!(one.next("ack").await, json!({ "type": "ack", "id": "j1", "seq": 3 }));
    two.send(&json!({ "type": "follow", "conversation_id": id })).await;
    assert_eq!(two.next("conversation").await["conversation"]["id"], id);
    two.find("the call", |frame| frame["event"]["kind"] == "called").await;
    two.send(&json!({ "type": "say", "id": "s1", "conversation_id": id, "body": "not in yet" })).await;
    let error = two.next("error").await;
    assert_eq!((&error["id"], &error["code"]), (&json!("s1"), &json!("not_joined")));
    one.send(&json!({ "type": "note", "id": "n1", "conversation_id": id, "body": "look at the cart" })).await;
    two.find("the note", |frame| {
        frame["event"]["kind"] == "noted" && frame["event"]["body"] == "look at the cart"
    })
    .await;
    two.send(&json!({ "type": "join", "id": "j2", "conversation_id": id })).await;
    two.send(&json!({ "type": "say", "id": "s2", "conversation_id": id, "body": "hello" })).await;
    let said = one.find("the words", |frame| frame["event"]["body"] == "hello").await;
    assert_eq!((&said["event"]["by"]["name"], &said["event"]["client_id"]), (&json!("Lee"), &json!("s2")));
    two.send(&json!({ "type": "typing", "conversation_id": id, "on": true })).await;
    two.send(&json!({ "type": "read", "conversation_id": id, "seq": 5 })).await;
    assert_eq!(one.next("typing").await["by"]["name"], "Lee");
    assert_eq!(one.next("read").await["seq"], 5);
    assert!(!two.settle().await.iter().any(|frame| frame["type"] == "typing" || frame["type"] == "read"));
    two.send(&json!({ "type": "unfollow", "conversation_id": id })).await;
    two.settle().await;
    let known = two.seqs().len();
    one.send(&json!({ "type": "say", "id": "s3", "conversation_id": id, "body": "still there?" })).await;
    one.find("the words", |frame| frame["event"]["body"] == "still there?").await;
    two.settle().await;
    assert_eq!(two.seqs().len(), known, "what is not followed any more is not told");
    two.send(&json!({ "type": "follow", "conversation_id": id, "after": 6 })).await;
    two.find("the words", |frame| frame["event"]["body"] == "still there?").await;
    assert_eq!(two.seqs()[known..], [7], "and goes on from where it is said to");
    one.settle().await;
    assert_eq!(one.seqs(), [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn hello_with_a_conversation_goes_on_from_every_place() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    stage.act(&format!("/conversations/{id}/join")).await;
    for n in 0..5 {
        let words = json!({ "id": format!("w{n}"), "body": "words" });
        assert_eq!(stage.post(&format!("/conversations/{id}/notes"), &words).await.status, 201);
    }
    for after in 0..=8_u64 {
        let (mut socket, welcome) = stage.hello(json!({ "conversation_id": id, "after": after })).await;
        assert_eq!((&welcome["recovered"], &welcome["conversation"]["id"]), (&json!(true), &json!(id)));
        if after < 8 {
            socket.find("the last", |frame| frame["event"]["seq"] == 8).await;
        }
        socket.settle().await;
        assert_eq!(
            socket.seqs(),
            (after + 1..=8).collect::<Vec<u64>>(),
            "after {after}: notes are for admins"
        );
    }
    for after in [9, 1_000_000, u64::MAX] {
        let (mut socket, welcome) = stage.hello(json!({ "conversation_id": id, "after": after })).await;
        assert_eq!(welcome["recovered"], false);
        socket.find("the last", |frame| frame["event"]["seq"] == 8).await;
        assert_eq!(socket.seqs(), (1..=8).collect::<Vec<u64>>());
    }
    let (_, welcome) = stage.hello(json!({ "conversation_id": stage.world.source.id().to_string() })).await;
    assert_eq!((&welcome["recovered"], &welcome["conversation"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn commands_take_effect_once_and_say_why_when_they_do_not() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    let (mut socket, _) = stage.hello(json!({})).await;
    for (frame, answer) in [
        (json!({ "type": "close", "id": "a" }), "not_answered_yet"),
        (json!({ "type": "say", "id": "b", "body": "x" }), "not_joined"),
        (json!({ "type": "promise", "id": "c", "minutes": 0 }), "invalid"),
        (json!({ "type": "promise", "id": "d", "minutes": 5 }), "ack"),
        (json!({ "type": "leave", "id": "e" }), "ack"),
        (json!({ "type": "join", "id": "f" }), "ack"),
        (json!({ "type": "join", "id": "g" }), "ack"),
        (json!({ "type": "promise", "id": "h", "minutes": 5 }), "already_answered"),
        (json!({ "type": "say", "id": "i", "body": "x" }), "ack"),
        (json!({ "type": "say", "id": "i", "body": "x" }), "ack"),
        (json!({ "type": "close", "id": "j" }), "ack"),
        (json!({ "type": "close", "id": "k" }), "ack"),
        (json!({ "type": "join", "id": "l" }), "conversation_closed"),
        (json!({ "type": "note", "id": "m", "body": "x" }), "conversation_closed"),
    ] {
        let mut sent = frame.clone();
        sent["conversation_id"] = json!(id);
        socket.send(&sent).await;
        let kind = if answer == "ack" { "ack" } else { "error" };
        let got = socket.next(kind).await;
        assert_eq!(got["id"], frame["id"], "{frame}: {got}");
        if kind == "error" {
            assert_eq!(got["code"], answer, "{frame}: {got}");
        }
    }
}

#[tokio::test]
async fn a_page_that_knew_another_history_starts_over_from_the_beginning() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    let old = stage.world.storage.epoch().await.unwrap();
    let hello = |epoch: &str| json!({ "conversation_id": id, "after": 2, "epoch": epoch });
    assert_eq!(stage.hello(hello(&old)).await.1["recovered"], true);
    let renewed = stage.world.storage.renew_epoch().await.unwrap();
    let (mut socket, welcome) = stage.hello(hello(&old)).await;
    assert_eq!((&welcome["recovered"], &welcome["epoch"]), (&json!(false), &json!(renewed)));
    socket.find("the words", |frame| frame["event"]["seq"] == 2).await;
    assert_eq!(socket.seqs(), [1, 2]);
    assert_eq!(stage.hello(hello(&renewed)).await.1["recovered"], true);
}
