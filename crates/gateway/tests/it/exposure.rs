//! What a visitor is told: a list of fields, and nothing beside it (S48).

use std::collections::BTreeSet;

use desk::Caller;
use domain::text::Body;
use serde_json::{Value, json};
use testkit::shape;

use crate::stage::Stage;

const VISITOR: &[&str] = &["id", "name", "verified"];
const ACTOR: &[&str] = &["type", "id", "name"];
const CONVERSATION: &[&str] = &[
    "id",
    "number",
    "state",
    "last_seq",
    "called_at",
    "inquiry_id",
    "visitor_online",
    "wait",
    "wait.since",
    "wait.offer_at",
    "wait.move_at",
    "wait.offered",
    "wait.promised",
    "wait.promised.until",
    "wait.promised.by",
    "wait.promised.by.id",
    "wait.promised.by.name",
    "wait.promised.by.online",
    "admins",
    "admins[].id",
    "admins[].name",
    "admins[].online",
    "told",
    "told.mails",
    "told.sent",
    "told.sent_at",
    "told.opened_by",
];
const EVENT: &[&str] = &[
    "seq",
    "at",
    "kind",
    "by",
    "by.type",
    "by.id",
    "by.name",
    "client_id",
    "body",
    "data",
    "data.offer_at",
    "data.move_at",
    "data.until",
    "data.inquiry_id",
    "data.context",
    "data.context.url",
    "data.context.title",
    "data.context.release",
    "data.context.user_agent",
    "data.context.viewport",
    "data.context.errors",
    "data.context.errors[].at",
    "data.context.errors[].kind",
    "data.context.errors[].message",
    "data.context.errors[].source",
    "data.context.errors[].status",
    "data.context.errors[].request_id",
];
const INQUIRY: &[&str] = &[
    "id",
    "number",
    "kind",
    "status",
    "title",
    "body",
    "email",
    "author",
    "author.id",
    "author.name",
    "conversation_id",
    "created_at",
    "updated_at",
    "comments",
    "comments[].id",
    "comments[].at",
    "comments[].by",
    "comments[].by.type",
    "comments[].by.id",
    "comments[].by.name",
    "comments[].body",
];

fn under(name: &str, fields: &[&str]) -> Vec<String> {
    let inside = fields.iter().map(|field| format!("{name}.{field}"));
    std::iter::once(name.to_owned()).chain(inside).collect()
}

/// What may stand in a frame of this type.
fn frame_fields(kind: &str) -> BTreeSet<String> {
    let words = |fields: &[&str]| fields.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut fields = match kind {
        "welcome" => [
            under("visitor", VISITOR),
            under("conversation", CONVERSATION),
            words(&["token", "recovered", "epoch"]),
        ]
        .concat(),
        "event" => [under("event", EVENT), words(&["conversation_id"])].concat(),
        "conversation" => under("conversation", CONVERSATION),
        "inquiry" => under("inquiry", INQUIRY),
        "ack" => words(&["id", "seq"]),
        "error" => words(&["id", "code", "message", "field", "retry_after"]),
        "typing" => [under("by", ACTOR), words(&["conversation_id", "on"])].concat(),
        "read" => [under("by", ACTOR), words(&["conversation_id", "seq"])].concat(),
        "pong" => Vec::new(),
        other => panic!("a frame of type {other} is for nobody's eyes"),
    };
    fields.push("type".to_owned());
    fields.into_iter().collect()
}

