//! Browsers are told to come by https:// alone: on every answer for everybody, and only where that is true.

use std::net::SocketAddr;

use testkit::http::{Answer, exchange};

use crate::process::House;

async fn ask(at: SocketAddr, head: &str) -> Answer {
    exchange(at, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await
}

fn told(answer: &Answer) -> &str {
    answer.header("strict-transport-security")
}

fn at(url: &str) -> House {
    House::new().with("DESKBELL_SERVER__PUBLIC_URL", url)
}

/// Starts one that is known by another address than the one that it listens at.
async fn served(house: &House) -> (crate::process::Server, SocketAddr) {
    let mut server = house.launch(&["serve", "--listen", "127.0.0.1:0"]);
    let place = server.line("  Also at      http://localhost:").await;
    (server, SocketAddr::from(([127, 0, 0, 1], place.parse().unwrap())))
}

#[tokio::test]
async fn every_answer_for_everybody_says_it_and_none_for_another_host_or_for_operators() {
    let house = at("https://desk.example").with("DESKBELL_SERVER__OPERATOR_LISTEN", "127.0.0.1:0");
    let (mut server, place) = served(&house).await;
    for (head, status) in [
        ("GET /demo HTTP/1.1\r\nHost: desk.example", 200),
        ("GET /widget.js HTTP/1.1\r\nHost: desk.example", 200),
        ("GET /admin HTTP/1.1\r\nHost: desk.example", 303),
        ("GET /nothing HTTP/1.1\r\nHost: desk.example", 404),
        ("POST /demo HTTP/1.1\r\nHost: desk.example", 405),
        ("GET /api/v1/admin/conversations HTTP/1.1\r\nHost: desk.example", 401),
    ] {
        let answer = ask(place, head).await;
        assert_eq!((answer.status, told(&answer)), (status, "max-age=31536000"), "{head}");
    }
    let misled = ask(place, "GET /demo HTTP/1.1\r\nHost: shop.example").await;
    assert_eq!((misled.status, told(&misled)), (421, ""), "we do not speak for that host");
    server.learn_operators(&house).await;
    let operators = ask(server.operators(), "GET /healthz HTTP/1.1\r\nHost: desk.example").await;
    assert_eq!((operators.status, told(&operators)), (200, ""));
}

#[tokio::test]
async fn the_operator_decides_for_how_long_and_for_whom() {
    for (hsts, subdomains, value) in [
        ("730d", "true", "max-age=63072000; includeSubDomains"),
        ("0s", "false", "max-age=0"),
        ("off", "true", ""),
    ] {
        let house = at("https://desk.example").with("DESKBELL_SERVER__HSTS", hsts);
        let house = house.with("DESKBELL_SERVER__HSTS_SUBDOMAINS", subdomains);
        let (_server, place) = served(&house).await;
        let answer = ask(place, "GET /healthz HTTP/1.1\r\nHost: desk.example").await;
        assert_eq!((answer.status, told(&answer)), (200, value), "{hsts}");
    }
    let house = at("https://desk.example").with("DESKBELL_SERVER__HSTS", "a year");
    let said = house.run(&["config", "check"]).await.failure();
    assert!(said.starts_with("server.hsts must be a duration such as 365d, or \"off\""), "{said}");
}

#[tokio::test]
async fn nothing_is_said_where_it_is_not_true() {
    let (_server, place) = served(&at("http://desk.example")).await;
    let answer = ask(place, "GET /demo HTTP/1.1\r\nHost: desk.example").await;
    assert_eq!((answer.status, told(&answer)), (200, ""));
}
