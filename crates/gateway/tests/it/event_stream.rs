//! Server-sent events: what a WebSocket says, on an answer that does not end.

use std::time::{Duration, Instant};

use desk::{Caller, Whisper};
use domain::Seq;
use domain::text::Body;
use serde_json::{Value, json};
use testkit::event_stream::EventStream;
use testkit::http::{PATIENCE, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::stage::{API, HOST_SITE, Stage, config, problem, wrong_field};

async fn open(stage: &Stage, path: &str, token: &str) -> EventStream {
    let authorization = format!("Bearer {token}");
    let opened =
        EventStream::open(stage.at, &format!("{API}{path}"), &[("Authorization", &authorization)]).await;
    opened.unwrap_or_else(|answer| panic!("{path}: {} {}", answer.status, answer.text()))
}

#[tokio::test]
async fn a_stream_says_what_a_websocket_says() {
    let stage = Stage::open().await;
    let owner = stage.owner().await;
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help\nme").await;
    let (mut socket, _) = stage.hello(json!({ "token": token })).await;
    let mut stream = open(&stage, &format!("/conversations/{conversation}/events?after=0"), &token).await;
    stream.next("welcome").await;
    let by = Caller::Admin(owner.clone());
    stage.world.desk.join(&by, conversation).await.unwrap();
    let joined = |frame: &Value| frame["conversation"]["state"] == "active";
    socket.find("who has joined", joined).await;
    stream.find("who has joined", joined).await;
    stage.world.says(&by, conversation, "hello").await;
    let said = |frame: &Value| frame["event"]["body"] == "hello";
    socket.find("the words", said).await;
    stream.find("the words", said).await;
    let post = json!({ "kind": "error", "title": "It broke", "body": "It broke." });
    stage.post("/inquiries", &token, &post).await;
    socket.next("inquiry").await;
    stream.next("inquiry").await;
    let me = by.actor();
    stage.world.desk.whisper(conversation, Whisper::Typing { by: me.clone(), on: true });
    stage.world.desk.whisper(conversation, Whisper::Read { by: me, seq: Seq(2) });
    for kind in ["typing", "read"] {
        assert_eq!(socket.next(kind).await, stream.next(kind).await);
    }
    for frames in [&mut socket.heard, &mut stream.heard] {
        // How often the view is told between two events depends on who was faster; how it ends does not.
        let views: Vec<Value> = frames.extract_if(.., |frame| frame["type"] == "conversation").collect();
        assert_eq!(
            views.last().map(|frame| &frame["conversation"]["admins"][0]["name"]),
            Some(&json!("Kim"))
        );
    }
    assert_eq!(socket.heard, stream.heard);
    assert_eq!(stream.ids, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn a_stream_passes_proxies_unchanged_and_pages_of_allowed_origins_may_read_it() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help").await;
    for path in ["/events".to_owned(), format!("/conversations/{conversation}/events")] {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str()), ("Origin", HOST_SITE)];
        let stream = EventStream::open(stage.at, &format!("{API}{path}"), &headers).await.unwrap();
        assert_eq!(stream.head.status, 200);
        assert_eq!(stream.head.header("x-accel-buffering"), "no");
        assert_eq!(stream.head.header("cache-control"), "no-store, no-transform");
        assert_eq!(stream.head.header("access-control-allow-origin"), HOST_SITE);
    }
}

