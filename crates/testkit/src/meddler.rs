//! A storage that lets a test happen in the middle of a read or a write: races become certain instead of lucky.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::admin::Admin;
use domain::conversation::Event;
use domain::deed::Deed;
use domain::id::{AdminId, ApiTokenId, ConversationId, InquiryId, MailId, NoticeId, VisitorId};
use domain::inquiry::Comment;
use domain::notice::SkipReason;
use domain::text::ClientId;
use domain::visitor::Visitor;
use domain::{Seq, Timestamp};
use storage::{
    Admins, ApiToken, Appended, Change, Claim, Claimed, ConversationFilter, ConversationRow, Conversations,
    Deeds, Delivery, EventLog, Figures, Inquiries, InquiryChange, InquiryFilter, InquiryRow, Lease, Link,
    Links, Mail, Mailbox, Meta, NewAdmin, NewNotice, Notice, NoticeFilter, Outbox, Page, Paged, RecordFilter,
    Recorded, SecondFactor, SecondFactors, SecretHash, SessionRecord, Sessions, SharedSecret, Spared,
    Storage, StorageError, Told, Visitors,
};

/// Where something can be made to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// The log was read, and the reader has not been given it yet.
    LogRead,
    /// The visitor's open conversation was looked up, and the answer has not been given yet.
    OpenFound,
    /// A step is about to be stored.
    BeforeAppend,
    /// How the try of a notice or a digest ended is about to be recorded. What never ends here is like a mailer
    /// that was killed after the mail server had taken the mail.
    BeforeRecord,
}

type Happening = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The real storage, and what is to happen in between.
pub struct Meddler {
    inner: Arc<dyn Storage>,
    planned: Mutex<HashMap<Point, Happening>>,
}

impl Meddler {
    /// One on this storage, with nothing planned.
    pub fn on(inner: &Arc<dyn Storage>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), planned: Mutex::default() })
    }

    /// Makes `happening` happen the next time that `point` is reached, once.
    pub fn once(&self, point: Point, happening: impl Future<Output = ()> + Send + 'static) {
        self.planned().insert(point, Box::pin(happening));
    }

    /// Whether everything that was planned has begun.
    pub fn is_done(&self) -> bool {
        self.planned().is_empty()
    }

    fn planned(&self) -> MutexGuard<'_, HashMap<Point, Happening>> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn reach(&self, point: Point) {
        let happening = self.planned().remove(&point);
        if let Some(happening) = happening {
            happening.await;
        }
    }
}

#[async_trait]
impl EventLog for Meddler {
    async fn append(&self, change: Change) -> Result<Appended, StorageError> {
        self.reach(Point::BeforeAppend).await;
        self.inner.append(change).await
    }

    async fn read_after(
        &self,
        id: ConversationId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, StorageError> {
        let read = self.inner.read_after(id, after, limit).await;
        self.reach(Point::LogRead).await;
        read
    }

    async fn find_by_client_id(
        &self,
        visitor: VisitorId,
        client_id: &ClientId,
    ) -> Result<Option<(ConversationId, Event)>, StorageError> {
        self.inner.find_by_client_id(visitor, client_id).await
    }
}

#[async_trait]
impl Conversations for Meddler {
    async fn open_conversation_of(&self, id: VisitorId) -> Result<Option<ConversationRow>, StorageError> {
        let found = self.inner.open_conversation_of(id).await;
        self.reach(Point::OpenFound).await;
        found
    }

    async fn conversation(&self, id: ConversationId) -> Result<Option<ConversationRow>, StorageError> {
        self.inner.conversation(id).await
    }

    async fn latest_conversation_of(&self, id: VisitorId) -> Result<Option<ConversationRow>, StorageError> {
        self.inner.latest_conversation_of(id).await
    }

    async fn queue(&self) -> Result<Vec<ConversationRow>, StorageError> {
        self.inner.queue().await
    }

    async fn conversations(
        &self,
        filter: &ConversationFilter,
        page: Page,
    ) -> Result<Paged<ConversationRow>, StorageError> {
        self.inner.conversations(filter, page).await
    }

    async fn last_said(&self, ids: &[ConversationId]) -> Result<Vec<(ConversationId, Event)>, StorageError> {
        self.inner.last_said(ids).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<ConversationId>, StorageError> {
        self.inner.due(now, limit).await
    }

    async fn next_deadline(&self) -> Result<Option<Timestamp>, StorageError> {
        self.inner.next_deadline().await
    }
}

#[async_trait]
impl Outbox for Meddler {
    async fn claim(&self, claim: &Claim) -> Result<Vec<Claimed>, StorageError> {
        self.inner.claim(claim).await
    }

    async fn record(&self, lease: &Lease, delivery: &Delivery, at: Timestamp) -> Result<bool, StorageError> {
        self.reach(Point::BeforeRecord).await;
        self.inner.record(lease, delivery, at).await
    }

    async fn gathered(&self, leader: NoticeId) -> Result<Vec<Notice>, StorageError> {
        self.inner.gathered(leader).await
    }

    async fn record_digest(
        &self,
        lease: &Lease,
        delivery: &Delivery,
        told: &[NoticeId],
        skipped: &[(NoticeId, SkipReason)],
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        self.reach(Point::BeforeRecord).await;
        self.inner.record_digest(lease, delivery, told, skipped, at).await
    }

    async fn next_notice_at(&self, spared: &Spared) -> Result<Option<Timestamp>, StorageError> {
        self.inner.next_notice_at(spared).await
    }

    async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StorageError> {
        self.inner.notice(id).await
    }

    async fn notices(&self, filter: &NoticeFilter, page: Page) -> Result<Paged<Notice>, StorageError> {
        self.inner.notices(filter, page).await
    }

