//! A site with a database, admins and visitors, as far as the mailer is concerned.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bus::{Bus, InProcessBus, News, Topic};
use domain::admin::{Admin, Locale, Role};
use domain::clock::ManualClock;
use domain::context::CallContext;
use domain::conversation::{self, Actor, Command, Conversation, Wish};
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, NoticeId, VisitorId};
use domain::inquiry::{Comment, Inquiry, InquiryKind, InquiryStatus};
use domain::notice::NoticeKind;
use domain::policy::Policy;
use domain::text::{Body, ClientId, Email, Name, Title};
use domain::visitor::Visitor;
use domain::{Clock, Seq, Timestamp};
use mailer::{Mailer, Parts, Settings, Transport};
use storage::{
    Admins, Change, Conversations, EventLog, Inquiries, InquiryChange, NewAdmin, NewNotice, Notice,
    NoticeState, Outbox, Recipient, Storage, Visitors,
};
use storage_sqlite::SqliteStorage;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use testkit::smtp::Sink;

/// How long a test waits for what must come before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// 2026-11-21 05:00:24 UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_795_237_224_000);

pub(crate) struct World {
    pub(crate) storage: Arc<SqliteStorage>,
    pub(crate) bus: Arc<InProcessBus>,
    pub(crate) clock: Arc<ManualClock>,
    ids: AtomicU64,
    /// Shared by all mailers on this outbox: no secret is made twice.
    secrets: mailer::Secrets,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self {
            storage: Arc::new(SqliteStorage::in_memory().await.expect("a database")),
            bus: Arc::new(InProcessBus::default()),
            clock: Arc::new(ManualClock::at(NOW)),
            ids: AtomicU64::new(1),
            secrets: links(),
        }
    }

    /// A new id; the same in every run.
    pub(crate) fn id(&self) -> Uuid {
        let n = u128::from(self.ids.fetch_add(1, Ordering::SeqCst));
        // Version 7, variant 1, and low bits that look random.
        Uuid::from_u128(
            0x019a_a4c1_0000_7000_8000_0000_0000_0000 | (n << 32) | (n * 2_654_435_761 % (1 << 32)),
        )
    }

    pub(crate) async fn admin(&self, name: &str, locale: Locale) -> Admin {
        let admin = Admin {
            id: AdminId(self.id()),
            email: Email::from_stored(if name.contains('@') {
                name.to_owned()
            } else {
                format!("{name}@burgerput.example")
            }),
            name: Name::from_stored(name.to_owned()),
            role: Role::Admin,
            on_duty: true,
            locale,
            disabled_at: None,
            created_at: NOW,
        };
        self.storage
            .add_admin(
                NewAdmin { admin: admin.clone(), password_hash: None, notices: Vec::new() },
                &testkit::deed(),
            )
            .await
            .expect("added");
        admin
    }

    /// Somebody whom the host site names.
    pub(crate) async fn visitor(&self, name: &str) -> Visitor {
        let (subject, name) = (Some(self.id().to_string()), Some(Name::from_stored(name.to_owned())));
        self.admitted(Visitor { subject, name, ..self.stranger() }).await
    }

    /// Somebody whom nobody knows.
    pub(crate) async fn anonymous(&self) -> Visitor {
        self.admitted(self.stranger()).await
    }

    fn stranger(&self) -> Visitor {
        Visitor { id: VisitorId(self.id()), subject: None, name: None, email: None, created_at: NOW }
    }

    async fn admitted(&self, visitor: Visitor) -> Visitor {
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(visitor.id.0.as_bytes());
        self.storage.admit(visitor, secret, NOW.plus(Duration::from_hours(24))).await.expect("admitted")
    }

    pub(crate) fn notice(&self, kind: NoticeKind, to: &Admin) -> NewNotice {
        NewNotice {
            id: NoticeId(self.id()),
            kind,
            to: Recipient { admin: Some(to.id), address: to.email.clone(), locale: to.locale },
            conversation: None,
            inquiry: None,
            comment: None,
            created_at: self.clock.now(),
            due_at: self.clock.now(),
        }
    }

    /// Somebody presses the bell; these admins are told.
    pub(crate) async fn call(&self, visitor: &Visitor, said: &str, told: &[&Admin]) -> Call {
        let id = ConversationId(self.id());
        let command = Command::Call {
            id,
            visitor: visitor.id,
            client_id: None,
            context: CallContext {
                url: Some("https://burgerput.example/pay".to_owned()),
                ..CallContext::default()
            },
            message: Some((ClientId::from_stored("m1".to_owned()), Body::from_stored(said.to_owned()))),
        };
        let notices: Vec<NewNotice> = told
            .iter()
            .map(|admin| NewNotice { conversation: Some(id), ..self.notice(NoticeKind::Call, admin) })
            .collect();
        let ids = notices.iter().map(|notice| notice.id).collect();
        let by = Actor::Visitor { id: visitor.id, name: visitor.name.clone() };
        self.carry_out(id, None, by, command, notices).await;
        Call { id, notices: ids }
    }

    /// Somebody does something about a call.
    pub(crate) async fn act(&self, id: ConversationId, by: Actor, command: Command) {
        self.act_and_tell(id, by, command, Vec::new()).await;
    }

    /// Somebody does something about a call, and these notices come of it.
    pub(crate) async fn act_and_tell(
        &self,
        id: ConversationId,
        by: Actor,
        command: Command,
        notices: Vec<NewNotice>,
    ) {
        let row = self.storage.conversation(id).await.expect("read").expect("there");
        self.carry_out(id, Some(row.conversation), by, command, notices).await;
    }

    async fn carry_out(
        &self,
        id: ConversationId,
        state: Option<Conversation>,
        by: Actor,
        command: Command,
        notices: Vec<NewNotice>,
    ) {
        let wish = Wish { by, at: self.clock.now(), command };
        let outcome = conversation::decide(state.as_ref(), wish, &Policy::default()).expect("allowed");
        let expected = state.as_ref().map_or(Seq::START, |state| state.seq);
        let after = outcome.events.iter().fold(state, |state, event| conversation::evolve(state, id, event));
        let change = Change {
            conversation: after.expect("a conversation"),
            expected,
            events: outcome.events,
            notices,
            inquiry: None,
        };
        self.storage.append(change).await.expect("stored");
        self.bus.ring(Topic::Outbox, News::VIEW);
    }

    /// A post with an address, and a notice of this kind about it.
    pub(crate) async fn post(&self, kind: NoticeKind, told: Option<&Admin>) -> Post {
        self.post_from(None, kind, told).await
    }

    /// The same, made of a call.
    pub(crate) async fn post_from(
        &self,
        conversation: Option<ConversationId>,
        kind: NoticeKind,
        told: Option<&Admin>,
    ) -> Post {
        let author = self.visitor("김민지").await;
        let id = InquiryId(self.id());
        let inquiry = Inquiry {
            id,
            version: 1,
            kind: InquiryKind::Error,
            status: if kind == NoticeKind::Resolved { InquiryStatus::Resolved } else { InquiryStatus::Open },
            title: Title::from_stored("The pay button leads to an empty page".to_owned()),
            body: Body::from_stored("It worked yesterday.".to_owned()),
            email: Some(Email::from_stored("minji@example.com".to_owned())),
            author: author.id,
            author_name: author.name.clone(),
            conversation,
            created_at: self.clock.now(),
            updated_at: self.clock.now(),
            trashed_at: None,
        };
        let comment = (kind == NoticeKind::Comment).then(|| Comment {
            id: CommentId(self.id()),
            at: self.clock.now(),
            by: match told {
                Some(_) => Actor::Visitor { id: author.id, name: author.name.clone() },
                None => Actor::Admin { id: AdminId(self.id()), name: Name::from_stored("Seojun".to_owned()) },
            },
            body: Body::from_stored("It works again now.".to_owned()),
        });
        let address =
            told.map_or_else(|| Email::from_stored("minji@example.com".to_owned()), |a| a.email.clone());
        let notice = NewNotice {
            id: NoticeId(self.id()),
            kind,
            to: Recipient { admin: told.map(|a| a.id), address, locale: Locale::En },
            conversation: None,
            inquiry: Some(id),
            comment: comment.as_ref().map(|comment| comment.id),
            created_at: self.clock.now(),
            due_at: self.clock.now(),
        };
        let notice_id = notice.id;
        self.change(inquiry.clone(), comment, vec![notice]).await;
        self.bus.ring(Topic::Outbox, News::VIEW);
        Post { inquiry, notice: notice_id }
    }

    pub(crate) async fn change(&self, inquiry: Inquiry, comment: Option<Comment>, notices: Vec<NewNotice>) {
        let change = InquiryChange { inquiry, comment, notices, release_at: None, deed: None };
        self.storage.change_inquiry(change).await.expect("stored");
    }

    /// Time passes, and the mailer notices.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.bus.ring(Topic::Outbox, News::VIEW);
    }

    /// The settings of a mailer that sends to this server and is as impatient as in earnest.
    pub(crate) fn earnest(sink: &Sink) -> Settings {
        let url = format!("smtp://{}", sink.address).parse().expect("an address");
        Settings { prompt: Settings::PROMPT, ..Self::settings(Transport::Smtp(url)) }
    }

    /// Starts a mailer that sends to this server.
    pub(crate) fn mail_through(&self, sink: &Sink) -> Running {
        self.start(Transport::Smtp(format!("smtp://{}", sink.address).parse().expect("an address")))
    }

    pub(crate) fn start(&self, transport: Transport) -> Running {
        self.start_with(Self::settings(transport))
    }

    pub(crate) fn settings(transport: Transport) -> Settings {
        Settings {
            from: "Burgerput desk <desk@burgerput.example>".parse().expect("a sender"),
            transport,
            public_url: "https://desk.burgerput.example".to_owned(),
            site_name: "Burgerput".to_owned(),
            lanes: Settings::LANES,
            patience: Settings::PATIENCE,
            // Connections are counted here; a machine under load must not look like a slow mail server.
            prompt: Duration::from_mins(1),
            mails_per_admin: None,
        }
    }

    pub(crate) fn start_with(&self, settings: Settings) -> Running {
        self.start_on(Arc::clone(&self.storage) as _, settings)
    }

    /// Starts a mailer that sees the outbox through `storage`.
    pub(crate) fn start_on(&self, storage: Arc<dyn Storage>, settings: Settings) -> Running {
        let parts = Parts {
            storage,
            bus: Arc::clone(&self.bus) as _,
            clock: Arc::clone(&self.clock) as _,
            settings,
            secrets: Arc::clone(&self.secrets),
        };
        let mailer = Mailer::new(parts).expect("settings that can be used");
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(mailer.run(shutdown.clone()));
        Running { shutdown, tasks }
    }

    /// Waits until a notice stands as wanted.
    pub(crate) async fn until(&self, id: NoticeId, wanted: impl Fn(&Notice) -> bool) -> Notice {
        let notice = self.look(id).await;
        let topic = notice.conversation.map_or(Topic::Board, Topic::Conversation);
        let mut bell = self.bus.listen(topic);
        let found = async {
            loop {
                bell.mark();
                let notice = self.look(id).await;
                if wanted(&notice) {
                    return notice;
                }
                bell.changed().await;
            }
        };
        let Ok(notice) = tokio::time::timeout(PATIENCE, found).await else {
            panic!("it never came to that: {:?}", self.look(id).await)
        };
        notice
    }

    pub(crate) async fn until_state(&self, id: NoticeId, state: NoticeState) -> Notice {
        self.until(id, |notice| notice.state == state).await
    }

    pub(crate) async fn look(&self, id: NoticeId) -> Notice {
        self.storage.notice(id).await.expect("read").expect("there")
    }
}

pub(crate) struct Call {
    pub(crate) id: ConversationId,
    pub(crate) notices: Vec<NoticeId>,
}

pub(crate) struct Post {
    pub(crate) inquiry: Inquiry,
    pub(crate) notice: NoticeId,
}

/// A mailer at work.
pub(crate) struct Running {
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl Running {
    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        tokio::time::timeout(PATIENCE, self.tasks.wait()).await.expect("the mailer stops");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub(crate) fn admin_actor(admin: &Admin) -> Actor {
    Actor::Admin { id: admin.id, name: admin.name.clone() }
}

/// Secrets that a test knows: `secret-1`, `secret-2` and so on.
fn links() -> mailer::Secrets {
    let count = std::sync::atomic::AtomicU32::new(1);
    Arc::new(move || {
        let secret = format!("secret-{}", count.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let hash = hash(&secret);
        (secret, hash)
    })
}

/// What is kept of such a secret.
pub(crate) fn hash(secret: &str) -> storage::SecretHash {
    let mut hash = [0; 32];
    hash[..secret.len()].copy_from_slice(secret.as_bytes());
    hash
}
