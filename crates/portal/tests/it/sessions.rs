//! Where one is signed in: seen and ended by nobody but oneself.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::admin::Role;

use crate::browser::{Browser, House, PASSWORD};

const KIM: &str = "kim@burgerput.example";

async fn from_firefox(browser: &mut Browser) {
    let csrf = browser.get("/admin/sign-in").await.csrf();
    let body =
        format!("csrf={csrf}&email={}&password={}", KIM.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let request = Request::post("/admin/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    assert_eq!(browser.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::SEE_OTHER);
}

/// The ids that the account page offers to end.
async fn offered(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/admin/account").await.body;
    let rest = page.split("name=\"id\" value=\"").skip(1);
    rest.filter_map(|rest| rest.split_once('"')).map(|(id, _)| id.to_owned()).collect()
}

#[tokio::test]
async fn the_list_says_from_where_and_since_when_and_which_one_this_is() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mut phone = house.browser();
    phone.address = IpAddr::from([198, 51, 100, 9]);
    house.desk.clock.advance(Duration::from_mins(7));
    from_firefox(&mut phone).await;
    let page = kim.get("/admin/account").await.body;
    assert!(page.contains("198.51.100.9 · Firefox 140 · Linux") && page.contains("203.0.113.7"), "{page}");
    assert_eq!(page.matches("This one").count(), 1);
    assert_eq!(offered(&mut kim).await.len(), 1, "one's own is ended by signing out");
}

#[tokio::test]
async fn one_is_ended_or_all_others_and_they_are_out_at_once() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let mut other = house.browser();
        other.sign_in(KIM, PASSWORD, "").await;
        others.push(other);
    }
    let ids = offered(&mut kim).await;
    assert_eq!(kim.submit("/admin/account/sessions", &[("id", &ids[0])]).await.goes_to(), "/admin/account");
    let mut out = 0;
    for other in &mut others {
        out += usize::from(other.get("/admin").await.status == StatusCode::SEE_OTHER);
    }
    assert_eq!(out, 1);
    kim.submit("/admin/account/sessions", &[("all", "1")]).await;
    for other in &mut others {
        assert_eq!(other.get("/admin").await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(kim.get("/admin").await.status, StatusCode::OK);
    assert!(offered(&mut kim).await.is_empty());
}

#[tokio::test]
async fn nobody_ends_anothers_sign_in() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mut second = house.browser();
    second.sign_in(KIM, PASSWORD, "").await;
    let ids = offered(&mut kim).await;
    house.admin("lee@burgerput.example", "Lee", Role::Owner).await;
    let mut lee = house.browser();
    lee.sign_in("lee@burgerput.example", PASSWORD, "").await;
    assert!(offered(&mut lee).await.is_empty());
    lee.submit("/admin/account/sessions", &[("id", &ids[0])]).await;
    assert!(lee.get("/admin/account").await.body.contains("had ended already"));
    assert_eq!(second.get("/admin").await.status, StatusCode::OK);
    for nonsense in ["", "zz", "00", &"f".repeat(65), "ㄱ"] {
        let answer = lee.submit("/admin/account/sessions", &[("id", nonsense)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nonsense}");
    }
}
