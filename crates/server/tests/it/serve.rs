//! `deskbell serve`: where it listens, what it says, whom it answers, how it stops.

use serde_json::json;
use testkit::http::exchange;
use testkit::socket::Socket;
use tokio::net::TcpListener;

use crate::process::{House, is_private};

#[tokio::test]
async fn with_nothing_configured_it_says_where_to_go_and_answers_there() {
    let house = House::new();
    let mut server = house.serve().await;
    let base = format!("http://localhost:{}", server.address.port());
    assert_eq!(server.line("  Demo page    ").await, format!("{base}/demo"));
    assert_eq!(server.line("  Portal       ").await, format!("{base}/admin"));
    assert!(server.line("  First owner  ").await.starts_with(&format!("{base}/admin/welcome/")));
    assert_eq!(server.get("/healthz", "").await.text(), "ok\n");
    let ready = server.get("/readyz", "").await;
    assert_eq!((ready.status, ready.json()), (200, json!({ "ready": true, "failed": [] })));
    for path in ["/", "/demo", "/help", "/widget.js", "/admin/sign-in"] {
        assert_eq!(server.get(path, "").await.status, 200, "{path}");
    }
    assert_eq!(server.get("/admin", "").await.header("location"), "/admin/sign-in");
    assert_eq!(server.get("/nothing/here", "").await.status, 404);
    assert!(is_private(&house.data()) && is_private(&house.data().join("deskbell.db")));
}

#[tokio::test]
async fn the_first_owners_link_is_offered_only_while_there_is_nobody() {
    let house = House::new();
    house.owner("kim@desk.example").await;
    let (status, said) = house.serve().await.stop().await;
    assert!(status.success());
    assert!(said.iter().any(|line| line.contains("Portal")), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("First owner")), "{said:?}");
}

#[tokio::test]
async fn a_request_for_another_host_is_misdirected() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let house =
        House::new().with("DESKBELL_SERVER__PUBLIC_URL", &format!("https://desk.example:{}", free.port()));
    let server = house.start(&["serve", "--listen", &free.to_string()]).await;
    let ask = async |host: &str| {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        exchange(server.address, request.as_bytes()).await
    };
    let ours = [format!("desk.example:{}", free.port()), format!("DESK.example:{}", free.port())];
    for host in ours.iter().map(String::as_str).chain(["localhost", "127.0.0.1:1", "[::1]"]) {
        assert_eq!(ask(host).await.status, 200, "{host}");
    }
    for host in ["evil.example", "desk.example", "desk.example.evil.org", "localhost.evil.org", ""] {
        let answer = ask(host).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (421, Some("misdirected")), "{host}");
    }
}

#[tokio::test]
async fn a_second_one_on_the_same_data_is_told_who_has_it() {
    let house = House::new();
    let first = house.serve().await;
    for roles in ["gateway", "portal", "gateway,portal,mailer,timeouts"] {
        let second = house.run(&["serve", "--listen", "127.0.0.1:0", "--roles", roles]).await.failure();
        assert!(second.contains(&format!("process {} already", first.pid())), "{second}");
    }
    // Those who may run any number of times do.
    let workers = house.start(&["serve", "--roles", "mailer,timeouts"]).await;
    assert!(workers.stop().await.0.success());
    assert!(first.stop().await.0.success());
    // And a killed one leaves no lock behind.
    house.serve().await.kill().await;
    assert!(house.serve().await.stop().await.0.success());
}

#[tokio::test]
async fn a_port_that_was_chosen_and_is_taken_is_an_error_that_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let house = House::new();
    let by_argument = house.run(&["serve", "--listen", &address]).await.failure();
    let file = house.path("desk.toml");
    std::fs::write(&file, format!("[server]\nlisten = [\"{address}\"]\n")).unwrap();
    let by_file = house.run(&["serve", "--config", file.to_str().unwrap()]).await.failure();
    for said in [by_argument, by_file] {
        assert!(said.contains(&address) && said.contains("in use"), "{said}");
    }
}

#[tokio::test]
async fn what_is_no_address_is_an_error_that_says_so() {
    let house = House::new();
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999"] {
        let ended = house.run(&["serve", "--listen", address]).await;
        assert_eq!(ended.code, Some(2), "wrong usage: {ended:?}");
        assert!(ended.err.contains(address) && ended.err.contains("address with a port"), "{ended:?}");
    }
}

#[tokio::test]
async fn it_listens_at_every_address_it_is_given() {
    let house = House::new();
    let second = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = house.start(&["serve", "--listen", "127.0.0.1:0", "--listen", &second.to_string()]).await;
    for address in [server.address, second] {
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assert_eq!(exchange(address, request).await.status, 200, "{address}");
    }
}

#[tokio::test]
async fn wrong_usage_is_told_apart_from_failure() {
    let house = House::new();
    for wrong in [
        &[][..],
        &["serve", "--nonsense"],
        &["serve", "--roles", "cook"],
        &["serve", "--listen", "4000"],
        &["token", "create"],
        &["ring"],
    ] {
        let ended = house.run(wrong).await;
        assert_eq!(ended.code, Some(2), "{wrong:?}: {ended:?}");
        assert!(!ended.err.is_empty() && ended.out.is_empty());
    }
    assert!(house.run(&["--help"]).await.ok().contains("serve"));
    assert!(house.run(&["--version"]).await.ok().starts_with("deskbell "));
}

#[tokio::test]
async fn asked_to_stop_it_tells_its_sockets_and_ends_well() {
    let house = House::new();
    let token = house.owner("kim@desk.example").await;
    let server = house.serve().await;
    let (mut minji, _) = server.visitor(json!({})).await;
    minji.send(&json!({ "type": "call", "id": "c1" })).await;
    minji.next("ack").await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let mut kim = Socket::open(server.address, "/api/v1/admin/socket", &headers).await.unwrap();
    kim.send(&json!({ "type": "hello" })).await;
    kim.next("welcome").await;
    // One that has not said who it is yet is told as well.
    let mut silent = Socket::open(server.address, "/api/v1/widget/socket", &[]).await.unwrap();
    let (ended, minji, kim, silent) =
        tokio::join!(server.stop(), minji.closed(), kim.closed(), silent.closed());
    assert_eq!((minji, kim, silent), (1001, 1001, 1001));
    assert_eq!(ended.0.code(), Some(0));
}
