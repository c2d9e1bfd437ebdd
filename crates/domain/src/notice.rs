//! What somebody must be told outside the page.

use crate::id::{CommentId, InquiryId};

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// Somebody pressed the bell.
    Call,
    /// They are still waiting, and a further step of the ladder was reached.
    Escalation,
    /// There is a new post on the board.
    Inquiry,
    /// Somebody commented on an inquiry.
    Comment,
    /// An inquiry was resolved.
    Resolved,
}

impl NoticeKind {
    /// The word for it in tables and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Escalation => "escalation",
            Self::Inquiry => "inquiry",
            Self::Comment => "comment",
            Self::Resolved => "resolved",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Call, Self::Escalation, Self::Inquiry, Self::Comment, Self::Resolved]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The admins on duty; everyone when nobody is, for a call must reach somebody.
    OnDuty,
    /// Every admin who is not disabled.
    Everyone,
    /// The author of the inquiry, if they left an address.
    Author,
}

/// A decision that somebody must be told; the desk turns it into one notice for each recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling {
    /// Why.
    pub kind: NoticeKind,
    /// Who.
    pub audience: Audience,
    /// Which inquiry it is about.
    pub inquiry: Option<InquiryId>,
    /// Which comment it is about.
    pub comment: Option<CommentId>,
    /// Whether it may wait a moment for the caller to complete what was made in their name.
    pub may_wait: bool,
}

impl Telling {
    /// Tells `audience` about the call itself.
    pub const fn of_call(kind: NoticeKind, audience: Audience) -> Self {
        Self { kind, audience, inquiry: None, comment: None, may_wait: false }
    }

    /// Tells `audience` about an inquiry.
    pub const fn of_inquiry(kind: NoticeKind, audience: Audience, inquiry: InquiryId) -> Self {
        Self { kind, audience, inquiry: Some(inquiry), comment: None, may_wait: false }
    }
}
