//! The desk with everything it works with within reach: a database of its own, a clock that obeys, the same ids again.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, InProcessBus};
use desk::{CallRequest, Caller, Desk, Done, Identity, Page, Parts, Settings, Source};
use domain::Seq;
use domain::admin::{Admin, Locale, Role};
use domain::clock::{Clock, ManualClock, Timestamp};
use domain::context::CallContext;
use domain::conversation::{Actor, Conversation, Event};
use domain::deed::{Deed, DeedKind};
use domain::id::{AdminId, ConversationId};
use domain::text::{Body, ClientId, Email, Name, Title};
use domain::visitor::Visitor;
use storage::{NewAdmin, Notice, NoticeFilter, Storage, StorageError};
use storage_sqlite::SqliteStorage;

/// Where the box's clock stands at first: 2026-11-21T05:00:00Z.
pub const START: Timestamp = Timestamp(1_795_237_200_000);

/// A desk with all that it stands on. It can be used as the [`Desk`] itself.
#[derive(Clone)]
pub struct DeskInABox {
    /// The desk.
    pub desk: Desk,
    /// What it remembers; shared with the boxes made by [`DeskInABox::another`].
    pub storage: Arc<dyn Storage>,
    /// What it rings.
    pub bus: Arc<dyn Bus>,
    /// Its clock, to be moved.
    pub clock: Arc<ManualClock>,
}

impl Deref for DeskInABox {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl DeskInABox {
    /// A desk with the default policy.
    pub async fn open() -> Result<Self, StorageError> {
        Self::with(Settings::default()).await
    }

    /// A desk with these settings.
    pub async fn with(settings: Settings) -> Result<Self, StorageError> {
        let storage = Arc::new(SqliteStorage::in_memory().await?);
        Ok(Self::on(storage, Arc::new(ManualClock::at(START)), settings, 7))
    }

    /// A desk on a storage that is there already; its ids come from `seed`.
    pub fn on(storage: Arc<dyn Storage>, clock: Arc<ManualClock>, settings: Settings, seed: u64) -> Self {
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::default());
        let shared: Arc<dyn Clock> = clock.clone();
        let parts = Parts {
            storage: Arc::clone(&storage),
            bus: Arc::clone(&bus),
            source: Source::seeded(Arc::clone(&shared), seed),
            clock: shared,
        };
        Self { desk: Desk::new(parts, settings), storage, bus, clock }
    }

    /// Another process on the same storage: it has a bus, caches and connections of its own. `seed` must differ.
    pub fn another(&self, seed: u64) -> Self {
        self.seen_through(Arc::clone(&self.storage), seed)
    }

    /// Another process that sees the storage through `through`, which may interfere.
    pub fn seen_through(&self, through: Arc<dyn Storage>, seed: u64) -> Self {
        Self::on(through, Arc::clone(&self.clock), self.desk.settings().clone(), seed)
    }

    /// The box's clock as those see it who only read it.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// A visitor whom the host site names, without an address.
    pub async fn visitor(&self, name: &str) -> Visitor {
        self.visitor_at(name, None).await
    }

    /// A visitor whom the host site names, with an address it vouches for.
    pub async fn visitor_at(&self, name: &str, address: Option<&str>) -> Visitor {
        let identity = Identity {
            subject: name.to_owned(),
            name: Some(Name::from_stored(name.to_owned())),
            email: address.map(email),
        };
        self.desk.admit(Some(identity)).await.expect("a visitor is let in").visitor
    }

    /// An admin on duty.
    pub async fn admin(&self, name: &str) -> Admin {
        self.admin_as(name, Role::Admin).await
    }

    /// An admin on duty in this role.
    pub async fn admin_as(&self, name: &str, role: Role) -> Admin {
        let admin = Admin {
            id: AdminId(self.desk.source().id()),
            email: email(&format!("{}@desk.example", name.to_ascii_lowercase())),
            name: Name::from_stored(name.to_owned()),
            role,
            on_duty: true,
            locale: Locale::En,
            disabled_at: None,
            created_at: self.desk.now(),
        };
        let new = NewAdmin { admin: admin.clone(), password_hash: None, notices: Vec::new() };
        self.storage.add_admin(new, &crate::deed()).await.expect("an admin is added");
        admin
    }

    /// Presses the bell, with a first message if there are `words`.
    pub async fn called(&self, visitor: &Visitor, words: Option<&str>) -> ConversationId {
        let message = words.map(|words| (client_id("first"), body(words)));
        let context =
            CallContext { url: Some("https://shop.example/pay".to_owned()), ..CallContext::default() };
        let request = CallRequest { client_id: None, context, message };
        self.desk.call(visitor, request).await.expect("a call is taken").conversation
    }

    /// Says something under the client's id `id`.
    pub async fn said(&self, caller: &Caller, conversation: ConversationId, id: &str, words: &str) -> Done {
        let done = self.desk.say(caller, conversation, client_id(id), body(words)).await;
        done.expect("a message is taken")
    }

    /// The conversation as it is stored.
    pub async fn stored(&self, conversation: ConversationId) -> Conversation {
        let row = self.storage.conversation(conversation).await.expect("the database answers");
        row.expect("the conversation is there").conversation
    }

    /// The whole log of a conversation.
    pub async fn log(&self, conversation: ConversationId) -> Vec<Event> {
        self.storage.read_after(conversation, Seq::START, 10_000).await.expect("the database answers")
    }

    /// What happened in a conversation, in the words of the log.
    pub async fn kinds(&self, conversation: ConversationId) -> Vec<&'static str> {
        self.log(conversation).await.iter().map(|event| event.what.kind()).collect()
    }

    /// All notices, oldest first.
    pub async fn outbox(&self) -> Vec<Notice> {
        let mut all = Vec::new();
        let mut page = Page::first(200);
        loop {
            let found = self.storage.notices(&NoticeFilter::default(), page).await;
            let found = found.expect("the database answers");
            all.extend(found.items);
            if found.next.is_none() {
                break;
            }
            page.before = found.next;
        }
        all.reverse();
        all
    }

    /// All notices as `kind to address`, in the order of the alphabet.
    pub async fn told(&self) -> Vec<String> {
        let line = |notice: &Notice| format!("{} to {}", notice.kind.as_str(), notice.to.address.as_str());
        let mut lines: Vec<String> = self.outbox().await.iter().map(line).collect();
        lines.sort();
        lines
    }
}

impl std::fmt::Debug for DeskInABox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeskInABox").finish_non_exhaustive()
    }
}

/// A message.
pub fn body(words: &str) -> Body {
    Body::from_stored(words.to_owned())
}

/// A headline.
pub fn title(words: &str) -> Title {
    Title::from_stored(words.to_owned())
}

/// A client's id.
pub fn client_id(id: &str) -> ClientId {
    ClientId::from_stored(id.to_owned())
}

/// Something done at the command line, for tests to which it does not matter what.
pub fn deed() -> Deed {
    Deed::new(START, Actor::System, DeedKind::ProfileChanged)
}

/// An address.
pub fn email(address: &str) -> Email {
    Email::from_stored(address.to_owned())
}
