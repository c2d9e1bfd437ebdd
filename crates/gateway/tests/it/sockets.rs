//! The visitor's socket: who may come in, and what they and the other side see.

use std::time::Duration;

use desk::{Caller, Whisper};
use domain::Seq;
use domain::text::Body;
use serde_json::{Value, json};

use crate::stage::{Stage, config};

fn id_of(frame: &Value) -> domain::id::ConversationId {
    frame["conversation"]["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_visitor_comes_in_calls_and_is_told_of_it_once() {
    let stage = Stage::open().await;
    let (mut socket, welcome) = stage.hello(json!({})).await;
    assert_eq!((&welcome["conversation"], &welcome["recovered"]), (&Value::Null, &json!(true)));
    assert!(welcome["token"].is_string() && welcome["epoch"].is_string());
    assert_eq!(welcome["visitor"]["verified"], false);
    socket
        .send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "도와주세요" } }))
        .await;
    assert_eq!(socket.next("ack").await, json!({ "type": "ack", "id": "c1", "seq": 2 }));
    let conversation = socket.next("conversation").await["conversation"].clone();
    assert_eq!((&conversation["state"], &conversation["last_seq"]), (&json!("waiting"), &json!(2)));
    let called = socket.next("event").await;
    assert_eq!(called["event"]["kind"], "called");
    let said = socket.next("event").await;
    assert_eq!((&said["event"]["body"], &said["event"]["client_id"]), (&json!("도와주세요"), &json!("m1")));
    assert_eq!(said["conversation_id"], conversation["id"]);
    socket.send(&json!({ "type": "say", "id": "m2", "body": "again" })).await;
    socket.send(&json!({ "type": "say", "id": "m2", "body": "again" })).await;
    assert_eq!(socket.next("ack").await["seq"], 3);
    assert_eq!(socket.next("ack").await["seq"], 3, "said twice, stored once, acknowledged alike");
    if !socket.seqs().contains(&3) {
        socket.find("what was added", |frame| frame["event"]["seq"] == 3).await;
    }
    socket.settle().await;
    assert_eq!(socket.seqs(), [1, 2, 3]);
}

#[tokio::test]
async fn a_call_sent_twice_is_one_call() {
    let stage = Stage::open().await;
    let (mut socket, _) = stage.hello(json!({})).await;
    let call = json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "help" } });
    socket.send(&call).await;
    socket.send(&call).await;
    socket.send(&json!({ "type": "call", "id": "c2" })).await;
    let acks = [socket.next("ack").await, socket.next("ack").await, socket.next("ack").await];
    assert_eq!(acks.each_ref().map(|ack| ack["id"].as_str().unwrap()), ["c1", "c1", "c2"]);
    if !socket.seqs().contains(&2) {
        socket.find("the words", |frame| frame["event"]["seq"] == 2).await;
    }
    socket.settle().await;
    assert_eq!(socket.seqs(), [1, 2]);
    assert_eq!(stage.stored().await, "[(1, Seq(2))] [] 0");
}

#[tokio::test]
async fn a_press_sent_again_by_rest_is_one_call_even_when_it_has_ended_since() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let press = json!({ "id": "c1" });
    let first = stage.post("/conversations", &token, &press).await;
    assert_eq!(first.status, 201);
    let id = first.json()["conversation"]["id"].as_str().unwrap().to_owned();
    assert_eq!(stage.post(&format!("/conversations/{id}/cancel"), &token, &json!({})).await.status, 200);
    let again = stage.post("/conversations", &token, &press).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["conversation"]["id"], id.as_str());
    assert_eq!(again.json()["conversation"]["state"], "cancelled");
    assert_eq!(stage.post("/conversations", &token, &json!({ "id": "c2" })).await.status, 201);
    let wrong = stage.post("/conversations", &token, &json!({ "id": "no id" })).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
}