    async fn queue_notices(&self, notices: &[NewNotice], deed: &Deed) -> Result<(), StorageError> {
        self.inner.queue_notices(notices, deed).await
    }

    async fn requeue(&self, id: NoticeId, deed: &Deed) -> Result<bool, StorageError> {
        self.inner.requeue(id, deed).await
    }

    async fn mark_opened(
        &self,
        admin: AdminId,
        conversation: Option<ConversationId>,
        inquiry: Option<InquiryId>,
        at: Timestamp,
    ) -> Result<bool, StorageError> {
        self.inner.mark_opened(admin, conversation, inquiry, at).await
    }

    async fn told(&self, conversation: ConversationId) -> Result<Told, StorageError> {
        self.inner.told(conversation).await
    }
}

/// The rest goes straight through.
macro_rules! straight_through {
    ($($kind:ident { $(fn $name:ident($($arg:ident: $of:ty),*) -> $out:ty;)* })*) => {$(
        #[async_trait]
        impl $kind for Meddler {
            $(async fn $name(&self, $($arg: $of),*) -> Result<$out, StorageError> {
                self.inner.$name($($arg),*).await
            })*
        }
    )*};
}

straight_through! {
    Inquiries {
        fn change_inquiry(change: InquiryChange) -> u64;
        fn inquiry(id: InquiryId) -> Option<InquiryRow>;
        fn inquiries(filter: &InquiryFilter, page: Page) -> Paged<InquiryRow>;
        fn comments(ids: &[InquiryId]) -> Vec<(InquiryId, Comment)>;
        fn inquiry_counts() -> [u64; 3];
        fn purge_trash(before: Timestamp) -> u64;
    }
    Visitors {
        fn admit(visitor: Visitor, token: SecretHash, expires_at: Timestamp) -> Visitor;
        fn rename_visitor(visitor: &Visitor) -> ();
        fn visitor(id: VisitorId) -> Option<Visitor>;
        fn visitor_by_token(token: SecretHash, now: Timestamp) -> Option<(Visitor, Timestamp)>;
        fn extend_token(token: SecretHash, expires_at: Timestamp) -> ();
        fn visitor_seen(id: VisitorId, at: Timestamp) -> ();
        fn visitor_last_seen(id: VisitorId) -> Option<Timestamp>;
        fn purge_tokens(before: Timestamp) -> u64;
        fn purge_visitors(now: Timestamp) -> u64;
    }
    Admins {
        fn add_admin(new: NewAdmin, deed: &Deed) -> ();
        fn admins() -> Vec<Admin>;
        fn admin(id: AdminId) -> Option<Admin>;
        fn admin_by_email(folded: &str) -> Option<(Admin, Option<String>)>;
        fn update_admin(admin: &Admin, deed: &Deed) -> ();
        fn set_password(id: AdminId, hash: &str, keep: Option<SecretHash>, deed: &Deed) -> ();
        fn add_api_token(token: &ApiToken, secret: SecretHash, deed: &Deed) -> ();
        fn api_tokens() -> Vec<ApiToken>;
        fn admin_by_api_token(secret: SecretHash, now: Timestamp) -> Option<Admin>;
        fn revoke_api_token(id: ApiTokenId, deed: &Deed) -> bool;
    }
    SecondFactors {
        fn second_factor(admin: AdminId) -> Option<SecondFactor>;
        fn set_second_factor(admin: AdminId, new: Option<(&SharedSecret, &[SecretHash])>, keep: Option<SecretHash>, deed: &Deed) -> ();
        fn set_recovery_codes(admin: AdminId, codes: &[SecretHash], deed: &Deed) -> ();
        fn use_step(admin: AdminId, step: u64) -> bool;
        fn use_recovery_code(admin: AdminId, code: SecretHash, deed: &Deed) -> bool;
    }
    Links {
        fn add_links(links: &[Link]) -> ();
        fn link(secret: SecretHash, now: Timestamp) -> Option<Link>;
        fn use_link(secret: SecretHash, now: Timestamp) -> Option<Link>;
        fn purge_links(before: Timestamp) -> u64;
    }
    Deeds {
        fn note_deed(deed: &Deed) -> ();
        fn record_of_deeds(filter: RecordFilter, page: Page) -> Paged<Recorded>;
    }
    Sessions {
        fn create_session(session: &SessionRecord) -> bool;
        fn save_session(session: &SessionRecord) -> ();
        fn session(id: SecretHash, now: Timestamp) -> Option<SessionRecord>;
        fn sessions_of(admin: AdminId, now: Timestamp) -> Vec<SessionRecord>;
        fn end_sessions(admin: AdminId, keep: Option<SecretHash>, deed: &Deed) -> u64;
        fn end_session(admin: AdminId, id: SecretHash, deed: &Deed) -> bool;
        fn delete_session(id: SecretHash) -> ();
        fn purge_sessions(before: Timestamp) -> u64;
    }
    Mailbox {
        fn keep(mail: &Mail) -> ();
        fn mails(page: Page) -> Paged<Mail>;
        fn mail(id: MailId) -> Option<Mail>;
    }
    Figures {
        fn calls_since(from: Timestamp, limit: u32) -> Vec<storage::CallFigure>;
        fn mails_since(from: Timestamp, limit: u32) -> Vec<storage::MailFigure>;
    }
    Meta {
        fn epoch() -> String;
        fn renew_epoch() -> String;
        fn load() -> storage::Load;
        fn data_version() -> i64;
        fn faults() -> Vec<String>;
    }
}

impl std::fmt::Debug for Meddler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meddler").finish_non_exhaustive()
    }
}
