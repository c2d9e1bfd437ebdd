//! Who may do what on the pages: every route and every verb of the portal for everyone who may ask (S07, S11, S14). The table is held
//! against the source: a route or a verb without a row fails.

use axum::http::StatusCode;
use desk::Caller;
use domain::admin::{Admin, Role};
use storage::{Claim, Delivery};

use crate::browser::{Browser, House, PASSWORD};

/// Answers, for nobody who has signed in, for an admin, and for an owner.
type Expected = [u16; 3];

/// A page: 303 to the sign-in for nobody.
const PAGE: Expected = [303, 200, 200];
/// A form that goes back to a page.
const FORM: Expected = [303, 303, 303];
/// A form for owners.
const OWNERS_FORM: Expected = [303, 403, 303];
/// For everybody, signed in or not.
const OPEN: Expected = [200, 200, 200];

pub(crate) struct Row(
    pub(crate) &'static str,
    pub(crate) &'static str,
    pub(crate) &'static [(&'static str, &'static str)],
    Expected,
);

pub(crate) const ROWS: &[Row] = &[
    Row("GET", "/admin", &[], PAGE),
    Row("GET", "/admin/", &[], [308, 308, 308]),
    Row("GET", "/admin/sign-in", &[], [200, 303, 303]),
    Row("POST", "/admin/sign-in", &[], [403, 403, 403]),
    Row("GET", "/admin/sign-in/code", &[], [303, 303, 303]),
    Row("POST", "/admin/sign-in/code", &[], [303, 303, 303]),
    Row("GET", "/admin/forgot", &[], OPEN),
    Row("POST", "/admin/forgot", &[], [403, 403, 403]),
    Row("GET", "/admin/answer/{secret}", &[], [410, 410, 410]),
    Row("POST", "/admin/answer/{secret}", &[], [410, 410, 410]),
    Row("POST", "/admin/sign-out", &[], FORM),
    Row("GET", "/admin/welcome/{secret}", &[], [410, 410, 410]),
    Row("POST", "/admin/welcome/{secret}", &[], [410, 410, 410]),
    Row("GET", "/admin/conversations", &[], PAGE),
    Row("GET", "/admin/figures", &[], PAGE),
    Row("GET", "/admin/conversations/{id}", &[], PAGE),
    Row("POST", "/admin/conversations/{id}/join", &[], FORM),
    Row("POST", "/admin/conversations/{id}/leave", &[], FORM),
    Row("POST", "/admin/conversations/{id}/close", &[], FORM),
    Row("POST", "/admin/conversations/{id}/move", &[], FORM),
    Row("POST", "/admin/conversations/{id}/promise", &[("minutes", "5")], FORM),
    Row(
        "POST",
        "/admin/conversations/{id}/messages",
        &[("id", "m1"), ("body", "words"), ("kind", "note")],
        FORM,
    ),
    Row("GET", "/admin/inquiries", &[], PAGE),
    Row("GET", "/admin/inquiries/{id}", &[], PAGE),
    Row("POST", "/admin/inquiries/{id}/comments", &[("body", "words")], FORM),
    Row("POST", "/admin/inquiries/{id}/resolve", &[], FORM),
    Row("POST", "/admin/inquiries/{id}/reopen", &[], FORM),
    Row("POST", "/admin/inquiries/{id}/delete", &[], FORM),
    Row("POST", "/admin/inquiries/{id}/restore", &[], FORM),
    Row("POST", "/admin/inquiries/{id}/edit", &[("title", "Other"), ("kind", "error")], FORM),
    Row("GET", "/admin/mails", &[], PAGE),
    Row("GET", "/admin/mails/kept", &[], PAGE),
    Row("GET", "/admin/mails/{id}", &[], [303, 404, 404]),
    Row("GET", "/admin/mails/{id}/html", &[], [303, 404, 404]),
    Row("POST", "/admin/notices/{id}/retry", &[], FORM),
    Row("GET", "/admin/team", &[], PAGE),
    Row("POST", "/admin/team", &[("email", "new@burgerput.example"), ("name", "New")], [303, 403, 200]),
    Row("POST", "/admin/team/{id}/link", &[], [303, 403, 200]),
    Row("POST", "/admin/team/{id}/invite", &[], [303, 403, 404]),
    Row("POST", "/admin/team/{id}/codes-off", &[], OWNERS_FORM),
    Row("POST", "/admin/team/{id}/role", &[("role", "owner")], OWNERS_FORM),
    Row("POST", "/admin/team/{id}/duty", &[("on_duty", "0")], OWNERS_FORM),
    Row("POST", "/admin/team/{id}/disable", &[], OWNERS_FORM),
    Row("POST", "/admin/team/{id}/enable", &[], OWNERS_FORM),
    Row("GET", "/admin/record", &[], [303, 403, 200]),
    Row("GET", "/admin/account", &[], PAGE),
    Row("POST", "/admin/account", &[("name", "Other"), ("locale", "en")], FORM),
    Row("POST", "/admin/account/password", &[("current", "x")], FORM),
    Row("POST", "/admin/account/duty", &[("on_duty", "0")], FORM),
    Row("POST", "/admin/account/language", &[("locale", "en")], FORM),
    Row("GET", "/admin/account/codes", &[], FORM),
    Row("POST", "/admin/account/codes/begin", &[("current", "x")], FORM),
    Row("POST", "/admin/account/codes/confirm", &[("code", "1")], FORM),
    Row("POST", "/admin/account/codes/recovery", &[("current", "x")], FORM),
    Row("POST", "/admin/account/codes/off", &[("current", "x")], FORM),
    Row("POST", "/admin/account/sessions", &[("all", "1")], FORM),
    Row("GET", "/admin/{*rest}", &[], [404, 404, 404]),
    Row("GET", "/assets/portal/{file}", &[], OPEN),
    Row("GET", "/assets/widget/{file}", &[], OPEN),
];

