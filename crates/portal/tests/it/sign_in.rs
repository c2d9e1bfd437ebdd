//! Who comes in, and who does not.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::{StatusCode, header};
use domain::admin::Role;

use crate::browser::{House, PASSWORD};

/// The page without what is different on every page: its token and its time.
fn plain(body: &str) -> String {
    body.lines().filter(|line| !line.contains("csrf") && !line.contains("deskbell-now")).collect()
}

/// S13.
#[tokio::test]
async fn the_right_password_opens_the_queue_under_a_new_session() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/admin").await.goes_to(), "/admin/sign-in");
    let answer = browser.sign_in("Kim@Burgerput.example", PASSWORD, "").await;
    assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, "/admin"));
    let cookie = answer.headers.get_all(header::SET_COOKIE).iter().find_map(|cookie| {
        let cookie = cookie.to_str().unwrap();
        cookie.starts_with("deskbell=").then(|| cookie.to_owned())
    });
    let cookie = cookie.unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"));
    assert_eq!(browser.get("/admin").await.status, StatusCode::OK);

    let first = browser.cookies.get("deskbell").cloned();
    let mut again = browser.clone();
    again.cookies.remove("deskbell");
    again.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_ne!(again.cookies.get("deskbell").cloned(), first);
}

/// S13.
#[tokio::test]
async fn a_session_id_that_somebody_else_has_chosen_is_not_taken_over() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    browser.cookies.insert("deskbell".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let mut thief = browser.clone();
    browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
    assert_ne!(browser.cookies["deskbell"], "AAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(thief.get("/admin").await.status, StatusCode::SEE_OTHER);
}

/// S11.
#[tokio::test]
async fn over_https_the_cookies_are_bound_to_host_and_transport() {
    let house = House::with(|settings| settings.secure_cookies = true).await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-deskbell") && cookie.contains("Secure"), "{cookie}");
    }
    assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
    let mut reader = house.browser();
    let answer = reader.get("/admin/sign-in?lang=ko").await;
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let language: Vec<&str> = cookies.filter(|cookie| cookie.contains("language")).collect();
    assert_eq!(
        language,
        ["__Host-deskbell-language=ko; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure"]
    );
    assert!(reader.get("/admin/sign-in").await.body.contains("<html lang=\"ko\">"), "and it is read");
}

