//! Where `next` may lead: to a page of the portal, however another host is written (S21).

use axum::http::StatusCode;
use domain::admin::Role;

use crate::browser::{House, PASSWORD};

/// Ways to write another host behind something, or in the place of it.
const ELSEWHERE: [&str; 20] = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTPS://evil.example/admin",
    "http://evil.example\\@desk.example/admin",
    "http://desk.example@evil.example/admin",
    "//evil.example%2fadmin",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/%0d%0aLocation:https:%2f%2fevil.example",
    "javascript:alert(1)//evil.example",
    "data:text/html,evil.example",
    "@evil.example",
    ".evil.example",
];
/// What may stand before it.
const BEFORE: [&str; 10] =
    ["", "/admin", "/admin/", "/admin/..", "/admin/.", "/admin/%2e%2e", " ", "%09", "%E2%80%AE", "/admin/#"];

#[tokio::test]
async fn s21_two_hundred_ways_to_write_another_host_lead_to_the_queue() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    let mut stranger = house.browser();
    let mut tried = 0;
    for elsewhere in BEFORE.iter().flat_map(|before| ELSEWHERE.map(|evil| format!("{before}{evil}"))) {
        // Written once as it stands, for those who decode once, and once as a browser's form would send it.
        for next in [elsewhere.replace('\\', "%5C").replace([' ', '#'], "%20"), encoded(&elsewhere)] {
            let page = format!("/admin/sign-in?next={next}");
            let answer = browser.get(&page).await;
            assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, "/admin"), "{next}");
            let form = stranger.get(&page).await;
            assert!(form.status == StatusCode::OK && !form.body.contains("evil.example"), "{next}");
            tried += 1;
        }
    }
    assert_eq!(tried, 400);
}

/// Every byte but letters and digits as `%XX`.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