/// What `{verb}` stands for, by the source of the handler: every arm of its match on a verb.
fn verbs(path: &str) -> Vec<String> {
    let source = match path {
        "/admin/conversations/{id}/{verb}" => include_str!("../../src/room/actions.rs"),
        "/admin/inquiries/{id}/{verb}" => include_str!("../../src/inquiries/post.rs"),
        "/admin/team/{id}/{verb}" => include_str!("../../src/team.rs"),
        "/admin/account/codes/{verb}" => include_str!("../../src/account/codes.rs"),
        other => panic!("{other}: say where its verbs are matched"),
    };
    let body = source.split_once("match verb.as_str() {").expect("the handler matches its verb").1;
    let mut verbs: Vec<String> = body
        .lines()
        .take_while(|line| *line != "}")
        .filter_map(|line| {
            let rest = line.strip_prefix("        \"")?;
            let (verb, after) = rest.split_once('"')?;
            (after.contains("=>") || after.starts_with(" if")).then(|| verb.to_owned())
        })
        .collect();
    if source.contains("verb == \"link\"") {
        verbs.push("link".to_owned());
    }
    verbs
}

#[test]
fn no_route_and_no_verb_is_without_a_row() {
    let mut expected = Vec::new();
    for (method, path) in testkit::routes::in_source(include_str!("../../src/lib.rs")) {
        if path.contains("{verb}") {
            expected.extend(verbs(&path).iter().map(|verb| (method.clone(), path.replace("{verb}", verb))));
        } else {
            expected.push((method, path));
        }
    }
    expected.sort();
    let mut rows: Vec<_> = ROWS.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
    rows.sort();
    assert_eq!(rows, expected);
}

/// A house in which something can be done by every row.
struct Scene {
    house: House,
    /// An owner, an admin, and somebody to whom things are done.
    people: [Admin; 3],
    path: String,
}

async fn scene(row: &Row) -> Scene {
    let house = House::open().await;
    let owner = house.admin("owner@burgerput.example", "Olga", Role::Owner).await;
    let admin = house.admin("admin@burgerput.example", "Adam", Role::Admin).await;
    let other = house.admin("other@burgerput.example", "Otto", Role::Admin).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let moved = house.call(&house.visitor("Nari").await, "broken").await;
    house.desk.desk.move_to_board(&Caller::Admin(owner.clone()), moved).await.unwrap();
    let view = house.desk.desk.conversation(&Caller::Admin(owner.clone()), moved).await.unwrap();
    let inquiry = view.row.conversation.inquiry.unwrap();
    let now = house.desk.desk.now();
    let dead = house
        .desk
        .storage
        .claim(&Claim::new(now, now.plus(std::time::Duration::from_mins(1)), 1))
        .await
        .unwrap()
        .remove(0);
    house.desk.storage.record(&dead.lease, &Delivery::Dead { reply: "550".to_owned() }, now).await.unwrap();
    let id = match row.1.split('/').nth(2) {
        Some("conversations") => call.to_string(),
        Some("inquiries") => inquiry.to_string(),
        Some("notices") => dead.id.to_string(),
        Some("team") => other.id.to_string(),
        _ => "019aa4c1-0000-7000-8000-000000000001".to_owned(),
    };
    let file = if row.1.contains("/portal/") { "portal.css" } else { "connection.js" };
    let path = row.1.replace("{id}", &id).replace("{secret}", "nobodys").replace("{*rest}", "x/y");
    Scene { house, people: [owner, admin, other], path: path.replace("{file}", file) }
}

