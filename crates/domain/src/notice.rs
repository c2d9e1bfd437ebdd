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
    /// Somebody was made an admin and may choose a password.
    Invitation,
    /// An admin has forgotten their password.
    Reset,
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
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Call,
            Self::Escalation,
            Self::Inquiry,
            Self::Comment,
            Self::Resolved,
            Self::Invitation,
            Self::Reset,
        ];
        all.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is about somebody's own sign-in: it is for nobody else's eyes, and no flood of calls may hold it up.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Invitation | Self::Reset)
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

/// Why a notice was not sent: its moment had passed, or there was nobody left to tell. Kept as a word, so that
/// whoever reads it gets it in their own language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// Somebody has answered the call before the mail left.
    Answered {
        /// Who, as people read it: `Kim, Lee`.
        by: String,
    },
    /// The call was answered and waits anew since; a newer notice tells of that.
    WaitsAnew,
    /// The call had moved to the board.
    Moved,
    /// The caller had cancelled.
    Cancelled,
    /// The call is not there any more.
    CallRemoved,
    /// The post is not there any more.
    InquiryRemoved,
    /// The post was in the trash.
    InquiryDeleted,
    /// The post that was resolved is open again.
    InquiryReopened,
    /// The comment is not there any more.
    CommentRemoved,
    /// The author has taken their address back.
    AddressTakenBack,
    /// The admin is not there any more.
    AdminRemoved,
    /// The admin may not sign in any more.
    AdminDisabled,
    /// The admin has chosen a password meanwhile.
    PasswordChosen,
    /// It was asked for too long ago to be wanted still.
    TooLate,
    /// The notice does not say whom or about what.
    Incomplete,
}

impl SkipReason {
    /// The word for it in tables and JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::WaitsAnew => "waits_anew",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::CallRemoved => "call_removed",
            Self::InquiryRemoved => "inquiry_removed",
            Self::InquiryDeleted => "inquiry_deleted",
            Self::InquiryReopened => "inquiry_reopened",
            Self::CommentRemoved => "comment_removed",
            Self::AddressTakenBack => "address_taken_back",
            Self::AdminRemoved => "admin_removed",
            Self::AdminDisabled => "admin_disabled",
            Self::PasswordChosen => "password_chosen",
            Self::TooLate => "too_late",
            Self::Incomplete => "incomplete",
        }
    }

    /// Reads the word back, with the names that belong to some.
    pub fn from_word(word: &str, by: Option<String>) -> Option<Self> {
        let plain = [
            Self::WaitsAnew,
            Self::Moved,
            Self::Cancelled,
            Self::CallRemoved,
            Self::InquiryRemoved,
            Self::InquiryDeleted,
            Self::InquiryReopened,
            Self::CommentRemoved,
            Self::AddressTakenBack,
            Self::AdminRemoved,
            Self::AdminDisabled,
            Self::PasswordChosen,
            Self::TooLate,
            Self::Incomplete,
        ];
        let answered = [Self::Answered { by: by.unwrap_or_default() }];
        plain.into_iter().chain(answered).find(|reason| reason.as_str() == word)
    }

    /// The names that belong to it.
    pub fn by(&self) -> Option<&str> {
        match self {
            Self::Answered { by } => Some(by),
            _ => None,
        }
    }
}

/// In English, for programs that show words only.
impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Answered { by } => return write!(f, "answered by {by} before it left"),
            Self::WaitsAnew => "it was answered; a newer mail tells of the new wait",
            Self::Moved => "moved to the board before it left",
            Self::Cancelled => "cancelled by the caller before it left",
            Self::CallRemoved => "the call was removed",
            Self::InquiryRemoved => "the inquiry was removed",
            Self::InquiryDeleted => "the inquiry was deleted before it left",
            Self::InquiryReopened => "the inquiry was reopened before it left",
            Self::CommentRemoved => "the comment was removed",
            Self::AddressTakenBack => "the author has taken their address back",
            Self::AdminRemoved => "the admin was removed",
            Self::AdminDisabled => "the admin was disabled",
            Self::PasswordChosen => "the admin had chosen a password before it left",
            Self::TooLate => "it was asked for too long ago",
            Self::Incomplete => "it does not say whom to tell, or about what",
        })
    }
}
