//! Guessing a password: all of it counts, and there are ten tries, however many come at once and by whichever door (S16).

use std::net::IpAddr;

use axum::http::StatusCode;
use domain::admin::Role;
use tokio::task::JoinSet;
use web::rate_limit::Rate;

use crate::browser::{House, PASSWORD};
use crate::links::{choose, link};

const KIM: &str = "kim@burgerput.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s16_of_a_hundred_tries_at_once_from_everywhere_ten_are_looked_at() {
    let house = House::open().await;
    house.admin(KIM, "Kim", Role::Owner).await;
    let mut tries = JoinSet::new();
    for last in 0..100 {
        let mut browser = house.browser();
        browser.address = IpAddr::from([198, 51, 100, last]);
        // However the address is written, it is one account.
        let email = if last % 2 == 0 { KIM } else { "KIM@Burgerput.Example" };
        tries.spawn(async move { browser.sign_in(email, "wrong password", "").await.status });
    }
    let answers = tries.join_all().await;
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((of(StatusCode::UNAUTHORIZED), of(StatusCode::TOO_MANY_REQUESTS)), (10, 90), "{answers:?}");
}

#[tokio::test]
async fn s16_every_door_that_asks_for_the_password_counts_in_the_same_ten() {
    let house = House::with(|settings| settings.sign_ins_per_ip = Rate::OFF).await;
    // Somebody has got hold of the session alone.
    let mut thief = house.kim().await;
    thief.cookies.retain(|name, _| name == "deskbell");
    let change = |current: &'static str| {
        [
            ("current", current),
            ("password", "another long password"),
            ("password_again", "another long password"),
        ]
    };
    for n in 0..4 {
        thief.submit("/admin/account/password", &change("wrong password")).await;
        assert!(thief.get("/admin/account").await.body.contains("The present password is not right"), "{n}");
    }
    for n in 0..3 {
        thief.submit("/admin/account/codes/begin", &[("current", "wrong password")]).await;
        assert!(thief.get("/admin/account").await.body.contains("The present password is not right"), "{n}");
    }
    for _ in 0..3 {
        let answer = house.browser().sign_in(KIM, "wrong password", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    // Ten are used up: even the right one opens nothing now, at any of them.
    let doors = [
        thief.submit("/admin/account/password", &change(PASSWORD)).await,
        thief.submit("/admin/account/codes/begin", &[("current", PASSWORD)]).await,
        house.browser().sign_in(KIM, PASSWORD, "").await,
    ];
    for answer in doors {
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    }
}

/// V6.2.8: nothing is cut off, at the length at which others cut (72 bytes) or at the longest.
#[tokio::test]
async fn a_password_is_all_of_its_letters() {
    let house = House::with(|settings| settings.sign_ins_per_account = Rate::OFF).await;
    let kim = house.admin(KIM, "Kim", Role::Owner).await;
    for length in [64, 72, 73, 128, 1024] {
        let long: String = "a long password of ours ".chars().cycle().take(length).collect();
        let chosen = [("password", long.as_str()), ("password_again", long.as_str())];
        let link = link(&house, Some(kim.id)).await;
        assert_eq!(
            choose(&mut house.browser(), &link, &chosen).await.status,
            StatusCode::SEE_OTHER,
            "{length}"
        );
        let other = format!("{}!", &long[..length - 1]);
        for wrong in [other.as_str(), &long[..length - 1], long.to_uppercase().as_str()] {
            let answer = house.browser().sign_in(KIM, wrong, "").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{length}");
        }
        assert_eq!(house.browser().sign_in(KIM, &long, "").await.goes_to(), "/admin", "{length}");
    }
}
