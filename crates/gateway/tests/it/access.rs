//! Who may do what: every route of the visitors' API for every kind of caller (S07, S11).

use std::time::Duration;

use domain::admin::Admin;
use serde_json::{Value, json};
use testkit::event_stream::EventStream;
use testkit::http::Request;
use testkit::routes;

use crate::stage::{API, Stage, problem};

/// A route, what is sent, and the status for nobody, for whom it belongs to, and for another visitor.
struct Row {
    method: &'static str,
    path: &'static str,
    body: Value,
    nobody: u16,
    own: u16,
    other: u16,
}

fn row(method: &'static str, path: &'static str, body: Value, statuses: [u16; 3]) -> Row {
    let [nobody, own, other] = statuses;
    Row { method, path, body, nobody, own, other }
}

fn table() -> Vec<Row> {
    let post = json!({ "kind": "error", "title": "It broke", "body": "It broke." });
    let words = json!({ "id": "m9", "body": "words" });
    vec![
        row("GET", "/socket", Value::Null, [426, 426, 426]),
        row("GET", "/events", Value::Null, [401, 200, 200]),
        row("GET", "/origin", Value::Null, [200, 200, 200]),
        row("POST", "/sessions", json!({}), [201, 201, 201]),
        row("POST", "/conversations", json!({}), [401, 200, 201]),
        row("GET", "/conversations/{id}", Value::Null, [401, 200, 404]),
        row("GET", "/conversations/{id}/events", Value::Null, [401, 200, 404]),
        row("POST", "/conversations/{id}/messages", words, [401, 201, 404]),
        row("POST", "/conversations/{id}/typing", json!({ "on": true }), [401, 204, 404]),
        row("POST", "/conversations/{id}/read", json!({ "seq": 1 }), [401, 204, 404]),
        row("POST", "/conversations/{id}/cancel", Value::Null, [401, 200, 404]),
        row("POST", "/conversations/{id}/close", Value::Null, [401, 409, 404]),
        row("POST", "/conversations/{id}/inquiry", post.clone(), [401, 201, 404]),
        row("GET", "/inquiries", Value::Null, [401, 200, 200]),
        row("POST", "/inquiries", post, [401, 201, 201]),
        row("GET", "/inquiries/{id}", Value::Null, [401, 200, 404]),
        row("PATCH", "/inquiries/{id}", json!({ "title": "Other" }), [401, 200, 404]),
        row("DELETE", "/inquiries/{id}", Value::Null, [401, 204, 404]),
        row("POST", "/inquiries/{id}/comments", json!({ "body": "more" }), [401, 201, 404]),
    ]
}

#[test]
fn no_route_is_without_a_row() {
    let mut rows: Vec<_> = table().iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    rows.sort();
    assert_eq!(rows, routes::in_source(include_str!("../../src/rest/mod.rs")));
}

#[test]
fn the_openapi_document_lists_exactly_these_routes() {
    let yaml = include_str!("../../../../docs/openapi.yaml");
    assert_eq!(routes::in_openapi(yaml, API), routes::in_source(include_str!("../../src/rest/mod.rs")));
}

async fn send(stage: &Stage, row: &Row, path: &str, authorization: &str) -> testkit::http::Answer {
    if row.path == "/events" {
        // An answer that does not end: its head is the verdict.
        let headers = [("Authorization", authorization)];
        let opened = EventStream::open(stage.at, &format!("{API}{path}"), &headers).await;
        return opened.map_or_else(|answer| answer, |stream| stream.head.clone());
    }
    let mut request = Request::new(row.method, &format!("{API}{path}"));
    if !authorization.is_empty() {
        request = request.header("Authorization", authorization);
    }
    if !row.body.is_null() {
        request = request.json(&row.body);
    }
    request.send(stage.at).await
}

#[tokio::test]
async fn every_route_serves_whom_it_belongs_to_and_nobody_else() {
    for row in table() {
        let stage = Stage::open().await;
        let owner = stage.owner().await;
        let (_, of_admin) = stage.world.api_token(&owner).await;
        let disabled = stage.world.admin("off@secret.example", "Off", domain::admin::Role::Admin).await;
        let (_, of_disabled) = stage.world.api_token(&disabled).await;
        let now = domain::clock::Clock::now(&*stage.world.clock);
        stage
            .world
            .storage
            .update_admin(&Admin { disabled_at: Some(now), ..disabled }, &testkit::deed())
            .await
            .unwrap();
        let (_, expired) = stage.world.visitor().await;
        stage.world.clock.advance(Duration::from_hours(31 * 24));
        let (a, token) = stage.world.visitor().await;
        let (_, other) = stage.world.visitor().await;
        let conversation = stage.world.call(&a, "help").await.to_string();
        let posted =
            stage.post("/inquiries", &token, &json!({ "kind": "error", "title": "t", "body": "b" })).await;
        let inquiry = posted.json()["inquiry"]["id"].as_str().unwrap().to_owned();
        let id = if row.path.starts_with("/inquiries") { inquiry } else { conversation };
        let path = row.path.replace("{id}", &id);
        let what = format!("{} {}", row.method, row.path);
        let before = stage.stored().await;
        for nobody in [
            String::new(),
            "Bearer ".to_owned(),
            "Bearer x".to_owned(),
            format!("Bearer {}", "x".repeat(43)),
            format!("Basic {token}"),
            token.clone(),
            format!("Bearer {token}x"),
            format!("Bearer {}", &token[..42]),
            format!("Bearer {}", token.to_uppercase()),
            format!("Bearer {expired}"),
            format!("Bearer {of_admin}"),
            format!("Bearer {of_disabled}"),
        ] {
            let answer = send(&stage, &row, &path, &nobody).await;
            assert_eq!(answer.status, row.nobody, "{what} for {nobody:?}: {}", answer.text());
            if row.nobody == 401 {
                problem(&answer, 401, &what);
                assert_eq!(answer.header("www-authenticate"), "Bearer", "{what}");
            }
        }
        assert_eq!(stage.stored().await, before, "{what}: nobody has changed anything");
        let answer = send(&stage, &row, &path, &format!("Bearer {other}")).await;
        assert_eq!(answer.status, row.other, "{what} for another visitor: {}", answer.text());
        assert!(!answer.text().contains("help"), "{what}: {}", answer.text());
        if row.other == 404 {
            problem(&answer, 404, &what);
            assert_eq!(stage.stored().await, before, "{what}: another visitor has changed nothing");
            let made_up = row.path.replace("{id}", &stage.world.source.id().to_string());
            let missing = send(&stage, &row, &made_up, &format!("Bearer {other}")).await;
            assert_eq!(missing.json(), answer.json(), "{what}: not there and not theirs look alike");
        }
        let answer = send(&stage, &row, &path, &format!("bearer {token}")).await;
        assert_eq!(answer.status, row.own, "{what} for whom it belongs to: {}", answer.text());
    }
}

