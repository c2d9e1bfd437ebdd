//! Databases that released versions have left are opened by this one: all in them is read, and work goes on.

#[path = "../../examples/as_released/dump.rs"]
mod dump;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::conversation::{What, fold};
use domain::inquiry::InquiryStatus;
use domain::notice::NoticeKind;
use domain::{Seq, Timestamp};
use sqlx::{AssertSqlSafe, Connection};
use storage::conformance::samples::*;
use storage::{
    Claim, ConversationFilter, Conversations, Delivery, Inquiries, InquiryChange, InquiryFilter, Meta,
    NoticeFilter, Outbox, RecordFilter, SecretHash, Storage,
};
use storage_sqlite::SqliteStorage;
use tempfile::TempDir;

use crate::file::beside;

/// What released versions have left: the version, and the statements.
fn released() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite/released");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// The database that these statements make.
async fn made_of(statements: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    std::fs::write(&path, "").unwrap();
    let mut connection = beside(&path).await;
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    (folder, path)
}

async fn count(path: &Path, of: &str) -> usize {
    let sql = format!("SELECT count(*) FROM {of}");
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut beside(path).await).await.unwrap();
    usize::try_from(count).unwrap()
}

/// The hashes of secrets that a table holds.
async fn secrets(path: &Path, sql: &'static str) -> Vec<SecretHash> {
    let hashes: Vec<Vec<u8>> = sqlx::query_scalar(sql).fetch_all(&mut beside(path).await).await.unwrap();
    hashes.into_iter().map(|hash| hash.try_into().unwrap()).collect()
}

#[tokio::test]
async fn a_store_with_one_of_each_leaves_no_table_and_no_column_empty() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.db");
    let store = SqliteStorage::open(&path).await.unwrap();
    storage::conformance::one_of_each::fill(&store).await.unwrap();
    store.close().await;
    let bare = dump::bare(&path).await.unwrap();
    assert!(bare.is_empty(), "storage::conformance::one_of_each leaves these empty: {bare:?}");
    // And as text it loses nothing.
    let text = dump::as_text(&path).await.unwrap();
    let (_folder, again) = made_of(&text).await;
    assert_eq!(dump::as_text(&again).await.unwrap(), text);
}

