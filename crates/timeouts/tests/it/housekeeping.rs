//! What has had its time is forgotten, and nothing before it.

use std::time::Duration;

use desk::{Caller, NewInquiry};
use domain::inquiry::InquiryKind;
use storage::SessionRecord;
use testkit::{DeskInABox, body, title};
use timeouts::{HousekeepingParts, tidy_up};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn the_trash_is_emptied_after_thirty_days_and_not_a_moment_before() {
    let desk = DeskInABox::open().await.unwrap();
    let parts = HousekeepingParts { storage: desk.storage.clone(), clock: desk.clock() };
    let sora = desk.visitor("Sora").await;
    let mut posts = Vec::new();
    for words in ["deleted", "kept"] {
        let new =
            NewInquiry { kind: InquiryKind::Error, title: title(words), body: body(words), email: None };
        posts.push(desk.post(&sora, new).await.unwrap().row.inquiry.id);
    }
    desk.delete_inquiry(&Caller::Visitor(sora), posts[0]).await.unwrap();
    let there = async || {
        let found = [desk.storage.inquiry(posts[0]).await, desk.storage.inquiry(posts[1]).await];
        found.map(|post| post.unwrap().is_some())
    };
    desk.advance(30 * DAY);
    tidy_up(&parts).await.unwrap();
    assert_eq!(there().await, [true, true]);
    desk.advance(Duration::from_millis(1));
    tidy_up(&parts).await.unwrap();
    assert_eq!(there().await, [false, true]);
}

#[tokio::test]
async fn expired_sessions_and_tokens_are_forgotten_and_those_in_use_are_not() {
    let desk = DeskInABox::open().await.unwrap();
    let parts = HousekeepingParts { storage: desk.storage.clone(), clock: desk.clock() };
    let admitted = desk.admit(None).await.unwrap();
    let session = |id: u8, days: u32| SessionRecord {
        id: [id; 32],
        admin: None,
        data: "{}".to_owned(),
        expires_at: desk.now().plus(days * DAY),
    };
    for (id, days) in [(1, 1), (2, 40)] {
        assert!(desk.storage.create_session(&session(id, days)).await.unwrap());
    }
    desk.advance(29 * DAY);
    tidy_up(&parts).await.unwrap();
    // An id that is free again was forgotten; one that is taken was not.
    assert!(desk.storage.create_session(&session(1, 1)).await.unwrap());
    assert!(!desk.storage.create_session(&session(2, 1)).await.unwrap());
    assert!(desk.visitor_by_token(admitted.token.reveal()).await.unwrap().is_some(), "used, and so renewed");
    desk.advance(29 * DAY);
    assert!(desk.visitor_by_token(admitted.token.reveal()).await.unwrap().is_some());
    desk.advance(31 * DAY);
    tidy_up(&parts).await.unwrap();
    assert!(desk.visitor_by_token(admitted.token.reveal()).await.unwrap().is_none());
    assert_eq!(desk.storage.purge_tokens(desk.now()).await.unwrap(), 0, "nothing expired is left");
}

#[tokio::test]
async fn who_came_once_and_left_nothing_is_forgotten_and_who_posted_is_not() {
    let desk = DeskInABox::open().await.unwrap();
    let parts = HousekeepingParts { storage: desk.storage.clone(), clock: desk.clock() };
    let passer_by = desk.admit(None).await.unwrap().visitor;
    let sora = desk.admit(None).await.unwrap().visitor;
    let new = NewInquiry { kind: InquiryKind::Error, title: title("kept"), body: body("kept"), email: None };
    desk.post(&sora, new).await.unwrap();
    let there = async || {
        let found = [desk.storage.visitor(passer_by.id).await, desk.storage.visitor(sora.id).await];
        found.map(|visitor| visitor.unwrap().is_some())
    };
    desk.advance(29 * DAY);
    tidy_up(&parts).await.unwrap();
    assert_eq!(there().await, [true, true], "their tokens are good");
    desk.advance(DAY);
    tidy_up(&parts).await.unwrap();
    assert_eq!(there().await, [false, true]);
}
