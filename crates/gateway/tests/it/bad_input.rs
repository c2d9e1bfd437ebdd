//! Bad input to every REST route: named in the answer, and nothing stored (S35, S46, S47).

use serde_json::{Value, json};
use testkit::http::exchange;

use crate::stage::{API, Stage, problem, wrong_field};

/// What a field takes.
#[derive(Clone, Copy)]
enum Field {
    /// Words of several lines, up to so many bytes.
    Body(usize),
    /// One line, up to so many characters.
    Line(usize),
    /// An id that a client made.
    Id,
    /// One of a few words.
    Word,
    /// An address, or nothing.
    Email,
}

pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    good: Value,
    /// Its fields: the path in the body, what it takes, whether it has to be there.
    fields: Vec<(&'static str, Field, bool)>,
}

pub(crate) struct Scene {
    pub(crate) stage: Stage,
    pub(crate) token: String,
    pub(crate) routes: Vec<Route>,
}

pub(crate) async fn scene() -> Scene {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let called =
        stage.post("/conversations", &token, &json!({ "message": { "id": "m1", "body": "help" } })).await;
    let id = called.json()["conversation"]["id"].as_str().unwrap().to_owned();
    let post = json!({ "kind": "error", "title": "It broke", "body": "It broke." });
    let posted = stage.post("/inquiries", &token, &post).await;
    let inquiry = posted.json()["inquiry"]["id"].as_str().unwrap().to_owned();
    let in_post = vec![
        ("kind", Field::Word, true),
        ("title", Field::Line(150), true),
        ("body", Field::Body(32_768), true),
        ("email", Field::Email, false),
    ];
    let optional = in_post.iter().map(|(name, field, _)| (*name, *field, false)).collect();
    let route = |method, path: String, good, fields| Route { method, path, good, fields };
    let routes = vec![
        route(
            "POST",
            "/conversations".to_owned(),
            json!({ "message": { "id": "m2", "body": "again" }, "context": { "url": "https://shop.example/" } }),
            vec![("message.id", Field::Id, true), ("message.body", Field::Body(8192), true)],
        ),
        route(
            "POST",
            format!("/conversations/{id}/messages"),
            json!({ "id": "m3", "body": "hello" }),
            vec![("id", Field::Id, true), ("body", Field::Body(8192), true)],
        ),
        route("POST", "/inquiries".to_owned(), post.clone(), in_post.clone()),
        route("PATCH", format!("/inquiries/{inquiry}"), json!({ "title": "Other" }), optional),
        route(
            "POST",
            format!("/inquiries/{inquiry}/comments"),
            json!({ "body": "more" }),
            vec![("body", Field::Body(32_768), true)],
        ),
        // The last one: it ends the wait that the others need.
        route("POST", format!("/conversations/{id}/inquiry"), post, in_post),
    ];
    Scene { stage, token, routes }
}

impl Scene {
    async fn send(&self, route: &Route, body: &Value) -> testkit::http::Answer {
        self.raw(route, body.to_string().as_bytes()).await
    }

    async fn raw(&self, route: &Route, body: &[u8]) -> testkit::http::Answer {
        let request = self.stage.request(route.method, &route.path, &self.token);
        request.bytes("application/json", body).send(self.stage.at).await
    }
}

/// `good` with the value at `path` replaced, or taken away.
fn with(good: &Value, path: &str, value: Option<Value>) -> Value {
    let mut body = good.clone();
    let mut at = &mut body;
    let (around, name) = path.rsplit_once('.').unwrap_or(("", path));
    if !around.is_empty() {
        at = &mut at[around];
    }
    match value {
        Some(value) => at[name] = value,
        None => drop(at.as_object_mut().unwrap().remove(name)),
    }
    body
}

#[tokio::test]
async fn every_route_refuses_what_is_no_json_or_no_object_of_its_fields_and_stores_nothing() {
    let scene = scene().await;
    let before = scene.stage.stored().await;
    for route in &scene.routes {
        let what = format!("{} {}", route.method, route.path);
        let good = route.good.to_string();
        let inside = &good[..good.len() - 1];
        let deep = "[".repeat(30_000);
        let not_json: Vec<Vec<u8>> = [
            String::new(),
            " ".to_owned(),
            "{".to_owned(),
            "nonsense".to_owned(),
            format!("{good} x"),
            format!("{good}{good}"),
            format!("\u{feff}{good}"),
            format!("{inside}, \"x\": NaN}}"),
            good.replacen("\":\"", "\":\"\\ud800", 1),
            format!("{inside}, \"x\": 1"),
            good.replace('"', "'"),
            deep.clone(),
            "{\"a\":".repeat(10_000),
        ]
        .into_iter()
        .map(String::into_bytes)
        .chain([
            [inside.as_bytes(), b", \"x\": \"\xff\xfe\"}"].concat(),
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ])
        .collect();
        for body in not_json {
            let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
            problem(&scene.raw(route, &body).await, 400, &format!("{what} {shown}"));
        }
        let closed = format!("{deep}{}", "]".repeat(30_000));
        for body in [closed.as_str(), "[]", "7", "\"text\"", "null", "true"] {
            wrong_field(&scene.raw(route, body.as_bytes()).await, "body", "wrong_type", &what);
        }
        let values: Vec<Value> = route.good.as_object().unwrap().values().cloned().collect();
        wrong_field(&scene.send(route, &Value::Array(values)).await, "body", "wrong_type", &what);
        let unknown = with(&route.good, "is_admin", Some(json!(true)));
        wrong_field(&scene.send(route, &unknown).await, "is_admin", "unknown", &what);
        let (name, value) = route.good.as_object().unwrap().iter().next().unwrap();
        let twice = format!("{inside}, \"{name}\": {value}}}");
        wrong_field(&scene.raw(route, twice.as_bytes()).await, name, "duplicate", &what);
    }
    assert_eq!(scene.stage.stored().await, before);
}

