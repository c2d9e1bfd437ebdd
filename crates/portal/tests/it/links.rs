//! One-time links: one password, one use, one day.

use std::time::Duration;

use axum::http::StatusCode;
use domain::admin::Role;
use domain::id::AdminId;
use portal::auth::links;

use crate::browser::{Browser, House, PASSWORD};

pub(crate) async fn link(house: &House, admin: Option<AdminId>) -> String {
    let storage = &*house.desk.storage;
    let secret = links::make(storage, house.desk.desk.source(), &*house.desk.clock, admin).await.unwrap();
    let url = links::url("http://desk.example/", &secret);
    url.strip_prefix("http://desk.example").unwrap().to_owned()
}

pub(crate) async fn choose(
    browser: &mut Browser,
    link: &str,
    fields: &[(&str, &str)],
) -> crate::browser::Answer {
    let csrf = browser.get(link).await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(link, &all).await
}

const OWNER: [(&str, &str); 4] = [
    ("name", "Kim"),
    ("email", "kim@burgerput.example"),
    ("password", PASSWORD),
    ("password_again", PASSWORD),
];

#[tokio::test]
async fn the_first_owner_says_who_they_are_and_is_in() {
    let house = House::open().await;
    let link = link(&house, None).await;
    let mut browser = house.browser();
    for _ in 0..3 {
        let page = browser.get(&link).await;
        assert_eq!(page.status, StatusCode::OK, "looking uses nothing up");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
    }
    let answer = choose(&mut browser, &link, &OWNER).await;
    assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, "/admin"));
    assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
    let admins = house.desk.storage.admins().await.unwrap();
    assert_eq!((admins.len(), admins[0].role), (1, Role::Owner));

    let mut second = house.browser();
    assert_eq!(second.get(&link).await.status, StatusCode::GONE);
    assert_eq!(choose(&mut second, &link, &OWNER).await.status, StatusCode::GONE);
    let answer = house.browser().sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_first_owners_link_is_worth_nothing_once_there_is_somebody() {
    let house = House::open().await;
    let link = link(&house, None).await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    assert_eq!(house.browser().get(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn what_is_wrong_with_the_form_is_said_and_the_link_stays_good() {
    let house = House::open().await;
    let link = link(&house, None).await;
    let mut browser = house.browser();
    for (field, value, words) in [
        ("password", "short", "not the same"),
        ("email", "nonsense", "not an e-mail address"),
        ("name", "  ", "Please write something"),
    ] {
        let fields: Vec<_> =
            OWNER.iter().map(|(n, v)| if *n == field { (*n, value) } else { (*n, *v) }).collect();
        let answer = choose(&mut browser, &link, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.body.contains(words), "{field}: {}", answer.body);
    }
    let short = [OWNER[0], OWNER[1], ("password", "short"), ("password_again", "short")];
    assert!(choose(&mut browser, &link, &short).await.body.contains("at least 10 characters"));
    for common in ["Password123", "burgerput2026", OWNER[1].1] {
        let fields = [OWNER[0], OWNER[1], ("password", common), ("password_again", common)];
        let answer = choose(&mut browser, &link, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{common}");
        assert!(answer.body.contains("one of those that are tried first"), "{common}");
    }
    assert_eq!(choose(&mut browser, &link, &OWNER).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_for_somebody_known_sets_their_password_and_ends_their_sessions() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let id = house.desk.storage.admins().await.unwrap()[0].id;
    let link = link(&house, Some(id)).await;
    let mut browser = house.browser();
    let new = [("password", "another long password"), ("password_again", "another long password")];
    assert_eq!(choose(&mut browser, &link, &new).await.status, StatusCode::SEE_OTHER);
    assert_eq!(kim.get("/admin").await.status, StatusCode::SEE_OTHER);
    assert_eq!(kim.sign_in("kim@burgerput.example", PASSWORD, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.browser().get(&link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_link_is_good_for_a_day_and_a_newer_one_takes_its_place() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let old = link(&house, Some(kim.id)).await;
    let new = link(&house, Some(kim.id)).await;
    assert_eq!(house.browser().get(&old).await.status, StatusCode::GONE);
    assert_eq!(house.browser().get(&new).await.status, StatusCode::OK);
    house.desk.clock.advance(Duration::from_hours(24));
    assert_eq!(house.browser().get(&new).await.status, StatusCode::GONE);
    assert_eq!(house.browser().get("/admin/welcome/nonsense").await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_link_needs_the_token_of_its_own_form() {
    let house = House::open().await;
    let link = link(&house, None).await;
    let mut browser = house.browser();
    let answer = browser.post(&link, &OWNER).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(house.desk.storage.admins().await.unwrap().is_empty());
}

/// Whoever comes too late is told what to do, in the language that they asked for.
#[tokio::test]
async fn a_link_that_is_gone_says_how_to_get_another() {
    let house = House::open().await;
    let first = link(&house, None).await;
    house.desk.clock.advance(Duration::from_hours(25));
    let page = house.browser().get(&first).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert!(page.body.contains("by starting it again"), "{}", page.body);
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let later = link(&house, Some(kim.id)).await;
    house.desk.clock.advance(Duration::from_hours(25));
    for (language, says) in [("en", "Have a new one mailed to you"), ("ko", "새 링크를 메일로 받거나")]
    {
        let mut browser = house.browser();
        browser.language = language;
        let page = browser.get(&later).await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.body.contains(says), "{}", page.body);
        for way in ["href=\"/admin/sign-in\"", "href=\"/admin/forgot\""] {
            assert!(page.body.contains(way), "{way}: {}", page.body);
        }
    }
}
