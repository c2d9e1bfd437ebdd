//! What the log tells: one line for one event, and nothing that is nobody's business (S44, S45).

use std::io::Write;
use std::sync::{Arc, Mutex};

use desk::Caller;
use domain::text::Body;
use serde_json::{Value, json};
use testkit::http::Request;
use tracing_subscriber::EnvFilter;

use crate::stage::{API, Stage};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_holds_no_words_token_or_address_and_no_line_of_somebody_elses_making() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new(
            "info,gateway=trace,web=trace,desk=trace,storage_sqlite=trace,bus=trace",
        ))
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: a subscriber of one thread misses what other threads have met first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let stage = Stage::open().await;
    let kim = Caller::Admin(stage.owner().await);
    let (mut socket, welcome) = stage.hello(json!({})).await;
    let token = welcome["token"].as_str().unwrap().to_owned();
    let context = json!({ "url": "https://shop.example/CANARY-url", "title": "CANARY-title" });
    let call = json!({ "type": "call", "id": "CANARY-id", "message": { "id": "m1", "body": "CANARY-words\n{\"level\":\"ERROR\"}" }, "context": context });
    socket.send(&call).await;
    let shown = socket.next("conversation").await;
    let id = shown["conversation"]["id"].as_str().unwrap().parse().unwrap();
    let desk = &stage.world.desk;
    desk.join(&kim, id).await.unwrap();
    desk.note(&kim, id, stage.world.client_id(), Body::new("CANARY-note", 8192).unwrap()).await.unwrap();
    let post = json!({ "kind": "error", "title": "CANARY-title", "body": "CANARY-body", "email": "canary@shop.example" });
    assert_eq!(stage.post("/inquiries", &token, &post).await.status, 201);
    stage.get("/CANARY-path?token=CANARY-query", &token).await;
    stage.get("/inquiries/x%0A%1B%5B31m?CANARY-query", &token).await;
    stage.post("/sessions", "", &json!({ "identity": "CANARY.identity.token" })).await;
    stage.post("/conversations", "CANARY-token", &json!({})).await;
    Request::new("GET", &format!("{API}/inquiries"))
        .header("User-Agent", "CANARY-agent")
        .header("Origin", "https://canary.example")
        .send(stage.at)
        .await;
    socket.send_text("{\"type\":\"CANARY-type\"}").await;
    socket.next("error").await;
    socket.send_text("CANARY-nonsense").await;
    assert_eq!(socket.closed().await, 1007);
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    // Tests that run beside this one may add lines of theirs; these many are its own.
    assert!(log.lines().count() >= 8, "{log}");
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).expect("each line is an event");
        assert!(event["fields"].is_object() && event["level"] != "ERROR", "{line}");
    }
    assert!(!log.contains('\u{1b}'));
    for secret in ["CANARY", "canary", token.as_str(), "secret.example"] {
        assert!(
            !log.contains(secret),
            "{secret} is in the log: {}",
            log.lines().find(|line| line.contains(secret)).unwrap_or_default()
        );
    }
    assert!(
        log.contains("socket.transport") && log.contains("/api/v1/widget/inquiries/{id}"),
        "the route, not the path"
    );
}
