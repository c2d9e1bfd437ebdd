//! The log as people read it: one event is one line of ours, whatever strangers send (S44).

use serde_json::json;
use testkit::http::exchange;

use crate::process::{House, until};

/// Tries to begin a line, to colour one, to wipe one away, and to break out of an object.
const TRICKS: &[&str] = &[
    "x\r\n2026-11-27T00:00:00.000000Z  INFO portal::auth: CANARY signed in",
    "x\n2026-11-27T00:00:00.000000Z  WARN CANARY",
    "x\rCANARY",
    "\u{1b}[2K\u{1b}[31mCANARY\u{1b}[0m",
    "\u{9b}31mCANARY",
    "\u{8}\u{8}\u{8}CANARY",
    "\u{85}CANARY\u{2028}CANARY\u{2029}CANARY",
    "x\", \"level\": \"ERROR\", \"message\": \"CANARY",
    "x\\n{\"level\":\"CANARY\"}",
    "\u{202e}CANARY",
    "%0d%0aCANARY%1b%5b31m",
];

/// Begins as every line of ours does: `2026-11-27T14:06:32.820450Z  INFO`.
fn is_ours(line: &str) -> bool {
    let shape: String = line.chars().take(28).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let rest = line.get(27..).unwrap_or_default().trim_start();
    shape.starts_with("0000-00-00T00:00:00.000000Z")
        && ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].iter().any(|level| rest.starts_with(level))
}

#[tokio::test]
async fn s44_one_event_is_one_line_whatever_strangers_send() {
    assert!(is_ours("2026-11-27T14:06:32.820450Z  INFO mailer::run: up") && !is_ours("x 2026-11-27T14:06"));
    for format in ["text", "json"] {
        let mut house = House::new().with("DESKBELL_LOG__FORMAT", format);
        house.set("DESKBELL_LOG__FILTER", "debug");
        let server = house.serve().await;
        let arguments = "serve --listen 127.0.0.1:0";
        // What it says at its start to whoever has started it is no log.
        let begun = house.log(arguments).lines().count();
        for trick in TRICKS {
            // In every part of a request that goes on the wire as it is.
            for head in [
                format!("GET /help?{trick} HTTP/1.1\r\nHost: localhost\r\n"),
                format!("GET /{trick} HTTP/1.1\r\nHost: localhost\r\n"),
                format!("{trick} /help HTTP/1.1\r\nHost: localhost\r\n"),
                format!("GET /help HTTP/1.1\r\nHost: {trick}\r\n"),
                format!("GET /help HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {trick}\r\n"),
                format!("GET /help HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {trick}\r\n"),
                format!("GET /help HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {trick}\r\n"),
                format!("GET /help HTTP/1.1\r\nHost: localhost\r\ntraceparent: {trick}\r\n"),
                format!(
                    "GET /api/v1/widget/inquiries HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {trick}\r\n"
                ),
                format!("GET /api/v1/widget/inquiries HTTP/1.1\r\nHost: localhost\r\nOrigin: {trick}\r\n"),
                format!("GET /admin HTTP/1.1\r\nHost: localhost\r\nCookie: deskbell={trick}\r\n"),
            ] {
                exchange(server.address, format!("{head}Connection: close\r\n\r\n").as_bytes()).await;
            }
            // And as words, names and ids in what is taken or refused.
            let (mut socket, _) = server.visitor(json!({})).await;
            socket
                .send(&json!({ "type": "call", "id": trick, "message": { "id": "m", "body": trick } }))
                .await;
            socket.send(&json!({ "type": trick, "id": "x" })).await;
            socket.next("error").await;
            let identity = json!({ "identity": trick });
            server.post("/api/v1/widget/sessions", "", &identity).await;
            server
                .post("/api/v1/admin/admins", trick.trim_matches(|c: char| !c.is_ascii_graphic()), &identity)
                .await;
        }
        // The last of them is in it.
        assert_eq!(server.get("/healthz", "").await.status, 200);
        let log = until("the last line", async || {
            let log = house.log(arguments);
            log.lines()
                .filter(|line| line.contains("socket.transport"))
                .nth(TRICKS.len() - 1)
                .map(|_| log.clone())
        });
        let log = log.await;
        let lines: Vec<&str> = log.lines().skip(begun).collect();
        assert!(lines.len() > TRICKS.len() * 5, "{}", lines.len());
        for line in lines {
            let whole = match format {
                "json" => serde_json::from_str::<serde_json::Value>(line)
                    .is_ok_and(|line| line["level"].is_string()),
                _ => is_ours(line),
            };
            assert!(whole, "{format}: {line:?}");
            let raw =
                line.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202e}'));
            assert!(!raw, "{format}: {line:?}");
        }
    }
}
