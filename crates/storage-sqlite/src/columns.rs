//! How values stand in columns.

use domain::conversation::{Actor, State};
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, VisitorId};
use domain::text::{Email, Name};
use domain::visitor::Visitor;
use domain::{Seq, Timestamp};
use storage::event_record::ActorRecord;
use storage::state_record::Unreadable;
use storage::{Page, Paged, StorageError};
use uuid::Uuid;

/// A row holds what this version cannot read.
pub(crate) fn unreadable() -> StorageError {
    StorageError::backend(Unreadable)
}

/// A count or place as SQLite keeps it. Ours stay below 2^53.
pub(crate) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count or place as we use it.
pub(crate) fn count(integer: i64) -> Result<u64, StorageError> {
    u64::try_from(integer).map_err(|_| unreadable())
}

pub(crate) fn seq(integer: i64) -> Result<Seq, StorageError> {
    count(integer).map(Seq)
}

pub(crate) fn name(text: Option<String>) -> Option<Name> {
    text.map(Name::from_stored)
}

pub(crate) fn email(text: Option<String>) -> Option<Email> {
    text.map(Email::from_stored)
}

/// Reads an actor out of its three columns.
pub(crate) fn actor(kind: String, id: Option<Uuid>, name: Option<String>) -> Result<Actor, StorageError> {
    let id = id.map(|id| id.hyphenated().to_string());
    Actor::try_from(ActorRecord { kind, id, name }).map_err(|_| unreadable())
}

/// Since when a conversation has been in its state.
pub(crate) fn since(state: &State) -> Timestamp {
    match state {
        State::Waiting(wait) => wait.since,
        State::Active { since, .. } => *since,
        State::Moved { at } | State::Closed { at, .. } | State::Cancelled { at } => *at,
    }
}

/// Ids as a JSON list, for `json_each`.
pub(crate) fn id_list(ids: impl IntoIterator<Item = Uuid>) -> String {
    let ids: Vec<String> = ids.into_iter().map(|id| id.hyphenated().to_string()).collect();
    json(&ids)
}

/// Rows as JSON, for `json_each`.
pub(crate) fn json<T: serde::Serialize>(rows: &T) -> String {
    serde_json::to_string(rows).expect("rows of strings and numbers are always JSON")
}

/// What is looked for: nothing, when nothing but blanks was typed.
pub(crate) fn wanted(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The `LIKE` pattern that finds exactly this text anywhere; written for `ESCAPE '\'`.
pub(crate) fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The short number that somebody typed as `123` or `#123`; a number that nothing has when it is none.
pub(crate) fn short_number(text: &str) -> i64 {
    text.strip_prefix('#').unwrap_or(text).parse().unwrap_or(-1)
}

/// The size that a page really has.
pub(crate) fn page_size(page: Page) -> usize {
    usize::try_from(page.limit.clamp(1, 200)).unwrap_or(200)
}

/// Makes a page of rows that were asked for with one row more than it holds.
pub(crate) fn paged<T>(mut items: Vec<T>, page: Page, key: impl Fn(&T) -> u64) -> Paged<T> {
    let size = page_size(page);
    let more = items.len() > size;
    items.truncate(size);
    let next = if more { items.last().map(key) } else { None };
    Paged { items, next }
}

/// The columns of a visitor, wherever they are selected.
#[derive(sqlx::FromRow)]
pub(crate) struct VisitorColumns {
    visitor: Uuid,
    subject: Option<String>,
    visitor_name: Option<String>,
    visitor_email: Option<String>,
    visitor_created_at: i64,
}

impl From<VisitorColumns> for Visitor {
    fn from(row: VisitorColumns) -> Self {
        Self {
            id: VisitorId(row.visitor),
            subject: row.subject,
            name: name(row.visitor_name),
            email: email(row.visitor_email),
            created_at: Timestamp(row.visitor_created_at),
        }
    }
}

/// The ids that a row may be about.
#[derive(sqlx::FromRow)]
pub(crate) struct Subjects {
    admin: Option<Uuid>,
    conversation: Option<Uuid>,
    inquiry: Option<Uuid>,
    comment: Option<Uuid>,
}

impl Subjects {
    pub(crate) fn admin(&self) -> Option<AdminId> {
        self.admin.map(AdminId)
    }

    pub(crate) fn conversation(&self) -> Option<ConversationId> {
        self.conversation.map(ConversationId)
    }

    pub(crate) fn inquiry(&self) -> Option<InquiryId> {
        self.inquiry.map(InquiryId)
    }

    pub(crate) fn comment(&self) -> Option<CommentId> {
        self.comment.map(CommentId)
    }
}
