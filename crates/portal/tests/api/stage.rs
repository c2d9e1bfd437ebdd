//! A portal on a port of its own, with a signed-in owner and an API token of theirs.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use desk::{InquiryFilter, Page};
use domain::admin::{Admin, Locale, Role};
use domain::clock::Clock;
use portal::auth::Passwords;
use portal::{Parts, PortalState, Settings};
use serde_json::{Value, json};
use testkit::World;
use testkit::http::{Answer, Request};
use testkit::socket::Socket;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::client_ip::TrustedProxies;
use web::hosts::Hosts;
use web::listener::{Caps, Ear};
use web::rate_limit::Rate;

pub(crate) const API: &str = "/api/v1/admin";
pub(crate) const SOCKET: &str = "/api/v1/admin/socket";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A running portal; it stops when this is dropped.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) at: SocketAddr,
    pub(crate) owner: Admin,
    /// An API token of the owner.
    pub(crate) token: String,
    passwords: Passwords,
    stop: CancellationToken,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A browser's session.
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        let world = World::open().await;
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        let passwords = Passwords::cheap_for_tests().unwrap();
        let settings = Settings {
            public_url: "https://desk.example".to_owned(),
            site_name: "Shop".to_owned(),
            locale: Locale::En,
            mail_is_built_in: true,
            require_codes: false,
            secure_cookies: false,
            sign_ins_per_account: Rate::OFF,
            sign_ins_per_ip: Rate::OFF,
            frame_bytes: 65_536,
            body_bytes: 65_536,
        };
        let state = PortalState::new(Parts {
            desk: world.desk.clone(),
            storage: Arc::clone(&world.storage),
            clock: Arc::clone(&world.clock) as Arc<dyn Clock>,
            settings,
            passwords: passwords.clone(),
            stop: stop.clone(),
            tracker: tracker.clone(),
        });
        let router = portal::router(state)
            .layer(web::panics::layer())
            .layer(from_fn(web::headers::layer))
            .layer(from_fn_with_state(Hosts::new("https://desk.example", true), web::hosts::layer))
            .layer(from_fn_with_state(world.source.clone(), web::trace::layer))
            .layer(from_fn_with_state(TrustedProxies::default(), web::client_ip::layer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let caps = Caps::new(1000, 1000, &TrustedProxies::default());
        tracker.spawn(web::listener::serve(Ear::Tcp(listener), router, caps, stop.clone(), tracker.clone()));
        let owner = world.admin("kim@desk.example", "Kim", Role::Owner).await;
        let (_, token) = world.api_token(&owner).await;
        Self { world, at, owner, token, passwords, stop }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, &format!("{API}{path}")).bearer(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send(self.at).await
    }

    /// POST without a body.
    pub(crate) async fn act(&self, path: &str) -> Answer {
        self.request("POST", path).send(self.at).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send(self.at).await
    }

    /// Signs `admin` in as a browser does.
    pub(crate) async fn sign_in(&self, admin: &Admin) -> Session {
        let hash = self.passwords.hash(PASSWORD).await.unwrap();
        self.world.storage.set_password(admin.id, &hash, None, &testkit::deed()).await.unwrap();
        self.enter(admin).await
    }

    /// Signs in once more somebody who has a password, as another browser does.
    pub(crate) async fn enter(&self, admin: &Admin) -> Session {
        let page = Request::new("GET", "/admin/sign-in").send(self.at).await;
        let form = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let (_, csrf) = form.split_once('=').unwrap();
        let email = admin.email.as_str().replace('@', "%40");
        let body = format!("email={email}&password={}&csrf={csrf}", PASSWORD.replace(' ', "+"));
        let post = Request::new("POST", "/admin/sign-in").header("Cookie", &form);
        let done = post.bytes("application/x-www-form-urlencoded", body.as_bytes()).send(self.at).await;
        assert_eq!(done.status, 303, "{}", done.text());
        // Beside it comes the one by which the browser is known again.
        let cookie = done.cookie("deskbell").to_owned();
        let page = Request::new("GET", "/admin").header("Cookie", &cookie).send(self.at).await.text();
        let (_, rest) = page.split_once("name=\"csrf-token\" content=\"").unwrap();
        Session { cookie, csrf: rest.split('"').next().unwrap().to_owned() }
    }

    /// A socket that has said hello with this token.
    pub(crate) async fn hello(&self, mut hello: Value) -> (Socket, Value) {
        let mut socket = Socket::open(self.at, SOCKET, &[]).await.unwrap();
        hello["type"] = "hello".into();
        if hello.get("token").is_none() {
            hello["token"] = json!(self.token);
        }
        socket.send(&hello).await;
        let welcome = socket.next("welcome").await;
        (socket, welcome)
    }

    /// A call and what it is about.
    pub(crate) async fn call(&self, words: &str) -> String {
        let (visitor, _) = self.world.visitor().await;
        self.world.call(&visitor, words).await.to_string()
    }

    /// A post on the board; returns its id.
    pub(crate) async fn posted(&self, title: &str) -> String {
        let (visitor, _) = self.world.visitor().await;
        let new = desk::NewInquiry {
            kind: domain::inquiry::InquiryKind::Error,
            title: domain::text::Title::new(title, 150).unwrap(),
            body: domain::text::Body::new("It broke.", 8192).unwrap(),
            email: None,
        };
        self.world.desk.post(&visitor, new).await.unwrap().row.inquiry.id.to_string()
    }

    /// Everything that an admin can change, in short.
    pub(crate) async fn stored(&self) -> String {
        let storage = &self.world.storage;
        let filter = desk::ConversationFilter::default();
        let calls = storage.conversations(&filter, Page::first(200)).await.unwrap().items;
        let calls: Vec<_> = calls.iter().map(|row| (row.number, row.conversation.seq)).collect();
        let board = storage.inquiries(&InquiryFilter::default(), Page::first(200)).await.unwrap().items;
        let board: Vec<_> = board.iter().map(|row| (row.number, row.inquiry.version)).collect();
        let team = storage.admins().await.unwrap();
        let team: Vec<_> = team.iter().map(|a| (a.role, a.on_duty, a.locale, a.disabled_at)).collect();
        format!("{calls:?} {board:?} {team:?}")
    }
}

/// The answer is a problem of this status; returns it.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16, what: &str) -> Value {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let body = answer.json();
    assert_eq!(body["status"], status, "{what}");
    for name in ["type", "title", "detail", "code"] {
        assert!(body[name].as_str().is_some_and(|text| !text.is_empty()), "{what}: {name} in {body}");
    }
    assert_eq!(status == 422, body.get("errors").is_some(), "{what}: {body}");
    body
}

/// As [`problem`], and the first field at fault is this one.
#[track_caller]
pub(crate) fn wrong_field(answer: &Answer, field: &str, code: &str, what: &str) {
    let body = problem(answer, 422, what);
    let error = &body["errors"][0];
    assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{what}: {body}");
}
