//! Whatever people write is text on every page.

use desk::{Caller, NewInquiry};
use domain::admin::Role;
use domain::inquiry::InquiryKind;
use domain::text::{Body, Title};
use storage::{ConversationFilter, Page};

use crate::browser::House;

const EVIL: &str =
    "</title></textarea><script>alert(1)</script>\"'><img src=x onerror=alert(2)> javascript:alert(3)";

fn is_harmless(page: &str, body: &str) {
    for part in ["<script>alert", "<img src=x", "\"'><", "href=\"javascript:", "</textarea><script"] {
        assert!(!body.contains(part), "{part} in {page}:\n{body}");
    }
}

/// S01.
#[tokio::test]
async fn markup_in_every_field_is_shown_and_runs_nowhere() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    house.admin("evil@burgerput.example", "<script>alert(4)</script>", Role::Admin).await;
    let visitor = house.visitor(EVIL).await;
    let call = house.call(&visitor, EVIL).await;
    let new = NewInquiry {
        kind: InquiryKind::Error,
        title: Title::new(EVIL, 200).unwrap(),
        body: Body::new(EVIL, 1000).unwrap(),
        email: None,
    };
    let post = house.desk.desk.post(&visitor, new).await.unwrap().row.inquiry.id;
    let words = Body::new(EVIL, 1000).unwrap();
    house.desk.desk.comment(&Caller::Visitor(visitor), post, words).await.unwrap();
    let pages = [
        "/admin".to_owned(),
        "/admin/conversations".to_owned(),
        format!("/admin/conversations/{call}"),
        "/admin/inquiries".to_owned(),
        format!("/admin/inquiries/{post}"),
        "/admin/team".to_owned(),
        "/admin/mails".to_owned(),
    ];
    for page in &pages {
        let answer = kim.get(page).await;
        is_harmless(page, &answer.body);
        assert!(answer.body.contains("&#60;script&#62;alert"), "{page}");
    }
    let room = &pages[2];
    kim.submit(&format!("{room}/join"), &[]).await;
    kim.submit(&format!("{room}/messages"), &[("id", "m-1"), ("body", EVIL), ("kind", "say")]).await;
    is_harmless(room, &kim.get(room).await.body);
    for search in
        ["/admin/conversations?q=", "/admin/inquiries?q=", "/admin/inquiries?status=", "/admin/sign-in?next="]
    {
        let page = format!("{search}%22%3E%3Cimg%20src%3Dx%3E%3Cscript%3Ealert(5)%3C/script%3E");
        is_harmless(&page, &kim.get(&page).await.body);
    }
    let known = house.desk.desk.conversations(&ConversationFilter::default(), Page::first(5)).await.unwrap();
    assert_eq!(known.items.len(), 1);
}

/// S02.
#[tokio::test]
async fn web_addresses_become_links_that_give_nothing_away() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let visitor = house.visitor("Mina").await;
    let call = house.call(&visitor, "see https://a.example/?x=1&y=\"2 or javascript://a.example").await;
    let body = kim.get(&format!("/admin/conversations/{call}")).await.body;
    let link = "<a href=\"https://a.example/?x=1&#38;y=\" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\">";
    assert!(body.contains(link), "{body}");
    assert!(!body.contains("href=\"javascript"));
}
