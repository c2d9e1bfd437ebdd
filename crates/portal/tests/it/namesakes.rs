//! Nobody in the team is called so that others take them for somebody else (S43).

use axum::http::StatusCode;
use domain::admin::Role;

use crate::browser::House;

/// Names that look like Kim's.
const LIKE_KIM: &[&str] = &[
    "Kim Harper",
    "KIM  harper",
    "К\u{456}m H\u{430}rper",
    "\u{ff2b}im Harper",
    "K\u{200b}im Harper",
    "Kim Harper\u{2069}",
    "\u{202e}repraH miK",
];

#[tokio::test]
async fn s43_nobody_is_added_under_a_name_that_looks_like_anothers() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    for name in LIKE_KIM {
        let page = kim.submit("/admin/team", &[("email", "lee@burgerput.example"), ("name", name)]).await;
        assert_eq!(page.status, StatusCode::OK, "{name:?}");
        let turned = name.contains(['\u{2069}', '\u{202e}']);
        let why = if turned { "turn its letters round" } else { "Kim Harper is in the team already" };
        assert!(page.body.contains(why), "{name:?}: {}", page.body);
        assert!(page.body.contains("value=\"lee@burgerput.example\""), "what was typed is still there");
    }
    assert_eq!(house.desk.storage.admins().await.unwrap().len(), 1);
    kim.submit("/admin/team", &[("email", "lee@burgerput.example"), ("name", "Kim Harper (nights)")]).await;
    assert_eq!(house.desk.storage.admins().await.unwrap().len(), 2);
}

#[tokio::test]
async fn s43_nobody_renames_themselves_to_look_like_another_even_one_who_is_shut_out() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let lee = house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    kim.submit(&format!("/admin/team/{}/disable", lee.id), &[]).await;
    for name in ["Lee", "LEE", "L\u{435}e", "\u{202d}Lee"] {
        kim.submit("/admin/account", &[("name", name), ("locale", "en")]).await;
        let page = kim.get("/admin/account").await.body;
        assert!(page.contains("Lee is in the team already") || page.contains("turn its letters"), "{name:?}");
        assert!(page.contains("name=\"name\" value=\"Kim Harper\""), "{name:?}");
    }
    // One's own may be written in another way, and stay as it is.
    for name in ["KIM HARPER", "KIM HARPER", "Kim Harper"] {
        kim.submit("/admin/account", &[("name", name), ("locale", "en")]).await;
        let names: Vec<_> =
            house.desk.storage.admins().await.unwrap().into_iter().map(|one| one.name).collect();
        assert!(names.iter().any(|one| one.as_str() == name), "{name}: {names:?}");
    }
}

#[tokio::test]
async fn s43_two_who_are_called_alike_already_stay_so_until_they_change_it() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    house.admin("kim2@burgerput.example", "Kim Harper", Role::Admin).await;
    kim.submit("/admin/account", &[("name", "Kim Harper"), ("locale", "ko")]).await;
    assert!(
        kim.get("/admin/account").await.body.contains("<html lang=\"ko\">"),
        "the rest of the form is saved"
    );
    kim.submit("/admin/account", &[("name", "KIM HARPER"), ("locale", "ko")]).await;
    assert!(kim.get("/admin/account").await.body.contains("이미 Kim Harper 님이 있는데"));
}