#[tokio::test]
async fn what_is_said_right_after_a_second_call_is_said_there() {
    let stage = Stage::open().await;
    let (mut socket, _) = stage.hello(json!({})).await;
    for n in 0..20 {
        socket.send(&json!({ "type": "call", "id": format!("c{n}") })).await;
        socket.send(&json!({ "type": "say", "id": format!("m{n}"), "body": "help" })).await;
        socket.send(&json!({ "type": "cancel", "id": format!("x{n}") })).await;
        for id in ["c", "m", "x"] {
            let ack = socket.next("ack").await;
            assert_eq!(ack["id"], format!("{id}{n}"));
        }
    }
    let refused: Vec<&Value> = socket.heard.iter().filter(|frame| frame["type"] == "error").collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[tokio::test]
async fn the_first_frame_is_hello_and_comes_soon() {
    let stage = Stage::open().await;
    for frame in [
        json!({ "type": "ping" }),
        json!({ "type": "call", "id": "c1" }),
        json!({ "type": "say", "id": "m1", "body": "hello" }),
        json!({ "type": "close", "id": "x" }),
        json!({ "type": "nonsense" }),
        json!({ "type": "hello", "x": 1 }),
        json!({ "type": "hello", "after": -1 }),
        json!({ "type": "hello", "token": 7 }),
        json!({}),
        json!([]),
    ] {
        let mut socket = stage.socket().await;
        socket.send(&frame).await;
        assert_eq!(socket.closed().await, 4408, "{frame}");
        assert!(socket.heard.iter().all(|heard| heard["type"] == "error"), "{:?}", socket.heard);
    }
    assert_eq!(stage.stored().await, "[] [] 0");
}

#[tokio::test]
async fn whoever_says_nothing_for_ten_seconds_is_shown_out() {
    let stage = Stage::open().await;
    let mut socket = stage.socket().await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    assert_eq!(socket.closed().await, 4408);
}

/// S60.
#[tokio::test]
async fn a_token_that_is_not_known_is_no_way_in() {
    let stage = Stage::open().await;
    let owner = stage.owner().await;
    let (_, of_admin) = stage.world.api_token(&owner).await;
    for token in ["", "x", "a.b.c", "\0", &"x".repeat(43), &"x".repeat(60_000), &of_admin] {
        let mut socket = stage.socket().await;
        socket.send(&json!({ "type": "hello", "token": token })).await;
        assert_eq!(socket.closed().await, 4401);
        assert_eq!(socket.heard.len(), 1);
        assert_eq!(socket.heard[0]["code"], "unauthorized");
    }
}

/// S42.
#[tokio::test]
async fn ten_sockets_are_enough_for_one_visitor_and_a_place_that_is_left_is_free() {
    let mut config = config();
    config.limits.sockets_per_visitor = 10;
    let stage = Stage::with(config).await;
    let (_, token) = stage.world.visitor().await;
    let mut held = Vec::new();
    for _ in 0..10 {
        held.push(stage.hello(json!({ "token": token })).await.0);
    }
    let mut eleventh = stage.socket().await;
    eleventh.send(&json!({ "type": "hello", "token": token })).await;
    assert_eq!(eleventh.closed().await, 4429);
    let (mut other, _) = stage.hello(json!({})).await;
    other.settle().await;
    held.pop().unwrap().cut();
    stage
        .until("the place is free", async || {
            let mut socket = stage.socket().await;
            socket.send(&json!({ "type": "hello", "token": token })).await;
            socket.send(&json!({ "type": "ping" })).await;
            socket.closed_or("welcome").await.is_none()
        })
        .await;
}

#[tokio::test]
async fn a_second_tab_follows_the_call_that_was_made_in_the_first() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let (mut first, _) = stage.hello(json!({ "token": token })).await;
    let (mut second, welcome) = stage.hello(json!({ "token": token })).await;
    assert_eq!(welcome["conversation"], Value::Null);
    first.send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "help" } })).await;
    let shown = second.next("conversation").await;
    assert_eq!(shown["conversation"]["state"], "waiting");
    second.find("the words", |frame| frame["event"]["body"] == "help").await;
    second.send(&json!({ "type": "say", "id": "m2", "body": "from the second tab" })).await;
    first.find("the words", |frame| frame["event"]["body"] == "from the second tab").await;
    // The call is over, a new one is made: the other tab goes along.
    first.send(&json!({ "type": "cancel", "id": "x1" })).await;
    second.find("the end", |frame| frame["conversation"]["state"] == "cancelled").await;
    second.send(&json!({ "type": "call", "id": "c2" })).await;
    let again = first.find("the new call", |frame| {
        frame["conversation"]["state"] == "waiting" && frame["conversation"]["number"] == 2
    });
    assert_ne!(again.await["conversation"]["id"], shown["conversation"]["id"]);
}

