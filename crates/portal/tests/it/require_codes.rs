//! Where every admin has to have codes (`portal.require_codes`; ASVS 5, V6.3.3): who has none sets them up, and does nothing else before.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::admin::Role;

use crate::browser::{Browser, House, PASSWORD};
use crate::matrix::ROWS;
use crate::second_step::{KIM, code};

const SETUP: &str = "/admin/account/codes";

async fn strict() -> House {
    House::with(|settings| settings.require_codes = true).await
}

/// Kim, who has no codes, gives her password.
async fn half_in(house: &House, next: &str) -> Browser {
    house.admin(KIM, "Kim", Role::Owner).await;
    let mut kim = house.browser();
    let answer = kim.sign_in(KIM, PASSWORD, next).await;
    assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, SETUP));
    kim
}

/// Sets codes up with the key of the page, and returns the page that comes then.
async fn set_up(house: &House, kim: &mut Browser) -> crate::browser::Answer {
    let page = kim.get(SETUP).await;
    let key = page.between("<code class=\"secret\">", "</code>");
    let fields = [("csrf", page.between("name=\"csrf\" value=\"", "\"")), ("code", code(house, &key))];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    kim.post("/admin/account/codes/confirm", &fields).await
}

#[tokio::test]
async fn who_has_no_codes_is_led_to_them_and_goes_on_where_they_wanted_to_go() {
    let house = strict().await;
    let mut kim = half_in(&house, "/admin/team").await;
    let page = kim.get(SETUP).await;
    assert!(page.body.contains("Codes first") && page.body.contains("<svg class=\"qr\""), "{}", page.body);
    assert!(!page.body.contains("class=\"nav\""), "nothing leads elsewhere");
    let shown = set_up(&house, &mut kim).await;
    assert_eq!((shown.status, shown.body.matches("<li><code>").count()), (StatusCode::OK, 8));
    assert!(shown.body.contains("href=\"/admin/team\""));
    assert_eq!(kim.get("/admin/team").await.status, StatusCode::OK);
    assert_eq!(house.browser().sign_in(KIM, PASSWORD, "").await.goes_to(), "/admin/sign-in/code");
}

#[tokio::test]
async fn until_then_no_page_is_shown_and_no_form_is_taken() {
    let house = strict().await;
    let mut kim = half_in(&house, "").await;
    let csrf = kim.get(SETUP).await.between("name=\"csrf\" value=\"", "\"");
    let ada = house.visitor("Ada").await;
    let called = house.call(&ada, "help").await;
    let open = |path: &str| {
        path.starts_with("/assets/")
            || path.starts_with("/admin/answer/")
            || path.starts_with("/admin/welcome/")
            || ["/admin/", "/admin/forgot", "/admin/sign-in", "/admin/sign-in/code", "/admin/{*rest}"]
                .contains(&path)
            || [SETUP, "/admin/account/codes/begin", "/admin/account/codes/confirm", "/admin/sign-out"]
                .contains(&path)
    };
    let mut looked_at = 0;
    for row in ROWS.iter().filter(|row| !open(row.1)) {
        let path = row.1.replace("{id}", &called.to_string());
        let answer = if row.0 == "GET" {
            kim.get(&path).await
        } else {
            let mut fields = vec![("csrf", csrf.as_str())];
            fields.extend_from_slice(row.2);
            kim.post(&path, &fields).await
        };
        assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, SETUP), "{} {path}", row.0);
        looked_at += 1;
    }
    assert!(looked_at > 35, "{looked_at}");
    assert_eq!(house.state_of(&ada, called).await, "waiting");
    assert_eq!(house.desk.storage.admins().await.unwrap().len(), 1);
}

#[tokio::test]
async fn until_then_the_cookie_opens_neither_the_api_nor_the_socket() {
    let house = strict().await;
    let mut kim = half_in(&house, "").await;
    let csrf = kim.get(SETUP).await.between("name=\"csrf\" value=\"", "\"");
    for (method, path) in testkit::routes::in_source(include_str!("../../src/api/mod.rs")) {
        let path =
            format!("/api/v1/admin{}", path.replace("{id}", &house.desk.desk.source().id().to_string()));
        let request = Request::builder().method(method.parse::<Method>().unwrap()).uri(&path);
        let request = request.header("x-csrf-token", &csrf).header(header::CONTENT_TYPE, "application/json");
        let answer = kim.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}: {}", answer.body);
        assert!(answer.body.contains("Codes have to be set up"), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_sign_in_from_before_the_setting_is_asked_for_its_password_first() {
    let house = House::open().await;
    let before = house.kim().await;
    let house = house.restarted(|settings| settings.require_codes = true);
    let mut kim = house.browser();
    kim.cookies = before.cookies;
    assert_eq!(kim.get("/admin").await.goes_to(), SETUP);
    let page = kim.get(SETUP).await;
    assert!(page.body.contains("Codes first") && !page.body.contains("<svg class=\"qr\""), "{}", page.body);
    let csrf = page.between("name=\"csrf\" value=\"", "\"");
    let wrong = [("csrf", csrf.as_str()), ("current", "not this one")];
    assert_eq!(kim.post("/admin/account/codes/begin", &wrong).await.goes_to(), SETUP);
    assert!(kim.get(SETUP).await.body.contains("The present password is not right."));
    let right = [("csrf", csrf.as_str()), ("current", PASSWORD)];
    assert_eq!(kim.post("/admin/account/codes/begin", &right).await.goes_to(), SETUP);
    assert_eq!(set_up(&house, &mut kim).await.status, StatusCode::OK);
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn they_cannot_be_switched_off_by_their_owner() {
    let house = strict().await;
    let mut kim = half_in(&house, "").await;
    set_up(&house, &mut kim).await;
    assert!(!kim.get("/admin/account").await.body.contains("codes/off"));
    kim.submit("/admin/account/codes/off", &[("current", PASSWORD)]).await;
    assert!(kim.get("/admin/account").await.body.contains("they stay on"));
    assert_eq!(house.browser().sign_in(KIM, PASSWORD, "").await.goes_to(), "/admin/sign-in/code");
}

#[tokio::test]
async fn the_way_out_is_open() {
    let house = strict().await;
    let mut kim = half_in(&house, "").await;
    let csrf = kim.get(SETUP).await.between("name=\"csrf\" value=\"", "\"");
    assert_eq!(kim.post("/admin/sign-out", &[("csrf", &csrf)]).await.goes_to(), "/admin/sign-in");
    assert_eq!(kim.get(SETUP).await.goes_to(), "/admin/sign-in?next=/admin/account/codes");
}
