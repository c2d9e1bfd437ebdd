//! No form does anything unless one of our pages made it for this browser.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::admin::Role;

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn without_the_right_token_nothing_is_changed() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let elsewhere = {
        let mut other = house.browser();
        other.sign_in("lee@burgerput.example", PASSWORD, "").await;
        other.get("/admin/account").await.csrf()
    };
    let forms = [
        ("/admin/sign-out".to_owned(), vec![]),
        (format!("/admin/conversations/{call}/join"), vec![]),
        (format!("/admin/conversations/{call}/promise"), vec![("minutes", "5")]),
        (format!("/admin/team/{}/disable", lee.id), vec![]),
        (format!("/admin/team/{}/link", lee.id), vec![]),
        ("/admin/team".to_owned(), vec![("email", "new@burgerput.example"), ("name", "New")]),
        ("/admin/account".to_owned(), vec![("name", "Changed"), ("locale", "ko")]),
        ("/admin/account/duty".to_owned(), vec![("on_duty", "0")]),
        ("/admin/account/language".to_owned(), vec![("locale", "ko")]),
    ];
    for (path, fields) in &forms {
        for token in [None, Some(""), Some("wrong"), Some(elsewhere.as_str())] {
            let mut fields = fields.clone();
            fields.extend(token.map(|token| ("csrf", token)));
            let answer = kim.post(path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {token:?}");
            assert!(answer.body.contains("This form has expired"));
        }
    }
    assert_eq!(house.state_of(&mina, call).await, "waiting");
    let admins = house.desk.storage.admins().await.unwrap();
    assert_eq!(admins.len(), 2);
    assert!(admins.iter().all(|admin| admin.enabled() && admin.on_duty));
    assert_eq!(admins[0].name.as_str(), "Kim Harper");
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
}

/// S14.
#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_the_token() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let csrf = kim.get("/admin/account").await.csrf();
    for site in ["cross-site", "same-site"] {
        let request = Request::post("/admin/sign-out")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(format!("csrf={csrf}")))
            .unwrap();
        assert_eq!(kim.send(request).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
}

/// S14.
#[tokio::test]
async fn signing_in_needs_the_token_of_this_browsers_form() {
    let house = House::open().await;
    house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let token = house.browser().get("/admin/sign-in").await.csrf();
    let mut browser = house.browser();
    let right = [("email", "kim@burgerput.example"), ("password", PASSWORD)];
    for csrf in ["", token.as_str()] {
        let mut fields = vec![("csrf", csrf)];
        fields.extend(right);
        assert_eq!(browser.post("/admin/sign-in", &fields).await.status, StatusCode::FORBIDDEN);
    }
    assert!(!browser.cookies.contains_key("deskbell"));
}

/// S14: what a browser sends without asking first does nothing, whatever it calls itself.
#[tokio::test]
async fn no_get_is_taken_for_a_form_and_no_form_comes_in_another_coat() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let csrf = kim.get("/admin/account").await.csrf();
    let form = format!("csrf={csrf}&on_duty=0&_method=POST");
    for name in ["x-http-method-override", "x-http-method", "x-method-override", "x-original-method"] {
        for path in ["/admin/sign-out", "/admin/account/duty"] {
            let request = Request::get(format!("{path}?{form}")).header(name, "POST").body(Body::empty());
            let status = kim.send(request.unwrap()).await.status;
            assert!(
                [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND].contains(&status),
                "{name} {path}"
            );
        }
    }
    for coat in ["text/plain", "multipart/form-data; boundary=x", "application/json", "text/xml", ""] {
        let request = Request::post("/admin/account/duty").header(header::CONTENT_TYPE, coat);
        let status = kim.send(request.body(Body::from(form.clone())).unwrap()).await.status;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{coat:?}");
    }
    assert!(house.desk.storage.admins().await.unwrap()[0].on_duty);
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
    kim.post("/admin/account/duty", &[("csrf", &csrf), ("on_duty", "0")]).await;
    assert!(!house.desk.storage.admins().await.unwrap()[0].on_duty, "this is how it would have been done");
}

#[tokio::test]
async fn a_form_that_is_none_is_answered_with_a_page() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let json = Request::post("/admin/sign-out").header(header::CONTENT_TYPE, "application/json");
    let answer = kim.send(json.body(Body::from("{}")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(answer.body.contains("Nothing was changed"));
    let huge = "x".repeat(200 * 1024);
    let answer = kim.post("/admin/account", &[("name", &huge)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = kim.get("/admin/sign-out").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}
