//! Who may do what: every route of the admins' API for every kind of caller (S07, S11, S14).

use domain::admin::{Admin, Role};
use domain::clock::Clock;
use serde_json::{Value, json};
use testkit::http::Request;
use testkit::routes;

use crate::stage::{API, Stage, problem};

/// A route, what is sent, and the status for an owner and for an admin who is none.
struct Row {
    method: &'static str,
    path: &'static str,
    body: Value,
    owner: u16,
    admin: u16,
}

fn row(method: &'static str, path: &'static str, body: Value, owner: u16, admin: u16) -> Row {
    Row { method, path, body, owner, admin }
}

fn table() -> Vec<Row> {
    let words = || json!({ "id": "m9", "body": "words" });
    let none = || Value::Null;
    vec![
        row("GET", "/socket", none(), 426, 426),
        row("GET", "/conversations", none(), 200, 200),
        row("GET", "/conversations/{id}", none(), 200, 200),
        row("GET", "/conversations/{id}/events", none(), 200, 200),
        row("POST", "/conversations/{id}/join", none(), 200, 200),
        row("POST", "/conversations/{id}/leave", none(), 200, 200),
        row("POST", "/conversations/{id}/close", none(), 409, 409),
        row("POST", "/conversations/{id}/promise", json!({ "minutes": 3 }), 200, 200),
        row("POST", "/conversations/{id}/move", none(), 200, 200),
        row("POST", "/conversations/{id}/messages", words(), 409, 409),
        row("POST", "/conversations/{id}/notes", words(), 201, 201),
        row("GET", "/inquiries", none(), 200, 200),
        row("GET", "/inquiries/{id}", none(), 200, 200),
        row("PATCH", "/inquiries/{id}", json!({ "title": "Other" }), 200, 200),
        row("DELETE", "/inquiries/{id}", none(), 409, 409),
        row("POST", "/inquiries/{id}/comments", json!({ "body": "more" }), 201, 201),
        row("POST", "/inquiries/{id}/resolve", none(), 200, 200),
        row("POST", "/inquiries/{id}/reopen", none(), 200, 200),
        row("POST", "/inquiries/{id}/restore", none(), 200, 200),
        row("GET", "/notices", none(), 200, 200),
        row("POST", "/notices/{id}/retry", none(), 409, 409),
        row("GET", "/stats", none(), 200, 200),
        row("GET", "/admins", none(), 200, 200),
        row("POST", "/admins", json!({ "email": "new@desk.example" }), 201, 403),
        row("PATCH", "/admins/{id}", json!({ "on_duty": false }), 200, 403),
    ]
}

#[test]
fn no_route_is_without_a_row() {
    let mut rows: Vec<_> = table().iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    rows.sort();
    assert_eq!(rows, routes::in_source(include_str!("../../src/api/mod.rs")));
}

#[test]
fn the_openapi_document_lists_exactly_these_routes() {
    let yaml = include_str!("../../../../docs/openapi.yaml");
    assert_eq!(routes::in_openapi(yaml, API), routes::in_source(include_str!("../../src/api/mod.rs")));
}

