//! Behind the web servers whose settings `deploy` gives, with those settings: what passes through them, and what does not.

mod door;
pub(crate) mod front;
mod smuggling;

use std::net::SocketAddr;

use serde_json::{Value, json};
use testkit::event_stream::EventStream;
use testkit::http::{Request, exchange};
use testkit::ports::free;
use testkit::socket::Socket;

use crate::process::{House, Server, until};
use door::Door;
use front::Front;

/// Where a visitor sits whom the proxy does not know.
const VISITOR: [u8; 4] = [127, 0, 0, 9];
/// Where another sits.
const OTHER: [u8; 4] = [127, 0, 0, 8];
/// What a visitor says of themselves.
const FORGED: &str = "203.0.113.7";

/// A house as `deploy/README.md` sets one up, where an address may call twice.
fn house(name: &str) -> House {
    House::new()
        .with("DESKBELL_SERVER__PUBLIC_URL", &format!("https://{name}"))
        .with("DESKBELL_SERVER__TRUSTED_PROXIES", "127.0.0.1")
        .with("DESKBELL_SERVER__OPERATOR_LISTEN", "127.0.0.1:0")
        .with("DESKBELL_LIMITS__CALLS_PER_IP", "2/10m")
}

/// A server of it on a port of its own: the line that says it is ready names the public address.
async fn serve(house: &House) -> Server {
    serve_at(house, free()).await
}

async fn serve_at(house: &House, at: SocketAddr) -> Server {
    let mut server = house.launch(&["serve", "--listen", &at.to_string()]);
    server.line("Deskbell is ready: ").await;
    server.address = at;
    server
}

/// Posts as a new visitor, who says to be somewhere else.
async fn calls(door: &Door) -> u16 {
    let made = Request::new("POST", "/api/v1/widget/sessions").json(&json!({})).send(door.at).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let call = Request::new("POST", "/api/v1/widget/conversations").bearer(&token).json(&json!({}));
    let forged = call
        .header("X-Forwarded-For", FORGED)
        .header("X-Real-IP", FORGED)
        .header("Forwarded", &format!("for={FORGED}"))
        .header("X-Forwarded-Host", "evil.example");
    forged.send(door.at).await.status
}

/// Pages, REST, both sockets and the stream.
async fn everything_passes(front: &Front, server: &Server, door: &Door) {
    let page = Request::new("GET", "/").send(door.at).await;
    assert_eq!(page.status, 200);
    assert!(page.header("server").contains(front.called), "{:?}", page.headers);
    // Of localhost a browser must not be told to remember anything.
    let hsts = if front.name == "localhost" { "" } else { "max-age=31536000" };
    assert_eq!(page.header("strict-transport-security"), hsts);
    let origin = format!("https://{}", front.name);
    let origin = [("Origin", origin.as_str())];
    let mut socket = Socket::open(door.at, "/api/v1/widget/socket", &origin).await.unwrap();
    socket.send(&json!({ "type": "hello" })).await;
    let token = socket.next("welcome").await["token"].as_str().unwrap().to_owned();
    socket.send(&json!({ "type": "call", "id": "c1" })).await;
    socket.next("ack").await;
    let id = socket.next("conversation").await["conversation"]["id"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str())];
    let path = format!("/api/v1/widget/conversations/{id}/events");
    let mut stream = EventStream::open(door.at, &path, &headers).await.unwrap();
    stream.next("welcome").await;
    for n in 0..10 {
        // Each word waits for the one before it to have come: nothing is held back.
        let words = format!("word {n}");
        socket.send(&json!({ "type": "say", "id": format!("m{n}"), "body": words })).await;
        socket.find("its ack", |frame| frame["type"] == "ack" && frame["id"] == format!("m{n}")).await;
        stream.find(&words, |frame: &Value| frame["event"]["body"] == words.as_str()).await;
    }
    let polling = Request::new("GET", "/socket.io/?EIO=4&transport=polling").send(door.at).await;
    assert_eq!(polling.status, 200);
    assert!(polling.text().starts_with("0{\"sid\""), "{}", polling.text());
    let figures = Request::new("GET", "/metrics").send(door.at).await;
    assert_eq!(figures.status, 404, "figures are for operators");
    assert!(!figures.text().contains("deskbell_calls"));
    assert_eq!(Request::new("GET", "/metrics").send(server.operators()).await.status, 200);
}

