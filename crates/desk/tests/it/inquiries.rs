//! The board: whose is what, who may do what, and nothing gets lost.

use std::time::Duration;

use desk::{Caller, DeskError, EditedInquiry, InquiryFilter, NewInquiry, Page};
use domain::admin::Role;
use domain::id::InquiryId;
use domain::inquiry::{InquiryKind, InquiryRefusal, InquiryStatus};
use domain::visitor::Visitor;
use testkit::{DeskInABox, body, email, title};
use tokio::task::JoinSet;

use crate::{admin, visitor};

async fn post(desk: &DeskInABox, author: &Visitor, words: &str) -> InquiryId {
    let address = Some(email("author@shop.example"));
    let new = NewInquiry { kind: InquiryKind::Error, title: title(words), body: body(words), email: address };
    desk.post(author, new).await.unwrap().row.inquiry.id
}

async fn seen_by(desk: &DeskInABox, caller: &Caller, trash: bool) -> Vec<InquiryId> {
    let filter = InquiryFilter { trash, ..InquiryFilter::default() };
    let found = desk.inquiries(caller, filter, Page::first(50)).await.unwrap();
    found.items.into_iter().map(|view| view.row.inquiry.id).collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, DeskError>, why: InquiryRefusal) {
    match result {
        Err(DeskError::InquiryRefused(refusal)) => assert_eq!(refusal, why),
        other => panic!("{other:?} instead of {why:?}"),
    }
}

#[tokio::test]
async fn a_visitor_sees_their_own_posts_and_no_others() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let (sora, hana) = (desk.visitor("Sora").await, desk.visitor("Hana").await);
    let (of_sora, of_hana) = (post(&desk, &sora, "one").await, post(&desk, &hana, "two").await);
    assert_eq!(seen_by(&desk, &visitor(&sora), false).await, [of_sora]);
    assert_eq!(seen_by(&desk, &visitor(&hana), false).await, [of_hana]);
    assert_eq!(seen_by(&desk, &kim, false).await, [of_hana, of_sora]);
    // Asking for somebody else's by name gives one's own.
    let filter = InquiryFilter { author: Some(hana.id), ..InquiryFilter::default() };
    let found = desk.inquiries(&visitor(&sora), filter, Page::first(50)).await.unwrap();
    assert!(found.items.iter().all(|view| view.row.inquiry.author == sora.id));
}

#[tokio::test]
async fn somebody_elses_post_is_not_there_whatever_one_tries() {
    let desk = DeskInABox::open().await.unwrap();
    let stranger = visitor(&desk.visitor("Mallory").await);
    let id = post(&desk, &desk.visitor("Sora").await, "mine").await;
    let before = desk.storage.inquiry(id).await.unwrap().unwrap().inquiry;
    let told = desk.outbox().await.len();
    let edited = || EditedInquiry { title: Some(title("yours")), ..EditedInquiry::default() };
    for (verb, error) in [
        ("read", desk.inquiry(&stranger, id).await.err()),
        ("edit", desk.edit_inquiry(&stranger, id, edited()).await.err()),
        ("comment", desk.comment(&stranger, id, body("x")).await.err()),
        ("resolve", desk.resolve(&stranger, id).await.err()),
        ("reopen", desk.reopen(&stranger, id).await.err()),
        ("delete", desk.delete_inquiry(&stranger, id).await.err()),
        ("restore", desk.restore(&stranger, id).await.err()),
    ] {
        assert!(matches!(error, Some(DeskError::NotFound)), "{verb}: {error:?}");
    }
    assert_eq!(desk.storage.inquiry(id).await.unwrap().unwrap().inquiry, before);
    assert_eq!(desk.outbox().await.len(), told);
}

#[tokio::test]
async fn what_its_author_has_deleted_is_gone_for_them_and_back_by_an_owner_only() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let owner = admin(&desk.admin_as("Owner", Role::Owner).await);
    let sora = visitor(&desk.visitor("Sora").await);
    let Caller::Visitor(author) = &sora else { unreachable!() };
    let id = post(&desk, author, "a mistake").await;
    desk.delete_inquiry(&sora, id).await.unwrap();
    assert!(matches!(desk.inquiry(&sora, id).await, Err(DeskError::NotFound)));
    assert!(matches!(desk.restore(&sora, id).await, Err(DeskError::NotFound)));
    assert!(seen_by(&desk, &sora, false).await.is_empty());
    assert!(seen_by(&desk, &sora, true).await.is_empty(), "the trash is not for visitors");
    assert!(seen_by(&desk, &kim, false).await.is_empty());
    assert_eq!(seen_by(&desk, &kim, true).await, [id]);
    refused(desk.comment(&kim, id, body("why?")).await, InquiryRefusal::InTrash);
    refused(desk.restore(&kim, id).await, InquiryRefusal::OwnersOnly);
    desk.delete_inquiry(&kim, id).await.unwrap();
    let back = desk.restore(&owner, id).await.unwrap().row.inquiry;
    assert_eq!((back.trashed_at, back.status), (None, InquiryStatus::Open));
    assert_eq!(seen_by(&desk, &sora, false).await, [id]);
}

