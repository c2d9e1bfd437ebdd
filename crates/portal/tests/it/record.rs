//! The record of what admins did: for owners, whole, and without a word of anybody's.

use axum::http::StatusCode;
use desk::Caller;
use domain::admin::Role;

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn owners_read_who_did_what_to_whom() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let lee = house.admin("lee@burgerput.example", "Lee Young", Role::Admin).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "a secret trouble").await;
    house.desk.desk.join(&Caller::Admin(lee.clone()), call).await.unwrap();
    kim.submit(&format!("/admin/team/{}/role", lee.id), &[("role", "owner")]).await;
    kim.submit(&format!("/admin/team/{}/disable", lee.id), &[]).await;
    house.browser().sign_in("kim@burgerput.example", "not the password", "").await;
    house.state.tracker.close();
    house.state.tracker.wait().await;
    let page = kim.get("/admin/record").await;
    assert_eq!(page.status, StatusCode::OK);
    let text: String =
        page.body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "Kim Harper signed in",
        "Lee Young joined call #1",
        "Kim Harper changed the role of Lee Young",
        "Kim Harper shut out Lee Young",
        "Outside failed to sign in as Kim Harper",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!page.body.contains("a secret trouble") && !page.body.contains("not the password"));
    let of_lee = kim.get(&format!("/admin/record?admin={}", lee.id)).await.body;
    assert!(of_lee.contains("joined call") && !of_lee.contains("failed to sign in as"));
}

#[tokio::test]
async fn nobody_else_reads_it_and_pages_hold_together() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut lee = house.browser();
    lee.sign_in("lee@burgerput.example", PASSWORD, "").await;
    assert_eq!(lee.get("/admin/record").await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.browser().get("/admin/record").await.status, StatusCode::SEE_OTHER);
    assert!(!lee.get("/admin/team").await.body.contains("/admin/record"));
    for _ in 0..60 {
        kim.submit("/admin/account/duty", &[("on_duty", "1")]).await;
    }
    let first = kim.get("/admin/record").await.body;
    let older = first.split_once("before=").and_then(|(_, rest)| rest.split_once('"')).unwrap().0.to_owned();
    let second = kim.get(&format!("/admin/record?before={older}")).await.body;
    // Both were added, both signed in, and the sixty.
    assert_eq!(first.matches("<li class=\"row\">").count(), 50);
    assert_eq!(second.matches("<li class=\"row\">").count(), 14);
    assert_eq!(kim.get("/admin/record?before=x").await.status, StatusCode::BAD_REQUEST);
}
