//! Connections: so many and no more, an honest no beyond, none for those who say nothing (S39, S42).

use std::time::Duration;

use serde_json::json;
use testkit::http::{PATIENCE, Request};
use testkit::socket::Socket;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stage::{SOCKET, Stage, config};

/// A connection that has been served once and stays open.
async fn kept(stage: &Stage) -> TcpStream {
    let mut stream = TcpStream::connect(stage.at).await.unwrap();
    stream.write_all(b"HEAD /help HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 200 "));
    stream
}

#[tokio::test]
async fn beyond_the_cap_the_answer_is_an_honest_no_and_a_place_that_is_left_is_free() {
    let stage = Stage::capped(config(), 3, 1000).await;
    let places = [kept(&stage).await, kept(&stage).await, kept(&stage).await];
    let answer = Request::new("GET", "/help").send(stage.at).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "10"));
    assert_eq!(answer.json()["code"], "too_many_connections");
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    drop(places);
    stage
        .until("a place is free", async || Request::new("GET", "/help").send(stage.at).await.status == 200)
        .await;
}

#[tokio::test]
async fn one_address_has_a_cap_of_its_own_and_a_socket_holds_its_place() {
    let stage = Stage::capped(config(), 1000, 2).await;
    let (mut one, _) = stage.hello(json!({})).await;
    let (two, _) = stage.hello(json!({})).await;
    assert_eq!(Socket::open(stage.at, SOCKET, &[]).await.err(), Some(503));
    one.settle().await;
    two.cut();
    stage.until("a place is free", async || Socket::open(stage.at, SOCKET, &[]).await.is_ok()).await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_or_half_of_something_is_closed() {
    let stage = Stage::open().await;
    for begun in [&b""[..], b"GET", b"GET /help HTTP/1.1\r\nHost: local"] {
        let mut stream = kept(&stage).await;
        stream.write_all(begun).await.unwrap();
        // The server has read what there is once it serves somebody who came later.
        kept(&stage).await;
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(11)).await;
        tokio::time::resume();
        let mut rest = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(read.is_ok(), "still open after {:?}", String::from_utf8_lossy(begun));
    }
}