#[tokio::test]
async fn lists_show_ones_own_only() {
    let stage = Stage::open().await;
    let (_, a) = stage.world.visitor().await;
    let (_, b) = stage.world.visitor().await;
    let mut made = Vec::new();
    for n in 0..120 {
        let who = if n % 2 == 0 { &a } else { &b };
        let post = json!({ "kind": "error", "title": format!("post {n}"), "body": "b" });
        let answer = stage.post("/inquiries", who, &post).await.json();
        if n % 2 == 0 {
            made.push(answer["inquiry"]["id"].clone());
        }
    }
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let query = cursor.as_str().map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        let page = stage.get(&format!("/inquiries{query}"), &a).await.json();
        seen.extend(page["inquiries"].as_array().unwrap().iter().map(|inquiry| inquiry["id"].clone()));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    made.reverse();
    assert_eq!(seen, made, "newest first, each once, none of anybody else");
}

#[tokio::test]
async fn what_has_taken_effect_for_the_same_person_answers_alike_again() {
    let stage = Stage::open().await;
    let owner = desk::Caller::Admin(stage.owner().await);
    let (a, token) = stage.world.visitor().await;
    let one = stage.world.call(&a, "help").await;
    for _ in 0..2 {
        let answer =
            stage.request("POST", &format!("/conversations/{one}/cancel"), &token).send(stage.at).await;
        assert_eq!((answer.status, &answer.json()["conversation"]["state"]), (200, &json!("cancelled")));
    }
    let two = stage.world.call(&a, "again").await;
    stage.world.desk.join(&owner, two).await.unwrap();
    let words = json!({ "id": "same", "body": "once" });
    let first = stage.post(&format!("/conversations/{two}/messages"), &token, &words).await;
    let again = stage.post(&format!("/conversations/{two}/messages"), &token, &words).await;
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json(), again.json());
    for _ in 0..2 {
        let answer =
            stage.request("POST", &format!("/conversations/{two}/close"), &token).send(stage.at).await;
        assert_eq!((answer.status, &answer.json()["conversation"]["state"]), (200, &json!("closed")));
    }
    let late = stage
        .post(&format!("/conversations/{two}/messages"), &token, &json!({ "id": "late", "body": "x" }))
        .await;
    assert_eq!(problem(&late, 409, "closed")["code"], "conversation_closed");
}

#[tokio::test]
async fn an_author_edits_while_it_is_open_and_what_they_add_opens_it_again() {
    let stage = Stage::open().await;
    let owner = desk::Caller::Admin(stage.owner().await);
    let (_, token) = stage.world.visitor().await;
    let post = json!({ "kind": "error", "title": "t", "body": "b", "email": "me@shop.example" });
    let made = stage.post("/inquiries", &token, &post).await.json()["inquiry"].clone();
    let path = format!("/inquiries/{}", made["id"].as_str().unwrap());
    let edit = async |body: Value| stage.request("PATCH", &path, &token).json(&body).send(stage.at).await;
    assert_eq!(edit(json!({ "title": "other" })).await.json()["inquiry"]["email"], "me@shop.example");
    assert_eq!(edit(json!({ "email": null })).await.json()["inquiry"]["email"], Value::Null);
    let words = domain::text::Body::new("mended", 8192).unwrap();
    stage.world.desk.comment(&owner, made["id"].as_str().unwrap().parse().unwrap(), words).await.unwrap();
    assert_eq!(problem(&edit(json!({ "title": "x" })).await, 409, "answered")["code"], "not_open");
    assert_eq!(
        stage.post(&format!("{path}/comments"), &token, &json!({ "body": "not yet" })).await.status,
        201
    );
    assert_eq!(stage.get(&path, &token).await.json()["inquiry"]["status"], "open");
    assert_eq!(stage.request("DELETE", &path, &token).send(stage.at).await.status, 204);
    assert_eq!(stage.get(&path, &token).await.status, 404);
    assert_eq!(stage.get("/inquiries", &token).await.json()["inquiries"], json!([]));
}
