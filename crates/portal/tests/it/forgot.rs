//! A forgotten password, and an invitation: told by mail, to nobody but the one whose it is.

use std::time::Duration;

use axum::http::StatusCode;
use domain::admin::{Admin, Role};
use domain::notice::NoticeKind;
use storage::{Notice, NoticeFilter, Page};
use web::rate_limit::Rate;

use crate::browser::{Answer, Browser, House, PASSWORD};

async fn notices(house: &House) -> Vec<Notice> {
    // What is done after the answer is done now.
    house.state.tracker.close();
    house.state.tracker.wait().await;
    house.state.tracker.reopen();
    house.desk.storage.notices(&NoticeFilter::default(), Page::first(50)).await.unwrap().items
}

async fn ask(browser: &mut Browser, email: &str) -> Answer {
    let csrf = browser.get("/admin/forgot").await.csrf();
    browser.post("/admin/forgot", &[("csrf", &csrf), ("email", email)]).await
}

/// The page without what is different on every page: its token, its time, and the address that was typed.
fn plain(body: &str, email: &str) -> String {
    let lines = body.lines().filter(|line| !line.contains("csrf") && !line.contains("deskbell-now"));
    lines.collect::<String>().replace(email, "…")
}

/// S15.
#[tokio::test]
async fn whoever_asks_gets_the_same_answer_and_only_an_admin_gets_a_mail() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let gone = Admin { disabled_at: Some(lee.created_at), ..lee };
    house.desk.storage.update_admin(&gone, &testkit::deed()).await.unwrap();
    let mut answers = Vec::new();
    for email in
        ["nobody@burgerput.example", "lee@burgerput.example", "Kim@Burgerput.example", "not an address"]
    {
        let answer = ask(&mut house.browser(), email).await;
        assert_eq!(answer.status, StatusCode::OK);
        answers.push(plain(&answer.body, email));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let told = notices(&house).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].to.admin), (NoticeKind::Reset, Some(kim.id)));
    assert_eq!(told[0].to.address.as_str(), "kim@burgerput.example", "as it is stored, not as it was typed");
}

#[tokio::test]
async fn nobodys_mailbox_is_filled_by_strangers() {
    let house = House::with(|settings| settings.sign_ins_per_ip = Rate::OFF).await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    for _ in 0..3 {
        assert_eq!(ask(&mut house.browser(), "kim@burgerput.example").await.status, StatusCode::OK);
    }
    let answer = ask(&mut house.browser(), "KIM@burgerput.example").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(notices(&house).await.len(), 3);
    assert_eq!(house.browser().sign_in("kim@burgerput.example", PASSWORD, "").await.goes_to(), "/admin");
    house.desk.clock.advance(Duration::from_hours(1));
    assert_eq!(ask(&mut house.browser(), "kim@burgerput.example").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_form_is_held_to_its_token_and_to_the_limit_of_an_address() {
    let house =
        House::with(|settings| settings.sign_ins_per_ip = Rate::new(2, Duration::from_mins(15))).await;
    let mut browser = house.browser();
    let bare = browser.post("/admin/forgot", &[("email", "kim@burgerput.example")]).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    for n in 0..2 {
        assert_eq!(ask(&mut browser, &format!("a{n}@x.example")).await.status, StatusCode::OK);
    }
    assert_eq!(ask(&mut browser, "b@x.example").await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_added_admin_is_invited_by_mail_where_mails_leave_the_house() {
    let house = House::with(|settings| settings.mail_is_built_in = false).await;
    let mut kim = house.kim().await;
    let fields = [("email", "lee@burgerput.example"), ("name", "Lee"), ("role", "admin"), ("locale", "ko")];
    let added = kim.submit("/admin/team", &fields).await;
    assert_eq!(added.goes_to(), "/admin/team");
    let page = kim.get("/admin/team").await;
    assert!(page.body.contains("An invitation is on its way") && page.body.contains("Invited"));
    assert!(!page.body.contains("/admin/welcome/"), "no link is shown that a mail carries");
    let told = notices(&house).await;
    let lee = house.desk.storage.admins().await.unwrap().pop().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].kind, told[0].to.admin, told[0].to.locale),
        (NoticeKind::Invitation, Some(lee.id), lee.locale)
    );
    // Again, and once there is a password a link for another.
    kim.submit(&format!("/admin/team/{}/invite", lee.id), &[]).await;
    house.desk.storage.set_password(lee.id, "hash", None, &testkit::deed()).await.unwrap();
    kim.submit(&format!("/admin/team/{}/invite", lee.id), &[]).await;
    let kinds: Vec<_> = notices(&house).await.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::Reset, NoticeKind::Invitation, NoticeKind::Invitation]);
    assert!(!kim.get("/admin/team").await.body.contains("Mail the invitation again"));
}

#[tokio::test]
async fn nobody_waits_for_a_mail_that_stays_in_the_house() {
    for (built_in, warned) in [(true, true), (false, false)] {
        let house = House::with(|settings| settings.mail_is_built_in = built_in).await;
        let page = house.browser().get("/admin/forgot").await;
        assert_eq!(page.body.contains("deskbell admin reset-password"), warned, "{}", page.body);
    }
}
