//! Everything below the HTTP faces, on real parts.

use std::fmt;
use std::sync::Arc;

use bus::{Bus, InProcessBus};
use desk::{Caller, Desk, Source};
use domain::Timestamp;
use domain::admin::{Admin, Locale, Role};
use domain::clock::{Clock, ManualClock};
use domain::id::{AdminId, ApiTokenId, ConversationId};
use domain::text::{Body, ClientId, Email, Name};
use domain::visitor::Visitor;
use storage::{ApiToken, NewAdmin, Storage};
use storage_sqlite::SqliteStorage;

/// A desk with what it stands on.
#[derive(Clone)]
pub struct World {
    /// A database of its own.
    pub storage: Arc<dyn Storage>,
    /// Its bells.
    pub bus: Arc<dyn Bus>,
    /// Stands still until it is told to move.
    pub clock: Arc<ManualClock>,
    /// The same ids for the same seed.
    pub source: Source,
    /// The desk.
    pub desk: Desk,
}

impl World {
    /// A desk with the default policy, on a morning of 2026.
    pub async fn open() -> Self {
        let store = SqliteStorage::in_memory().await.expect("a temporary database can be made");
        let storage: Arc<dyn Storage> = Arc::new(store);
        let clock = Arc::new(ManualClock::at(Timestamp(1_795_237_224_007)));
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::default());
        let source = Source::seeded(Arc::clone(&clock) as Arc<dyn Clock>, 7);
        let parts = desk::Parts {
            storage: Arc::clone(&storage),
            bus: Arc::clone(&bus),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            source: source.clone(),
        };
        let desk = Desk::new(parts, desk::Settings::default());
        Self { storage, bus, clock, source, desk }
    }

    /// Adds an admin who is on duty.
    pub async fn admin(&self, email: &str, name: &str, role: Role) -> Admin {
        let admin = Admin {
            id: AdminId(self.source.id()),
            email: Email::new(email).expect("the test gives an address"),
            name: Name::new(name, 80).expect("the test gives a name"),
            role,
            on_duty: true,
            locale: Locale::default(),
            disabled_at: None,
            created_at: self.clock.now(),
        };
        let new = NewAdmin { admin: admin.clone(), password_hash: None, notices: Vec::new() };
        self.storage.add_admin(new, &crate::deed()).await.expect("the database takes an admin");
        admin
    }

    /// Makes an API token of `admin`; returns its id and itself.
    pub async fn api_token(&self, admin: &Admin) -> (ApiTokenId, String) {
        let secret = self.source.secret();
        let token = ApiToken {
            id: ApiTokenId(self.source.id()),
            admin: admin.id,
            name: "test".to_owned(),
            created_at: self.clock.now(),
            last_used_at: None,
            revoked_at: None,
        };
        self.storage
            .add_api_token(&token, secret.hash(), &crate::deed())
            .await
            .expect("the database takes a token");
        (token.id, secret.reveal().to_owned())
    }

    /// Lets an anonymous visitor in; returns them and their token.
    pub async fn visitor(&self) -> (Visitor, String) {
        let admitted = self.desk.admit(None).await.expect("the database takes a visitor");
        (admitted.visitor, admitted.token.reveal().to_owned())
    }

    /// A call of `visitor` that begins with `words`.
    pub async fn call(&self, visitor: &Visitor, words: &str) -> ConversationId {
        let message = (self.client_id(), Body::new(words, 8192).expect("the test gives words"));
        let request = desk::CallRequest { message: Some(message), ..desk::CallRequest::default() };
        self.desk.call(visitor, request).await.expect("a call is taken").conversation
    }

    /// `admin` says something where they have joined.
    pub async fn says(&self, by: &Caller, conversation: ConversationId, words: &str) {
        let body = Body::new(words, 8192).expect("the test gives words");
        self.desk.say(by, conversation, self.client_id(), body).await.expect("words are taken");
    }

    /// A fresh id as clients make them.
    pub fn client_id(&self) -> ClientId {
        ClientId::new(&self.source.id().simple().to_string()).expect("32 hex digits are an id")
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("desk", &self.desk).finish_non_exhaustive()
    }
}
