//! A gateway on a port of its own, put together as the server does it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use desk::{InquiryFilter, Page};
use domain::admin::{Admin, Role};
use domain::text::TextLimits;
use gateway::{Config, Gateway, Limits};
use serde_json::{Value, json};
use testkit::World;
use testkit::http::{Answer, Request};
use testkit::socket::Socket;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::client_ip::TrustedProxies;
use web::hosts::Hosts;
use web::listener::{Caps, Ear};
use web::origin::Origins;
use web::rate_limit::Rate;

pub(crate) const API: &str = "/api/v1/widget";
pub(crate) const SOCKET: &str = "/api/v1/widget/socket";
pub(crate) const HOST_SITE: &str = "https://shop.example:8443";

/// A running gateway; it stops when this is dropped.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) at: SocketAddr,
    pub(crate) stop: CancellationToken,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What the settings say by default, without rates.
pub(crate) fn config() -> Config {
    Config {
        site_name: "Shop".to_owned(),
        origins: Origins::new("https://desk.example", &[HOST_SITE.to_owned()]),
        anonymous: true,
        identity: None,
        demo: true,
        limits: Limits {
            text: TextLimits::default(),
            frame_bytes: 65_536,
            body_bytes: 65_536,
            sockets_per_visitor: 1000,
            messages_per_visitor: Rate::OFF,
            calls_per_visitor: Rate::OFF,
            calls_per_ip: Rate::OFF,
            sessions_per_ip: Rate::OFF,
        },
    }
}

impl Stage {
    pub(crate) async fn open() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        Self::behind(config, TrustedProxies::default()).await
    }

    pub(crate) async fn behind(config: Config, proxies: TrustedProxies) -> Self {
        Self::start(config, proxies, Caps::new(1000, 1000, &TrustedProxies::default())).await
    }

    /// So many connections in all, so many of one address.
    pub(crate) async fn capped(config: Config, all: usize, per_address: usize) -> Self {
        Self::start(
            config,
            TrustedProxies::default(),
            Caps::new(all, per_address, &TrustedProxies::default()),
        )
        .await
    }

    async fn start(config: Config, proxies: TrustedProxies, caps: Caps) -> Self {
        let world = World::open().await;
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        let gateway = Gateway::new(world.desk.clone(), config, stop.clone(), tracker.clone());
        let router = gateway::router(gateway)
            .fallback(|| async { web::Problem::not_found() })
            .layer(web::panics::layer())
            .layer(from_fn(web::headers::layer))
            .layer(from_fn_with_state(Hosts::new("https://desk.example", true), web::hosts::layer))
            .layer(from_fn_with_state(world.source.clone(), web::trace::layer))
            .layer(from_fn_with_state(proxies, web::client_ip::layer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tracker.spawn(web::listener::serve(Ear::Tcp(listener), router, caps, stop.clone(), tracker.clone()));
        Self { world, at, stop }
    }

    #[expect(clippy::unused_self, reason = "it reads as what it is: a request to this stage")]
    pub(crate) fn request(&self, method: &str, path: &str, token: &str) -> Request {
        Request::new(method, &format!("{API}{path}")).bearer(token)
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.request("GET", path, token).send(self.at).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.request("POST", path, token).json(body).send(self.at).await
    }

    /// A socket before its hello.
    pub(crate) async fn socket(&self) -> Socket {
        Socket::open(self.at, SOCKET, &[]).await.unwrap()
    }

    /// A socket that has said this hello and was welcomed.
    pub(crate) async fn hello(&self, hello: Value) -> (Socket, Value) {
        let mut socket = self.socket().await;
        let mut frame = hello;
        frame["type"] = "hello".into();
        socket.send(&frame).await;
        let welcome = socket.next("welcome").await;
        (socket, welcome)
    }

    pub(crate) async fn owner(&self) -> Admin {
        self.world.admin("kim@secret.example", "Kim", Role::Owner).await
    }

    /// Everything stored that a visitor can bring about, in short.
    pub(crate) async fn stored(&self) -> String {
        let desk = &self.world.desk;
        let filter = desk::ConversationFilter::default();
        let rows = desk.conversations(&filter, Page::first(100)).await.unwrap().items;
        let rows: Vec<_> = rows.iter().map(|row| (row.number, row.conversation.seq)).collect();
        let board = self.world.storage.inquiries(&InquiryFilter::default(), Page::first(100)).await.unwrap();
        let ids: Vec<_> = board.items.iter().map(|row| row.inquiry.id).collect();
        let comments = self.world.storage.comments(&ids).await.unwrap().len();
        let board: Vec<_> = board.items.iter().map(|row| (row.number, row.inquiry.version)).collect();
        format!("{rows:?} {board:?} {comments}")
    }

    /// Waits until this holds.
    pub(crate) async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let wait = async {
            while !holds().await {
                tokio::task::yield_now().await;
            }
        };
        let done = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(done.is_ok(), "did not come about: {what}");
    }
}

/// The answer is a problem of this status, shaped as RFC 9457 and the contract have it; returns it.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16, what: &str) -> Value {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let body = answer.json();
    let fields = body.as_object().expect(what);
    let known = ["type", "title", "status", "detail", "code", "errors"];
    assert!(fields.keys().all(|name| known.contains(&name.as_str())), "{what}: {body}");
    assert_eq!(body["status"], status, "{what}");
    for name in ["type", "title", "detail", "code"] {
        assert!(body[name].as_str().is_some_and(|text| !text.is_empty()), "{what}: {name} in {body}");
    }
    assert_eq!(status == 422, body.get("errors").is_some(), "{what}: {body}");
    for error in body["errors"].as_array().unwrap_or(&Vec::new()) {
        assert_eq!(error.as_object().map(serde_json::Map::len), Some(3), "{what}: {body}");
        for name in ["field", "code", "detail"] {
            assert!(error[name].as_str().is_some_and(|text| !text.is_empty()), "{what}: {body}");
        }
    }
    body
}

/// As [`problem`], and the first field at fault is this one.
#[track_caller]
pub(crate) fn wrong_field(answer: &Answer, field: &str, code: &str, what: &str) {
    let body = problem(answer, 422, what);
    assert_eq!(
        (&body["errors"][0]["field"], &body["errors"][0]["code"]),
        (&json!(field), &json!(code)),
        "{what}: {body}"
    );
}
