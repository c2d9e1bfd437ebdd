//! Lists: whole over all their pages, filtered as asked, and no cursor but our own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::stage::{Stage, wrong_field};

/// All pages of a list, and how many there were.
async fn all(stage: &Stage, path: &str, name: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, Value::Null);
    loop {
        let joint = if path.contains('?') { '&' } else { '?' };
        let query = cursor.as_str().map(|cursor| format!("{joint}cursor={cursor}")).unwrap_or_default();
        let answer = stage.get(&format!("{path}{query}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let page = answer.json();
        items.extend(page[name].as_array().unwrap().iter().cloned());
        pages += 1;
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            return (items, pages);
        }
    }
}

fn numbers(items: &[Value]) -> Vec<u64> {
    items.iter().map(|item| item["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn every_list_is_whole_over_its_pages_newest_first_and_nothing_twice() {
    let stage = Stage::open().await;
    for n in 0..120 {
        stage.call(&format!("call {n}")).await;
        stage.posted(&format!("post {n}")).await;
    }
    let downward: Vec<u64> = (1..=120).rev().collect();
    let (conversations, pages) = all(&stage, "/conversations", "conversations").await;
    assert_eq!((numbers(&conversations), pages), (downward.clone(), 3));
    let (inquiries, _) = all(&stage, "/inquiries", "inquiries").await;
    assert_eq!(numbers(&inquiries), downward);
    let (notices, _) = all(&stage, "/notices", "notices").await;
    let ids: BTreeSet<&str> = notices.iter().map(|notice| notice["id"].as_str().unwrap()).collect();
    assert_eq!((notices.len(), ids.len()), (240, 240), "one to the one admin for each call and post");
    let newest = conversations[0]["id"].as_str().unwrap();
    let events = stage.get(&format!("/conversations/{newest}/events?limit=1")).await.json();
    assert_eq!((events["events"].as_array().unwrap().len(), &events["last_seq"]), (1, &json!(2)));
}

#[tokio::test]
async fn conversations_are_filtered_by_state_and_found_by_words() {
    let stage = Stage::open().await;
    let one = stage.call("the cart is empty").await;
    stage.call("100% broken_").await;
    stage.act(&format!("/conversations/{one}/join")).await;
    let find = async |query: &str| {
        numbers(&all(&stage, &format!("/conversations?{query}"), "conversations").await.0)
    };
    assert_eq!(find("state=waiting").await, [2]);
    assert_eq!(find("state=active").await, [1]);
    assert_eq!(find("state=closed").await, [0; 0]);
    assert_eq!(find("state=&q=").await, [2, 1]);
    for nothing in ["q=%25%25%25", "q=_____", "q=%27%20OR%201%3D1%20--", "q=%22%2A", "q=NEAR(", "q=a%5C"] {
        assert_eq!(find(nothing).await, [0; 0], "{nothing}: what people type is taken literally");
    }
}

#[tokio::test]
async fn inquiries_and_notices_are_filtered_as_asked() {
    let stage = Stage::open().await;
    let call = stage.call("help").await;
    let one = stage.posted("Cart is empty").await;
    let two = stage.posted("Colours").await;
    stage
        .request("PATCH", &format!("/inquiries/{two}"))
        .json(&json!({ "kind": "suggestion" }))
        .send(stage.at)
        .await;
    stage.act(&format!("/inquiries/{one}/resolve")).await;
    let board =
        async |query: &str| numbers(&all(&stage, &format!("/inquiries?{query}"), "inquiries").await.0);
    assert_eq!(board("status=resolved").await, [1]);
    assert_eq!(board("kind=suggestion&status=open").await, [2]);
    assert_eq!(board("q=cart").await, [1]);
    assert_eq!(board("trash=true").await, [0; 0]);
    assert_eq!(board("trash=false").await, [2, 1]);
    let notices = async |query: &str| all(&stage, &format!("/notices?{query}"), "notices").await.0.len();
    assert_eq!(notices(&format!("conversation_id={call}")).await, 1);
    assert_eq!(notices(&format!("inquiry_id={one}")).await, 1);
    assert_eq!(notices(&format!("inquiry_id={one}&conversation_id={call}")).await, 0);
    assert_eq!(notices("state=queued").await, 3);
    assert_eq!(notices("state=dead").await, 0);
}

/// S33.
#[tokio::test]
async fn a_query_that_is_wrong_names_what_is_wrong() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    for path in ["/conversations", "/inquiries", "/notices"] {
        for cursor in ["x", "-1", "1.5", "", "%00", "1%27--", "99999999999999999999999", "1%20", "0x1"] {
            let answer = stage.get(&format!("{path}?cursor={cursor}")).await;
            wrong_field(&answer, "cursor", "unknown_value", &format!("{path} {cursor}"));
        }
        for cursor in ["0", "18446744073709551615", "9223372036854775808"] {
            assert_eq!(stage.get(&format!("{path}?cursor={cursor}")).await.status, 200, "{path} {cursor}");
        }
        for query in ["x=1", "cursor=1&cursor=2"] {
            wrong_field(
                &stage.get(&format!("{path}?{query}")).await,
                "query",
                "wrong_value",
                &format!("{path} {query}"),
            );
        }
    }
    let long = "a".repeat(201);
    for (path, field, code) in [
        ("/conversations?state=open".to_owned(), "state", "unknown_value"),
        ("/conversations?state=Waiting".to_owned(), "state", "unknown_value"),
        (format!("/conversations?q={long}"), "q", "too_long"),
        ("/conversations?q=a%00b".to_owned(), "q", "control_character"),
        ("/inquiries?status=waiting".to_owned(), "status", "unknown_value"),
        ("/inquiries?kind=call".to_owned(), "kind", "unknown_value"),
        ("/inquiries?trash=yes".to_owned(), "query", "wrong_value"),
        (format!("/inquiries?q={long}"), "q", "too_long"),
        ("/notices?conversation_id=x".to_owned(), "conversation_id", "not_an_id"),
        ("/notices?inquiry_id=".to_owned(), "inquiry_id", "not_an_id"),
        ("/notices?state=waiting".to_owned(), "state", "unknown_value"),
        (format!("/conversations/{id}/events?limit=0"), "limit", "out_of_range"),
        (format!("/conversations/{id}/events?limit=501"), "limit", "out_of_range"),
        (format!("/conversations/{id}/events?after=-1"), "query", "wrong_value"),
    ] {
        wrong_field(&stage.get(&path).await, field, code, &path);
    }
    let beyond = stage.get(&format!("/conversations/{id}/events?after=18446744073709551615")).await;
    assert_eq!((beyond.status, &beyond.json()["events"]), (200, &json!([])), "{}", beyond.text());
}
