//! Text comes back as it was sent, from REST through the database to REST, or is refused (S43).

use serde_json::{Value, json};
use testkit::unicode::{LINES, REFUSED};

use crate::stage::Stage;

#[tokio::test]
async fn s43_every_text_comes_back_to_the_letter() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let called = stage.post("/conversations", &token, &json!({})).await.json();
    let call = format!("/conversations/{}", called["conversation"]["id"].as_str().unwrap());
    for (n, (what, text)) in LINES.iter().enumerate() {
        let said = stage
            .post(&format!("{call}/messages"), &token, &json!({ "id": format!("m{n}"), "body": text }))
            .await;
        assert_eq!(said.status, 201, "{what}: {}", said.text());
        let post = json!({ "kind": "suggestion", "title": text, "body": format!("{text}\n\t{text}") });
        let posted = stage.post("/inquiries", &token, &post).await;
        assert_eq!(posted.status, 201, "{what}: {}", posted.text());
        let path = format!("/inquiries/{}", posted.json()["inquiry"]["id"].as_str().unwrap());
        let commented = stage.post(&format!("{path}/comments"), &token, &json!({ "body": text })).await;
        assert_eq!(commented.status, 201, "{what}: {}", commented.text());
        let shown = stage.get(&path, &token).await.json();
        let shown = &shown["inquiry"];
        assert_eq!((&shown["title"], &shown["body"]), (&post["title"], &post["body"]), "{what}");
        assert_eq!(shown["comments"][0]["body"], *text, "{what}");
    }
    let log = stage.get(&format!("{call}/events?limit=200"), &token).await.json();
    let said: Vec<&Value> = log["events"].as_array().unwrap().iter().map(|event| &event["body"]).collect();
    for (what, text) in LINES {
        assert_eq!(said.iter().filter(|body| **body == text).count(), 1, "{what}");
    }
}

#[tokio::test]
async fn s43_what_is_no_text_is_refused_and_nothing_is_stored() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let called = stage.post("/conversations", &token, &json!({})).await.json();
    let call = format!("/conversations/{}", called["conversation"]["id"].as_str().unwrap());
    let before = stage.stored().await;
    for (what, text) in REFUSED {
        for (path, start, end) in [
            (format!("{call}/messages"), r#"{"id":"m1","body":""#, r#""}"#),
            ("/inquiries".to_owned(), r#"{"kind":"error","body":"b","title":""#, r#""}"#),
            ("/inquiries".to_owned(), r#"{"kind":"error","title":"t","body":""#, r#""}"#),
            (format!("{call}/messages"), r#"{"body":"b","id":""#, r#""}"#),
        ] {
            let body = [start.as_bytes(), text, end.as_bytes()].concat();
            let request = stage.request("POST", &path, &token).bytes("application/json", &body);
            let answer = request.send(stage.at).await;
            assert!(matches!(answer.status, 400 | 422), "{what}: {} {}", answer.status, answer.text());
        }
    }
    assert_eq!(stage.stored().await, before);
}
