//! Codes at the sign-in: set up by their owner, asked for after the password, used once.

use std::time::Duration;

use axum::http::StatusCode;
use domain::admin::Role;
use domain::clock::Clock;
use portal::auth::links;
use totp_rs::{Builder, Secret};

use crate::browser::{Answer, Browser, House, PASSWORD};

pub(crate) const KIM: &str = "kim@burgerput.example";

/// What Kim's app shows at this moment.
pub(crate) fn code(house: &House, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    let seconds = u64::try_from(house.desk.clock.now().millis() / 1000).unwrap();
    app.generate(seconds).to_string()
}

/// Kim switches codes on; returns her browser, the key of her app, and her recovery codes.
async fn with_codes(house: &House) -> (Browser, String, Vec<String>) {
    let mut kim = house.kim().await;
    let begun = kim.submit("/admin/account/codes/begin", &[("current", PASSWORD)]).await;
    assert_eq!(begun.goes_to(), "/admin/account/codes");
    let page = kim.get("/admin/account/codes").await;
    assert!(page.body.contains("<svg class=\"qr\""));
    let key = page.between("<code class=\"secret\">", "</code>");
    let shown = kim.submit("/admin/account/codes/confirm", &[("code", &code(house, &key))]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let codes: Vec<String> = shown
        .body
        .split("<li><code>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</code>"))
        .map(|(code, _)| code.to_owned())
        .collect();
    assert_eq!(codes.len(), 8);
    (kim, key, codes)
}

/// Gives the right password and then this code.
async fn enter(browser: &mut Browser, code: &str) -> Answer {
    let answer = browser.sign_in(KIM, PASSWORD, "/admin/team").await;
    assert_eq!(answer.goes_to(), "/admin/sign-in/code");
    give(browser, code).await
}

async fn give(browser: &mut Browser, code: &str) -> Answer {
    let csrf = browser.get("/admin/sign-in/code").await.csrf();
    browser.post("/admin/sign-in/code", &[("csrf", &csrf), ("code", code)]).await
}

/// S13.
#[tokio::test]
async fn a_code_is_asked_for_after_the_password_and_opens_where_one_wanted_to_go() {
    let house = House::open().await;
    let (mut kim, key, _) = with_codes(&house).await;
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK, "she stays signed in where she is");
    house.desk.clock.advance(Duration::from_secs(30));
    let mut phone = house.browser();
    assert_eq!(phone.sign_in(KIM, PASSWORD, "/admin/team").await.goes_to(), "/admin/sign-in/code");
    assert_eq!(phone.get("/admin").await.goes_to(), "/admin/sign-in", "the password alone opens nothing");
    let before = phone.cookies.get("deskbell").cloned();
    let answer = give(&mut phone, &code(&house, &key)).await;
    assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, "/admin/team"));
    assert_ne!(phone.cookies.get("deskbell").cloned(), before, "under a new session");
    assert_eq!(phone.get("/admin").await.status, StatusCode::OK);
}

/// S20.
#[tokio::test]
async fn a_code_is_worth_nothing_the_second_time() {
    let house = House::open().await;
    let (_, key, _) = with_codes(&house).await;
    let setup = code(&house, &key);
    let mut phone = house.browser();
    assert_eq!(
        enter(&mut phone, &setup).await.status,
        StatusCode::UNAUTHORIZED,
        "it was shown at the set-up"
    );
    house.desk.clock.advance(Duration::from_secs(30));
    let now = code(&house, &key);
    let mut browsers = Vec::new();
    for _ in 0..4 {
        let mut browser = house.browser();
        browser.sign_in(KIM, PASSWORD, "").await;
        browsers.push(browser);
    }
    let mut tries = tokio::task::JoinSet::new();
    for mut browser in browsers {
        let now = now.clone();
        tries.spawn(async move { give(&mut browser, &now).await.status });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::SEE_OTHER).count(), 1, "{answers:?}");
    house.desk.clock.advance(Duration::from_secs(90));
    assert_eq!(
        enter(&mut house.browser(), &now).await.status,
        StatusCode::UNAUTHORIZED,
        "it has had its time"
    );
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_says_how_many_are_left() {
    let house = House::open().await;
    let (_, _, codes) = with_codes(&house).await;
    let mut browser = house.browser();
    let typed = codes[3].to_lowercase().replace('-', " ");
    assert_eq!(enter(&mut browser, &typed).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/admin").await.body.contains("signed in with a recovery code"));
    assert!(browser.get("/admin/account").await.body.contains("7 recovery codes are left"));
    assert_eq!(enter(&mut house.browser(), &codes[3]).await.status, StatusCode::UNAUTHORIZED);
    let renewed = browser.submit("/admin/account/codes/recovery", &[("current", PASSWORD)]).await;
    assert_eq!(renewed.body.matches("<li><code>").count(), 8);
    assert_eq!(enter(&mut house.browser(), &codes[4]).await.status, StatusCode::UNAUTHORIZED, "replaced");
}

/// S16: whoever has the password has no more tries at the code than at the password, however they mix them.
#[tokio::test]
async fn the_right_password_buys_no_more_tries_at_the_code() {
    let house = House::open().await;
    with_codes(&house).await;
    let mut thief = house.browser();
    let mut tries = 0;
    loop {
        let answer = thief.sign_in(KIM, PASSWORD, "").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        let answer = give(&mut thief, "123456").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key("retry-after"));
            break;
        }
        tries += 1;
        assert!(tries < 10, "ten tries in all are allowed");
    }
    assert!(tries >= 4, "{tries}");
}