/// S15.
#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_a_disabled_admin_are_answered_alike() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut gone = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    gone.disabled_at = Some(gone.created_at);
    house.desk.storage.update_admin(&gone, &testkit::deed()).await.unwrap();

    let mut answers = Vec::new();
    for (email, password) in [
        ("kim@burgerput.example", "not this one at all"),
        ("nobody@burgerput.example", PASSWORD),
        ("lee@burgerput.example", PASSWORD),
        ("not an address", PASSWORD),
        ("kim@burgerput.example", ""),
        ("kim@burgerput.example", "x".repeat(5000).as_str()),
    ] {
        let mut browser = house.browser();
        let answer = browser.sign_in(email, password, "").await;
        assert!(!browser.cookies.contains_key("deskbell"));
        answers
            .push((answer.status, plain(&answer.body.replace(&email.to_lowercase(), "").replace(email, ""))));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert!(answers[0].1.contains("do not go together"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

/// S16.
#[tokio::test]
async fn the_eleventh_try_for_an_account_waits_wherever_it_comes_from() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    for last in 1..=10 {
        browser.address = IpAddr::from([198, 51, 100, last]);
        let answer = browser.sign_in("kim@burgerput.example", "wrong password", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    browser.address = IpAddr::from([198, 51, 100, 99]);
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers[header::RETRY_AFTER], "901");
    assert!(answer.body.contains("15 minutes"));
    house.desk.clock.advance(Duration::from_mins(15));
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

/// S16.
#[tokio::test]
async fn an_address_that_tries_many_accounts_waits_and_others_do_not() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mut browser = house.browser();
    for number in 0..30 {
        browser.sign_in(&format!("guess{number}@burgerput.example"), "wrong password", "").await;
    }
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    browser.address = IpAddr::from([192, 0, 2, 1]);
    let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

/// S13.
#[tokio::test]
async fn sign_out_ends_the_session_for_every_copy_of_its_cookie() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mut copy = kim.clone();
    let answer = kim.submit("/admin/sign-out", &[]).await;
    assert_eq!(answer.goes_to(), "/admin/sign-in");
    assert!(!kim.cookies.contains_key("deskbell"));
    assert_eq!(copy.get("/admin").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_by_idleness_and_after_a_week_in_any_case() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    house.desk.clock.advance(Duration::from_hours(7));
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
    house.desk.clock.advance(Duration::from_hours(7));
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK, "using it keeps it alive");
    house.desk.clock.advance(Duration::from_hours(9));
    assert_eq!(kim.get("/admin").await.status, StatusCode::SEE_OTHER);

    kim.sign_in("kim@burgerput.example", PASSWORD, "").await;
    for _ in 0..23 {
        house.desk.clock.advance(Duration::from_hours(7));
        assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
    }
    house.desk.clock.advance(Duration::from_hours(7));
    assert_eq!(kim.get("/admin").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_disabled_admin_is_out_at_once() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut browser = house.browser();
    browser.sign_in("lee@burgerput.example", PASSWORD, "").await;
    assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
    kim.submit(&format!("/admin/team/{}/disable", lee.id), &[]).await;
    assert_eq!(browser.get("/admin").await.status, StatusCode::SEE_OTHER);
    let answer = browser.sign_in("lee@burgerput.example", PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn after_signing_in_one_is_where_one_wanted_to_be_and_never_elsewhere() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let room = "/admin/conversations/0194f7a2-7b1c-7d3e-8f00-123456789abc";
    let mut browser = house.browser();
    assert_eq!(browser.get(room).await.goes_to(), format!("/admin/sign-in?next={room}"));
    let form = browser.get(&format!("/admin/sign-in?next={room}")).await;
    assert!(form.body.contains(&format!("name=\"next\" value=\"{room}\"")));
    assert_eq!(browser.sign_in("kim@burgerput.example", PASSWORD, room).await.goes_to(), room);
    assert_eq!(browser.get("/admin/sign-in?next=//evil.example").await.goes_to(), "/admin");
    let filtered = house.browser().get("/admin/inquiries?status=open&kind=error").await;
    assert_eq!(filtered.goes_to(), "/admin/sign-in?next=/admin/inquiries%3Fstatus%3Dopen%26kind%3Derror");

    for evil in [
        "//evil.example",
        "https://evil.example/admin",
        "/\\evil.example",
        "javascript:alert(1)",
        "/admin/../x",
    ] {
        let mut browser = house.browser();
        let answer = browser.sign_in("kim@burgerput.example", PASSWORD, evil).await;
        assert_eq!(answer.goes_to(), "/admin", "{evil}");
        assert!(
            !browser
                .get(&format!("/admin/sign-in?next={}", evil.replace('\\', "%5C")))
                .await
                .body
                .contains("evil")
        );
    }
}

#[tokio::test]
async fn the_page_before_signing_in_speaks_the_readers_language() {
    let house = House::open().await;
    let mut browser = house.browser();
    assert!(browser.get("/admin/sign-in").await.body.contains("<html lang=\"en\">"));
    browser.language = "ko-KR,ko;q=0.9,en;q=0.5";
    assert!(browser.get("/admin/sign-in").await.body.contains("<html lang=\"ko\">"));
    assert!(browser.get("/admin/sign-in?lang=en").await.body.contains("<html lang=\"en\">"));
    assert!(browser.get("/admin/sign-in").await.body.contains("<html lang=\"en\">"), "the choice is kept");
    assert!(browser.get("/admin/nothing").await.body.contains("<html lang=\"en\">"));
}

/// S16: strangers who use up the account's tries do not keep its owner out of a browser that is known, and one's own browser has no
/// more tries than a stranger's.
#[tokio::test]
async fn a_stranger_keeps_nobody_out_of_a_browser_from_which_they_have_signed_in_before() {
    let house = House::with(|settings| settings.sign_ins_per_ip = web::rate_limit::Rate::OFF).await;
    let mut kim = house.kim().await;
    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    kim.submit("/admin/sign-out", &[]).await;
    let mut stranger = house.browser();
    for _ in 0..10 {
        stranger.sign_in("kim@burgerput.example", "not the password", "").await;
    }
    let shut = house.browser().sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(shut.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(kim.sign_in("kim@burgerput.example", PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    kim.submit("/admin/sign-out", &[]).await;
    for _ in 0..10 {
        assert_eq!(kim.sign_in("kim@burgerput.example", "wrong", "").await.status, StatusCode::UNAUTHORIZED);
    }
    let shut = kim.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(shut.status, StatusCode::TOO_MANY_REQUESTS, "no more tries than anybody");
    // It is known as Kim's, and gives nobody more tries at another's account.
    for _ in 0..10 {
        kim.sign_in("lee@burgerput.example", "wrong", "").await;
    }
    let shut = kim.sign_in("lee@burgerput.example", PASSWORD, "").await;
    assert_eq!(shut.status, StatusCode::TOO_MANY_REQUESTS);
    // With a new password every browser is a stranger again.
    house.desk.clock.advance(Duration::from_mins(15));
    let id = house.desk.storage.admins().await.unwrap()[0].id;
    let hash = house.state.passwords.hash(PASSWORD).await.unwrap();
    house.desk.storage.set_password(id, &hash, None, &testkit::deed()).await.unwrap();
    for _ in 0..10 {
        stranger.sign_in("kim@burgerput.example", "not the password", "").await;
    }
    let shut = kim.sign_in("kim@burgerput.example", PASSWORD, "").await;
    assert_eq!(shut.status, StatusCode::TOO_MANY_REQUESTS);
}