async fn send(stage: &Stage, row: &Row, path: &str, headers: &[(&str, &str)]) -> testkit::http::Answer {
    let mut request = Request::new(row.method, &format!("{API}{path}"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if !row.body.is_null() {
        request = request.json(&row.body);
    }
    request.send(stage.at).await
}

async fn scene(row: &Row) -> (Stage, String, Admin) {
    let stage = Stage::open().await;
    let helper = stage.world.admin("lee@desk.example", "Lee", Role::Admin).await;
    let conversation = stage.call("help").await;
    let inquiry = stage.posted("It broke").await;
    let notices = stage.get("/notices").await.json();
    let notice = notices["notices"][0]["id"].as_str().unwrap().to_owned();
    let id = match row.path.split('/').nth(1).unwrap() {
        "conversations" => conversation,
        "inquiries" => inquiry,
        "notices" => notice,
        _ => stage.owner.id.to_string(),
    };
    let path = row.path.replace("{id}", &id);
    (stage, path, helper)
}

#[tokio::test]
async fn every_route_serves_admins_by_their_rights_and_nobody_else() {
    for row in table() {
        let (stage, path, helper) = scene(&row).await;
        let what = format!("{} {}", row.method, row.path);
        let disabled = stage.world.admin("off@desk.example", "Off", Role::Owner).await;
        let (_, of_disabled) = stage.world.api_token(&disabled).await;
        let now = stage.world.clock.now();
        let session_of_disabled = stage.sign_in(&disabled).await;
        stage
            .world
            .storage
            .update_admin(&Admin { disabled_at: Some(now), ..disabled }, &testkit::deed())
            .await
            .unwrap();
        let (revoked, revoked_token) = stage.world.api_token(&stage.owner).await;
        stage.world.storage.revoke_api_token(revoked, &testkit::deed()).await.unwrap();
        let (_, of_visitor) = stage.world.visitor().await;
        let session = stage.sign_in(&stage.owner).await;
        let name = session.cookie.split('=').next().unwrap().to_owned();
        let before = stage.stored().await;
        let bearer = |token: &str| vec![("Authorization".to_owned(), format!("Bearer {token}"))];
        let cookie = |cookie: String| {
            vec![("Cookie".to_owned(), cookie), ("X-CSRF-Token".to_owned(), session.csrf.clone())]
        };
        let nobody = [
            vec![],
            bearer(""),
            bearer("x"),
            bearer(&of_visitor),
            bearer(&revoked_token),
            bearer(&of_disabled),
            bearer(&stage.token[1..]),
            vec![("Authorization".to_owned(), stage.token.clone())],
            cookie(session_of_disabled.cookie.clone()),
            cookie(format!("{name}=x")),
            cookie(format!("{name}={of_visitor}")),
            cookie(format!("{name}={}", stage.token)),
            cookie(format!("other={}", session.cookie)),
        ];
        let refused = if row.path == "/socket" { 426 } else { 401 };
        for headers in nobody {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let answer = send(&stage, &row, &path, &headers).await;
            problem(&answer, refused, &format!("{what} for {headers:?}"));
        }
        let changes = row.method != "GET";
        let no_csrf = ["", "x", session_of_disabled.csrf.as_str()];
        for csrf in no_csrf.into_iter().filter(|_| changes) {
            let headers = [("Cookie", session.cookie.as_str()), ("X-CSRF-Token", csrf)];
            assert_eq!(problem(&send(&stage, &row, &path, &headers).await, 403, &what)["code"], "csrf");
        }
        if changes {
            let answer = send(&stage, &row, &path, &[("Cookie", session.cookie.as_str())]).await;
            assert_eq!(problem(&answer, 403, &what)["code"], "csrf");
        }
        assert_eq!(stage.stored().await, before, "{what}: nobody has changed anything");
        let (_, of_helper) = stage.world.api_token(&helper).await;
        let answer = send(&stage, &row, &path, &[("Authorization", &format!("Bearer {of_helper}"))]).await;
        assert_eq!(answer.status, row.admin, "{what} for an admin: {}", answer.text());
        if row.admin == 403 {
            assert_eq!(problem(&answer, 403, &what)["code"], "owners_only");
            assert_eq!(stage.stored().await, before, "{what}: only an owner may");
        }
    }
}

#[tokio::test]
async fn an_owner_may_by_token_and_by_cookie_with_its_csrf_token() {
    for row in table() {
        for by_cookie in [false, true] {
            let (stage, path, _) = scene(&row).await;
            let session = stage.sign_in(&stage.owner).await;
            let bearer = format!("Bearer {}", stage.token);
            let headers = if by_cookie {
                vec![("Cookie", session.cookie.as_str()), ("X-CSRF-Token", session.csrf.as_str())]
            } else {
                vec![("Authorization", bearer.as_str())]
            };
            let answer = send(&stage, &row, &path, &headers).await;
            assert_eq!(answer.status, row.owner, "{} {path} {by_cookie}: {}", row.method, answer.text());
            if row.path.contains("{id}") {
                let made_up = row.path.replace("{id}", &stage.world.source.id().to_string());
                let made_up = send(&stage, &row, &made_up, &headers).await;
                problem(&made_up, 404, &format!("{} {} made up", row.method, row.path));
                let none = row.path.replace("{id}", "%ff");
                problem(&send(&stage, &row, &none, &headers).await, 404, "no id at all");
            }
        }
    }
}

#[tokio::test]
async fn a_session_is_worth_nothing_after_sign_out() {
    let stage = Stage::open().await;
    let session = stage.sign_in(&stage.owner).await;
    let list = async || {
        Request::new("GET", &format!("{API}/stats")).header("Cookie", &session.cookie).send(stage.at).await
    };
    assert_eq!(list().await.status, 200);
    let form = format!("csrf={}", session.csrf);
    let out = Request::new("POST", "/admin/sign-out").header("Cookie", &session.cookie);
    let out = out.bytes("application/x-www-form-urlencoded", form.as_bytes()).send(stage.at).await;
    assert_eq!(out.status, 303);
    assert_eq!(list().await.status, 401);
}
