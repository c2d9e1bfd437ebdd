//! A browser without a window: keeps cookies, reads forms, follows nothing by itself.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use desk::{CallRequest, Caller, Identity};
use domain::admin::{Admin, Locale, Role};
use domain::clock::Clock;
use domain::context::{CallContext, PageError};
use domain::id::{AdminId, ConversationId};
use domain::text::{Body as Words, ClientId, Email, Name};
use domain::visitor::Visitor;
use portal::auth::Passwords;
use portal::{Parts, PortalState, Settings};
use storage::NewAdmin;
use testkit::DeskInABox;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use web::client_ip::ClientIp;
use web::rate_limit::Rate;

pub(crate) const PASSWORD: &str = "a quiet bell rings twice";

/// A portal with a desk behind it.
pub(crate) struct House {
    pub(crate) desk: DeskInABox,
    pub(crate) state: PortalState,
    router: Router,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::built(change, Passwords::cheap_for_tests().unwrap()).await
    }

    /// One in which a password costs what it costs at work.
    pub(crate) async fn costly() -> Self {
        Self::built(|_| {}, Passwords::new().unwrap()).await
    }

    /// The same house after a restart with other settings.
    pub(crate) fn restarted(self, change: impl FnOnce(&mut Settings)) -> Self {
        let passwords = self.state.passwords.clone();
        Self::over(self.desk, change, passwords)
    }

    async fn built(change: impl FnOnce(&mut Settings), passwords: Passwords) -> Self {
        Self::over(DeskInABox::open().await.unwrap(), change, passwords)
    }

    fn over(desk: DeskInABox, change: impl FnOnce(&mut Settings), passwords: Passwords) -> Self {
        let mut settings = Settings {
            public_url: "http://desk.example".to_owned(),
            site_name: "Burgerput".to_owned(),
            locale: Locale::En,
            mail_is_built_in: true,
            require_codes: false,
            secure_cookies: false,
            sign_ins_per_account: Rate::new(10, Duration::from_mins(15)),
            sign_ins_per_ip: Rate::new(30, Duration::from_mins(15)),
            frame_bytes: 65_536,
            body_bytes: 65_536,
        };
        change(&mut settings);
        let state = PortalState::new(Parts {
            desk: desk.desk.clone(),
            storage: Arc::clone(&desk.storage),
            clock: desk.clock(),
            settings,
            passwords,
            stop: CancellationToken::new(),
            tracker: TaskTracker::new(),
        });
        Self { router: portal::router(state.clone()), desk, state }
    }

    pub(crate) async fn admin(&self, email: &str, name: &str, role: Role) -> Admin {
        let admin = Admin {
            id: AdminId(self.desk.desk.source().id()),
            email: Email::new(email).unwrap(),
            name: Name::new(name, 80).unwrap(),
            role,
            on_duty: true,
            locale: Locale::En,
            disabled_at: None,
            created_at: self.desk.clock.now(),
        };
        let password_hash = Some(self.state.passwords.hash(PASSWORD).await.unwrap());
        self.desk
            .storage
            .add_admin(
                NewAdmin { admin: admin.clone(), password_hash, notices: Vec::new() },
                &testkit::deed(),
            )
            .await
            .unwrap();
        admin
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            address: IpAddr::from([203, 0, 113, 7]),
            language: "en",
        }
    }

    /// An owner's browser, signed in.
    pub(crate) async fn kim(&self) -> Browser {
        self.admin("kim@burgerput.example", "Kim Harper", Role::Owner).await;
        let mut browser = self.browser();
        let answer = browser.sign_in("kim@burgerput.example", PASSWORD, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        browser
    }

    pub(crate) async fn visitor(&self, name: &str) -> Visitor {
        let identity = Identity {
            subject: format!("guest-{}", self.desk.desk.source().id()),
            name: Some(Name::from_stored(name.to_owned())),
            email: Some(Email::new("mina@guest.example").unwrap()),
        };
        self.desk.desk.admit(Some(identity)).await.unwrap().visitor
    }

    /// Somebody presses the bell and says `words`; whatever they can bring along says it, too.
    pub(crate) async fn call(&self, visitor: &Visitor, words: &str) -> ConversationId {
        let part = Some(words.to_owned());
        let error = PageError {
            at: part.clone(),
            kind: part.clone(),
            message: part.clone(),
            source: part.clone(),
            status: Some(502),
            request_id: part.clone(),
        };
        let context = CallContext {
            url: part.clone(),
            title: part.clone(),
            release: part.clone(),
            user_agent: part.clone(),
            viewport: part,
            errors: vec![error],
        };
        let id = ClientId::new(&self.desk.desk.source().id().to_string()).unwrap();
        let message = Some((id, Words::new(words, 8192).unwrap()));
        let request = CallRequest { client_id: None, context, message };
        self.desk.desk.call(visitor, request).await.unwrap().conversation
    }

    pub(crate) async fn state_of(&self, visitor: &Visitor, id: ConversationId) -> &'static str {
        let caller = Caller::Visitor(visitor.clone());
        self.desk.desk.conversation(&caller, id).await.unwrap().row.conversation.state.as_str()
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn goes_to(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |to| to.to_str().unwrap())
    }

    /// The token that the forms of this page carry.
    pub(crate) fn csrf(&self) -> String {
        self.between("name=\"csrf-token\" content=\"", "\"")
    }

    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let rest = self.body.split_once(before).map_or("", |(_, rest)| rest);
        rest.split_once(after).map_or("", |(found, _)| found).to_owned()
    }
}

/// A browser.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) address: IpAddr,
    pub(crate) language: &'static str,
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encoded.join("&"))).unwrap()).await
    }

    /// Sends a form of one of our pages, with its token.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get("/admin/account").await.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str, next: &str) -> Answer {
        let csrf = self.get("/admin/sign-in").await.csrf();
        let fields = [("csrf", csrf.as_str()), ("email", email), ("password", password), ("next", next)];
        self.post("/admin/sign-in", &fields).await
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = request.headers_mut();
        if !cookies.is_empty() {
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        headers.insert(header::ACCEPT_LANGUAGE, self.language.parse().unwrap());
        request.extensions_mut().insert(ClientIp(self.address));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") || value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, 4 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
