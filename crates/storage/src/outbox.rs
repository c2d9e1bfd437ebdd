//! What must be told to somebody and has not been yet, and what became of it.

use async_trait::async_trait;
use domain::Timestamp;
use domain::deed::Deed;
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, MailId, NoticeId};
use domain::notice::{NoticeKind, SkipReason};

use crate::change::{NewNotice, Recipient};
use crate::claim::{Claim, Claimed, Lease, Spared};
use crate::error::StorageError;
use crate::page::{Page, Paged};

/// A notice and what became of it so far.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Which.
    pub id: NoticeId,
    /// Its place in the outbox, the key of its pages.
    pub number: u64,
    /// Why.
    pub kind: NoticeKind,
    /// Whom.
    pub to: Recipient,
    /// About which call.
    pub conversation: Option<ConversationId>,
    /// About which post.
    pub inquiry: Option<InquiryId>,
    /// About which comment.
    pub comment: Option<CommentId>,
    /// Where it stands.
    pub state: NoticeState,
    /// How often it was tried.
    pub attempts: u32,
    /// What the mail server said last, or why it was not sent, in English.
    pub last_reply: Option<String>,
    /// Why it was not sent, when it was skipped.
    pub skipped: Option<SkipReason>,
    /// The notice that leads the digest in which it was or will be sent; its own id, when it leads one.
    pub digest: Option<NoticeId>,
    /// When it was decided.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When its reader first opened what it is about.
    pub opened_at: Option<Timestamp>,
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeState {
    /// Not tried yet.
    Queued,
    /// Taken by the mail server.
    Sent,
    /// Tried, and to be tried again.
    Retrying,
    /// Not sent, as its moment had passed.
    Skipped,
    /// Given up.
    Dead,
}

impl NoticeState {
    /// The word for it in tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Retrying => "retrying",
            Self::Skipped => "skipped",
            Self::Dead => "dead",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Queued, Self::Sent, Self::Retrying, Self::Skipped, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// How one try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server took it.
    Sent {
        /// Its words.
        reply: String,
    },
    /// It did not, for now.
    Retry {
        /// Why.
        reply: String,
        /// When to try again.
        at: Timestamp,
    },
    /// It never will.
    Dead {
        /// Why.
        reply: String,
    },
    /// It was not needed any more.
    Skipped {
        /// Why.
        reason: SkipReason,
    },
}

/// Which notices.
#[derive(Debug, Clone, Default)]
pub struct NoticeFilter {
    /// About this call.
    pub conversation: Option<ConversationId>,
    /// About this post.
    pub inquiry: Option<InquiryId>,
    /// In this state.
    pub state: Option<NoticeState>,
}

/// What became of the mails about one call, in short.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// How many admins were or will be mailed.
    pub mails: u32,
    /// How many of those mails the mail server has taken, counted by admin.
    pub sent: u32,
    /// When it took the first.
    pub sent_at: Option<Timestamp>,
    /// Who has opened the call since.
    pub opened_by: Vec<String>,
}

/// Writes and reads the outbox.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Queues notices that nothing else goes with.
    async fn queue_notices(&self, notices: &[NewNotice], deed: &Deed) -> Result<(), StorageError>;

    /// Leases up to as many due notices as are asked for. Of those who ask at once, one gets each. What is beyond
    /// an admin's allowance is gathered into a digest instead, which comes due by the allowance's pace and is
    /// claimed by the notice that leads it.
    async fn claim(&self, claim: &Claim) -> Result<Vec<Claimed>, StorageError>;

    /// Records how a try ended and gives the lease back. False when the lease is not the present one any more:
    /// then somebody else has the notice, and nothing is recorded.
    async fn record(&self, lease: &Lease, delivery: &Delivery, at: Timestamp) -> Result<bool, StorageError>;

    /// What is gathered in the digest that `leader` leads and still to be sent, oldest first.
    async fn gathered(&self, leader: NoticeId) -> Result<Vec<Notice>, StorageError>;

    /// Records how the try of a digest ended, by the lease on its leader; false as for `record`. What was in it
    /// (`told`) ends as the digest did; what was not needed any more is skipped, unless all is tried again.
    /// What joined it too late to be in it goes its own way once it was sent or given up.
    async fn record_digest(
        &self,
        lease: &Lease,
        delivery: &Delivery,
        told: &[NoticeId],
        skipped: &[(NoticeId, SkipReason)],
        at: Timestamp,
    ) -> Result<bool, StorageError>;

    /// When the next notice is due or comes off its lease, those to the spared left out.
    async fn next_notice_at(&self, spared: &Spared) -> Result<Option<Timestamp>, StorageError>;

    /// One of them.
    async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StorageError>;

    /// Newest first.
    async fn notices(&self, filter: &NoticeFilter, page: Page) -> Result<Paged<Notice>, StorageError>;

    /// Queues a dead or skipped notice again, by itself, due at the deed's moment; false when it was neither.
    async fn requeue(&self, id: NoticeId, deed: &Deed) -> Result<bool, StorageError>;

    /// Notes that `admin` has opened what these notices are about; true when that is news.
    async fn mark_opened(
        &self,
        admin: AdminId,
        conversation: Option<ConversationId>,
        inquiry: Option<InquiryId>,
        at: Timestamp,
    ) -> Result<bool, StorageError>;

    /// What became of the mails about a call.
    async fn told(&self, conversation: ConversationId) -> Result<Told, StorageError>;
}

/// A mail that was kept instead of sent, where no mail server is configured.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Which.
    pub id: MailId,
    /// Its place in the mailbox, the key of its pages; the store gives it.
    pub number: u64,
    /// The notice it renders.
    pub notice: NoticeId,
    /// The sender, as in the header.
    pub from: String,
    /// The recipient's address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its plain part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
    /// When it was kept.
    pub at: Timestamp,
}

/// The built-in mailbox.
#[async_trait]
pub trait Mailbox: Send + Sync {
    /// Keeps a mail; one that renders a notice kept before replaces it.
    async fn keep(&self, mail: &Mail) -> Result<(), StorageError>;

    /// Newest first.
    async fn mails(&self, page: Page) -> Result<Paged<Mail>, StorageError>;

    /// One of them.
    async fn mail(&self, id: MailId) -> Result<Option<Mail>, StorageError>;
}