async fn ask(browser: &mut Browser, row: &Row, path: &str, csrf: Option<&str>) -> StatusCode {
    if row.0 == "GET" {
        return browser.get(path).await.status;
    }
    let mut fields = row.2.to_vec();
    fields.extend(csrf.map(|csrf| ("csrf", csrf)));
    browser.post(path, &fields).await.status
}

async fn signed_in(house: &House, admin: &Admin) -> Browser {
    let mut browser = house.browser();
    let answer = browser.sign_in(admin.email.as_str(), PASSWORD, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    browser
}

#[tokio::test]
async fn every_page_and_every_form_serves_whom_it_is_for_and_nobody_else() {
    let mut asked = 0;
    for row in ROWS {
        let what = format!("{} {}", row.0, row.1);
        for who in 0..3 {
            let Scene { house, people, path } = scene(row).await;
            let mut browser = match who {
                0 => house.browser(),
                1 => signed_in(&house, &people[1]).await,
                _ => signed_in(&house, &people[0]).await,
            };
            let csrf = browser.get("/admin/account").await.csrf();
            let csrf = (row.0 == "POST").then_some(csrf.as_str());
            let status = ask(&mut browser, row, &path, csrf).await;
            assert_eq!(status.as_u16(), row.3[who], "{what} for person {who}");
            asked += 1;
        }
    }
    assert_eq!(asked, 3 * ROWS.len());
}

/// Without the token of the session, with another's, and with a session that is over: nothing is done.
#[tokio::test]
async fn no_form_acts_without_the_token_of_its_own_session_or_after_its_end() {
    for row in ROWS.iter().filter(|row| row.0 == "POST" && row.3[2] != 410 && row.3[0] == 303) {
        if row.1 == "/admin/sign-in/code" {
            continue;
        }
        let what = format!("{} {}", row.0, row.1);
        let Scene { house, people, path } = scene(row).await;
        let mut owner = signed_in(&house, &people[0]).await;
        let mut other = signed_in(&house, &people[1]).await;
        let (own, anothers) =
            (owner.get("/admin/account").await.csrf(), other.get("/admin/account").await.csrf());
        let before = trace(&house).await;
        for csrf in [None, Some(""), Some("x"), Some(anothers.as_str())] {
            let status = ask(&mut owner, row, &path, csrf).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{what} with {csrf:?}");
        }
        let mut stale = owner.clone();
        owner.post("/admin/sign-out", &[("csrf", &own)]).await;
        let after_sign_out = trace(&house).await;
        assert_eq!(
            ask(&mut stale, row, &path, Some(&own)).await,
            StatusCode::SEE_OTHER,
            "{what} after signing out"
        );
        assert_eq!(trace(&house).await, after_sign_out, "{what}");
        assert_eq!(after_sign_out.0, before.0 + 1, "{what}: signing out is all that was done");
        assert_eq!(after_sign_out.1, before.1, "{what}");
    }
}

/// How much was done: lines of the record, and where the calls stand.
async fn trace(house: &House) -> (usize, Vec<String>) {
    let page = storage::Page::first(200);
    let record = house.desk.storage.record_of_deeds(storage::RecordFilter::default(), page).await.unwrap();
    let calls =
        house.desk.storage.conversations(&storage::ConversationFilter::default(), page).await.unwrap();
    let stands = calls
        .items
        .iter()
        .map(|row| format!("{} {:?}", row.conversation.state.as_str(), row.conversation.seq));
    (record.items.len(), stands.collect())
}
