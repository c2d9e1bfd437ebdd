//! What must be told to somebody and has not been yet, and what became of it.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, MailId, NoticeId};
use domain::notice::NoticeKind;

use crate::change::Recipient;
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
    /// What the mail server said last, or why it was not sent.
    pub last_reply: Option<String>,
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
        reason: String,
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
    /// Takes up to `limit` notices that are due and not leased, calls first, and leases them until
    /// `lease_until`. Of those who ask at once, one gets each.
    async fn claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notice>, StorageError>;

    /// Records how a try ended and gives the lease back.
    async fn record(&self, id: NoticeId, delivery: &Delivery, at: Timestamp) -> Result<(), StorageError>;

    /// When the next notice is due or comes off its lease.
    async fn next_notice_at(&self) -> Result<Option<Timestamp>, StorageError>;

    /// One of them.
    async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StorageError>;

    /// Newest first.
    async fn notices(&self, filter: &NoticeFilter, page: Page) -> Result<Paged<Notice>, StorageError>;

    /// Queues a dead or skipped notice again; false when it was neither.
    async fn requeue(&self, id: NoticeId, now: Timestamp) -> Result<bool, StorageError>;

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
