//! Passwords are dear to check: nobody makes the desk stand still by sending many, or long ones (S17).

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::{StatusCode, header};
use desk::Caller;
use domain::admin::Role;
use domain::text::{Body, ClientId};
use portal::auth::Passwords;
use tokio::task::JoinSet;

use crate::browser::{House, PASSWORD};
use crate::links::{choose, link};

#[tokio::test]
async fn s17_a_password_that_is_too_long_is_refused_and_never_hashed() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    // What is checked would take the places of these two; what is refused before needs none.
    for (bytes, status) in [(1025, 401), (65_536, 401), (1 << 17, 413), (1 << 20, 413)] {
        let long = "x".repeat(bytes);
        let answer = house.browser().sign_in("kim@burgerput.example", &long, "").await;
        assert_eq!(answer.status.as_u16(), status, "{bytes} at the sign-in");
        let link = link(&house, Some(kim.id)).await;
        let fields = [("password", long.as_str()), ("password_again", long.as_str())];
        let chosen = choose(&mut house.browser(), &link, &fields).await.status.as_u16();
        assert!([413, 422].contains(&chosen), "{bytes} behind a link: {chosen}");
    }
    assert_eq!(house.browser().sign_in("kim@burgerput.example", PASSWORD, "").await.goes_to(), "/admin");
    let nobody = Passwords::cheap_for_tests().unwrap();
    assert_eq!(nobody.verify(&"x".repeat(1 << 20), None).await, Ok(false));
}

/// With the true cost of a hash: of those who come at once some are told to come again, and chats go on meanwhile.
#[tokio::test]
async fn s17_a_flood_of_sign_ins_is_turned_away_while_chats_go_on() {
    const FLOOD: usize = 160;
    let house = House::costly().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "help").await;
    let kim = Caller::Admin(kim);
    house.desk.desk.join(&kim, call).await.unwrap();
    let answered = Arc::new(AtomicUsize::new(0));
    let mut flood = JoinSet::new();
    for n in 0..FLOOD {
        let mut browser = house.browser();
        browser.address = IpAddr::from([198, 51, 100, u8::try_from(n).unwrap()]);
        let answered = Arc::clone(&answered);
        flood.spawn(async move {
            let email = format!("guess{n}@burgerput.example");
            let answer = browser.sign_in(&email, "not this one at all", "").await;
            answered.fetch_add(1, Ordering::SeqCst);
            (answer.status, answer.headers.contains_key(header::RETRY_AFTER))
        });
    }
    // The first of them has been checked: the flood is on.
    while answered.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    for n in 0..20 {
        let id = ClientId::new(&format!("m{n}")).unwrap();
        house.desk.desk.say(&kim, call, id, Body::new("still here", 8192).unwrap()).await.unwrap();
    }
    assert!(answered.load(Ordering::SeqCst) < FLOOD, "people talked while it was on");
    let answers = flood.join_all().await;
    let wrong = answers.iter().filter(|(status, _)| *status == StatusCode::UNAUTHORIZED).count();
    let busy = answers.iter().filter(|answer| **answer == (StatusCode::TOO_MANY_REQUESTS, true)).count();
    assert_eq!(wrong + busy, FLOOD, "{answers:?}");
    assert!(wrong >= 66 && busy > 0, "{wrong} were checked and {busy} told to come again");
    let mut browser = house.browser();
    assert_eq!(browser.sign_in("kim@burgerput.example", PASSWORD, "").await.goes_to(), "/admin");
}