#[tokio::test]
async fn an_admin_deletes_what_is_answered_or_resolved_and_nothing_that_still_waits() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let sora = desk.visitor("Sora").await;
    let (answered, resolved) = (post(&desk, &sora, "one").await, post(&desk, &sora, "two").await);
    refused(desk.delete_inquiry(&kim, answered).await, InquiryRefusal::NotAnswered);
    desk.comment(&kim, answered, body("here is how")).await.unwrap();
    desk.resolve(&kim, resolved).await.unwrap();
    for id in [answered, resolved] {
        desk.delete_inquiry(&kim, id).await.unwrap();
    }
    assert_eq!(seen_by(&desk, &kim, true).await.len(), 2);
}

#[tokio::test]
async fn an_author_edits_while_it_is_open_and_opens_it_again_by_a_comment() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let sora = desk.visitor("Sora").await;
    let author = visitor(&sora);
    let id = post(&desk, &sora, "first").await;
    let edited =
        || EditedInquiry { title: Some(title("second")), email: Some(None), ..EditedInquiry::default() };
    let after = desk.edit_inquiry(&author, id, edited()).await.unwrap().row.inquiry;
    assert_eq!((after.title.as_str(), after.body.as_str(), after.email), ("second", "first", None));
    desk.comment(&kim, id, body("which page?")).await.unwrap();
    refused(desk.edit_inquiry(&author, id, edited()).await, InquiryRefusal::NotOpen);
    assert_eq!(desk.inquiry(&author, id).await.unwrap().row.inquiry.status, InquiryStatus::Answered);
    desk.comment(&author, id, body("the first")).await.unwrap();
    assert_eq!(desk.inquiry(&author, id).await.unwrap().row.inquiry.status, InquiryStatus::Open);
    refused(desk.resolve(&author, id).await, InquiryRefusal::NotAllowed);
    desk.resolve(&kim, id).await.unwrap();
    let version = desk.resolve(&kim, id).await.unwrap().row.inquiry.version;
    assert_eq!(desk.resolve(&kim, id).await.unwrap().row.inquiry.version, version, "done is done");
    assert_eq!(desk.inquiry_counts().await.unwrap(), [0, 0, 1]);
    desk.reopen(&kim, id).await.unwrap();
    assert_eq!(desk.inquiry_counts().await.unwrap(), [1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comments_made_at_once_from_two_processes_are_all_there() {
    let here = DeskInABox::open().await.unwrap();
    let desks = [here.clone(), here.another(2)];
    let kim = admin(&here.admin("Kim").await);
    let sora = here.visitor("Sora").await;
    let id = post(&here, &sora, "broken").await;
    let mut comments = JoinSet::new();
    for n in 0..8 {
        let desk = desks[n % 2].clone();
        let caller = if n % 4 < 2 { kim.clone() } else { visitor(&sora) };
        comments
            .spawn(async move { desk.comment(&caller, id, body(&format!("comment {n}"))).await.unwrap().id });
    }
    let mut made = comments.join_all().await;
    let view = here.inquiry(&kim, id).await.unwrap();
    let mut stored: Vec<_> = view.comments.iter().map(|comment| comment.id).collect();
    made.sort_unstable();
    stored.sort_unstable();
    assert_eq!(stored, made);
    assert_eq!(view.row.inquiry.version, 9);
    let told = here.told().await;
    assert_eq!(told.iter().filter(|line| *line == "comment to kim@desk.example").count(), 4);
    assert_eq!(told.iter().filter(|line| *line == "comment to author@shop.example").count(), 4);
}

#[tokio::test]
async fn a_move_with_nothing_said_is_a_missed_call_with_its_page() {
    let desk = DeskInABox::open().await.unwrap();
    let (silent, spoken) = (desk.visitor("Sora").await, desk.visitor("Hana").await);
    let calls = [desk.called(&silent, None).await, desk.called(&spoken, Some("The cart\nis empty")).await];
    desk.said(&visitor(&spoken), calls[1], "m2", "again").await;
    desk.advance(Duration::from_mins(5));
    for id in calls {
        desk.tick(id).await.unwrap();
    }
    let made = async |author: &Visitor| {
        let found = desk.inquiries(&visitor(author), InquiryFilter::default(), Page::first(5)).await.unwrap();
        found.items.into_iter().next().unwrap().row.inquiry
    };
    let (missed, error) = (made(&silent).await, made(&spoken).await);
    assert_eq!((missed.kind, missed.conversation), (InquiryKind::MissedCall, Some(calls[0])));
    assert_eq!(missed.body.as_str(), "https://shop.example/pay");
    assert_eq!((error.kind, error.title.as_str()), (InquiryKind::Error, "The cart"));
    assert_eq!(error.body.as_str(), "The cart\nis empty\nagain");
}
