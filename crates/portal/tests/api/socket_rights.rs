//! Who may open the admin's socket, and that it closes when the right to it ends (S10, S11, S12).

use domain::admin::{Admin, Role};
use domain::clock::Clock;
use portal::auth::links;
use serde_json::json;
use testkit::http::Request;
use testkit::origins::foreign;
use testkit::socket::Socket;

use crate::stage::{PASSWORD, SOCKET, Session, Stage};

#[tokio::test]
async fn only_our_own_pages_open_it() {
    let stage = Stage::open().await;
    let near = ["http://localhost:1", "https://localhost", "http://127.0.0.1"].map(str::to_owned);
    // Of the host site's pages none is ours.
    let sites = ["https://shop.example:8443".to_owned()];
    for origin in foreign().into_iter().chain(near).chain(sites) {
        let opened = Socket::open(stage.at, SOCKET, &[("Origin", &origin)]).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
    }
    let two = [("Origin", "https://desk.example"), ("Origin", "https://desk.example")];
    assert_eq!(Socket::open(stage.at, SOCKET, &two).await.err(), Some(403));
    for headers in [&[][..], &[("Origin", "https://desk.example")], &[("Origin", "http://localhost")]] {
        assert!(Socket::open(stage.at, SOCKET, headers).await.is_ok(), "{headers:?}");
    }
    let lookalike = format!(
        "GET {SOCKET} HTTP/1.1\r\nHost: desk.example\r\nOrigin: http://desk.example\r\nConnection: Upgrade, close\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let answer = testkit::http::exchange(stage.at, lookalike.as_bytes()).await;
    assert_eq!(answer.status, 403, "our own name over http is not our own page");
}

#[tokio::test]
async fn a_cookie_or_a_token_is_shown_or_the_door_stays_shut() {
    let stage = Stage::open().await;
    let session = stage.sign_in(&stage.owner).await;
    let (_, of_visitor) = stage.world.visitor().await;
    let bearer = format!("Bearer {}", stage.token);
    for headers in [("Cookie", session.cookie.as_str()), ("Authorization", bearer.as_str())] {
        let mut socket = Socket::open(stage.at, SOCKET, &[headers]).await.unwrap();
        socket.send(&json!({ "type": "hello" })).await;
        assert_eq!(socket.next("welcome").await["admin"]["email"], "kim@desk.example");
    }
    let name = session.cookie.split('=').next().unwrap();
    let cookie_of_visitor = format!("{name}={of_visitor}");
    let bearer_of_visitor = format!("Bearer {of_visitor}");
    for headers in
        [&[][..], &[("Cookie", cookie_of_visitor.as_str())], &[("Authorization", bearer_of_visitor.as_str())]]
    {
        let mut socket = Socket::open(stage.at, SOCKET, headers).await.unwrap();
        socket.send(&json!({ "type": "hello" })).await;
        assert_eq!(socket.closed().await, 4401, "{headers:?}");
        assert!(!format!("{:?}", socket.heard).contains("welcome"));
    }
    for token in ["", "x", &of_visitor, &stage.token[1..]] {
        // A good cookie does not help a bad token.
        let mut socket = Socket::open(stage.at, SOCKET, &[("Cookie", &session.cookie)]).await.unwrap();
        socket.send(&json!({ "type": "hello", "token": token })).await;
        assert_eq!(socket.closed().await, 4401);
    }
}

async fn by_cookie(stage: &Stage, cookie: &str) -> Socket {
    let mut socket = Socket::open(stage.at, SOCKET, &[("Cookie", cookie)]).await.unwrap();
    socket.send(&json!({ "type": "hello" })).await;
    socket.next("welcome").await;
    socket
}

#[tokio::test]
async fn it_closes_when_the_session_ends_and_others_stay() {
    let stage = Stage::open().await;
    let one = stage.sign_in(&stage.owner).await;
    let mut first = by_cookie(&stage, &one.cookie).await;
    let (mut token, _) = stage.hello(json!({})).await;
    let form = format!("csrf={}", one.csrf);
    let out = Request::new("POST", "/admin/sign-out").header("Cookie", &one.cookie);
    out.bytes("application/x-www-form-urlencoded", form.as_bytes()).send(stage.at).await;
    assert_eq!(first.closed().await, 4401);
    token.settle().await;
}

#[tokio::test]
async fn it_closes_when_the_admin_is_disabled_and_when_the_token_is_revoked() {
    let stage = Stage::open().await;
    let lee = stage.world.admin("lee@desk.example", "Lee", Role::Admin).await;
    let (_, of_lee) = stage.world.api_token(&lee).await;
    let (mut by_token, _) = stage.hello(json!({ "token": of_lee })).await;
    let session = stage.sign_in(&lee).await;
    let mut by_session = by_cookie(&stage, &session.cookie).await;
    let (mut owner, _) = stage.hello(json!({})).await;
    let disable = stage.request("PATCH", &format!("/admins/{}", lee.id)).json(&json!({ "disabled": true }));
    assert_eq!(disable.send(stage.at).await.status, 200);
    assert_eq!((by_token.closed().await, by_session.closed().await), (4401, 4401));
    owner.settle().await;
    let (id, token) = stage.world.api_token(&stage.owner).await;
    let (mut revoked, _) = stage.hello(json!({ "token": token })).await;
    stage.world.storage.revoke_api_token(id, &testkit::deed()).await.unwrap();
    stage.world.desk.rights_changed();
    assert_eq!(revoked.closed().await, 4401);
    owner.settle().await;
}

/// Posts a form of this session's.
async fn submit(stage: &Stage, session: &Session, path: &str, fields: &str) {
    let form = format!("csrf={}&{fields}", session.csrf);
    let post = Request::new("POST", path).header("Cookie", &session.cookie);
    let done = post.bytes("application/x-www-form-urlencoded", form.as_bytes()).send(stage.at).await;
    assert_eq!(done.status, 303, "{path}: {}", done.text());
}

/// S12: who has got in with a password that is known is out once it is changed, wherever their socket is.
#[tokio::test]
async fn it_closes_when_the_password_is_changed_and_when_the_sign_in_is_ended_from_elsewhere() {
    let stage = Stage::open().await;
    let (mut token, _) = stage.hello(json!({})).await;
    let here = stage.sign_in(&stage.owner).await;
    let there = stage.enter(&stage.owner).await;
    let mut open = by_cookie(&stage, &there.cookie).await;
    submit(&stage, &here, "/admin/account/sessions", "all=1").await;
    assert_eq!(open.closed().await, 4401, "all others were ended");

    let there = stage.enter(&stage.owner).await;
    let mut open = by_cookie(&stage, &there.cookie).await;
    let old = PASSWORD.replace(' ', "+");
    let change = format!("current={old}&password=another+long+password&password_again=another+long+password");
    submit(&stage, &here, "/admin/account/password", &change).await;
    assert_eq!(open.closed().await, 4401, "the password was changed");

    let again = stage.sign_in(&stage.owner).await;
    let mut open = by_cookie(&stage, &again.cookie).await;
    let secret = links::make(
        &*stage.world.storage,
        &stage.world.source,
        stage.world.clock.as_ref(),
        Some(stage.owner.id),
    );
    let path = format!("/admin/welcome/{}", secret.await.unwrap().reveal());
    let page = Request::new("GET", &path).send(stage.at).await;
    let form = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = form.split_once('=').unwrap().1.to_owned();
    let chosen = Session { cookie: form, csrf };
    submit(&stage, &chosen, &path, "password=yet+another+password&password_again=yet+another+password").await;
    assert_eq!(open.closed().await, 4401, "another was chosen by a link");
    token.settle().await;
}

#[tokio::test]
async fn a_right_that_ends_in_another_process_is_noticed_before_anything_is_done_with_it() {
    let stage = Stage::open().await;
    let lee = stage.world.admin("lee@desk.example", "Lee", Role::Admin).await;
    let (_, of_lee) = stage.world.api_token(&lee).await;
    let (mut socket, _) = stage.hello(json!({ "token": of_lee })).await;
    let now = stage.world.clock.now();
    stage
        .world
        .storage
        .update_admin(&Admin { disabled_at: Some(now), ..lee }, &testkit::deed())
        .await
        .unwrap();
    // Nobody rings here as the other process would; the socket looks by itself.
    stage.world.bus.ring_all();
    assert_eq!(socket.closed().await, 4401);
}