#[tokio::test]
async fn from_every_place_exactly_the_rest_comes_and_the_last_event_id_beats_the_address() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    stage.world.desk.join(&owner, id).await.unwrap();
    for n in 0..4 {
        stage.world.says(&owner, id, &format!("word {n}")).await;
    }
    let authorization = format!("Bearer {token}");
    for after in 0..=7_u64 {
        let own = format!("{API}/events?conversation_id={id}&after={after}");
        let one = format!("{API}/conversations/{id}/events?after={after}");
        let (last, whole) = (after.to_string(), format!("{id}/{after}"));
        for (path, last) in [
            (own, None),
            (one, None),
            (format!("{API}/conversations/{id}/events?after=1"), Some(last.as_str())),
            (format!("{API}/events?after=1"), Some(whole.as_str())),
            (format!("{API}/events?after=1&conversation_id={id}"), Some(last.as_str())),
        ] {
            let mut headers = vec![("Authorization", authorization.as_str())];
            headers.extend(last.map(|last| ("Last-Event-ID", last)));
            let mut stream = EventStream::open(stage.at, &path, &headers).await.unwrap();
            let welcome = stream.next("welcome").await;
            assert_eq!(welcome["recovered"], after <= 7, "{path} {last:?}");
            assert_eq!(welcome["conversation"]["last_seq"], 7);
            stage.world.desk.whisper(id, Whisper::Typing { by: owner.actor(), on: true });
            if after < 7 {
                stream.find("the last event", |frame| frame["event"]["seq"] == 7).await;
            }
            assert_eq!(stream.seqs(), (after + 1..=7).collect::<Vec<u64>>(), "{path} {last:?}");
        }
    }
    for (path, last) in [
        (format!("/conversations/{id}/events?after=8"), ""),
        (format!("/conversations/{id}/events?after=1&epoch=another"), ""),
        (format!("/events?after=7&epoch=another&conversation_id={id}"), ""),
        ("/events".to_owned(), "019a9f3e-7c1b-7d5e-8f60-2b1c3d4e5f60/7"),
    ] {
        let headers = [("Authorization", authorization.as_str()), ("Last-Event-ID", last)];
        let mut stream = EventStream::open(stage.at, &format!("{API}{path}"), &headers).await.unwrap();
        assert_eq!(stream.next("welcome").await["recovered"], false, "{path}");
        stream.find("the last event", |frame| frame["event"]["seq"] == 7).await;
        assert_eq!(stream.seqs(), [1, 2, 3, 4, 5, 6, 7], "{path}: start over");
    }
}

#[tokio::test]
async fn a_stream_that_cannot_be_says_so_with_a_status() {
    let mut config = config();
    config.limits.sockets_per_visitor = 3;
    let stage = Stage::with(config).await;
    let (visitor, token) = stage.world.visitor().await;
    let (_, other) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    let ask = async |path: &str, token: &str, last: &str| {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str()), ("Last-Event-ID", last)];
        EventStream::open(stage.at, &format!("{API}{path}"), &headers).await.unwrap_err()
    };
    let one = format!("/conversations/{id}/events");
    for path in [one.as_str(), "/events"] {
        problem(&ask(path, "nobody", "").await, 401, path);
        for last in ["x", "-1", "1/2", "18446744073709551616", &format!("{id}/x")] {
            if path == "/events" && last == "1/2" {
                continue;
            }
            wrong_field(&ask(path, &token, last).await, "Last-Event-ID", "wrong_type", last);
        }
        wrong_field(&ask(&format!("{path}?after=x"), &token, "").await, "query", "wrong_type", path);
        wrong_field(&ask(&format!("{path}?x=1"), &token, "").await, "query", "wrong_type", path);
    }
    problem(&ask(&one, &other, "").await, 404, "not theirs");
    problem(
        &ask(&format!("/conversations/{}/events", stage.world.source.id()), &token, "").await,
        404,
        "none",
    );
    let mut held = vec![open(&stage, &one, &token).await, open(&stage, "/events", &token).await];
    let (_socket, _) = stage.hello(json!({ "token": token })).await;
    let answer = ask(&one, &token, "").await;
    assert_eq!(problem(&answer, 429, "too many")["code"], "too_many");
    assert_eq!(answer.header("retry-after"), "30");
    held.pop();
    stage
        .until("the place is free", async || {
            let headers = [("Authorization", &*format!("Bearer {token}"))];
            EventStream::open(stage.at, &format!("{API}{one}"), &headers).await.is_ok()
        })
        .await;
}

#[tokio::test]
async fn ones_own_stream_goes_along_to_the_next_conversation_and_the_one_of_a_conversation_stays() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    let mut own = open(&stage, "/events", &token).await;
    let welcome = own.next("welcome").await;
    assert_eq!((&welcome["conversation"], &welcome["recovered"]), (&Value::Null, &json!(true)));
    let first = stage.world.call(&visitor, "first").await;
    own.find("the call of another tab", |frame| frame["event"]["body"] == "first").await;
    let mut one = open(&stage, &format!("/conversations/{first}/events"), &token).await;
    one.find("its words", |frame| frame["event"]["body"] == "first").await;
    stage.world.desk.cancel(&Caller::Visitor(visitor.clone()), first).await.unwrap();
    let second = stage.world.call(&visitor, "second").await;
    own.find("the next call", |frame| frame["event"]["body"] == "second").await;
    assert_eq!(own.ids.last(), Some(&format!("{second}/2")));
    one.find("the end", |frame| frame["conversation"]["state"] == "cancelled").await;
    let post = json!({ "kind": "error", "title": "It broke", "body": "It broke." });
    stage.post("/inquiries", &token, &post).await;
    one.next("inquiry").await;
    assert!(!format!("{:?}", one.heard).contains("second"), "{:?}", one.heard);
    let mut again = open(&stage, &format!("/conversations/{first}/events?after=1"), &token).await;
    let welcome = again.next("welcome").await;
    assert_eq!(
        (&welcome["conversation"]["id"], &welcome["recovered"]),
        (&json!(first.to_string()), &json!(true))
    );
}

