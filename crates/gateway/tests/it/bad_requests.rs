//! Requests that do not fit: nested parts, sessions, queries, paths, methods, slow and deep bodies.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::bad_input::scene;
use crate::stage::{API, Stage, config, problem, wrong_field};

#[tokio::test]
async fn the_nested_parts_of_a_call_are_checked_and_its_evidence_never_stands_in_its_way() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    for (body, field, code) in [
        (json!({ "message": ["a", "b"] }), "message", "wrong_type"),
        (json!({ "message": "a" }), "message", "wrong_type"),
        (json!({ "message": { "id": "a", "body": "b", "x": 1 } }), "message.x", "unknown"),
        (json!({ "context": [] }), "context", "wrong_type"),
        (json!({ "context": { "url": 7 } }), "context.url", "wrong_type"),
        (json!({ "context": { "x": 7 } }), "context.x", "unknown"),
        (json!({ "context": { "errors": {} } }), "context.errors", "wrong_type"),
        (json!({ "context": { "errors": [{}, { "x": 1 }] } }), "context.errors[1].x", "unknown"),
        (json!({ "context": { "errors": [["a"]] } }), "context.errors[0]", "wrong_type"),
        (json!({ "context": { "errors": [{ "status": -1 }] } }), "context.errors[0].status", "wrong_type"),
        (
            json!({ "context": { "errors": [{ "status": 70_000 }] } }),
            "context.errors[0].status",
            "wrong_type",
        ),
    ] {
        wrong_field(&stage.post("/conversations", &token, &body).await, field, code, &body.to_string());
    }
    assert_eq!(stage.stored().await, "[] [] 0");
    let errors: Vec<Value> =
        (0..40).map(|n| json!({ "message": format!("{n}\0{}", "x".repeat(600)) })).collect();
    let context = json!({ "url": "h\0ttps://x/".repeat(400), "title": " ", "errors": errors });
    assert_eq!(stage.post("/conversations", &token, &json!({ "context": context })).await.status, 201);
}

#[tokio::test]
async fn a_session_takes_an_identity_or_nothing() {
    let stage = Stage::open().await;
    let table = [
        ("", 400),
        ("{", 400),
        ("[]", 422),
        ("[null]", 422),
        ("null", 422),
        (r#"{"identity":7}"#, 422),
        (r#"{"identity":[]}"#, 422),
        (r#"{"x":1}"#, 422),
        (r#"{"identity":null,"identity":null}"#, 422),
        (r#"{"identity":"x"}"#, 401),
        (r#"{"identity":""}"#, 401),
        ("{}", 201),
        (r#"{"identity":null}"#, 201),
    ];
    for (body, status) in table {
        let request = Request::new("POST", &format!("{API}/sessions"));
        let answer = request.bytes("application/json", body.as_bytes()).send(stage.at).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        if status != 201 {
            problem(&answer, status, body);
        }
    }
    let no_json =
        Request::new("POST", &format!("{API}/sessions")).bytes("text/plain", b"{}").send(stage.at).await;
    problem(&no_json, 415, "text/plain");
}

/// S33.
#[tokio::test]
async fn queries_paths_and_methods_that_do_not_fit_are_problems_too() {
    let scene = scene().await;
    let (stage, token) = (&scene.stage, &scene.token);
    let id = scene.routes[1].path.split('/').nth(2).unwrap().to_owned();
    for (query, field) in [
        ("after=x", "query"),
        ("after=-1", "query"),
        ("after=99999999999999999999999", "query"),
        ("after=1&after=2", "query"),
        ("after=1.5", "query"),
        ("x=1", "query"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=", "query"),
    ] {
        let body =
            problem(&stage.get(&format!("/conversations/{id}/events?{query}"), token).await, 422, query);
        assert_eq!(body["errors"][0]["field"], field, "{query}");
    }
    for after in ["18446744073709551615", "9223372036854775807", "9007199254740993"] {
        let answer = stage.get(&format!("/conversations/{id}/events?after={after}&limit=500"), token).await;
        assert_eq!(
            (answer.status, &answer.json()["events"]),
            (200, &json!([])),
            "{after}: {}",
            answer.text()
        );
    }
    for cursor in ["x", "-1", "1.5", "", "%00", "1%27--", "99999999999999999999999"] {
        let answer = stage.get(&format!("/inquiries?cursor={cursor}"), token).await;
        wrong_field(&answer, "cursor", "unknown_value", cursor);
    }
    assert_eq!(stage.get("/inquiries?cursor=18446744073709551615", token).await.status, 200);
    problem(&stage.get("/inquiries?status=open", token).await, 422, "unknown parameter");
    for path in [
        "x",
        "%ff",
        "%00",
        "..%2f..",
        "0",
        &id.to_uppercase().replace('-', "+"),
        "00000000-0000-0000-0000-000000000000",
    ] {
        for path in [
            format!("/conversations/{path}"),
            format!("/conversations/{path}/events"),
            format!("/inquiries/{path}"),
        ] {
            problem(&stage.get(&path, token).await, 404, &path);
        }
    }
    for (method, path) in [
        ("GET", "/sessions".to_owned()),
        ("DELETE", "/conversations".to_owned()),
        ("PUT", format!("/conversations/{id}")),
        ("GET", format!("/conversations/{id}/messages")),
        ("POST", format!("/conversations/{id}/events")),
        ("PUT", "/inquiries".to_owned()),
        ("POST", "/socket".to_owned()),
        ("TRACE", "/inquiries".to_owned()),
    ] {
        let answer = stage.request(method, &path, token).send(stage.at).await;
        problem(&answer, 405, &format!("{method} {path}"));
        assert_ne!(answer.header("allow"), "", "{method} {path}");
    }
    problem(&stage.get("/nowhere", token).await, 404, "nowhere");
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let stage = Stage::open().await;
    let head = format!(
        "POST {API}/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    );
    let mut stream = tokio::net::TcpStream::connect(stage.at).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut got = [0; 25];
    stream.read_exact(&mut got).await.unwrap();
    assert!(got.starts_with(b"HTTP/1.1 100 "), "it waits for the body");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(16)).await;
    tokio::time::resume();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    let answer = testkit::http::answer(&rest);
    problem(&answer, 408, "a slow body");
}

/// S35.
#[tokio::test]
async fn depth_alone_breaks_nothing() {
    let mut config = config();
    config.limits.body_bytes = 1 << 20;
    let stage = Stage::with(config).await;
    let (_, token) = stage.world.visitor().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    for (body, status) in [
        (deep.clone(), 422),
        (format!("{{\"message\":{deep}}}"), 422),
        (format!("{{\"x\":{deep}}}"), 422),
        (objects, 422),
        ("[".repeat(100_000), 400),
        (format!("{{\"context\":{{\"errors\":[{{\"status\":1{}}}]}}}}", "0".repeat(100_000)), 400),
        ("{\"context\":{\"errors\":[{\"status\":1e400}]}}".to_owned(), 400),
    ] {
        let answer =
            stage.request("POST", "/conversations", &token).bytes("application/json", body.as_bytes());
        problem(&answer.send(stage.at).await, status, &body[..40]);
    }
    assert_eq!(stage.stored().await, "[] [] 0");
}
