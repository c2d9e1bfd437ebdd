//! Bad input to every route of the admins' API: named in the answer, and nothing stored.

use serde_json::{Value, json};

use crate::stage::{Stage, problem, wrong_field};

/// Method, path, a good body, and its text fields with their limits (0: an id).
type Row = (&'static str, String, Value, Vec<(&'static str, usize)>);

async fn scene() -> (Stage, Vec<Row>) {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    let inquiry = stage.posted("It broke").await;
    stage.act(&format!("/conversations/{id}/join")).await;
    let words = || json!({ "id": "w1", "body": "words" });
    let owner = stage.owner.id;
    let rows = vec![
        ("POST", format!("/conversations/{id}/messages"), words(), vec![("id", 0), ("body", 8192)]),
        ("POST", format!("/conversations/{id}/notes"), words(), vec![("id", 0), ("body", 8192)]),
        ("POST", format!("/conversations/{id}/promise"), json!({ "minutes": 3 }), vec![]),
        ("PATCH", format!("/inquiries/{inquiry}"), json!({ "title": "Other" }), vec![]),
        (
            "POST",
            format!("/inquiries/{inquiry}/comments"),
            json!({ "body": "words" }),
            vec![("body", 32_768)],
        ),
        ("POST", "/admins".to_owned(), json!({ "email": "new@desk.example" }), vec![]),
        ("PATCH", format!("/admins/{owner}"), json!({ "on_duty": false }), vec![]),
    ];
    (stage, rows)
}

/// S35, S47.
#[tokio::test]
async fn what_is_no_json_or_no_object_of_its_fields_is_refused() {
    let (stage, rows) = scene().await;
    let before = stage.stored().await;
    for (method, path, good, _) in &rows {
        let what = format!("{method} {path}");
        let text = good.to_string();
        let inside = &text[..text.len() - 1];
        let raw = async |kind: &str, body: &[u8]| {
            stage.request(method, path).bytes(kind, body).send(stage.at).await
        };
        for body in [
            String::new(),
            "{".to_owned(),
            format!("{text} x"),
            format!("\u{feff}{text}"),
            format!("{inside}, \"x\": NaN}}"),
            format!("{inside}, \"x\": 1"),
            "[".repeat(60_000),
        ] {
            problem(&raw("application/json", body.as_bytes()).await, 400, &what);
        }
        let bytes = [inside.as_bytes(), b", \"x\": \"\xff\"}"].concat();
        problem(&raw("application/json", &bytes).await, 400, &what);
        for body in ["[]", "7", "null", "\"x\""] {
            wrong_field(&raw("application/json", body.as_bytes()).await, "body", "wrong_type", &what);
        }
        let values: Vec<&Value> = good.as_object().unwrap().values().collect();
        wrong_field(
            &raw("application/json", json!(values).to_string().as_bytes()).await,
            "body",
            "wrong_type",
            &what,
        );
        let unknown = format!("{inside}, \"is_owner\": true}}");
        wrong_field(&raw("application/json", unknown.as_bytes()).await, "is_owner", "unknown", &what);
        let (name, value) = good.as_object().unwrap().iter().next().unwrap();
        let twice = format!("{inside}, \"{name}\": {value}}}");
        wrong_field(&raw("application/json", twice.as_bytes()).await, name, "duplicate", &what);
        for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
            problem(&raw(kind, text.as_bytes()).await, 415, &what);
        }
        let large = format!("{text}{}", " ".repeat(65_537 - text.len()));
        problem(&raw("application/json", large.as_bytes()).await, 413, &what);
    }
    assert_eq!(stage.stored().await, before);
}

