//! Requests that a proxy and Deskbell may read in two ways, through the proxies of `deploy`: none comes past them unseen (S38).

mod http_1;
mod http_2;

use std::net::SocketAddr;
use std::time::Duration;

use testkit::http::{Request, exchange};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Door, Front, VISITOR, house, serve};
use crate::process::{House, Server, soon, until};

/// From where a hidden request says to come. What a proxy knows of comes from where it knows; so whoever is logged from here came past it.
const PAST: &str = "203.0.113.66";
/// A whole request that a proxy should take for part of another one, or should see.
const HIDDEN: &str = "GET /demo HTTP/1.1\r\nHost: desk.example\r\nX-Forwarded-For: 203.0.113.66\r\n\r\n";
/// A proxy that has said nothing for so long waits for more.
const QUIET: Duration = Duration::from_millis(150);

/// With this the log has a line for those who ask only whether all is well, too.
const EVERY_REQUEST: &str = "info,web::trace=debug";

/// A name, and what is sent.
type Row = (String, Vec<u8>);

/// What comes back until the proxy closes, or waits.
async fn said(at: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // It may be closed while we still write.
    let _cut = stream.write_all(bytes).await;
    let (mut got, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(Ok(count @ 1..)) = tokio::time::timeout(QUIET, stream.read(&mut piece)).await {
        got.extend_from_slice(&piece[..count]);
    }
    got
}

/// Sends each row, and after each asks whether who comes next is answered for themselves.
async fn faults(table: Vec<Row>, hidden_in: &Door, next: &Door) -> Vec<String> {
    let mut faults = Vec::new();
    for (what, bytes) in table {
        soon(&what, said(hidden_in.at, &bytes)).await;
        // Twice: a connection that holds what is another's lies on top of those that are used again.
        for _ in 0..2 {
            let answer = Request::new("GET", "/healthz").send(next.at).await;
            if (answer.status, answer.text().as_str()) != (200, "ok\n") {
                faults.push(format!("{what}: next has {} {}", answer.status, answer.text()));
            }
        }
    }
    faults
}

/// From where all requests came that reached the server, but for the proxy's own.
async fn seen(house: &House, server: &Server) -> Vec<String> {
    // The trap works: one that does come past the proxy is seen.
    exchange(server.address, HIDDEN.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await;
    let log = format!("serve --listen {}", server.address);
    let past = format!("client.ip={PAST}");
    let log = until("what came past", async || Some(house.log(&log)).filter(|log| log.contains(&past))).await;
    let lines = log.lines().filter_map(|line| Some((line, line.split("client.ip=").nth(1)?)));
    let others =
        lines.filter(|(line, _)| !line.contains("client.ip=127.0.0.1") || !line.contains("/healthz"));
    others.map(|(_, from)| from.split_whitespace().next().unwrap_or_default().to_owned()).collect()
}

async fn nothing_is_smuggled(front: &Front, house: &House, server: &Server) {
    let door = Door::before(front, VISITOR);
    // A hidden request that the proxy is shown is served, and comes from where it came.
    let shown = format!("{}{HIDDEN}", "GET /help HTTP/1.1\r\nHost: desk.example\r\n\r\n");
    let both = String::from_utf8_lossy(&said(door.at, shown.as_bytes()).await).into_owned();
    assert_eq!(both.matches("HTTP/1.1 200").count(), 2, "{both}");
    let framed = Door::for_http_2(front, VISITOR);
    let alive = String::from_utf8_lossy(&said(framed.at, &http_2::alive()).await).into_owned();
    assert!(alive.contains("ok\n"), "HTTP/2 is spoken: {alive:?}");
    let (one, two) = (http_1::table(), http_2::table());
    let rows = one.len() + two.len();
    let mut faults_found = faults(one, &door, &door).await;
    faults_found.extend(faults(two, &framed, &door).await);
    assert!(faults_found.is_empty(), "{faults_found:#?}");
    let seen = seen(house, server).await;
    let past: Vec<&String> = seen.iter().filter(|from| *from != "127.0.0.9").collect();
    assert_eq!(past, [PAST], "only our own");
    assert!(seen.len() > 2 * rows, "{} of {rows} rows and who came after them", seen.len());
}

#[tokio::test]
async fn s38_nothing_is_smuggled_through_the_nginx_of_deploy() {
    let house = house("desk.example").with("RUST_LOG", EVERY_REQUEST);
    let server = serve(&house).await;
    let front = Front::nginx(server.address).await;
    nothing_is_smuggled(&front, &house, &server).await;
}

#[tokio::test]
async fn s38_nothing_is_smuggled_through_the_haproxy_of_deploy() {
    let house = house("desk.example").with("RUST_LOG", EVERY_REQUEST);
    let server = serve(&house).await;
    let front = Front::haproxy(server.address).await;
    nothing_is_smuggled(&front, &house, &server).await;
}

#[tokio::test]
async fn s38_a_request_for_another_host_is_nobodys_however_it_says_so_through_a_proxy() {
    let house = house("desk.example");
    let server = serve(&house).await;
    for front in [Front::nginx(server.address).await, Front::haproxy(server.address).await] {
        let door = Door::before(&front, VISITOR);
        for request in [
            "GET http://evil.example/help HTTP/1.1\r\nHost: evil.example",
            "GET http://evil.example/help HTTP/1.1\r\nHost: desk.example",
            "GET https://evil.example/help HTTP/1.1\r\nHost: desk.example",
            "GET http://desk.example@evil.example/help HTTP/1.1\r\nHost: desk.example",
            "GET http://evil.example:80/help HTTP/1.1\r\nHost: desk.example",
            "GET /help HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: desk.example",
            "GET /help HTTP/1.1\r\nHost: desk.example\r\nHost: evil.example",
            "GET /help HTTP/1.1\r\nHost: evil.example\r\nHost: desk.example",
            "GET /help HTTP/1.1\r\nHost: desk.example, evil.example",
            "GET /help HTTP/1.1\r\nHost: desk.example@evil.example",
            "GET /help HTTP/1.1\r\nHost: desk.example\r\n evil.example",
        ] {
            let answer =
                exchange(door.at, format!("{request}\r\nConnection: close\r\n\r\n").as_bytes()).await;
            let refused = matches!(answer.status, 400 | 403 | 421);
            assert!(refused, "{} {request:?}: {} {}", front.called, answer.status, answer.text());
            assert!(!answer.text().contains("evil") && answer.header("location").is_empty(), "{request:?}");
        }
    }
}
