//! Rows that this version cannot read: an error that says so, never a guess and never a panic.

use std::path::PathBuf;

use domain::Seq;
use domain::notice::NoticeKind;
use sqlx::AssertSqlSafe;
use storage::conformance::samples::*;
use storage::{
    Admins, Claim, ConversationFilter, Conversations, EventLog, Inquiries, InquiryFilter, NoticeFilter,
    Outbox, Page, StorageError,
};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;

use crate::file::beside;

async fn on_disk() -> (TempDir, PathBuf, SqliteStorage) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let store = SqliteStorage::open(&path).await.unwrap();
    (folder, path, store)
}

/// What a newer version, or a fault, has written.
async fn overwrite(path: &std::path::Path, sql: &str) {
    let mut connection = beside(path).await;
    let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
}

fn is_unreadable<T>(result: &Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::Backend(error)) if error.to_string().contains("cannot read"))
}

#[tokio::test]
async fn a_conversation_or_event_that_cannot_be_read_is_an_error() {
    let (_folder, path, store) = on_disk().await;
    let (visitor, called) = ring(&store, NOON).await.unwrap();
    for json in ["", "{", "{\"state\":\"dreaming\"}", "{\"state\":\"waiting\"}", "[]", "null"] {
        overwrite(&path, &format!("UPDATE conversations SET state_json = '{json}'")).await;
        assert!(is_unreadable(&store.conversation(called.id).await), "{json}");
        assert!(is_unreadable(&store.open_conversation_of(visitor.id).await));
        assert!(is_unreadable(&store.queue().await));
        assert!(is_unreadable(&store.conversations(&ConversationFilter::default(), Page::first(9)).await));
    }
    for change in ["kind = 'danced'", "by_type = 'robot'", "by_id = x'00'", "by_id = NULL", "data = '{'"] {
        let (_, called) = ring(&store, NOON).await.unwrap();
        let newest = "WHERE id = (SELECT max(id) FROM events)";
        overwrite(&path, &format!("UPDATE events SET {change} {newest}")).await;
        let read = store.read_after(called.id, Seq::START, 9).await;
        assert!(matches!(read, Err(StorageError::Backend(_))), "{change}: {read:?}");
    }
    // The clock of the timeouts goes on: it asks for ids only.
    assert_eq!(store.due(later(900), 99).await.unwrap().len(), 6);
}

#[tokio::test]
async fn a_post_or_an_admin_that_cannot_be_read_is_an_error() {
    let (_folder, path, store) = on_disk().await;
    let post = tell(&store, vec![]).await.unwrap();
    overwrite(&path, "UPDATE inquiries SET status = 'pondered'").await;
    assert!(is_unreadable(&store.inquiry(post.id).await));
    assert!(is_unreadable(&store.inquiries(&InquiryFilter::default(), Page::first(9)).await));
    let kim = added(&store, "kim@desk.example").await.unwrap();
    overwrite(&path, "UPDATE admins SET role = 'emperor'").await;
    assert!(is_unreadable(&store.admin(kim.id).await));
    assert!(is_unreadable(&store.admins().await));
}

#[tokio::test]
async fn a_notice_that_cannot_be_read_does_not_keep_the_others_from_being_sent() {
    let (_folder, path, store) = on_disk().await;
    let notices: Vec<_> = (0..3).map(|_| notice(NoticeKind::Call, None, NOON)).collect();
    let good = [notices[2].id, notices[0].id];
    let bad = notices[1].id;
    tell(&store, notices).await.unwrap();
    overwrite(&path, "UPDATE notices SET kind = 'smoke signal' WHERE number = 2").await;
    let claimed = store.claim(&Claim::new(later(1), later(60), 9)).await.unwrap();
    assert_eq!(claimed.iter().map(|notice| notice.id).collect::<Vec<_>>(), good);
    assert!(store.claim(&Claim::new(later(1), later(60), 9)).await.unwrap().is_empty());
    assert!(is_unreadable(&store.notice(bad).await));
    assert!(is_unreadable(&store.notices(&NoticeFilter::default(), Page::first(9)).await));
}
