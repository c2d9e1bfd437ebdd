//! Which pages may talk to us (S10).

use testkit::http::Request;
use testkit::origins::foreign;
use testkit::socket::Socket;

use crate::stage::{API, HOST_SITE, SOCKET, Stage};

#[tokio::test]
async fn a_page_of_another_origin_opens_no_socket() {
    let stage = Stage::open().await;
    for origin in foreign() {
        let opened = Socket::open(stage.at, SOCKET, &[("Origin", &origin)]).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
    }
    for origins in
        [["https://desk.example", "https://desk.example"], ["https://desk.example", "https://evil.example"]]
    {
        let headers = origins.map(|origin| ("Origin", origin));
        assert_eq!(Socket::open(stage.at, SOCKET, &headers).await.err(), Some(403), "two headers");
    }
    let lookalike = format!(
        "GET {SOCKET} HTTP/1.1\r\nHost: desk.example\r\nOrigin: http://desk.example\r\nConnection: Upgrade, close\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let answer = testkit::http::exchange(stage.at, lookalike.as_bytes()).await;
    assert_eq!(answer.status, 403, "our own name over http is not our own page");
    for origin in ["https://desk.example", "http://localhost", HOST_SITE] {
        assert!(Socket::open(stage.at, SOCKET, &[("Origin", origin)]).await.is_ok(), "{origin}");
    }
    assert!(Socket::open(stage.at, SOCKET, &[]).await.is_ok(), "a program, not a page");
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_ask_and_is_told_what_it_may_read() {
    let stage = Stage::open().await;
    let ask = |origin: &str, path: &str| {
        Request::new("OPTIONS", &format!("{API}{path}"))
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "PATCH")
            .header("Access-Control-Request-Headers", "authorization,content-type,last-event-id")
    };
    for path in
        ["/sessions", "/conversations", "/conversations/x/messages", "/inquiries/x", "/inquiries/x/comments"]
    {
        for origin in ["https://desk.example", HOST_SITE] {
            let answer = ask(origin, path).send(stage.at).await;
            assert_eq!(answer.status, 200, "{origin} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), origin);
            let methods = answer.header("access-control-allow-methods").to_owned();
            assert!(
                ["GET", "POST", "PATCH", "DELETE"].iter().all(|method| methods.contains(method)),
                "{methods}"
            );
            let headers = answer.header("access-control-allow-headers").to_owned();
            assert!(
                ["authorization", "content-type", "last-event-id"].iter().all(|name| headers.contains(name)),
                "{headers}"
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookie ever has to travel");
        }
        for origin in foreign() {
            let answer = ask(&origin, path).send(stage.at).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin} {path}");
        }
    }
}

#[tokio::test]
async fn an_answer_can_be_read_by_allowed_pages_only() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    for (origin, allowed) in [(HOST_SITE, HOST_SITE), ("https://evil.example", ""), ("null", "")] {
        for path in ["/inquiries", "/nowhere", "/inquiries/x"] {
            let answer = stage.request("GET", path, &token).header("Origin", origin).send(stage.at).await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin} {path}");
            assert!(
                answer.header("vary").to_ascii_lowercase().contains("origin"),
                "caches tell origins apart"
            );
        }
    }
}

#[tokio::test]
async fn every_page_may_ask_whether_it_is_let_in() {
    let stage = Stage::open().await;
    let ask = async |origin: &str| {
        let request = Request::new("GET", &format!("{API}/origin"));
        let request = if origin.is_empty() { request } else { request.header("Origin", origin) };
        let answer = request.send(stage.at).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{origin}");
        // A page that is let in is named by the rule for all answers.
        let readable = answer.header("access-control-allow-origin").to_owned();
        assert!(readable == "*" || readable == origin, "{origin}: {readable}");
        answer.json()
    };
    for origin in foreign().iter().map(String::as_str).filter(|origin| !origin.is_empty()) {
        let told = ask(origin).await;
        assert_eq!((&told["allowed"], &told["origin"]), (&false.into(), &origin.into()), "{told}");
    }
    for origin in ["https://desk.example", HOST_SITE] {
        assert_eq!(ask(origin).await["allowed"], true, "{origin}");
    }
    assert_eq!(ask("").await, serde_json::json!({ "origin": null, "allowed": true }), "a program");
}