#[tokio::test]
async fn a_visitor_sees_the_fields_on_the_list_and_no_address_note_or_secret() {
    let stage = Stage::open().await;
    let kim = Caller::Admin(stage.owner().await);
    let lee = Caller::Admin(stage.world.admin("lee@secret.example", "Lee", domain::admin::Role::Admin).await);
    let desk = &stage.world.desk;
    let (mut socket, welcome) = stage.hello(json!({})).await;
    let token = welcome["token"].as_str().unwrap().to_owned();
    let context =
        json!({ "url": "https://shop.example/cart", "errors": [{ "message": "boom", "status": 500 }] });
    socket.send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "help" }, "context": context })).await;
    let shown = socket.next("conversation").await;
    let id = shown["conversation"]["id"].as_str().unwrap().parse().unwrap();
    desk.promise(&kim, id, 3).await.unwrap();
    let note = || Body::new("NOTE: difficult customer", 8192).unwrap();
    desk.note(&kim, id, stage.world.client_id(), note()).await.unwrap();
    desk.join(&kim, id).await.unwrap();
    desk.join(&lee, id).await.unwrap();
    stage.world.says(&kim, id, "I am here").await;
    desk.whisper(id, desk::Whisper::Typing { by: kim.actor(), on: true });
    desk.whisper(id, desk::Whisper::Read { by: lee.actor(), seq: domain::Seq(2) });
    socket.find("the words", |frame| frame["event"]["body"] == "I am here").await;
    socket.send(&json!({ "type": "cancel", "id": "x1" })).await;
    assert_eq!(socket.next("error").await["code"], "already_answered");
    desk.leave(&kim, id).await.unwrap();
    desk.leave(&lee, id).await.unwrap();
    let post = json!({ "kind": "error", "title": "t", "body": "b", "email": "me@shop.example" });
    let left = stage.post(&format!("/conversations/{id}/inquiry"), &token, &post).await;
    let inquiry = left.json()["inquiry"]["id"].as_str().unwrap().to_owned();
    desk.comment(&kim, inquiry.parse().unwrap(), Body::new("mended", 8192).unwrap()).await.unwrap();
    desk.resolve(&lee, inquiry.parse().unwrap()).await.unwrap();
    socket.find("the answer", |frame| frame["inquiry"]["status"] == "resolved").await;
    let again = stage.hello(json!({ "token": token })).await.0;
    let mut kinds = BTreeSet::new();
    for frame in socket.heard.iter().chain(&again.heard) {
        let kind = frame["type"].as_str().unwrap();
        kinds.insert(kind.to_owned());
        let beyond: Vec<_> = shape::paths(frame).difference(&frame_fields(kind)).cloned().collect();
        assert!(beyond.is_empty(), "{kind}: {beyond:?}");
    }
    let expected = ["ack", "conversation", "error", "event", "inquiry", "read", "typing", "welcome"];
    assert_eq!(
        kinds.iter().map(String::as_str).collect::<Vec<_>>(),
        expected,
        "the story shows every kind of frame"
    );
    let answers = [
        (format!("/conversations/{id}"), under("conversation", CONVERSATION)),
        (format!("/inquiries/{inquiry}"), under("inquiry", INQUIRY)),
        (
            "/inquiries".to_owned(),
            [under("inquiries[]", INQUIRY), vec!["inquiries".to_owned(), "next_cursor".to_owned()]].concat(),
        ),
        (
            format!("/conversations/{id}/events?limit=500"),
            [under("events[]", EVENT), vec!["events".to_owned(), "last_seq".to_owned()]].concat(),
        ),
    ];
    let mut all = format!("{:?}{:?}", socket.heard, again.heard);
    for (path, fields) in answers {
        let answer = stage.get(&path, &token).await;
        let fields: BTreeSet<String> = fields.into_iter().collect();
        let beyond: Vec<_> = shape::paths(&answer.json()).difference(&fields).cloned().collect();
        assert!(answer.status == 200 && beyond.is_empty(), "{path}: {beyond:?}");
        all.push_str(&answer.text());
    }
    for secret in ["secret.example", "NOTE", "noted", "on_duty", "csrf", "hash"] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(
        all.contains("Kim") && all.contains("me@shop.example"),
        "their own address, and the admins' names"
    );
}

#[tokio::test]
async fn whom_the_mails_went_to_is_told_in_numbers() {
    let stage = Stage::open().await;
    stage.owner().await;
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    let shown = stage.get(&format!("/conversations/{id}"), &token).await.json()["conversation"].clone();
    assert_eq!(shown["told"], json!({ "mails": 1, "sent": 0, "sent_at": Value::Null, "opened_by": [] }));
}

#[test]
fn the_protocol_page_shows_frames_of_the_fields_on_the_list() {
    let examples = testkit::routes::fenced(include_str!("../../../../docs/protocol.md"), "json server");
    assert!(examples.len() >= 4);
    for example in examples {
        let frame: Value = serde_json::from_str(&example).unwrap();
        let kind = frame["type"].as_str().unwrap();
        if kind != "queue" {
            let beyond: Vec<_> = shape::paths(&frame).difference(&frame_fields(kind)).cloned().collect();
            assert!(beyond.is_empty(), "{example}: {beyond:?}");
        }
    }
}