#[tokio::test]
async fn typing_and_reading_reach_the_other_side_and_not_oneself() {
    let stage = Stage::open().await;
    let owner = stage.owner().await;
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help").await;
    let (mut one, _) = stage.hello(json!({ "token": token })).await;
    let (mut two, _) = stage.hello(json!({ "token": token })).await;
    let mut ear = stage.world.bus.overhear(conversation);
    one.send(&json!({ "type": "typing", "on": true })).await;
    one.send(&json!({ "type": "read", "seq": 2 })).await;
    let me = Caller::Visitor(visitor).actor();
    assert_eq!(ear.recv().await.unwrap(), Whisper::Typing { by: me.clone(), on: true });
    assert_eq!(ear.recv().await.unwrap(), Whisper::Read { by: me, seq: Seq(2) });
    let by = Caller::Admin(owner).actor();
    stage.world.desk.whisper(conversation, Whisper::Typing { by: by.clone(), on: true });
    stage.world.desk.whisper(conversation, Whisper::Read { by, seq: Seq(1) });
    for socket in [&mut one, &mut two] {
        let typing = socket.next("typing").await;
        assert_eq!((&typing["by"]["name"], &typing["on"]), (&json!("Kim"), &json!(true)));
        assert_eq!(typing["conversation_id"], conversation.to_string());
        assert_eq!(socket.next("read").await["seq"], 1);
        socket.settle().await;
        let whispers =
            socket.heard.iter().filter(|frame| frame["type"] == "typing" || frame["type"] == "read");
        assert_eq!(whispers.count(), 2, "nobody is told what they whispered themselves: {:?}", socket.heard);
    }
}

