//! What has been, for those who look back.

use async_trait::async_trait;
use domain::Timestamp;

use crate::{NoticeState, StorageError};

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// An admin came.
    Answered,
    /// Nobody did: it went to the board.
    Moved,
    /// The caller took it back.
    Cancelled,
}

/// One call, as far as its wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFigure {
    /// When it was made.
    pub called_at: Timestamp,
    /// How its first wait ended, and when; nothing while it lasts.
    pub ended: Option<(CallOutcome, Timestamp)>,
    /// The name of who answered.
    pub by: Option<String>,
}

/// One mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailFigure {
    /// When it was queued.
    pub created_at: Timestamp,
    /// Whether it tells of a call that was just made.
    pub of_call: bool,
    /// What has become of it.
    pub state: NoticeState,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
}

/// Reads what has been.
#[async_trait]
pub trait Figures: Send + Sync {
    /// The calls made since then, newest first, so many at the most.
    async fn calls_since(&self, from: Timestamp, limit: u32) -> Result<Vec<CallFigure>, StorageError>;

    /// The mails queued since then, newest first, so many at the most.
    async fn mails_since(&self, from: Timestamp, limit: u32) -> Result<Vec<MailFigure>, StorageError>;
}
