//! A post on the board: an error report, a suggestion, or a call that nobody answered.
//!
//! It has the decider's shape, but no log: its row is the truth, so `decide` answers with the row to come.

mod decide;
#[cfg(test)]
mod tests;

use crate::clock::Timestamp;
use crate::conversation::Actor;
use crate::id::{CommentId, ConversationId, InquiryId, VisitorId};
use crate::text::{Body, Email, Name, Title};

pub use decide::{Command, InquiryRefusal, Outcome, decide, post};

/// What a post is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InquiryKind {
    /// Something does not work.
    Error,
    /// Something could be better.
    Suggestion,
    /// Somebody called, said nothing, and nobody came.
    MissedCall,
}

impl InquiryKind {
    /// The word for it in tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Suggestion => "suggestion",
            Self::MissedCall => "missed_call",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Error, Self::Suggestion, Self::MissedCall].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Where a post stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InquiryStatus {
    /// Waits for an admin.
    Open,
    /// An admin has commented.
    Answered,
    /// Done.
    Resolved,
}

impl InquiryStatus {
    /// The word for it in tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Answered, Self::Resolved].into_iter().find(|status| status.as_str() == word)
    }
}

/// What a post is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: InquiryId,
    /// What it is about.
    pub kind: InquiryKind,
    /// In a line.
    pub title: Title,
    /// In full.
    pub body: Body,
    /// Where to answer.
    pub email: Option<Email>,
}

/// A post as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Which.
    pub id: InquiryId,
    /// Counts the changes; the store takes the next one only.
    pub version: u64,
    /// What it is about.
    pub kind: InquiryKind,
    /// Where it stands.
    pub status: InquiryStatus,
    /// In a line.
    pub title: Title,
    /// In full.
    pub body: Body,
    /// Where to answer, if they left it. For the author and admins only.
    pub email: Option<Email>,
    /// Who wrote it.
    pub author: VisitorId,
    /// What they were called.
    pub author_name: Option<Name>,
    /// The call it stems from.
    pub conversation: Option<ConversationId>,
    /// When it was posted.
    pub created_at: Timestamp,
    /// When it, its status or its comments changed last.
    pub updated_at: Timestamp,
    /// Since when it is in the trash.
    pub trashed_at: Option<Timestamp>,
}

/// An answer below a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Which.
    pub id: CommentId,
    /// When.
    pub at: Timestamp,
    /// An admin, or the post's author.
    pub by: Actor,
    /// The words.
    pub body: Body,
}
