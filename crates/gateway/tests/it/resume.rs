//! Resume from any point gives exactly the rest, once, in order; nobody resumes what is somebody else's.

use desk::Caller;
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn from_every_place_in_the_log_exactly_the_rest_comes_and_then_what_is_new() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help").await;
    stage.world.desk.join(&owner, conversation).await.unwrap();
    for n in 0..9 {
        stage.world.says(&owner, conversation, &format!("word {n}")).await;
    }
    let id = conversation.to_string();
    for after in 0..=12_u64 {
        for named in [Value::Null, json!(id)] {
            let hello = json!({ "token": token, "after": after, "conversation_id": named });
            let (mut socket, welcome) = stage.hello(hello).await;
            assert_eq!(
                (&welcome["recovered"], &welcome["conversation"]["id"]),
                (&json!(true), &json!(id)),
                "{after}"
            );
            if after < 12 {
                socket.find("the last event", |frame| frame["event"]["seq"] == 12).await;
            }
            socket.settle().await;
            assert_eq!(socket.seqs(), (after + 1..=12).collect::<Vec<u64>>(), "after {after}");
        }
    }
    let (mut live, _) = stage.hello(json!({ "token": token, "after": 12 })).await;
    stage.world.says(&owner, conversation, "new").await;
    live.find("what is new", |frame| frame["event"]["body"] == "new").await;
    assert_eq!(live.seqs(), [13]);
}

#[tokio::test]
async fn a_place_beyond_the_log_is_no_place_and_everything_comes_from_the_start() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help").await.to_string();
    for after in [3, 1000, u64::from(u32::MAX), 9_007_199_254_740_993, u64::MAX] {
        let hello = json!({ "token": token, "after": after, "conversation_id": conversation });
        let (mut socket, welcome) = stage.hello(hello).await;
        assert_eq!(welcome["recovered"], false, "{after}");
        socket.find("the last event", |frame| frame["event"]["seq"] == 2).await;
        assert_eq!(socket.seqs(), [1, 2], "{after}");
    }
}

#[tokio::test]
async fn a_page_that_knew_another_history_starts_over_from_the_beginning() {
    let stage = Stage::open().await;
    let (visitor, token) = stage.world.visitor().await;
    let (mut new, welcome) = stage.hello(json!({ "token": token, "epoch": "x" })).await;
    assert_eq!(welcome["recovered"], false, "with nothing to recover, too");
    let old = welcome["epoch"].clone();
    let conversation = stage.world.call(&visitor, "help").await.to_string();
    new.find("the words", |frame| frame["event"]["seq"] == 2).await;
    let again = |epoch: &Value| json!({ "token": token, "conversation_id": conversation, "after": 2, "epoch": epoch });
    assert_eq!(stage.hello(again(&old)).await.1["recovered"], true);
    let renewed = stage.world.storage.renew_epoch().await.unwrap();
    let (mut socket, welcome) = stage.hello(again(&old)).await;
    assert_eq!((&welcome["recovered"], &welcome["epoch"]), (&json!(false), &json!(renewed)));
    socket.find("the last event", |frame| frame["event"]["seq"] == 2).await;
    assert_eq!(socket.seqs(), [1, 2]);
    let (mut socket, welcome) = stage.hello(again(&json!(renewed))).await;
    assert_eq!(welcome["recovered"], true);
    socket.settle().await;
    assert_eq!(socket.seqs(), [] as [u64; 0]);
}

#[tokio::test]
async fn a_page_that_knew_something_that_is_not_there_starts_over() {
    let stage = Stage::open().await;
    for hello in [
        json!({ "after": 5 }),
        json!({ "conversation_id": "x", "after": 0 }),
        json!({ "conversation_id": "x" }),
    ] {
        let (_, welcome) = stage.hello(hello.clone()).await;
        assert_eq!(
            (&welcome["recovered"], &welcome["conversation"]),
            (&json!(false), &Value::Null),
            "{hello}"
        );
    }
}

/// S60.
#[tokio::test]
async fn the_conversation_of_somebody_else_is_not_followed_and_nothing_of_it_is_told() {
    let stage = Stage::open().await;
    let (a, _) = stage.world.visitor().await;
    let (b, token) = stage.world.visitor().await;
    let theirs = stage.world.call(&a, "THE WORDS OF A").await;
    let hello = json!({ "token": token, "conversation_id": theirs.to_string(), "after": 0 });
    let (mut socket, welcome) = stage.hello(hello.clone()).await;
    assert_eq!((&welcome["conversation"], &welcome["recovered"]), (&Value::Null, &json!(false)));
    let own = stage.world.call(&b, "the words of b").await;
    socket.find("their own", |frame| frame["event"]["body"] == "the words of b").await;
    let (mut again, welcome) = stage.hello(hello).await;
    assert_eq!(
        (&welcome["conversation"]["id"], &welcome["recovered"]),
        (&json!(own.to_string()), &json!(false))
    );
    again.find("their own", |frame| frame["event"]["body"] == "the words of b").await;
    stage.world.call(&a, "MORE WORDS OF A").await;
    for socket in [&mut socket, &mut again] {
        socket.settle().await;
        let heard = format!("{:?}", socket.heard);
        assert!(!heard.contains("WORDS OF A") && !heard.contains(&theirs.to_string()), "{heard}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_again_and_again_misses_nothing_and_hears_nothing_twice() {
    let stage = Stage::open().await;
    let owner = Caller::Admin(stage.owner().await);
    let (visitor, token) = stage.world.visitor().await;
    let conversation = stage.world.call(&visitor, "help").await;
    stage.world.desk.join(&owner, conversation).await.unwrap();
    let mut all: Vec<u64> = Vec::new();
    for round in 0..30 {
        let after = all.last().copied().unwrap_or(0);
        let hello = json!({ "token": token, "after": after, "conversation_id": conversation.to_string() });
        let (mut socket, welcome) = stage.hello(hello).await;
        assert_eq!(welcome["recovered"], true);
        stage.world.says(&owner, conversation, &format!("admin {round}")).await;
        socket.send(&json!({ "type": "say", "id": format!("v{round}"), "body": "visitor" })).await;
        if round % 3 == 0 {
            // Cut before the acknowledgement: sent again, it is stored once.
            socket.cut();
            let (mut again, _) = stage
                .hello(json!({ "token": token, "after": after, "conversation_id": conversation.to_string() }))
                .await;
            again.send(&json!({ "type": "say", "id": format!("v{round}"), "body": "visitor" })).await;
            let seq = again.next("ack").await["seq"].as_u64().unwrap();
            if !again.seqs().contains(&seq) {
                again.find("one's own words", |frame| frame["event"]["seq"] == seq).await;
            }
            all.extend(again.seqs());
        } else {
            let seq = socket.next("ack").await["seq"].as_u64().unwrap();
            if !socket.seqs().contains(&seq) {
                socket.find("one's own words", |frame| frame["event"]["seq"] == seq).await;
            }
            all.extend(socket.seqs());
        }
    }
    let last = stage.get(&format!("/conversations/{conversation}/events?limit=500"), &token).await.json();
    let stored: Vec<u64> =
        last["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(
        stored,
        (1..=63).collect::<Vec<u64>>(),
        "call, words, join, then one of each side in each round"
    );
    let known = all.len();
    assert_eq!(all, stored[..known], "in order, none twice, none missing");
    assert!(known >= 61);
}