#[tokio::test]
async fn a_note_is_not_on_a_stream() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    stage.world.desk.join(&owner, id).await.unwrap();
    let note = Body::new("SECRET NOTE", 8192).unwrap();
    stage.world.desk.note(&owner, id, stage.world.client_id(), note).await.unwrap();
    stage.world.says(&owner, id, "I am here").await;
    let mut stream = open(&stage, "/events", &token).await;
    stream.find("the words", |frame| frame["event"]["body"] == "I am here").await;
    assert_eq!(stream.seqs(), [1, 2, 3, 5]);
    assert!(!format!("{:?}", stream.heard).contains("SECRET"));
}

#[tokio::test]
async fn a_reader_is_there_as_long_as_they_read() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    let mut stream = open(&stage, "/events", &token).await;
    stream.next("welcome").await;
    stage.world.clock.advance(Duration::from_mins(5));
    let online = async || stage.world.desk.conversation(&owner, id).await.unwrap().visitor_online;
    assert!(online().await);
    drop(stream);
    stage.until("the visitor is gone", async || !online().await).await;
}

#[tokio::test]
async fn typing_and_reading_are_said_by_post() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    let mut ear = stage.world.bus.overhear(id);
    let path = format!("/conversations/{id}");
    assert_eq!(stage.post(&format!("{path}/typing"), &token, &json!({ "on": true })).await.status, 204);
    assert_eq!(stage.post(&format!("{path}/read"), &token, &json!({ "seq": 2 })).await.status, 204);
    let me = Caller::Visitor(visitor).actor();
    assert_eq!(ear.recv().await.unwrap(), Whisper::Typing { by: me.clone(), on: true });
    assert_eq!(ear.recv().await.unwrap(), Whisper::Read { by: me, seq: Seq(2) });
    wrong_field(&stage.post(&format!("{path}/typing"), &token, &json!({})).await, "on", "missing", "typing");
    wrong_field(
        &stage.post(&format!("{path}/read"), &token, &json!({ "seq": -1 })).await,
        "seq",
        "wrong_type",
        "read",
    );
}

#[tokio::test]
async fn a_silent_stream_gives_signs_of_life() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let mut stream = open(&stage, "/events", &token).await;
    stream.next("welcome").await;
    for _ in 0..3 {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(16)).await;
        tokio::time::resume();
        stream.beat().await;
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams_and_says_why() {
    let stage = Stage::open().await;
    let (_, token) = stage.world.visitor().await;
    let mut stream = open(&stage, "/events", &token).await;
    stream.next("welcome").await;
    drop(stage);
    assert_eq!(stream.ended().await, 1001);
}

#[tokio::test]
async fn a_reader_who_never_reads_is_cut_off_after_thirty_seconds() {
    let stage = Stage::capped(config(), 1, 1000).await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let id = stage.world.call(&visitor, "help").await;
    stage.world.desk.join(&owner, id).await.unwrap();
    for _ in 0..600 {
        stage.world.says(&owner, id, &"x".repeat(8192)).await;
    }
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(stage.at).await.unwrap();
    let ask =
        format!("GET {API}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    stream.read_exact(&mut [0; 12]).await.unwrap();
    // It holds the only place there is, for as long as the server keeps anything for it.
    let patience = Instant::now() + PATIENCE;
    while Request::new("GET", "/help").send(stage.at).await.status != 200 {
        assert!(Instant::now() < patience, "still held");
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(31)).await;
        tokio::time::resume();
    }
    let there = stage.world.desk.conversation(&owner, id).await.unwrap().visitor_online;
    assert!(there, "by the request of a moment ago");
    stage.world.clock.advance(Duration::from_mins(2));
    assert!(!stage.world.desk.conversation(&owner, id).await.unwrap().visitor_online);
}