#[tokio::test]
async fn a_note_never_reaches_the_visitor() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help").await;
    let (mut live, _) = stage.hello(json!({ "token": token })).await;
    let desk = &stage.world.desk;
    desk.join(&owner, conversation).await.unwrap();
    for n in 0..150 {
        let body = Body::new(&format!("SECRET NOTE {n}"), 8192).unwrap();
        desk.note(&owner, conversation, stage.world.client_id(), body).await.unwrap();
    }
    stage.world.says(&owner, conversation, "I am here").await;
    live.find("the words", |frame| frame["event"]["body"] == "I am here").await;
    let (mut late, _) = stage.hello(json!({ "token": token, "after": 0 })).await;
    late.find("the words", |frame| frame["event"]["body"] == "I am here").await;
    for socket in [&live, &late] {
        assert_eq!(socket.seqs(), [1, 2, 3, 154], "a gap in seq is no error");
        assert!(!format!("{:?}", socket.heard).contains("SECRET NOTE"));
    }
    for query in ["", "?limit=500", "?after=3&limit=100", "?after=100"] {
        let events = stage.get(&format!("/conversations/{conversation}/events{query}"), &token).await;
        assert_eq!(events.status, 200);
        assert!(!events.text().contains("SECRET NOTE") && !events.text().contains("noted"), "{query}");
        assert_eq!(events.json()["last_seq"], 154);
    }
    let rest =
        stage.get(&format!("/conversations/{conversation}/events?after=3&limit=500"), &token).await.json();
    assert_eq!(rest["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_command_that_the_state_does_not_allow_is_refused_by_its_id() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (mut socket, _) = stage.hello(json!({})).await;
    for (frame, code) in [
        (json!({ "type": "say", "id": "a1", "body": "x" }), "no_conversation"),
        (json!({ "type": "cancel", "id": "a2" }), "no_conversation"),
        (json!({ "type": "close", "id": "a3" }), "no_conversation"),
    ] {
        socket.send(&frame).await;
        let error = socket.next("error").await;
        assert_eq!((&error["id"], &error["code"]), (&frame["id"], &json!(code)), "{frame}");
    }
    socket.send(&json!({ "type": "call", "id": "c1" })).await;
    let conversation = id_of(&socket.next("conversation").await);
    socket.send(&json!({ "type": "close", "id": "b1" })).await;
    assert_eq!(socket.next("error").await["code"], "not_answered_yet");
    stage.world.desk.join(&owner, conversation).await.unwrap();
    socket.send(&json!({ "type": "cancel", "id": "b2" })).await;
    assert_eq!(socket.next("error").await["code"], "already_answered");
    for id in ["b3", "b4"] {
        socket.send(&json!({ "type": "close", "id": id })).await;
        assert_eq!(socket.next("ack").await["id"], id, "what has taken effect is acknowledged again");
    }
    socket.send(&json!({ "type": "say", "id": "b5", "body": "x" })).await;
    let error = socket.next("error").await;
    assert_eq!((&error["id"], &error["code"]), (&json!("b5"), &json!("conversation_closed")));
    assert!(error["message"].as_str().unwrap().ends_with('.'));
}

#[tokio::test]
async fn a_frame_that_says_which_call_it_means_touches_no_other() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (mut socket, _) = stage.hello(json!({})).await;
    let mut calls = Vec::new();
    for id in ["c1", "c2"] {
        socket.send(&json!({ "type": "call", "id": id })).await;
        let shown = socket.find("the call", |frame| frame["conversation"]["state"] == "waiting").await;
        calls.push(shown["conversation"]["id"].clone());
        if id == "c1" {
            socket.send(&json!({ "type": "cancel", "id": "x1", "conversation_id": calls[0] })).await;
            assert_eq!(socket.next("ack").await["id"], "x1");
        }
    }
    // Sent again after another call was made: it has taken effect already, on the call that was meant.
    socket.send(&json!({ "type": "cancel", "id": "x1", "conversation_id": calls[0] })).await;
    socket.find("the answer", |frame| frame["type"] == "ack" && frame["id"] == "x1").await;
    for (verb, code) in [("say", "conversation_cancelled"), ("close", "conversation_cancelled")] {
        let mut late = json!({ "type": verb, "id": verb, "conversation_id": calls[0] });
        if verb == "say" {
            late["body"] = "meant for the first".into();
        }
        socket.send(&late).await;
        let error = socket.next("error").await;
        assert_eq!((&error["id"], &error["code"]), (&json!(verb), &json!(code)));
    }
    let second = calls[1].as_str().unwrap().parse().unwrap();
    let view = stage.world.desk.conversation(&owner, second).await.unwrap();
    assert_eq!((view.row.conversation.state.as_str(), view.row.conversation.seq), ("waiting", Seq(1)));
    // Nobody else's, and none at all: the same answer, so that nothing is learnt by asking.
    let (mut other, _) = stage.hello(json!({})).await;
    for named in [calls[1].clone(), json!("019a9f3e-7c1b-7d5e-8f60-2b1c3d4e5f60"), json!("that one")] {
        other.send(&json!({ "type": "cancel", "id": "x3", "conversation_id": named })).await;
        assert_eq!(other.next("error").await["code"], "not_found", "{named}");
    }
    socket.send(&json!({ "type": "say", "id": "m2", "conversation_id": calls[1], "body": "help" })).await;
    assert_eq!(socket.find("the answer", |frame| frame["id"] == "m2").await["type"], "ack");
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_ends_every_socket() {
    let stage = Stage::open().await;
    let (mut greeted, _) = stage.hello(json!({})).await;
    let mut silent = stage.socket().await;
    drop(stage);
    assert_eq!(greeted.closed().await, 1001);
    assert_eq!(silent.closed().await, 1001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stored_when_the_server_stops_was_acknowledged() {
    for said_before in 0..8 {
        let stage = Stage::open().await;
        let (mut socket, _) = stage.hello(json!({})).await;
        socket.send(&json!({ "type": "call", "id": "call" })).await;
        let conversation =
            id_of(&socket.find("the call", |frame| frame["conversation"]["id"].is_string()).await);
        for n in 0..40 {
            socket.send(&json!({ "type": "say", "id": format!("m{n}"), "body": "x" })).await;
        }
        for _ in 0..said_before {
            socket.next("ack").await;
        }
        stage.stop.cancel();
        assert_eq!(socket.closed().await, 1001);
        let acks = socket.heard.iter().filter(|frame| frame["type"] == "ack").count();
        let log = stage.world.storage.read_after(conversation, Seq::START, 1000).await.unwrap();
        assert_eq!(acks, log.len());
    }
}

#[tokio::test]
async fn an_answer_on_the_board_reaches_the_page() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (_, token) = stage.world.visitor().await;
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    let post = json!({ "kind": "error", "title": "It broke", "body": "It broke." });
    let made = stage.post("/inquiries", &token, &post).await.json();
    let id = made["inquiry"]["id"].as_str().unwrap().parse().unwrap();
    socket.find("the post", |frame| frame["inquiry"]["status"] == "open").await;
    stage.world.desk.comment(&owner, id, Body::new("It is mended.", 8192).unwrap()).await.unwrap();
    let told = socket.find("the answer", |frame| frame["inquiry"]["status"] == "answered").await;
    assert_eq!(told["inquiry"]["comments"][0]["body"], "It is mended.");
}
