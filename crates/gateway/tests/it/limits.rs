//! Rates: one too many is told when to come back, others go on.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::http::Answer;
use testkit::socket::Socket;
use web::client_ip::TrustedProxies;
use web::rate_limit::Rate;

use crate::stage::{SOCKET, Stage, config, problem};

fn rates() -> gateway::Config {
    let mut config = config();
    config.limits.messages_per_visitor = Rate::new(60, Duration::from_mins(1));
    config.limits.calls_per_visitor = Rate::new(5, Duration::from_mins(10));
    config.limits.calls_per_ip = Rate::new(30, Duration::from_mins(10));
    config
}

#[track_caller]
fn too_many(answer: &Answer, most: u64, what: &str) {
    assert_eq!(problem(answer, 429, what)["code"], "too_many", "{what}");
    let wait: u64 = answer.header("retry-after").parse().expect(what);
    assert!((1..=most).contains(&wait), "{what}: {wait}");
}

#[tokio::test]
async fn the_sixth_call_within_ten_minutes_is_one_too_many() {
    let stage = Stage::with(rates()).await;
    let (_, token) = stage.world.visitor().await;
    for n in 0..5 {
        let answer = stage.post("/conversations", &token, &json!({})).await;
        assert_eq!(answer.status, if n == 0 { 201 } else { 200 });
    }
    too_many(&stage.post("/conversations", &token, &json!({})).await, 121, "the sixth");
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    socket.send(&json!({ "type": "call", "id": "c6" })).await;
    let error = socket.next("error").await;
    assert_eq!(
        (&error["id"], &error["code"]),
        (&json!("c6"), &json!("too_many")),
        "by whichever way it comes"
    );
    assert!(error["retry_after"].as_u64().unwrap() > 0);
    let (_, other) = stage.world.visitor().await;
    assert_eq!(stage.post("/conversations", &other, &json!({})).await.status, 201);
}

#[tokio::test]
async fn the_sixty_first_message_within_a_minute_is_one_too_many_whichever_way_they_come() {
    let stage = Stage::with(rates()).await;
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    let path = format!("/conversations/{id}/messages");
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    for n in 0..60 {
        let (id, body) = (format!("m{n}"), "x");
        if n % 2 == 0 {
            assert_eq!(
                stage.post(&path, &token, &json!({ "id": id, "body": body })).await.status,
                201,
                "{n}"
            );
        } else {
            socket.send(&json!({ "type": "say", "id": id, "body": body })).await;
            assert_eq!(socket.next("ack").await["id"], id);
        }
    }
    // One is free again each second: on a slow machine a few more may pass, but never another sixty.
    let mut passed = 0;
    let answer = loop {
        let message = json!({ "id": format!("n{passed}"), "body": "x" });
        let answer = stage.post(&path, &token, &message).await;
        if answer.status != 201 {
            break answer;
        }
        passed += 1;
        assert!(passed < 60);
    };
    too_many(&answer, 2, "one more message");
    let (other, other_token) = stage.world.visitor().await;
    let id = stage.world.call(&other, "help").await;
    let path = format!("/conversations/{id}/messages");
    assert_eq!(stage.post(&path, &other_token, &json!({ "id": "a", "body": "x" })).await.status, 201);
}

#[tokio::test]
async fn thirty_calls_from_one_address_are_enough_whoever_makes_them() {
    let proxy = "127.0.0.1/32".parse().unwrap();
    let stage = Stage::behind(rates(), TrustedProxies { networks: vec![proxy], unix: false }).await;
    let call = async |token: &str, from: &str| {
        stage
            .request("POST", "/conversations", token)
            .header("X-Forwarded-For", from)
            .json(&json!({}))
            .send(stage.at)
            .await
    };
    for _ in 0..30 {
        let (_, token) = stage.world.visitor().await;
        assert_eq!(call(&token, "2001:db8:1:2::1").await.status, 201);
    }
    let (_, token) = stage.world.visitor().await;
    too_many(&call(&token, "2001:db8:1:2:ffff::9").await, 21, "another address of the same household");
    assert_eq!(call(&token, "2001:db8:1:3::1").await.status, 201, "another household");
    let (_, token) = stage.world.visitor().await;
    assert_eq!(call(&token, "203.0.113.9").await.status, 201);
}

#[tokio::test]
async fn so_many_new_visitors_come_from_one_address_and_no_more_whichever_way_they_come() {
    let mut config = config();
    config.limits.sessions_per_ip = Rate::new(4, Duration::from_mins(10));
    let proxy = "127.0.0.1/32".parse().unwrap();
    let stage = Stage::behind(config, TrustedProxies { networks: vec![proxy], unix: false }).await;
    let enter = async |from: &str| {
        let request = stage.request("POST", "/sessions", "").header("X-Forwarded-For", from);
        request.json(&json!({})).send(stage.at).await
    };
    let hello = async |hello: Value| {
        let from = [("X-Forwarded-For", "2001:db8:1:2::7")];
        let mut socket = Socket::open(stage.at, SOCKET, &from).await.unwrap();
        socket.send(&hello).await;
        socket
    };
    let mut token = String::new();
    for n in 0..2 {
        let answer = enter(&format!("2001:db8:1:2::{n}")).await;
        assert_eq!(answer.status, 201);
        token = answer.json()["token"].as_str().unwrap().to_owned();
        hello(json!({ "type": "hello" })).await.next("welcome").await;
    }
    too_many(&enter("2001:db8:1:2:ffff::9").await, 151, "another address of the same household");
    let mut fifth = hello(json!({ "type": "hello" })).await;
    let error = fifth.next("error").await;
    assert_eq!(error["code"], "too_many");
    assert!(error["retry_after"].as_u64().unwrap() > 0);
    assert_eq!(fifth.closed().await, 4429);
    let known = json!({ "type": "hello", "token": token });
    hello(known).await.next("welcome").await;
    assert_eq!(enter("2001:db8:1:3::1").await.status, 201, "another household");
    assert_eq!(enter("203.0.113.9").await.status, 201);
}
