//! Spans at a collector: what is in them, what never is, and that a collector which fails costs nothing else.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::http::Request;
use testkit::ports::free;
use testkit::socket::Socket;

use crate::collector::{Collector, Mood, text};
use crate::process::{House, until};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
/// What must stand in no span: words, and what a visitor has made up.
const CANARY: &str = "canary-in-the-mine";
/// A batch gets five seconds; whoever asks for a page must not wait for one.
const PATIENCE: Duration = Duration::from_secs(4);
/// A drain, the last spans, the last words.
const IN_TIME: Duration = Duration::from_secs(13);

fn traced(endpoint: &str) -> House {
    House::new().with("DESKBELL_TELEMETRY__OTLP_ENDPOINT", endpoint)
}

/// S45.
#[tokio::test]
async fn a_call_is_told_to_the_collector_in_spans_that_hold_no_words_and_nobodys_address() {
    let collector = Collector::start(Mood::Takes).await;
    let mut house =
        traced(&collector.endpoint()).with("DESKBELL_TELEMETRY__SERVICE_NAME", "front-desk").with(
            "DESKBELL_WAIT__STEPS",
            r#"[{"after":"0s","notify":"everyone"},{"after":"1s","notify":"everyone"}]"#,
        );
    let file = house.path("headers");
    std::fs::write(&file, "api-key=open%20sesame,x-team=desk\n").unwrap();
    house.set("DESKBELL_TELEMETRY__OTLP_HEADERS_FILE", file.to_str().unwrap());
    let token = house.owner("kim@canary.example").await;
    // The log may be silent: spans are not a matter of its filter.
    house.set("RUST_LOG", "error");
    let server = house.start(&SERVE).await;
    let theirs = "4bf92f3577b34da6a3ce929d0e0e4736";
    let demo = Request::new("GET", &format!("/demo?q={CANARY}")).header("User-Agent", CANARY);
    let demo =
        demo.header("traceparent", &format!("00-{theirs}-00f067aa0ba902b7-01")).send(server.address).await;
    let (mut minji, welcome) = server.visitor(json!({})).await;
    let message = json!({ "id": "m1", "body": CANARY });
    minji
        .send(&json!({ "type": "call", "id": CANARY, "message": message, "context": { "title": CANARY } }))
        .await;
    let shown = minji.next("conversation").await;
    let id = shown["conversation"]["id"].as_str().unwrap().to_owned();
    minji.send(&json!({ "type": "say", "id": "m2", "conversation_id": CANARY, "body": CANARY })).await;
    minji.send(&json!({ "type": "say", "id": "m3", "body": CANARY })).await;
    let bearer = format!("Bearer {token}");
    let mut kim =
        Socket::open(server.address, "/api/v1/admin/socket", &[("authorization", &bearer)]).await.unwrap();
    kim.send(&json!({ "type": "hello" })).await;
    // The second step of the wait comes first: that is the deadline.
    let swept = collector.span("deadlines.sweep", |_| true).await;
    assert_eq!(
        (text(&swept.attributes, "deadlines.due"), text(&swept.attributes, "deadlines.stuck")),
        ("1".into(), "0".into())
    );
    kim.send(&json!({ "type": "join", "id": "a1", "conversation_id": id })).await;
    kim.next("ack").await;
    assert!(server.stop().await.0.success());
    let request = collector.span("GET /demo", |_| true).await;
    let of = |key| text(&request.attributes, key);
    assert_eq!(
        (of("http.request.method"), of("http.route"), of("http.response.status_code")),
        ("GET".into(), "/demo".into(), "200".into())
    );
    assert_eq!(of("request.id"), demo.header("x-request-id"));
    for (name, outcome, about) in [
        ("socket call", "done", id.as_str()),
        ("socket say", "done", &id),
        ("socket say", "not_found", ""),
        ("socket join", "done", &id),
        ("mail call", "sent", &id),
    ] {
        let found = collector.span(name, |span| text(&span.attributes, "outcome") == outcome).await;
        assert_eq!(text(&found.attributes, "conversation.id"), about, "{name}: {outcome}");
        assert!(found.end_time_unix_nano > found.start_time_unix_nano);
    }
    hold_no_secret(&collector, theirs, &[&token, welcome["token"].as_str().unwrap()]);
    let log = house.log(&SERVE.join(" "));
    assert!(!log.contains("otel.") && !log.contains("socket.command"), "{log}");
}