#[tokio::test]
async fn every_route_with_a_body_wants_json_of_a_size_and_says_so() {
    let scene = scene().await;
    let before = scene.stage.stored().await;
    for route in &scene.routes {
        let what = format!("{} {}", route.method, route.path);
        let good = route.good.to_string();
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/jsonx",
            "",
        ] {
            let request = scene.stage.request(route.method, &route.path, &scene.token);
            problem(&request.bytes(kind, good.as_bytes()).send(scene.stage.at).await, 415, &what);
        }
        let none = scene.stage.request(route.method, &route.path, &scene.token).send(scene.stage.at).await;
        problem(&none, 415, &what);
        let unknown = good.replacen('{', "{\"x\":1,", 1);
        let at_the_limit = format!("{unknown}{}", " ".repeat(65_536 - unknown.len()));
        wrong_field(&scene.raw(route, at_the_limit.as_bytes()).await, "x", "unknown", &what);
        problem(&scene.raw(route, format!("{at_the_limit} ").as_bytes()).await, 413, &what);
        let head = format!(
            "{} {API}{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n{at_the_limit} \r\n",
            route.method, route.path, scene.token
        );
        problem(&exchange(scene.stage.at, head.as_bytes()).await, 413, &format!("{what}, of no told length"));
    }
    assert_eq!(scene.stage.stored().await, before);
}

/// What a field refuses, with the code that it says.
fn refused(field: Field) -> Vec<(Value, &'static str)> {
    let blanks =
        ["", " ", "\n\t ", "\u{200b}\u{200d}", "\u{3164}", "\u{ffa0}\u{115f}", "\u{a0}\u{2003}", "\u{feff}"];
    let controls = ["a\0b", "a\u{1b}[2J", "a\u{7f}", "a\u{85}b", "a\rb"];
    let many = |texts: &[&str], code| texts.iter().map(|text| (json!(text), code)).collect::<Vec<_>>();
    let mut all = match field {
        Field::Body(limit) => [
            many(&blanks, "blank"),
            many(&controls, "control_character"),
            vec![
                (json!("a".repeat(limit + 1)), "too_long"),
                (json!(format!("{}a", "가".repeat(limit / 3 + 1))), "too_long"),
            ],
        ]
        .concat(),
        Field::Line(limit) => [
            many(&blanks, "blank"),
            many(&controls, "control_character"),
            many(&["two\nlines", "a\tb"], "control_character"),
            vec![(json!("가".repeat(limit + 1)), "too_long")],
        ]
        .concat(),
        Field::Id => [
            many(&blanks, "not_an_id"),
            many(&["a b", "a.b", "é", "a\0", "../x", "a/b", "가"], "not_an_id"),
            vec![(json!("a".repeat(65)), "not_an_id")],
        ]
        .concat(),
        Field::Word => many(&["", "missed_call", "Error", "error ", "x", "error\0"], "unknown_value"),
        Field::Email => many(
            &[
                "x",
                "a@b",
                "\"a b\"@c.example",
                "a@[127.0.0.1]",
                "a@b.example\r\nBcc: x@y.example",
                "a@b.example,c@d.example",
                "a\0@b.example",
                "<a@b.example>",
            ],
            "not_an_email",
        ),
    };
    for value in [json!(7), json!(true), json!([]), json!({}), json!(["a"]), json!(1.5)] {
        all.push((value, "wrong_type"));
    }
    all
}

#[tokio::test]
async fn every_field_of_every_route_is_checked_and_named_and_nothing_is_stored() {
    let scene = scene().await;
    let before = scene.stage.stored().await;
    for route in &scene.routes {
        for (name, field, required) in &route.fields {
            for (value, code) in refused(*field) {
                let mut shown = value.to_string();
                shown.truncate(shown.floor_char_boundary(60));
                let what = format!("{} {} {name}: {shown}", route.method, route.path);
                wrong_field(
                    &scene.send(route, &with(&route.good, name, Some(value))).await,
                    name,
                    code,
                    &what,
                );
            }
            let what = format!("{} {} without {name}", route.method, route.path);
            if *required {
                wrong_field(&scene.send(route, &with(&route.good, name, None)).await, name, "missing", &what);
                let null = with(&route.good, name, Some(Value::Null));
                wrong_field(&scene.send(route, &null).await, name, "wrong_type", &what);
            }
        }
    }
    assert_eq!(scene.stage.stored().await, before);
}

#[tokio::test]
async fn every_field_takes_what_is_exactly_as_long_as_may_be() {
    let scene = scene().await;
    let mut made = 0;
    for route in &scene.routes {
        let mut body = route.good.clone();
        for (name, field, _) in &route.fields {
            made += 1;
            let longest = match field {
                Field::Body(limit) => format!(
                    "{}\n\t{}",
                    "가".repeat(limit / 3 - 2),
                    "a".repeat(limit - 3 * (limit / 3 - 2) - 2)
                ),
                Field::Line(limit) => "가".repeat(*limit),
                Field::Id => format!("{made:064}"),
                Field::Word => "suggestion".to_owned(),
                Field::Email => format!("{}@{}.example", "a".repeat(64), "b".repeat(63)),
            };
            body = with(&body, name, Some(json!(longest)));
        }
        let answer = scene.send(route, &body).await;
        assert!(matches!(answer.status, 200 | 201), "{} {}: {}", route.method, route.path, answer.text());
    }
}
