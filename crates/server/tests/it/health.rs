//! `deskbell health`: what it says of a server that is well, of one that is not, and of what is none.

use std::net::SocketAddr;

use serde_json::json;
use testkit::ports::free;
use testkit::smtp::Identity;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::listening::Holder;
use crate::process::{House, until};
use crate::tls::protected;

/// A house with an operator's listener and one for everybody at ports of their own.
fn at_ports() -> (House, SocketAddr, SocketAddr) {
    let (operator, public) = (free(), free());
    let house = House::new().with("DESKBELL_SERVER__OPERATOR_LISTEN", &operator.to_string());
    (house.with("DESKBELL_SERVER__LISTEN", &public.to_string()), operator, public)
}

#[tokio::test]
async fn a_server_is_asked_at_its_operators_listener_until_it_is_gone() {
    let (house, operator, public) = at_ports();
    let server = house.start(&["serve"]).await;
    assert_eq!(house.run(&["health"]).await.ok(), format!("ready ({operator})\n"));
    assert_eq!(house.run(&["health", "--alive"]).await.ok(), format!("alive ({operator})\n"));
    assert!(server.stop().await.0.success());
    let said = house.run(&["health"]).await.failure();
    let refused = "connecting: Connection refused (os error 111)";
    assert_eq!(said, format!("it does not answer: {operator}: {refused}; {public}: {refused}"));
}

#[tokio::test]
async fn a_server_that_starts_lives_and_is_not_ready() {
    let (house, operator, _) = at_ports();
    let mut holder = Holder::of(&house).await;
    let mut server = house.launch(&["serve"]);
    // The one for everybody may be open a moment before.
    let alive = format!("alive ({operator})\n");
    until("that it lives", async || {
        let ended = house.run(&["health", "--alive"]).await;
        (ended.code == Some(0) && ended.out == alive).then_some(())
    })
    .await;
    assert_eq!(house.run(&["health"]).await.failure(), format!("not ready: starting ({operator})"));
    holder.lets_go().await;
    server.line("Deskbell is ready: ").await;
    house.run(&["health"]).await.ok();
}

#[tokio::test]
async fn mails_that_wait_are_told_and_are_no_reason_to_start_it_anew() {
    let (house, ..) = at_ports();
    house.owner("kim@desk.example").await;
    // No mailer here: what is to leave stays.
    let server = house.start(&["serve", "--roles", "gateway,portal,timeouts"]).await;
    let (mut socket, _) = server.visitor(json!({})).await;
    socket.send(&json!({ "type": "call", "id": "c1" })).await;
    socket.find("the mail", |frame| frame["conversation"]["told"]["mails"] == 1).await;
    assert!(house.run(&["health"]).await.ok().starts_with("ready ("));
    house.sql("UPDATE notices SET created_at = created_at - 11 * 60 * 1000").await;
    let said = house.run(&["health"]).await.ok();
    assert!(said.starts_with("ready, but a mail has waited for more than ten minutes"), "{said}");
}

#[tokio::test]
async fn where_operators_are_not_listened_to_visitors_places_do() {
    // A Unix socket, under the name that the settings give.
    let mut house = House::new();
    let at = format!("unix:{}", house.path("desk.sock").display());
    house.set("DESKBELL_SERVER__LISTEN", &at);
    house.set("DESKBELL_SERVER__PUBLIC_URL", "https://desk.example");
    house.set("DESKBELL_SERVER__TRUSTED_PROXIES", "unix");
    let mut server = house.launch(&["serve"]);
    server.line("Deskbell is ready: ").await;
    assert_eq!(house.run(&["health"]).await.ok(), format!("ready ({at})\n"));
    // TLS, whose certificate is for a name that this machine need not know.
    let at = free();
    let mut house = protected(&Identity::of("desk.example"));
    house.set("DESKBELL_SERVER__PUBLIC_URL", "https://desk.example");
    let at_named = format!("0.0.0.0:{}", at.port());
    let mut protected = house.launch(&["serve", "--listen", &at_named]);
    protected.line("Deskbell is ready: ").await;
    assert_eq!(house.run(&["health", "--listen", &at_named]).await.ok(), format!("ready ({at})\n"));
    house.set("DESKBELL_SERVER__PUBLIC_URL", "https://other.example");
    let said = house.run(&["health", "--listen", &at_named]).await.failure();
    assert!(said.contains("it answers to another name (421)"), "{said}");
}

#[tokio::test]
async fn another_programs_port_is_passed_by_and_one_that_is_silent_is_not_waited_for() {
    let (mut house, _, public) = at_ports();
    let _server = house.start(&["serve"]).await;
    // As where the operator's default port was taken, and moved on.
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    house.set("DESKBELL_SERVER__OPERATOR_LISTEN", &other.local_addr().unwrap().to_string());
    let silent = house.run(&["health", "--timeout", "1s"]).await.failure();
    assert!(silent.starts_with("no answer within 1 s ("), "{silent}");
    TaskTracker::new().spawn(async move {
        while let Ok((mut line, _)) = other.accept().await {
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
            line.write_all(answer).await.unwrap();
        }
    });
    assert_eq!(house.run(&["health"]).await.ok(), format!("ready ({public})\n"));
}

#[tokio::test]
async fn settings_that_name_no_place_are_told_what_is_missing() {
    let house = House::new().with("DESKBELL_SERVER__LISTEN", "fd:");
    let said = house.run(&["health"]).await.failure();
    assert!(said.starts_with("the settings name no address to ask at; set server.operator_listen"), "{said}");
    assert_eq!(house.run(&["health", "--timeout", "0s"]).await.code, Some(2));
}
