//! Passwords are hashed two at a time: whoever comes while too many wait is told when to come again.

use std::task::{Context, Waker};

use axum::http::{StatusCode, header};
use domain::admin::Role;

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn who_comes_while_sixty_six_are_being_checked_is_told_when_to_come_again_and_then_let_in() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    // Begun and not looked at again, each keeps its place. One that was done at the first look is no use.
    let mut begun = Vec::new();
    while begun.len() < 66 {
        let passwords = house.state.passwords.clone();
        let mut check = Box::pin(async move { passwords.verify("a guess", None).await });
        if check.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            begun.push(check);
        }
    }
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers[header::RETRY_AFTER], "3");
    assert!(!browser.cookies.contains_key("deskbell"));
    for check in begun {
        assert_eq!(check.await, Ok(false));
    }
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, "/admin"));
}
