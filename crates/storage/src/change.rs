//! One atomic step of one conversation.

use domain::admin::Locale;
use domain::conversation::{Conversation, Event};
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, NoticeId};
use domain::inquiry::Inquiry;
use domain::notice::NoticeKind;
use domain::text::Email;
use domain::{Seq, Timestamp};

/// The events, the state they lead to, the notices and the post they cause: stored whole or not at all.
#[derive(Debug, Clone)]
pub struct Change {
    /// The conversation as it stands after the events.
    pub conversation: Conversation,
    /// The place it must stand at now; `Seq::START` for a new one.
    pub expected: Seq,
    /// What happened; at least one.
    pub events: Vec<Event>,
    /// Who must be told.
    pub notices: Vec<NewNotice>,
    /// The post that came of it.
    pub inquiry: Option<Inquiry>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is durable.
    Stored {
        /// The conversation's short number.
        number: u64,
    },
    /// An event with the same client id was stored before; nothing was stored now.
    Repeated {
        /// Where it is.
        seq: Seq,
    },
}

/// A notice on its way into the outbox.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Its id; the mail's `Message-ID` is derived from it, so that a retry is the same mail.
    pub id: NoticeId,
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
    /// When it was decided.
    pub created_at: Timestamp,
    /// Not to be sent before.
    pub due_at: Timestamp,
}

/// Whom a notice goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The admin; `None` for the author of an inquiry.
    pub admin: Option<AdminId>,
    /// Where.
    pub address: Email,
    /// In which language.
    pub locale: Locale,
}