#[tokio::test]
async fn every_released_database_is_brought_up_to_date_whole() {
    let released = released();
    assert!(!released.is_empty());
    for (version, statements) in released {
        let (_folder, path) = made_of(&statements).await;
        assert_eq!(dump::bare(&path).await.unwrap(), Vec::<String>::new(), "{version}");
        let store = SqliteStorage::open(&path).await.unwrap();
        assert_eq!(store.faults().await.unwrap(), Vec::<String>::new(), "{version}");
        let schema = store.schema().await.unwrap();
        assert_eq!(schema.found, schema.known, "{version}");
        calls_are_there(&store, &path).await;
        the_board_is_there(&store, &path).await;
        people_are_there(&store, &path).await;
        the_record_is_there(&store, &path).await;
        mails_are_there(&store, &path).await;
        store.close().await;
        // Once more, now that there is nothing to bring up to date.
        SqliteStorage::open(&path).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn work_goes_on_in_every_released_database() {
    for (version, statements) in released() {
        let (_folder, path) = made_of(&statements).await;
        let store = SqliteStorage::open(&path).await.unwrap();
        for row in store.queue().await.unwrap() {
            let state = row.conversation;
            let said =
                stored(&store, say(&state, by(&row.visitor), &client_id(), "still here")).await.unwrap();
            let joined = stored(&store, next(&said, somebody(), later(9_000), What::Joined)).await.unwrap();
            stored(&store, next(&joined, by(&row.visitor), later(9_001), What::Closed)).await.unwrap();
        }
        assert!(store.queue().await.unwrap().is_empty(), "{version}");
        let (visitor, called) = ring(&store, later(9_000)).await.unwrap();
        let mut moved = move_to_board(&called, later(9_300));
        moved.notices = vec![notice(NoticeKind::Inquiry, None, later(9_300))];
        stored(&store, moved).await.unwrap();
        for mut row in
            store.inquiries(&InquiryFilter::default(), storage::Page::first(99)).await.unwrap().items
        {
            row.inquiry.version += 1;
            row.inquiry.status = InquiryStatus::Answered;
            let comment = Some(comment(by(&visitor), later(9_400), "one more"));
            store.change_inquiry(InquiryChange { comment, ..step(&row.inquiry) }).await.unwrap();
        }
        // Everything that was left to send is sent, a digest as one.
        let far = later(90_000);
        let claimed = store.claim(&Claim::new(far, later(90_060), 99)).await.unwrap();
        assert!(claimed.len() > 2, "{version}: {claimed:?}");
        for claimed in claimed {
            let sent = Delivery::Sent { reply: "250".to_owned() };
            let told = store.gathered(claimed.id).await.unwrap();
            let told: Vec<_> = told.iter().map(|notice| notice.id).collect();
            let recorded = if told.is_empty() {
                store.record(&claimed.lease, &sent, far).await.unwrap()
            } else {
                store.record_digest(&claimed.lease, &sent, &told, &[], far).await.unwrap()
            };
            assert!(recorded, "{version}");
        }
        assert_eq!(store.load().await.unwrap().unsent, 0, "{version}");
        calls_are_there(&store, &path).await;
        assert_eq!(store.faults().await.unwrap(), Vec::<String>::new(), "{version}");
        store.close().await;
    }
}

/// Every conversation, in each of the five states, is what its log folds to.
async fn calls_are_there(store: &dyn Storage, path: &Path) {
    let filter = ConversationFilter::default();
    let rows = all_pages(3, |page| store.conversations(&filter, page), |row| row.number).await.unwrap();
    assert_eq!(rows.len(), count(path, "conversations").await);
    let (mut events, mut kinds) = (0, BTreeSet::new());
    for row in &rows {
        let log = store.read_after(row.conversation.id, Seq::START, 1_000).await.unwrap();
        assert_eq!(fold(row.conversation.id, &log).as_ref(), Some(&row.conversation));
        assert!(log.iter().map(|event| event.seq.0).eq(1..=row.conversation.seq.0));
        events += log.len();
        kinds.extend(log.iter().map(|event| event.what.kind()));
    }
    assert_eq!(events, count(path, "events").await);
    assert_eq!(kinds.len(), 11, "every kind has happened: {kinds:?}");
    let ids: Vec<_> = rows.iter().map(|row| row.conversation.id).collect();
    assert!(!store.last_said(&ids).await.unwrap().is_empty());
    let open = rows.iter().filter(|row| row.conversation.state.is_open()).count();
    assert_eq!(store.queue().await.unwrap().len(), open);
    assert_eq!(store.calls_since(Timestamp(0), 999).await.unwrap().len(), rows.len());
    let due = rows.iter().filter(|row| row.conversation.deadline().is_some()).count();
    assert_eq!(store.due(Timestamp(i64::MAX), 999).await.unwrap().len(), due);
}

async fn the_board_is_there(store: &dyn Storage, path: &Path) {
    let mut ids = Vec::new();
    for trash in [false, true] {
        let filter = InquiryFilter { trash, ..InquiryFilter::default() };
        let rows = all_pages(2, |page| store.inquiries(&filter, page), |row| row.number).await.unwrap();
        assert!(!rows.is_empty(), "trash: {trash}");
        for row in &rows {
            assert_eq!(store.inquiry(row.inquiry.id).await.unwrap().unwrap().inquiry, row.inquiry);
        }
        ids.extend(rows.into_iter().map(|row| row.inquiry.id));
    }
    assert_eq!(ids.len(), count(path, "inquiries").await);
    assert_eq!(store.comments(&ids).await.unwrap().len(), count(path, "comments").await);
    assert!(store.inquiry_counts().await.unwrap().iter().all(|count| *count > 0));
}

async fn people_are_there(store: &dyn Storage, path: &Path) {
    let admins = store.admins().await.unwrap();
    assert_eq!(admins.len(), count(path, "admins").await);
    for admin in &admins {
        let folded = admin.email.as_str().to_lowercase();
        let (found, hash) = store.admin_by_email(&folded).await.unwrap().unwrap();
        assert!(found == *admin && hash.is_some());
    }
    assert_eq!(store.api_tokens().await.unwrap().len(), count(path, "api_tokens").await);
    for secret in secrets(path, "SELECT secret FROM api_tokens WHERE revoked_at IS NULL").await {
        assert!(store.admin_by_api_token(secret, NOON).await.unwrap().is_some());
    }
    for secret in secrets(path, "SELECT secret FROM links").await {
        assert!(store.link(secret, NOON).await.unwrap().is_some());
    }
    for id in secrets(path, "SELECT id FROM sessions").await {
        assert!(store.session(id, NOON).await.unwrap().is_some());
    }
    for secret in secrets(path, "SELECT secret FROM visitor_tokens").await {
        let (visitor, _) = store.visitor_by_token(secret, NOON).await.unwrap().unwrap();
        assert_eq!(store.visitor(visitor.id).await.unwrap(), Some(visitor));
    }
}

/// The record has every deed, and what admins did in calls, which was there before it was.
async fn the_record_is_there(store: &dyn Storage, path: &Path) {
    let filter = RecordFilter::default();
    let lines = all_pages(7, |page| store.record_of_deeds(filter, page), |line| line.key).await.unwrap();
    let in_calls = "events WHERE by_type = 'admin' AND kind NOT IN ('said', 'noted')";
    assert_eq!(lines.len(), count(path, "deeds").await + count(path, in_calls).await);
    let mut codes = 0;
    for admin in store.admins().await.unwrap() {
        let factor = store.second_factor(admin.id).await.unwrap();
        codes += factor.map_or(0, |factor| factor.recovery_codes as usize);
    }
    assert_eq!(codes, count(path, "recovery_codes").await);
}

async fn mails_are_there(store: &dyn Storage, path: &Path) {
    let filter = NoticeFilter::default();
    let notices = all_pages(2, |page| store.notices(&filter, page), |notice| notice.number).await.unwrap();
    assert_eq!(notices.len(), count(path, "notices").await);
    let states: BTreeSet<&str> = notices.iter().map(|notice| notice.state.as_str()).collect();
    assert_eq!(states.len(), 5, "every state: {states:?}");
    assert!(notices.iter().any(|notice| notice.skipped.is_some()));
    assert_eq!(store.mails_since(Timestamp(0), 999).await.unwrap().len(), notices.len());
    let mails = all_pages(1, |page| store.mails(page), |mail| mail.number).await.unwrap();
    assert_eq!(mails.len(), count(path, "mails").await);
    assert!(!store.epoch().await.unwrap().is_empty());
}
