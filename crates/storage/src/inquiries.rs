//! The inquiry board.

use async_trait::async_trait;
use domain::Timestamp;
use domain::deed::Deed;
use domain::id::{InquiryId, VisitorId};
use domain::inquiry::{Comment, Inquiry, InquiryKind, InquiryStatus};

use crate::change::NewNotice;
use crate::error::StorageError;
use crate::page::{Page, Paged};

/// A post with what the store knows besides.
#[derive(Debug, Clone)]
pub struct InquiryRow {
    /// As it stands.
    pub inquiry: Inquiry,
    /// The short number that people see (#45).
    pub number: u64,
}

/// One atomic step of one post.
#[derive(Debug, Clone)]
pub struct InquiryChange {
    /// The post as it will stand; its version is one above the stored one, 1 for a new one.
    pub inquiry: Inquiry,
    /// The new comment.
    pub comment: Option<Comment>,
    /// Who must be told.
    pub notices: Vec<NewNotice>,
    /// Sends what still waits in the outbox about this post at this moment, instead of later.
    pub release_at: Option<Timestamp>,
    /// What an admin has done by it.
    pub deed: Option<Deed>,
}

/// Which posts.
#[derive(Debug, Clone, Default)]
pub struct InquiryFilter {
    /// With this status.
    pub status: Option<InquiryStatus>,
    /// Of this kind.
    pub kind: Option<InquiryKind>,
    /// Whose title, body, author or number contain this text; its characters are taken literally.
    pub text: Option<String>,
    /// Of this author.
    pub author: Option<VisitorId>,
    /// Those in the trash instead of those on the board.
    pub trash: bool,
}

/// Writes and reads the board.
#[async_trait]
pub trait Inquiries: Send + Sync {
    /// Stores one step in one transaction and returns the post's number. [`StorageError::Conflict`] when the
    /// stored version is not the one before.
    async fn change_inquiry(&self, change: InquiryChange) -> Result<u64, StorageError>;

    /// One of them, from the trash too.
    async fn inquiry(&self, id: InquiryId) -> Result<Option<InquiryRow>, StorageError>;

    /// Newest first; the page's key is the number.
    async fn inquiries(&self, filter: &InquiryFilter, page: Page) -> Result<Paged<InquiryRow>, StorageError>;

    /// The comments below these, oldest first.
    async fn comments(&self, ids: &[InquiryId]) -> Result<Vec<(InquiryId, Comment)>, StorageError>;

    /// How many posts on the board are open, answered and resolved, in this order.
    async fn inquiry_counts(&self) -> Result<[u64; 3], StorageError>;

    /// Removes for good what has been in the trash since before `before`; returns how many.
    async fn purge_trash(&self, before: Timestamp) -> Result<u64, StorageError>;
}
