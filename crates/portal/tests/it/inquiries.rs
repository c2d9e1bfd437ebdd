//! The board and a post.

use axum::http::StatusCode;
use desk::NewInquiry;
use domain::admin::Role;
use domain::id::InquiryId;
use domain::inquiry::InquiryKind;
use domain::text::{Body, Title};

use crate::browser::{House, PASSWORD};

async fn post(house: &House, kind: InquiryKind, title: &str) -> InquiryId {
    let visitor = house.visitor("Mina").await;
    let (title, body) = (Title::new(title, 150).unwrap(), Body::new("It is broken", 1000).unwrap());
    let new = NewInquiry { kind, title, body, email: None };
    house.desk.desk.post(&visitor, new).await.unwrap().row.inquiry.id
}

#[tokio::test]
async fn the_board_is_filtered_by_status_kind_and_words() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    assert!(kim.get("/admin/inquiries").await.body.contains("The board is empty"));
    post(&house, InquiryKind::Error, "Charged twice").await;
    let idea = post(&house, InquiryKind::Suggestion, "A darker kitchen").await;
    kim.submit(&format!("/admin/inquiries/{idea}/resolve"), &[]).await;
    for (query, charged, darker) in [
        ("", true, true),
        ("?status=open", true, false),
        ("?status=resolved", false, true),
        ("?kind=suggestion", false, true),
        ("?q=charged", true, false),
        ("?status=open&kind=suggestion", false, false),
        ("?status=nonsense", true, true),
    ] {
        let body = kim.get(&format!("/admin/inquiries{query}")).await.body;
        assert_eq!(
            (body.contains("Charged twice"), body.contains("A darker kitchen")),
            (charged, darker),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_post_is_answered_resolved_reopened_deleted_and_restored() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let id = post(&house, InquiryKind::Error, "Charged twice").await;
    let page = format!("/admin/inquiries/{id}");
    let body = kim.get(&page).await.body;
    assert!(body.contains("It is broken") && !body.contains("/delete\""), "what is open cannot be deleted");
    kim.submit(&format!("{page}/delete"), &[]).await;
    assert!(kim.get(&page).await.body.contains("Answer or resolve this inquiry before you delete it"));

    kim.submit(&format!("{page}/comments"), &[("body", "We are on it")]).await;
    let body = kim.get(&page).await.body;
    assert!(
        body.contains("We are on it")
            && body.contains("status-answered")
            && body.contains("Your answer is posted")
    );
    kim.submit(&format!("{page}/resolve"), &[]).await;
    assert!(kim.get(&page).await.body.contains("status-resolved"));
    kim.submit(&format!("{page}/reopen"), &[]).await;
    assert!(kim.get(&page).await.body.contains("status-open"));
    let edit = [("title", "Charged twice at table 3"), ("kind", "suggestion")];
    kim.submit(&format!("{page}/edit"), &edit).await;
    assert!(kim.get(&page).await.body.contains("Charged twice at table 3"));

    kim.submit(&format!("{page}/resolve"), &[]).await;
    assert_eq!(kim.submit(&format!("{page}/delete"), &[]).await.goes_to(), "/admin/inquiries");
    assert!(!kim.get("/admin/inquiries").await.body.contains("Charged twice"));
    assert!(kim.get("/admin/inquiries?trash=1").await.body.contains("Charged twice"));
    kim.submit(&format!("{page}/comments"), &[("body", "too late")]).await;
    assert!(kim.get(&page).await.body.contains("This inquiry is in the trash"));

    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut lee = house.browser();
    lee.sign_in("lee@burgerput.example", PASSWORD, "").await;
    lee.submit(&format!("{page}/restore"), &[]).await;
    assert!(lee.get(&page).await.body.contains("Only an owner can restore"));
    kim.submit(&format!("{page}/restore"), &[]).await;
    assert!(kim.get("/admin/inquiries").await.body.contains("Charged twice"));
    assert_eq!(kim.submit(&format!("{page}/dance"), &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_empty_answer_is_refused_in_words() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let id = post(&house, InquiryKind::Error, "Charged twice").await;
    kim.submit(&format!("/admin/inquiries/{id}/comments"), &[("body", "  ")]).await;
    let body = kim.get(&format!("/admin/inquiries/{id}")).await.body;
    assert!(body.contains("Please write something") && body.contains("No answer yet"));
}