#[tokio::test]
async fn every_text_is_checked_and_named() {
    let (stage, rows) = scene().await;
    let before = stage.stored().await;
    for (method, path, good, fields) in &rows {
        for (name, limit) in fields {
            let bad: Vec<(String, &str)> = if *limit == 0 {
                ["", " ", "a b", "é", "a\0", &"a".repeat(65)]
                    .map(|text| (text.to_owned(), "not_an_id"))
                    .into()
            } else {
                let long = "a".repeat(limit + 1);
                let table = [
                    ("", "blank"),
                    (" \n\t", "blank"),
                    ("\u{200b}\u{3164}", "blank"),
                    ("a\0", "control_character"),
                    ("a\u{1b}", "control_character"),
                    ("a\rb", "control_character"),
                    (long.as_str(), "too_long"),
                ];
                table.map(|(text, code)| (text.to_owned(), code)).into()
            };
            for (text, code) in bad {
                let mut body = good.clone();
                body[*name] = json!(text);
                let answer = stage.request(method, path).json(&body).send(stage.at).await;
                wrong_field(&answer, name, code, &format!("{method} {path} {name}"));
            }
            for value in [json!(7), json!(null), json!([]), json!({})] {
                let mut body = good.clone();
                body[*name] = value;
                let answer = stage.request(method, path).json(&body).send(stage.at).await;
                wrong_field(&answer, name, "wrong_type", &format!("{method} {path} {name}"));
            }
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(*name);
            let answer = stage.request(method, path).json(&body).send(stage.at).await;
            wrong_field(&answer, name, "missing", &format!("{method} {path} {name}"));
        }
    }
    let inquiry = &rows[3].1;
    let admin = &rows[6].1;
    for (method, path, body, field, code) in [
        ("PATCH", inquiry.as_str(), json!({ "title": "a".repeat(151) }), "title", "too_long"),
        ("PATCH", inquiry, json!({ "title": " " }), "title", "blank"),
        ("PATCH", inquiry, json!({ "title": "two\nlines" }), "title", "control_character"),
        ("PATCH", inquiry, json!({ "kind": "other" }), "kind", "unknown_value"),
        ("POST", "/admins", json!({ "email": "x" }), "email", "not_an_email"),
        ("POST", "/admins", json!({ "email": "" }), "email", "not_an_email"),
        ("POST", "/admins", json!({ "email": "a@b.example\r\nBcc: x@y.example" }), "email", "not_an_email"),
        ("POST", "/admins", json!({ "email": "a@b.example", "name": "a".repeat(81) }), "name", "too_long"),
        ("POST", "/admins", json!({ "email": "a@b.example", "name": "" }), "name", "blank"),
        ("POST", "/admins", json!({ "email": "a@b.example", "name": "\u{3164}" }), "name", "blank"),
        ("POST", "/admins", json!({ "email": "a@b.example", "name": "a\0b" }), "name", "control_character"),
        ("POST", "/admins", json!({ "email": "a@b.example", "role": "root" }), "role", "unknown_value"),
        ("POST", "/admins", json!({ "name": "x" }), "email", "missing"),
        ("PATCH", admin, json!({ "role": "Owner" }), "role", "unknown_value"),
        ("PATCH", admin, json!({ "role": "" }), "role", "unknown_value"),
        ("PATCH", admin, json!({ "locale": "fr" }), "locale", "unknown_value"),
        ("PATCH", admin, json!({ "on_duty": "yes" }), "on_duty", "wrong_type"),
        ("PATCH", admin, json!({ "disabled": 1 }), "disabled", "wrong_type"),
        ("PATCH", admin, json!({ "email": "other@desk.example" }), "email", "unknown"),
        ("PATCH", admin, json!({ "id": "x" }), "id", "unknown"),
    ] {
        let answer = stage.request(method, path).json(&body).send(stage.at).await;
        wrong_field(&answer, field, code, &format!("{method} {path} {body}"));
    }
    assert_eq!(stage.stored().await, before);
}

#[tokio::test]
async fn methods_that_do_not_fit_and_paths_that_lead_nowhere_are_problems_too() {
    let (stage, rows) = scene().await;
    let promise = &rows[2].1;
    for (method, path) in [
        ("GET", promise.as_str()),
        ("DELETE", "/admins"),
        ("PUT", "/inquiries"),
        ("POST", "/socket"),
        ("POST", "/stats"),
    ] {
        let answer = stage.request(method, path).send(stage.at).await;
        problem(&answer, 405, &format!("{method} {path}"));
        assert_ne!(answer.header("allow"), "", "{method} {path}");
    }
    for path in
        ["/nowhere", "/conversations/%ff", "/inquiries/%00", "/conversations/..%2f..", "/inquiries/x/x/x"]
    {
        problem(&stage.get(path).await, 404, path);
    }
}
