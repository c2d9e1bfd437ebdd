//! What was told to whom, and the mails that are kept here.

use axum::http::{StatusCode, header};
use domain::admin::{Admin, Role};
use domain::id::MailId;
use domain::notice::SkipReason;
use storage::{Claim, Delivery, Mail, NoticeFilter, Page};

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn a_dead_notice_says_why_and_is_sent_again_on_request() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    assert!(kim.get("/admin/mails").await.body.contains("Nothing to tell yet"));
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let now = house.desk.desk.now();
    let notice = house.desk.storage.claim(&Claim::new(now, now, 1)).await.unwrap().remove(0);
    let reply = "550 no such mailbox".to_owned();
    house.desk.storage.record(&notice.lease, &Delivery::Dead { reply }, now).await.unwrap();
    for page in ["/admin/mails", "/admin/mails?state=dead", &format!("/admin/conversations/{call}")] {
        let body = kim.get(page).await.body;
        assert!(body.contains("550 no such mailbox") && body.contains("Given up"), "{page}");
    }
    assert!(kim.get("/admin/mails?state=sent").await.body.contains("Nothing matches"));
    let retry = format!("/admin/notices/{}/retry", notice.id);
    kim.submit(&retry, &[]).await;
    assert!(kim.get("/admin/mails").await.body.contains("sent again in a moment"));
    let queued = house.desk.storage.notices(&NoticeFilter::default(), Page::first(5)).await.unwrap();
    assert_eq!(queued.items[0].state.as_str(), "queued");
    kim.submit(&retry, &[]).await;
    assert!(kim.get("/admin/mails").await.body.contains("not one that was given up"));
}

#[tokio::test]
async fn a_mail_that_was_not_needed_says_why_in_the_readers_language() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let now = house.desk.desk.now();
    let notice = house.desk.storage.claim(&Claim::new(now, now, 1)).await.unwrap().remove(0);
    let reason = SkipReason::Answered { by: "<b>Lee</b>".to_owned() };
    let recorded = house.desk.storage.record(&notice.lease, &Delivery::Skipped { reason }, now).await;
    assert!(recorded.unwrap());
    for page in ["/admin/mails", "/admin/mails?state=skipped", &format!("/admin/conversations/{call}")] {
        let body = kim.get(page).await.body;
        assert!(body.contains("&#60;b&#62;Lee&#60;/b&#62; had answered before it left"), "{page}: {body}");
        assert!(!body.contains("answered by"), "{page}");
    }
}

async fn kept(house: &House) -> String {
    let mina = house.visitor("Mina").await;
    house.call(&mina, "hello").await;
    let now = house.desk.desk.now();
    let notice = house.desk.storage.claim(&Claim::new(now, now, 1)).await.unwrap().remove(0);
    let mail = Mail {
        id: MailId(house.desk.desk.source().id()),
        number: 0,
        notice: notice.id,
        from: "desk@burgerput.example".to_owned(),
        to: "kim@burgerput.example".to_owned(),
        subject: "<b>Mina calls</b>".to_owned(),
        text: "Open https://desk.example/admin".to_owned(),
        html: "<html><script>alert(1)</script><p>Mina calls</p></html>".to_owned(),
        at: now,
    };
    house.desk.storage.keep(&mail).await.unwrap();
    format!("/admin/mails/{}", mail.id)
}

/// S50.
#[tokio::test]
async fn a_kept_mail_is_read_as_text_and_in_a_frame_in_which_nothing_runs() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mail = kept(&house).await;
    assert!(kim.get("/admin/mails/kept").await.body.contains("&#60;b&#62;Mina calls"));
    let page = kim.get(&mail).await.body;
    assert!(page.contains("sandbox=\"allow-popups\"") && page.contains(&format!("src=\"{mail}/html\"")));
    assert!(page.contains("<a href=\"https://desk.example/admin\""));
    let html = kim.get(&format!("{mail}/html")).await;
    let policy = html.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("sandbox") && policy.contains("default-src 'none'"));
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"));
    assert_eq!(html.headers[header::X_FRAME_OPTIONS], "SAMEORIGIN");
}

#[tokio::test]
async fn a_colleagues_kept_mail_is_theirs_for_its_links_act_in_their_name() {
    let house = House::open().await;
    let mut owner = house.kim().await;
    let path = kept(&house).await;
    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut lee = house.browser();
    lee.sign_in("lee@burgerput.example", PASSWORD, "").await;
    for page in [path.clone(), format!("{path}/html")] {
        assert_eq!(lee.get(&page).await.status, StatusCode::NOT_FOUND);
        assert_eq!(owner.get(&page).await.status, StatusCode::OK);
    }
    assert!(!lee.get("/admin/mails/kept").await.body.contains(&path));
    assert!(owner.get("/admin/mails/kept").await.body.contains(&path));
    // One's own is one's own, whoever one is.
    let kim = house.desk.storage.admins().await.unwrap().remove(0);
    let other = house.admin("park@burgerput.example", "Park", Role::Owner).await;
    assert_ne!(kim.id, other.id);
    house.desk.storage.update_admin(&Admin { role: Role::Admin, ..kim }, &testkit::deed()).await.unwrap();
    assert_eq!(owner.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn with_a_mail_server_there_is_no_mailbox() {
    let house = House::with(|settings| settings.mail_is_built_in = false).await;
    let mut kim = house.kim().await;
    let mail = kept(&house).await;
    for page in ["/admin/mails/kept".to_owned(), mail.clone(), format!("{mail}/html")] {
        assert_eq!(kim.get(&page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    assert!(!kim.get("/admin/mails").await.body.contains("/admin/mails/kept"));
}