/// Limits and log go by the address from which the visitor came to the proxy.
async fn addresses_are_real(front: &Front, house: &House, server: &Server, door: &Door) {
    assert_eq!(calls(door).await, 201, "the second call from there");
    assert_eq!(calls(door).await, 429, "the third, whatever it says of itself");
    assert_eq!(calls(&Door::before(front, OTHER)).await, 201, "somebody else's first");
    let log = format!("serve --listen {}", server.address);
    let lines = until("the last request's line", async || {
        let log = house.log(&log);
        log.contains("client.ip=127.0.0.8").then_some(log)
    });
    let lines = lines.await;
    let of = |line: &str| line.contains("client.ip=127.0.0.9") || line.contains("client.ip=127.0.0.8");
    let requests: Vec<&str> = lines.lines().filter(|line| line.contains("client.ip=")).collect();
    assert!(requests.iter().all(|line| of(line)), "{requests:#?}");
    assert!(!lines.contains(FORGED) && !lines.contains("evil.example"));
}

/// Another host is refused, and whoever comes without TLS is sent to it.
async fn one_name_by_https_alone(front: &Front, door: &Door) {
    for (host, status) in [("desk.example", 200), ("evil.example", 421)] {
        let request = format!("GET /help HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(exchange(door.at, request.as_bytes()).await.status, status, "{host}");
    }
    let plain = Request::new("GET", "/help?a=b").send(front.plain).await;
    assert_eq!((plain.status, plain.header("location")), (301, "https://desk.example/help?a=b"));
}

#[tokio::test]
async fn everything_passes_the_nginx_of_deploy_and_addresses_are_real() {
    let house = house("desk.example");
    let mut server = serve(&house).await;
    server.learn_operators(&house).await;
    let front = Front::nginx(server.address).await;
    let door = Door::before(&front, VISITOR);
    everything_passes(&front, &server, &door).await;
    addresses_are_real(&front, &house, &server, &door).await;
    one_name_by_https_alone(&front, &door).await;
}

#[tokio::test]
async fn everything_passes_the_caddy_of_deploy_and_addresses_are_real() {
    let house = house("localhost");
    let mut server = serve(&house).await;
    server.learn_operators(&house).await;
    let front = Front::caddy(server.address).await;
    let door = Door::before(&front, VISITOR);
    everything_passes(&front, &server, &door).await;
    addresses_are_real(&front, &house, &server, &door).await;
}

#[tokio::test]
async fn everything_passes_the_haproxy_of_deploy_and_addresses_are_real() {
    let house = house("desk.example");
    let mut server = serve(&house).await;
    server.learn_operators(&house).await;
    let front = Front::haproxy(server.address).await;
    let door = Door::before(&front, VISITOR);
    everything_passes(&front, &server, &door).await;
    addresses_are_real(&front, &house, &server, &door).await;
    one_name_by_https_alone(&front, &door).await;
}

#[tokio::test]
async fn the_haproxy_of_deploy_sees_that_the_server_has_gone_and_that_it_is_back() {
    let house = house("desk.example");
    let server = serve(&house).await;
    let (at, front) = (server.address, Front::haproxy(server.address).await);
    let door = Door::before(&front, VISITOR);
    let answers = async |status| {
        until("the answer", async || {
            let answer = Request::new("GET", "/help").send(door.at).await;
            (answer.status == status).then_some(answer)
        })
        .await
    };
    answers(200).await;
    server.kill().await;
    // With nobody there it says at once that there is nobody, and tries no longer.
    answers(503).await;
    // One that is down is asked for its health alone: who is answered again was asked by the right name.
    let _server = serve_at(&house, at).await;
    answers(200).await;
}
