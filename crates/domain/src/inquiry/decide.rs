//! The rules of the board.

use crate::clock::Timestamp;
use crate::conversation::Actor;
use crate::id::{CommentId, ConversationId, VisitorId};
use crate::inquiry::{Comment, Draft, Inquiry, InquiryKind, InquiryStatus};
use crate::notice::{Audience, NoticeKind, Telling};
use crate::text::{Body, Email, Name, Title};

/// What may be asked of a post.
#[derive(Debug, Clone)]
pub enum Command {
    /// Change what it says; what is `None` stays. The author may while it is open, an admin may correct the
    /// kind and the title.
    Edit {
        /// What it is about.
        kind: Option<InquiryKind>,
        /// In a line.
        title: Option<Title>,
        /// In full.
        body: Option<Body>,
        /// Where to answer; `Some(None)` takes the address back.
        email: Option<Option<Email>>,
    },
    /// Answer, or add something.
    Comment {
        /// The comment's id.
        id: CommentId,
        /// The words.
        body: Body,
    },
    /// Call it done.
    Resolve,
    /// Take that back.
    Reopen,
    /// Move it to the trash.
    Delete,
    /// Take it out of the trash.
    Restore {
        /// Whether an owner asks.
        by_owner: bool,
    },
}

/// What a command leads to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The post to come; its version is one higher, or the same when nothing had to change.
    pub inquiry: Inquiry,
    /// The new comment.
    pub comment: Option<Comment>,
    /// Who must be told.
    pub tellings: Vec<Telling>,
}

/// Why the answer is no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InquiryRefusal {
    /// This side may never do this.
    #[error("this is not for you to do")]
    NotAllowed,
    /// Its author may edit a post only while it is open.
    #[error("this inquiry can only be edited while it is open; add a comment instead")]
    NotOpen,
    /// An admin may delete a post only once it is answered or resolved.
    #[error("answer or resolve this inquiry before you delete it")]
    NotAnswered,
    /// It is in the trash.
    #[error("this inquiry is in the trash; an owner can restore it")]
    InTrash,
    /// Only an owner may take something out of the trash.
    #[error("only an owner can restore an inquiry")]
    OwnersOnly,
}

impl InquiryRefusal {
    /// The code that clients show or act upon.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NotOpen => "not_open",
            Self::NotAnswered => "not_answered",
            Self::InTrash => "in_trash",
            Self::OwnersOnly => "owners_only",
        }
    }
}

/// The row of a new post.
pub fn post(
    draft: Draft,
    author: VisitorId,
    author_name: Option<Name>,
    conversation: Option<ConversationId>,
    at: Timestamp,
) -> Inquiry {
    Inquiry {
        id: draft.id,
        version: 1,
        kind: draft.kind,
        status: InquiryStatus::Open,
        title: draft.title,
        body: draft.body,
        email: draft.email,
        author,
        author_name,
        conversation,
        created_at: at,
        updated_at: at,
        trashed_at: None,
    }
}

/// Decides `command` of `by` at `at` for the post as it stands.
pub fn decide(
    inquiry: &Inquiry,
    by: &Actor,
    at: Timestamp,
    command: Command,
) -> Result<Outcome, InquiryRefusal> {
    let mine = by.visitor() == Some(inquiry.author);
    let admin = by.admin().is_some();
    if !mine && !admin {
        return Err(InquiryRefusal::NotAllowed);
    }
    let mut next = Outcome { inquiry: inquiry.clone(), comment: None, tellings: Vec::new() };
    if inquiry.trashed_at.is_some() {
        return match command {
            Command::Restore { by_owner: true } if admin => {
                next.inquiry.trashed_at = None;
                Ok(changed(next, at))
            }
            Command::Restore { .. } => Err(InquiryRefusal::OwnersOnly),
            Command::Delete => Ok(next),
            _ => Err(InquiryRefusal::InTrash),
        };
    }
    match command {
        Command::Edit { kind, title, body, email } => {
            if mine && inquiry.status != InquiryStatus::Open {
                return Err(InquiryRefusal::NotOpen);
            }
            if admin && (body.is_some() || email.is_some()) {
                return Err(InquiryRefusal::NotAllowed);
            }
            edit(&mut next.inquiry, kind, title, body, email);
        }
        Command::Comment { id, body } => comment(&mut next, by, at, id, body),
        Command::Resolve | Command::Reopen if !admin => return Err(InquiryRefusal::NotAllowed),
        Command::Resolve if inquiry.status == InquiryStatus::Resolved => return Ok(next),
        Command::Resolve => {
            next.inquiry.status = InquiryStatus::Resolved;
            next.tellings.push(Telling::of_inquiry(NoticeKind::Resolved, Audience::Author, inquiry.id));
        }
        Command::Reopen if inquiry.status == InquiryStatus::Open => return Ok(next),
        Command::Reopen => next.inquiry.status = InquiryStatus::Open,
        Command::Delete if admin && inquiry.status == InquiryStatus::Open => {
            return Err(InquiryRefusal::NotAnswered);
        }
        Command::Delete => next.inquiry.trashed_at = Some(at),
        Command::Restore { .. } => return Ok(next),
    }
    Ok(changed(next, at))
}

fn changed(mut next: Outcome, at: Timestamp) -> Outcome {
    next.inquiry.version += 1;
    next.inquiry.updated_at = at;
    next
}

#[expect(clippy::option_option, reason = "as in the command: `Some(None)` takes the address back")]
fn edit(
    inquiry: &mut Inquiry,
    kind: Option<InquiryKind>,
    title: Option<Title>,
    body: Option<Body>,
    email: Option<Option<Email>>,
) {
    inquiry.kind = kind.unwrap_or(inquiry.kind);
    if let Some(title) = title {
        inquiry.title = title;
    }
    if let Some(body) = body {
        inquiry.body = body;
    }
    if let Some(email) = email {
        inquiry.email = email;
    }
}

/// An admin's words answer a post; its author's words open it again. What is resolved stays so until its
/// author has something to add.
fn comment(next: &mut Outcome, by: &Actor, at: Timestamp, id: CommentId, body: Body) {
    let audience = if by.admin().is_some() {
        if next.inquiry.status == InquiryStatus::Open {
            next.inquiry.status = InquiryStatus::Answered;
        }
        Audience::Author
    } else {
        next.inquiry.status = InquiryStatus::Open;
        Audience::Everyone
    };
    let telling = Telling::of_inquiry(NoticeKind::Comment, audience, next.inquiry.id);
    next.tellings.push(Telling { comment: Some(id), ..telling });
    next.comment = Some(Comment { id, at, by: by.clone(), body });
}