/// Every attribute is in the docs; nobody else says which trace it is; no words, addresses or tokens are in what is sent.
fn hold_no_secret(collector: &Collector, theirs: &str, tokens: &[&str]) {
    let page = include_str!("../../../../docs/operations.md");
    for (sender, span) in collector.spans() {
        for attribute in &span.attributes {
            assert!(page.contains(&format!("`{}`", attribute.key)), "{} is in the docs", attribute.key);
        }
        assert_eq!(text(&sender, "service.name"), "front-desk");
        assert!(span.events.is_empty(), "lines of the log are not for the collector: {span:?}");
        let trace = u128::from_be_bytes(span.trace_id.as_slice().try_into().unwrap());
        assert!(
            format!("{trace:032x}") != theirs && span.parent_span_id.is_empty(),
            "nobody else says which trace: {span:?}"
        );
    }
    for (headers, body) in collector.batches() {
        assert_eq!(
            (&headers["api-key"], &headers["x-team"]),
            (&"open sesame".parse().unwrap(), &"desk".parse().unwrap())
        );
        assert_eq!(headers["content-type"], "application/x-protobuf");
        let body = String::from_utf8_lossy(&body);
        for secret in tokens.iter().chain(&[CANARY, "canary.example", "127.0.0.1"]) {
            assert!(!body.contains(*secret), "{secret} in {body}");
        }
    }
}

#[tokio::test]
async fn what_waits_is_sent_before_it_ends_and_of_a_ratio_of_nothing_nothing() {
    for (ratio, sent) in [("1.0", 1), ("0.0", 0)] {
        let collector = Collector::start(Mood::Takes).await;
        let house = traced(&collector.endpoint()).with("DESKBELL_TELEMETRY__TRACE_RATIO", ratio);
        let server = house.start(&SERVE).await;
        assert_eq!(server.get("/demo", "").await.status, 200);
        assert!(server.stop().await.0.success());
        assert_eq!(
            collector.spans().iter().filter(|(_, span)| span.name == "GET /demo").count(),
            sent,
            "{ratio}"
        );
        assert_eq!(collector.asked() > 0, sent > 0, "{ratio}");
    }
}

#[tokio::test]
async fn a_collector_that_refuses_is_told_in_one_line_and_so_is_that_it_takes_spans_again() {
    let collector = Collector::start(Mood::Refuses).await;
    let house = traced(&collector.endpoint());
    let server = house.start(&SERVE).await;
    let log = || house.log(&SERVE.join(" "));
    until("a third refusal", async || {
        assert_eq!(server.get("/demo", "").await.status, 200);
        (collector.asked() >= 3).then_some(())
    })
    .await;
    collector.becomes(Mood::Takes);
    until("that it is told", async || {
        assert_eq!(server.get("/demo", "").await.status, 200);
        log().contains("the collector takes spans again").then_some(())
    })
    .await;
    assert!(server.stop().await.0.success());
    let complaints: Vec<String> =
        log().lines().filter(|line| line.contains("does not take spans")).map(str::to_owned).collect();
    assert!(complaints.len() == 1 && complaints[0].contains("it answers 503"), "{complaints:?}");
}

#[tokio::test]
async fn a_collector_that_says_nothing_or_is_not_there_holds_nobody_up() {
    let silent = Collector::start(Mood::SaysNothing).await;
    let nowhere = free();
    for endpoint in [silent.endpoint(), at(nowhere)] {
        let house = traced(&endpoint);
        let server = house.start(&SERVE).await;
        // More than its queue takes.
        let mut longest = Duration::ZERO;
        for _ in 0..3000 {
            let begun = Instant::now();
            assert_eq!(server.get("/healthz", "").await.status, 200);
            longest = longest.max(begun.elapsed());
        }
        assert!(longest < PATIENCE, "{longest:?}");
        let asked = Instant::now();
        assert!(server.stop().await.0.success());
        assert!(asked.elapsed() < IN_TIME, "{:?}", asked.elapsed());
        let log = house.log(&SERVE.join(" "));
        assert!(log.matches("does not take spans").count() <= 1, "{log}");
    }
    assert!(silent.asked() > 0);
}

fn at(address: SocketAddr) -> String {
    format!("http://{address}")
}
