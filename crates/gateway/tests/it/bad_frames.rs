//! Bad frames: an error with the frame's id, or the right close code; nothing stored, nobody else disturbed (S35, S46).

use serde_json::{Value, json};
use testkit::socket::Socket;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::stage::{Stage, config};

async fn called(stage: &Stage) -> Socket {
    let (_, token) = stage.world.visitor().await;
    stage.post("/conversations", &token, &json!({ "message": { "id": "m0", "body": "help" } })).await;
    stage.hello(json!({ "token": token })).await.0
}

#[tokio::test]
async fn a_wrong_frame_is_answered_with_its_id_and_the_field_at_fault() {
    let stage = Stage::open().await;
    let mut socket = called(&stage).await;
    let before = stage.stored().await;
    let long = "a".repeat(8193);
    let say = |body: &str| json!({ "type": "say", "id": "i1", "body": body });
    let table = [
        (json!({ "type": "nonsense", "id": "i1" }), "i1", "type"),
        (json!({ "type": "join", "id": "i1" }), "i1", "type"),
        (json!({ "type": "note", "id": "i1", "body": "x" }), "i1", "type"),
        (json!({ "type": "follow", "conversation_id": "x" }), "", "type"),
        (json!({ "type": "event", "id": "i1" }), "i1", "type"),
        (json!({ "type": "", "id": "i1" }), "i1", "type"),
        (json!({ "type": 7, "id": "i1" }), "i1", "type"),
        (json!({ "type": null, "id": "i1" }), "i1", "type"),
        (json!({ "id": "i1" }), "i1", "type"),
        (json!({}), "", "type"),
        (json!([]), "", "body"),
        (json!(["ping"]), "", "body"),
        (json!("ping"), "", "body"),
        (json!(null), "", "body"),
        (json!({ "type": "ping", "x": 1 }), "", "x"),
        (json!({ "type": "hello" }), "", "type"),
        (json!({ "type": "say", "id": "i1" }), "i1", "body"),
        (json!({ "type": "say", "body": "x" }), "", "id"),
        (json!({ "type": "say", "id": 7, "body": "x" }), "", "id"),
        (json!({ "type": "say", "id": "", "body": "x" }), "", "id"),
        (json!({ "type": "say", "id": "a b", "body": "x" }), "a b", "id"),
        (json!({ "type": "say", "id": "a".repeat(65), "body": "x" }), "", "id"),
        (json!({ "type": "say", "id": "i1", "body": "x", "conversation_id": 7 }), "i1", "conversation_id"),
        (json!({ "type": "cancel", "id": "i1", "conversation_id": ["x"] }), "i1", "conversation_id"),
        (json!({ "type": "say", "id": "i1", "body": ["x"] }), "i1", "body"),
        (say(""), "i1", "body"),
        (say("  \n\t"), "i1", "body"),
        (say("\u{200b}\u{3164}"), "i1", "body"),
        (say("a\0b"), "i1", "body"),
        (say("a\rb"), "i1", "body"),
        (say(&long), "i1", "body"),
        (json!({ "type": "call", "id": "i1", "message": { "id": "m", "body": " " } }), "i1", "message.body"),
        (json!({ "type": "call", "id": "i1", "message": { "id": "é", "body": "x" } }), "i1", "message.id"),
        (json!({ "type": "call", "id": "i1", "message": { "id": "m" } }), "i1", "message.body"),
        (json!({ "type": "call", "id": "i1", "message": ["m", "x"] }), "i1", "message"),
        (json!({ "type": "call", "id": "i1", "context": { "url": 7 } }), "i1", "context.url"),
        (
            json!({ "type": "call", "id": "i1", "context": { "errors": [{ "x": 7 }] } }),
            "i1",
            "context.errors[0].x",
        ),
        (json!({ "type": "call" }), "", "id"),
        (json!({ "type": "cancel" }), "", "id"),
        (json!({ "type": "cancel", "id": "i1", "x": 1 }), "i1", "x"),
        (json!({ "type": "close", "id": {} }), "", "id"),
        (json!({ "type": "typing" }), "", "on"),
        (json!({ "type": "typing", "on": "yes" }), "", "on"),
        (json!({ "type": "read", "seq": -1 }), "", "seq"),
        (json!({ "type": "read", "seq": 1.5 }), "", "seq"),
        (json!({ "type": "read", "seq": "1" }), "", "seq"),
        (json!({ "type": "read" }), "", "seq"),
    ];
    for (frame, id, field) in table {
        socket.send(&frame).await;
        let error = socket.next("error").await;
        let known = ["type", "id", "code", "message", "field"];
        assert!(error.as_object().unwrap().keys().all(|name| known.contains(&name.as_str())), "{error}");
        assert_eq!(error["id"].as_str().unwrap_or_default(), id, "{frame}: {error}");
        assert_eq!(error["field"], field, "{frame}: {error}");
        assert_eq!(error["code"], "invalid", "{frame}: {error}");
    }
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    socket.send(&json!({ "type": "say", "id": "i1", "body": deep })).await;
    assert_eq!(socket.next("error").await["field"], "body");
    assert_eq!(stage.stored().await, before);
    socket.send(&json!({ "type": "say", "id": "good", "body": format!("{}\n\t", "a".repeat(8190)) })).await;
    assert_eq!(socket.next("ack").await["id"], "good", "the connection goes on, and what fits is taken");
}