#[tokio::test]
async fn a_link_for_a_new_password_does_not_get_past_the_code() {
    let house = House::open().await;
    let (_, key, _) = with_codes(&house).await;
    let id = house.desk.storage.admins().await.unwrap()[0].id;
    let secret = links::make(&*house.desk.storage, house.desk.desk.source(), &*house.desk.clock, Some(id));
    let path = format!("/admin/welcome/{}", secret.await.unwrap().reveal());
    let mut browser = house.browser();
    let csrf = browser.get(&path).await.csrf();
    let new = "another quiet bell";
    let fields = [("csrf", csrf.as_str()), ("password", new), ("password_again", new)];
    assert_eq!(browser.post(&path, &fields).await.goes_to(), "/admin/sign-in/code");
    assert_eq!(browser.get("/admin").await.goes_to(), "/admin/sign-in");
    house.desk.clock.advance(Duration::from_mins(1));
    assert_eq!(give(&mut browser, &code(&house, &key)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn setting_up_and_switching_off_ask_for_the_password_and_end_other_sign_ins() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mut elsewhere = house.browser();
    elsewhere.sign_in(KIM, PASSWORD, "").await;
    kim.submit("/admin/account/codes/begin", &[("current", "not this one")]).await;
    assert_eq!(kim.get("/admin/account/codes").await.goes_to(), "/admin/account", "nothing was begun");
    kim.submit("/admin/account/codes/begin", &[("current", PASSWORD)]).await;
    let key = kim.get("/admin/account/codes").await.between("<code class=\"secret\">", "</code>");
    let wrong = kim.submit("/admin/account/codes/confirm", &[("code", "000000")]).await;
    assert_eq!(wrong.goes_to(), "/admin/account/codes");
    assert_eq!(elsewhere.get("/admin").await.status, StatusCode::OK, "nothing is on yet");
    kim.submit("/admin/account/codes/confirm", &[("code", &code(&house, &key))]).await;
    assert_eq!(elsewhere.get("/admin").await.goes_to(), "/admin/sign-in");
    kim.submit("/admin/account/codes/off", &[("current", "not this one")]).await;
    assert_eq!(house.browser().sign_in(KIM, PASSWORD, "").await.goes_to(), "/admin/sign-in/code");
    kim.submit("/admin/account/codes/off", &[("current", PASSWORD)]).await;
    assert_eq!(house.browser().sign_in(KIM, PASSWORD, "").await.goes_to(), "/admin");
}

#[tokio::test]
async fn the_second_step_does_not_wait_for_ever_and_takes_no_form_from_elsewhere() {
    let house = House::open().await;
    let (_, key, _) = with_codes(&house).await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/admin/sign-in/code").await.goes_to(), "/admin/sign-in");
    browser.sign_in(KIM, PASSWORD, "").await;
    house.desk.clock.advance(Duration::from_mins(1));
    let answer = browser.post("/admin/sign-in/code", &[("code", &code(&house, &key))]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "without its token");
    house.desk.clock.advance(Duration::from_mins(10));
    let answer = browser.post("/admin/sign-in/code", &[("code", &code(&house, &key))]).await;
    assert_eq!(answer.goes_to(), "/admin/sign-in");
}

#[tokio::test]
async fn an_owner_helps_somebody_who_has_lost_their_phone_but_not_themselves_that_way() {
    let house = House::open().await;
    let (mut kim, _, _) = with_codes(&house).await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Owner).await;
    let mut browser = house.browser();
    browser.sign_in("lee@burgerput.example", PASSWORD, "").await;
    let id = house.desk.storage.admins().await.unwrap()[0].id;
    let own = format!("/admin/team/{id}/codes-off");
    assert_eq!(kim.submit(&own, &[]).await.status, StatusCode::NOT_FOUND, "the password is asked for there");
    assert_eq!(browser.submit(&own, &[]).await.goes_to(), "/admin/team");
    assert_eq!(kim.get("/admin").await.goes_to(), "/admin/sign-in");
    assert_eq!(house.browser().sign_in(KIM, PASSWORD, "").await.goes_to(), "/admin");
    let own = format!("/admin/team/{}/link", lee.id);
    assert_eq!(browser.submit(&own, &[]).await.status, StatusCode::NOT_FOUND);
}
