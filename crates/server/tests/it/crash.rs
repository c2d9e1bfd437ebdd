//! What was acknowledged survives `kill -9`, and is there once.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::socket::Socket;

use crate::process::{House, Server};

/// How many messages each chat has.
const MESSAGES: usize = 120;

fn unlimited() -> House {
    House::new()
        .with("DESKBELL_LIMITS__MESSAGES_PER_VISITOR", "off")
        .with("DESKBELL_LIMITS__CALLS_PER_VISITOR", "off")
}

async fn say(socket: &mut Socket, n: usize) {
    socket.send(&json!({ "type": "say", "id": format!("m{n}"), "body": format!("message {n}") })).await;
}

/// The acknowledgements among what a socket has heard: which place has which id.
fn acknowledged(socket: &Socket) -> BTreeMap<String, u64> {
    let acks = socket.heard.iter().filter(|frame| frame["type"] == "ack");
    acks.map(|ack| (ack["id"].as_str().unwrap().to_owned(), ack["seq"].as_u64().unwrap())).collect()
}

/// The whole log as the visitor may read it.
async fn log(server: &Server, token: &str, conversation: &str) -> Vec<Value> {
    let path = format!("/api/v1/widget/conversations/{conversation}/events?limit=500");
    let answer = server.get(&path, token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["events"].as_array().unwrap().clone()
}

/// Each acknowledged id is at its place, and no id and no place is there twice.
fn holds(log: &[Value], acks: &BTreeMap<String, u64>) {
    let places: Vec<u64> = log.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(places, (1..=log.len() as u64).collect::<Vec<_>>());
    for (id, seq) in acks {
        let with_id: Vec<&Value> = log.iter().filter(|event| event["client_id"] == id.as_str()).collect();
        assert_eq!(with_id.len(), 1, "{id} is there {} times", with_id.len());
        assert_eq!(with_id[0]["seq"].as_u64(), Some(*seq), "{id}");
    }
}

#[tokio::test]
async fn killed_in_the_middle_of_a_chat_it_has_all_that_it_acknowledged_once() {
    let house = unlimited();
    let mut cut_short = 0;
    for kill_after in [0, 1, 7, 40, 100] {
        let mut server = house.serve().await;
        let (mut socket, welcome) = server.visitor(json!({})).await;
        let token = welcome["token"].as_str().unwrap().to_owned();
        socket.send(&json!({ "type": "call", "id": "call" })).await;
        socket.next("ack").await;
        let shown = socket.find("the conversation", |f| f["conversation"]["id"].is_string()).await;
        let conversation = shown["conversation"]["id"].as_str().unwrap().to_owned();
        for n in 0..MESSAGES {
            say(&mut socket, n).await;
        }
        for _ in 0..kill_after {
            socket.next("ack").await;
        }
        server.begin_kill();
        socket.closed().await;
        server.kill().await;
        let acks = acknowledged(&socket);
        assert!(acks.len() > kill_after, "what came before the kill was read");
        cut_short += usize::from(acks.len() <= MESSAGES);

        let server = house.serve().await;
        holds(&log(&server, &token, &conversation).await, &acks);
        // The page comes back with what it has, and sends again what was not acknowledged.
        let had = socket.seqs();
        let after = had.last().copied().unwrap_or(0);
        let hello = json!({ "token": token, "conversation_id": conversation, "after": after });
        let (mut again, welcome) = server.visitor(hello).await;
        assert_eq!(welcome["recovered"], true);
        for n in (0..MESSAGES).filter(|n| !acks.contains_key(&format!("m{n}"))) {
            say(&mut again, n).await;
        }
        let last = MESSAGES as u64 + 1;
        while again.seqs().last() != Some(&last) {
            again.next("event").await;
        }
        let seen: Vec<u64> = had.into_iter().chain(again.seqs()).collect();
        assert_eq!(seen, (1..=last).collect::<Vec<_>>(), "nothing missing, nothing twice");
        again.settle().await;
        let mut all = acks;
        all.extend(acknowledged(&again));
        assert_eq!(all.len(), MESSAGES + 1);
        holds(&log(&server, &token, &conversation).await, &all);
        server.kill().await;
    }
    assert!(cut_short > 0, "no kill came before the end");
}

#[tokio::test]
async fn a_call_that_waits_while_the_server_is_dead_moves_when_it_is_back() {
    let house = House::new().with("DESKBELL_WAIT__OFFER_AFTER", "1s").with("DESKBELL_WAIT__MOVE_AFTER", "2s");
    let server = house.serve().await;
    let (mut socket, welcome) = server.visitor(json!({})).await;
    let message = json!({ "id": "m1", "body": "the cart is empty" });
    socket.send(&json!({ "type": "call", "id": "call", "message": message })).await;
    socket.next("ack").await;
    server.kill().await;
    let server = house.serve().await;
    let (mut again, _) = server.visitor(json!({ "token": welcome["token"] })).await;
    let moved = again.find("the move", |frame| frame["event"]["kind"] == "moved").await;
    let token = welcome["token"].as_str().unwrap();
    let inquiries = server.get("/api/v1/widget/inquiries", token).await.json();
    assert_eq!(inquiries["inquiries"].as_array().map(Vec::len), Some(1));
    assert_eq!(inquiries["inquiries"][0]["body"], "the cart is empty");
    assert_eq!(inquiries["inquiries"][0]["conversation_id"], moved["conversation_id"]);
}