async fn ends(stage: &Stage, greeted: bool, message: Message) -> u16 {
    let mut socket = if greeted { called(stage).await } else { stage.socket().await };
    socket.send_message(message).await;
    socket.closed().await
}

#[tokio::test]
async fn what_is_no_frame_of_ours_closes_with_the_code_that_says_why() {
    let stage = Stage::open().await;
    let raw = |bytes: &'static [u8]| Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true));
    for greeted in [false, true] {
        assert_eq!(ends(&stage, greeted, Message::binary(&b"{}"[..])).await, 1003, "binary");
        assert_eq!(ends(&stage, greeted, Message::binary(&b""[..])).await, 1003, "empty binary");
        assert_eq!(ends(&stage, greeted, raw(b"\xff\xfe{}")).await, 1007, "not UTF-8");
        assert_eq!(ends(&stage, greeted, raw(b"{\"type\":\"ping\xc3\"}")).await, 1007, "half a character");
        assert_eq!(ends(&stage, greeted, raw(b"\xed\xa0\x80")).await, 1007, "a surrogate");
        assert_eq!(ends(&stage, greeted, Message::text("x".repeat(65_537))).await, 1009, "too big");
        for text in [
            "",
            " ",
            "hello",
            "{",
            "{\"type\":\"ping\"} x",
            "{\"type\":\"ping\"}{\"type\":\"ping\"}",
            "{'type':'ping'}",
            "\u{feff}{\"type\":\"ping\"}",
            "{\"type\":\"say\",\"id\":\"a\",\"body\":\"\\ud800\"}",
            "{\"type\":\"say\",\"id\":\"a\",\"body\":\"a\0b\"}",
            "{\"type\":\"read\",\"seq\":NaN}",
            "{\"type\":\"read\",\"seq\":1e400}",
        ] {
            assert_eq!(ends(&stage, greeted, Message::text(text)).await, 1007, "{text}");
        }
        assert_eq!(ends(&stage, greeted, Message::text("[".repeat(60_000))).await, 1007, "depth");
    }
    let mut config = config();
    config.limits.frame_bytes = 1 << 20;
    let stage = Stage::with(config).await;
    let deep =
        format!("{{\"type\":\"say\",\"id\":\"d\",\"body\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let mut socket = called(&stage).await;
    socket.send_text(&deep).await;
    assert_eq!(socket.next("error").await["field"], "body", "depth alone breaks nothing");
}

#[tokio::test]
async fn fields_that_are_there_twice_are_refused() {
    let stage = Stage::open().await;
    let mut socket = called(&stage).await;
    for (text, field) in [
        (r#"{"type":"say","id":"a","id":"b","body":"x"}"#, "id"),
        (r#"{"type":"say","id":"a","body":"x","body":"y"}"#, "body"),
        (r#"{"type":"ping","type":"say","id":"a","body":"x"}"#, "type"),
        (r#"{"type":"call","id":"a","message":{"id":"m","body":"x","body":"y"}}"#, "message.body"),
    ] {
        socket.send_text(text).await;
        assert_eq!(socket.next("error").await["field"], field, "{text}");
    }
    assert_eq!(stage.stored().await, "[(1, Seq(2))] [] 0");
}

#[tokio::test]
async fn a_frame_as_large_as_may_be_is_read_and_a_flood_of_small_ones_is_ended() {
    let stage = Stage::open().await;
    let mut socket = called(&stage).await;
    let frame = json!({ "type": "call", "id": "i1", "x": "" }).to_string().len();
    socket.send(&json!({ "type": "call", "id": "i1", "x": "a".repeat(65_536 - frame) })).await;
    assert_eq!(socket.next("error").await["field"], "x");
    for _ in 0..401 {
        socket.send_text(r#"{"type":"ping"}"#).await;
    }
    assert_eq!(socket.closed().await, 4429);
    let mut other = called(&stage).await;
    other.settle().await;
}

#[tokio::test]
async fn a_ping_is_answered_in_both_ways() {
    let stage = Stage::open().await;
    let (mut socket, _) = stage.hello(json!({})).await;
    socket.send(&json!({ "type": "ping" })).await;
    assert_eq!(socket.next("pong").await, json!({ "type": "pong" }));
    socket.send_message(Message::Ping(tokio_tungstenite::tungstenite::Bytes::from_static(b"x"))).await;
    assert_eq!(socket.settle().await.last(), Some(&json!({ "type": "pong" })));
    let errors: Vec<&Value> = socket.heard.iter().filter(|frame| frame["type"] == "error").collect();
    assert!(errors.is_empty(), "{errors:?}");
}
