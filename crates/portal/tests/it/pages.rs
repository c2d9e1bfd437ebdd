//! Every page is there for an admin and for nobody else, with the headers that keep it theirs.

use axum::http::{StatusCode, header};
use domain::admin::Role;

use crate::browser::{House, PASSWORD};

const PAGES: [&str; 9] = [
    "/admin",
    "/admin/conversations",
    "/admin/figures?offset=540",
    "/admin/inquiries",
    "/admin/mails",
    "/admin/mails/kept",
    "/admin/team",
    "/admin/account",
    "/admin/inquiries?trash=1",
];

#[tokio::test]
async fn every_page_is_there_in_both_languages_and_kept_by_no_cache() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    for language in ["en", "ko"] {
        kim.submit("/admin/account", &[("name", "Kim"), ("locale", language)]).await;
        for page in PAGES {
            let answer = kim.get(page).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            assert!(answer.body.contains(&format!("<html lang=\"{language}\">")), "{page}");
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer", "{page}");
            let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
            assert!(!answer.body.contains(" style=\"") && !answer.body.contains("onclick"));
        }
    }
}

#[tokio::test]
async fn without_signing_in_every_page_leads_to_the_sign_in() {
    let house = House::open().await;
    let mut browser = house.browser();
    for page in ["/admin/sign-in", "/admin/forgot"] {
        let answer = browser.get(page).await;
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer", "{page}");
    }
    let rooms = ["/admin/conversations/x", "/admin/inquiries/x", "/admin/mails/x", "/admin/mails/x/html"];
    for page in PAGES.into_iter().chain(rooms) {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
        assert!(answer.goes_to().starts_with("/admin/sign-in"), "{page}");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer", "{page}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page_of_its_own() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    for page in [
        "/admin/nothing",
        "/admin/conversations/nothing",
        "/admin/conversations/0194f7a2-7b1c-7d3e-8f00-123456789abc",
        "/admin/inquiries/0194f7a2-7b1c-7d3e-8f00-123456789abc",
        "/admin/mails/0194f7a2-7b1c-7d3e-8f00-123456789abc",
    ] {
        let answer = kim.get(page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(answer.body.contains("There is nothing here"), "{page}");
        assert_eq!(answer.headers[header::REFERRER_POLICY], "no-referrer", "{page}");
    }
}

#[tokio::test]
async fn owners_pages_and_actions_are_for_owners() {
    let house = House::open().await;
    let owner = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut lee = house.browser();
    lee.sign_in("lee@burgerput.example", PASSWORD, "").await;
    assert_eq!(lee.get("/admin/inquiries?trash=1").await.status, StatusCode::FORBIDDEN);
    let team = lee.get("/admin/team").await;
    assert!(team.body.contains("Kim") && !team.body.contains("/admin/team/"));
    for verb in ["disable", "enable", "role", "duty", "link"] {
        let path = format!("/admin/team/{}/{verb}", owner.id);
        let answer = lee.submit(&path, &[("role", "admin"), ("on_duty", "0")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{verb}");
        assert!(answer.body.contains("For owners only"));
    }
    let new = [("email", "new@burgerput.example"), ("name", "New"), ("role", "owner")];
    assert_eq!(lee.submit("/admin/team", &new).await.status, StatusCode::FORBIDDEN);
    let admins = house.desk.storage.admins().await.unwrap();
    assert_eq!(admins.len(), 2);
    assert_eq!(admins[0], owner);
}
