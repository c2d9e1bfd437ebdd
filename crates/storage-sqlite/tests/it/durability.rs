//! What was acknowledged is there, what was not is whole or absent.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use domain::Seq;
use domain::conversation::What;
use domain::notice::NoticeKind;
use storage::conformance::samples::*;
use storage::{Conversations, EventLog, Inquiries, InquiryChange, Meta, Outbox, Storage, Visitors};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart_without_goodbye() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let store = SqliteStorage::open(&path).await.unwrap();
    let epoch = store.epoch().await.unwrap();
    let token = secret();
    let mina = store.admit(known_visitor("u-1", "민아"), token, later(60)).await.unwrap();
    let called = stored(&store, call(&mina, NOON)).await.unwrap();
    let said = stored(&store, say(&called, by(&mina), &client_id(), "도와주세요 😀")).await.unwrap();
    let mut moved = move_to_board(&said, later(300));
    moved.notices = vec![notice(NoticeKind::Inquiry, None, later(300))];
    let (post, told) = (moved.inquiry.clone().unwrap(), moved.notices[0].id);
    let moved = stored(&store, moved).await.unwrap();
    let log = store.read_after(called.id, Seq::START, 10).await.unwrap();
    let number = store.conversation(called.id).await.unwrap().unwrap().number;
    drop(store);

    let store = SqliteStorage::open(&path).await.unwrap();
    assert_eq!(store.epoch().await.unwrap(), epoch);
    let row = store.conversation(called.id).await.unwrap().unwrap();
    assert_eq!((row.conversation, row.number, row.visitor), (moved, number, mina.clone()));
    assert_eq!(store.read_after(called.id, Seq::START, 10).await.unwrap(), log);
    assert_eq!(store.inquiry(post.id).await.unwrap().unwrap().inquiry, post);
    assert!(store.notice(told).await.unwrap().is_some());
    assert_eq!(store.visitor_by_token(token, NOON).await.unwrap(), Some((mina, later(60))));
    store.close().await;
}

/// Polls a future so often at most, as if its caller gave up then; says whether it ended before.
async fn give_up_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_nobody_waits_for_any_more_is_whole_or_absent() {
    let store = SqliteStorage::in_memory().await.unwrap();
    let mut done = 0;
    for polls in (0..40).chain([100, 1_000, 10_000, 1_000_000]) {
        let author = admitted(&store).await.unwrap();
        let post = post_of(author.id, None, NOON);
        let change = InquiryChange {
            comment: Some(comment(somebody(), NOON, "first")),
            notices: vec![notice(NoticeKind::Inquiry, None, NOON)],
            ..step(&post)
        };
        let told = change.notices[0].id;
        let ended = give_up_after(polls, store.change_inquiry(change)).await;
        done += usize::from(ended.is_some());
        // The next write finds the connection as it should be.
        let (_, called) = ring(&store, NOON).await.unwrap();
        assert_eq!(store.conversation(called.id).await.unwrap().unwrap().conversation, called);
        let there = store.inquiry(post.id).await.unwrap().is_some();
        assert_eq!(store.comments(&[post.id]).await.unwrap().len(), usize::from(there));
        assert_eq!(store.notice(told).await.unwrap().is_some(), there);
        assert!(there || ended.is_none(), "what was answered is there");
    }
    assert!(done > 0, "with patience it ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_when_the_store_closes_is_stored_and_what_comes_later_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let store: Arc<dyn Storage> = Arc::new(SqliteStorage::open(&path).await.unwrap());
    let mut callers = Vec::new();
    for _ in 0..32 {
        callers.push(ring(&*store, NOON).await.unwrap());
    }
    store.epoch().await.unwrap();
    drop(store);
    let store = SqliteStorage::open(&path).await.unwrap();
    let mut appends = tokio::task::JoinSet::new();
    for (visitor, called) in callers {
        let store = store.clone();
        appends.spawn(async move {
            let change = say(&called, by(&visitor), &client_id(), "just in time?");
            (called.id, store.append(change).await)
        });
    }
    store.close().await;
    let answers = appends.join_all().await;
    let (_, late) =
        (store.clone(), next(&call(&visitor(), NOON).conversation, somebody(), NOON, What::Joined));
    assert!(store.append(late).await.is_err());
    assert!(store.conversation(answers[0].0).await.is_err());
    assert!(store.admit(visitor(), secret(), later(60)).await.is_err());
    assert!(store.data_version().await.is_err());
    let store = SqliteStorage::open(&path).await.unwrap();
    for (id, answer) in answers {
        let log = store.read_after(id, Seq(1), 10).await.unwrap();
        assert!(answer.is_err() || log.len() == 1, "what was acknowledged is there");
    }
    store.close().await;
    store.close().await;
}
