//! The team and one's own settings.

use axum::http::StatusCode;
use domain::admin::{Admin, Locale, Role};

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn an_owner_adds_somebody_who_comes_in_by_the_link_that_is_shown_once() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let new = [("email", "lee@burgerput.example"), ("name", "Lee"), ("role", "admin"), ("locale", "ko")];
    let page = kim.submit("/admin/team", &new).await;
    let url = page.between("<input readonly value=\"", "\"");
    let link = url.strip_prefix("http://desk.example").unwrap();
    assert!(!kim.get("/admin/team").await.body.contains(link), "shown once");

    let mut lee = house.browser();
    let csrf = lee.get(link).await.csrf();
    let choice = [
        ("csrf", csrf.as_str()),
        ("password", "lee has a password"),
        ("password_again", "lee has a password"),
    ];
    assert_eq!(lee.post(link, &choice).await.goes_to(), "/admin");
    assert!(lee.get("/admin").await.body.contains("<html lang=\"ko\">"));
    let admins = house.desk.storage.admins().await.unwrap();
    assert_eq!((admins[1].role, admins[1].locale), (Role::Admin, Locale::Ko));

    let taken = [("email", "LEE@burgerput.example"), ("name", "Lee again")];
    let page = kim.submit("/admin/team", &taken).await;
    assert!(page.body.contains("in the team already") && page.body.contains("Lee again"));
}

#[tokio::test]
async fn somebody_has_to_stay_owner() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let id = house.desk.storage.admins().await.unwrap()[0].id;
    for (verb, fields) in [("disable", vec![]), ("role", vec![("role", "admin")])] {
        kim.submit(&format!("/admin/team/{id}/{verb}"), &fields).await;
        assert!(kim.get("/admin/team").await.body.contains("Somebody has to stay owner"), "{verb}");
    }
    assert_eq!(house.desk.storage.admins().await.unwrap()[0].role, Role::Owner);

    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    kim.submit(&format!("/admin/team/{}/role", lee.id), &[("role", "owner")]).await;
    kim.submit(&format!("/admin/team/{id}/role"), &[("role", "admin")]).await;
    let roles: Vec<Role> =
        house.desk.storage.admins().await.unwrap().iter().map(|admin| admin.role).collect();
    assert_eq!(roles, [Role::Admin, Role::Owner]);
    assert!(kim.get("/admin/inquiries?trash=1").await.status == StatusCode::FORBIDDEN, "at once");
}

#[tokio::test]
async fn everyone_changes_their_own_name_language_and_duty() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    kim.submit("/admin/account", &[("name", "Haneul"), ("locale", "ko")]).await;
    kim.submit("/admin/account/duty", &[("on_duty", "0"), ("back", "//evil.example")]).await;
    let admin = house.desk.storage.admins().await.unwrap().remove(0);
    assert_eq!((admin.name.as_str(), admin.locale, admin.on_duty), ("Haneul", Locale::Ko, false));
    assert_eq!(admin.role, Role::Owner);
    let answer =
        kim.submit("/admin/account/language", &[("locale", "en"), ("back", "/admin/inquiries")]).await;
    assert_eq!(answer.goes_to(), "/admin/inquiries");
    assert_eq!(house.desk.storage.admins().await.unwrap()[0].locale, Locale::En);
}

#[tokio::test]
async fn a_new_password_asks_for_the_old_one_and_ends_every_other_session() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mut elsewhere = house.browser();
    elsewhere.sign_in("kim@burgerput.example", PASSWORD, "").await;
    let before = kim.cookies["deskbell"].clone();
    let change = |current: &'static str, new: &'static str, again: &'static str| {
        [("current", current), ("password", new), ("password_again", again)]
    };
    for (fields, words) in [
        (change("wrong password", "a newer password", "a newer password"), "present password is not right"),
        (change(PASSWORD, "short", "short"), "at least 10 characters"),
        (change(PASSWORD, "qwertyuiop", "qwertyuiop"), "one of those that are tried first"),
        (change(PASSWORD, "Kim Harper 7", "Kim Harper 7"), "one of those that are tried first"),
        (change(PASSWORD, "a newer password", "another password"), "not the same"),
    ] {
        kim.submit("/admin/account/password", &fields).await;
        assert!(kim.get("/admin/account").await.body.contains(words), "{words}");
    }
    assert_eq!(elsewhere.get("/admin").await.status, StatusCode::OK);

    kim.submit("/admin/account/password", &change(PASSWORD, "a newer password", "a newer password")).await;
    assert!(kim.get("/admin/account").await.body.contains("Saved."));
    assert_ne!(kim.cookies["deskbell"], before, "renewed");
    assert_eq!(elsewhere.get("/admin").await.status, StatusCode::SEE_OTHER);
    let mut again = house.browser();
    assert_eq!(again.sign_in("kim@burgerput.example", PASSWORD, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        again.sign_in("kim@burgerput.example", "a newer password", "").await.status,
        StatusCode::SEE_OTHER
    );
}

/// S47: a form is what its page shows; whoever adds fields to it, or gives one twice, gets no more by it.
#[tokio::test]
async fn nobody_gets_more_by_naming_more_fields() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut browser = house.browser();
    browser.sign_in("lee@burgerput.example", PASSWORD, "").await;
    let kims = house.desk.storage.admins().await.unwrap()[0].clone();
    let id = kims.id.to_string();
    let more = [
        ("role", "owner"),
        ("is_owner", "1"),
        ("owner", "true"),
        ("email", "kim@burgerput.example"),
        ("id", id.as_str()),
        ("admin", id.as_str()),
        ("admin[role]", "owner"),
        ("disabled_at", ""),
        ("password", "a password of the thief"),
        ("password_hash", "$argon2id$x"),
        ("created_at", "0"),
    ];
    for path in ["/admin/account", "/admin/account/duty", "/admin/account/language"] {
        for query in ["", "?role=owner&id=x&name=Query"] {
            let mut fields =
                vec![("name", "Lee Two"), ("name", "Kim Harper"), ("locale", "en"), ("locale", "ko")];
            fields.extend([("on_duty", "1"), ("on_duty", "0")]);
            fields.extend(more);
            browser.submit(&format!("{path}{query}"), &fields).await;
        }
    }
    let admins = house.desk.storage.admins().await.unwrap();
    assert_eq!(admins[0], kims, "nobody else has changed");
    let changed = Admin { name: admins[1].name.clone(), locale: Locale::En, ..lee };
    assert_eq!((&admins[1], changed.name.as_str()), (&changed, "Lee Two"), "what is there first counts");
    assert_eq!(browser.get("/admin/record").await.status, StatusCode::FORBIDDEN, "and no owner");
    assert_eq!(kim.get("/admin/record").await.status, StatusCode::OK);
    assert_eq!(house.browser().sign_in("lee@burgerput.example", PASSWORD, "").await.goes_to(), "/admin");
}
