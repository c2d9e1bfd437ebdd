//! What operators see: figures, health, lines of the log.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::http::Request;

use crate::process::{House, Server, until};

/// A house whose operator's listener is where its log says.
fn watched() -> House {
    House::new().with("DESKBELL_SERVER__OPERATOR_LISTEN", "127.0.0.1:0")
}

async fn at_operators(server: &Server, path: &str) -> testkit::http::Answer {
    Request::new("GET", path).send(server.operators()).await
}

/// The value of one figure, labels included in its name; nothing when it is not there.
fn figure(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

fn is_figure(name: &str) -> bool {
    name.starts_with("deskbell_") || name.starts_with("process_")
}

#[tokio::test]
async fn figures_say_what_has_happened() {
    let house = watched();
    let token = house.owner("kim@desk.example").await;
    let mut server = house.serve().await;
    server.learn_operators(&house).await;
    let (mut socket, _) = server.visitor(json!({})).await;
    socket.send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "help" } })).await;
    let shown = socket.find("the mail", |frame| frame["conversation"]["told"]["sent"] == 1).await;
    let id = shown["conversation"]["id"].as_str().unwrap().to_owned();
    let text = at_operators(&server, "/metrics").await.text();
    for (name, value) in [
        ("deskbell_calls_total", 1.0),
        ("deskbell_calls_waiting", 1.0),
        ("deskbell_sockets{transport=\"websocket\"}", 1.0),
        ("deskbell_resumes_total{result=\"new\"}", 1.0),
        ("deskbell_mails_total{kind=\"call\",result=\"sent\"}", 1.0),
        ("deskbell_call_to_mail_seconds_count", 1.0),
        ("deskbell_messages_total{by=\"visitor\"}", 1.0),
        ("deskbell_mails_unsent", 0.0),
        ("deskbell_mail_oldest_unsent_seconds", 0.0),
    ] {
        assert_eq!(figure(&text, name), Some(value), "{name} in\n{text}");
    }
    assert!(figure(&text, "process_resident_memory_bytes").unwrap() > 1e7);
    let join = format!("/api/v1/admin/conversations/{id}/join");
    assert_eq!(server.post(&join, &token, &json!({})).await.status, 200);
    drop(socket);
    let gone = until("the socket's end", async || {
        let text = at_operators(&server, "/metrics").await.text();
        (figure(&text, "deskbell_sockets{transport=\"websocket\"}") == Some(0.0)).then_some(text)
    });
    let text = gone.await;
    assert_eq!(figure(&text, "deskbell_call_outcomes_total{outcome=\"answered\"}"), Some(1.0));
    assert_eq!(figure(&text, "deskbell_call_wait_seconds_count{outcome=\"answered\"}"), Some(1.0));
    let route = "deskbell_http_requests_total{method=\"POST\",route=\"/api/v1/admin/conversations/{id}/join\",status=\"200\"}";
    assert_eq!(figure(&text, route), Some(1.0), "{text}");
    assert!(!text.contains(&id), "no id is a label");
    // Figures are not for everybody.
    assert_eq!(server.get("/metrics", "").await.status, 404);
}

#[tokio::test]
async fn every_figure_is_explained_in_the_docs_and_no_other() {
    let page = include_str!("../../../../docs/operations.md");
    let explained = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let explained: BTreeSet<&str> = explained.filter(|name| is_figure(name)).collect();
    let described =
        include_str!("../../src/metrics.rs").split("describe_").filter_map(|part| part.split('"').nth(1));
    let described: BTreeSet<&str> = described.filter(|name| is_figure(name)).collect();
    assert!(described.len() >= 20, "{described:?}");
    assert_eq!(explained, described);
    // The dashboard asks for nothing that is not there.
    let dashboard: Value = serde_json::from_str(include_str!("../../../../deploy/grafana.json")).unwrap();
    let mut asked = BTreeSet::new();
    for target in
        dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap())
    {
        let expression = target["expr"].as_str().unwrap();
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        asked.extend(words.filter(|word| is_figure(word)).map(str::to_owned));
    }
    assert!(asked.len() >= 12, "{asked:?}");
    for name in asked {
        let base =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        assert!(described.contains(base) || described.contains(name.as_str()), "{name}");
    }
}

#[tokio::test]
async fn a_mail_that_should_have_left_long_ago_is_told_to_operators_and_no_reason_to_turn_visitors_away() {
    let house = watched();
    house.owner("kim@desk.example").await;
    let front = ["serve", "--listen", "127.0.0.1:0", "--roles", "gateway,portal,timeouts"];
    let mut server = house.start(&front).await;
    server.learn_operators(&house).await;
    let (mut socket, _) = server.visitor(json!({})).await;
    socket.send(&json!({ "type": "call", "id": "c1" })).await;
    socket.find("the mail", |frame| frame["conversation"]["told"]["mails"] == 1).await;
    assert_eq!(at_operators(&server, "/readyz").await.status, 200, "it is young");
    house.sql("UPDATE notices SET created_at = created_at - 11 * 60 * 1000").await;
    let told = at_operators(&server, "/readyz").await;
    assert_eq!((told.status, told.json()), (503, json!({ "ready": false, "failed": ["mail"] })));
    let oldest =
        figure(&at_operators(&server, "/metrics").await.text(), "deskbell_mail_oldest_unsent_seconds");
    assert!((660.0..720.0).contains(&oldest.unwrap()), "{oldest:?}");
    assert_eq!(server.get("/readyz", "").await.status, 200, "visitors are served all the same");
}

/// S44.
#[tokio::test]
async fn for_programs_each_line_of_the_log_is_an_object() {
    let house = House::new().with("DESKBELL_LOG__FORMAT", "json");
    let server = house.serve().await;
    let (socket, _) = server.visitor(json!({})).await;
    assert_eq!(server.get("/demo", "").await.status, 200);
    drop(socket);
    let log = until("the socket's line", async || {
        let log = house.log("serve --listen 127.0.0.1:0");
        log.contains("\"socket\"").then_some(log)
    });
    let lines: Vec<Value> = log.await.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let of = |message: &str| lines.iter().find(|line| line["message"] == message).expect(message).clone();
    let socket = of("socket");
    assert_eq!(
        (&socket["socket.transport"], &socket["client.ip"]),
        (&json!("websocket"), &json!("127.0.0.1"))
    );
    assert!(socket["who"].is_string() && socket["duration_ms"].is_u64(), "{socket}");
    let of_demo = lines.iter().find(|line| line["http.route"] == "/demo").expect("the request's line");
    assert_eq!((&of_demo["message"], &of_demo["http.status"]), (&json!("request"), &json!(200)));
    let wrong = House::new().with("DESKBELL_LOG__FORMAT", "xml").run(&["config", "check"]).await.failure();
    assert!(wrong.contains("log.format must be text or json"), "{wrong}");
}
