//! What the board answers: every status, in the trash or not, × every command × everyone who may ask.

mod details;
mod properties;
mod table;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::conversation::Actor;
use crate::id::{AdminId, CommentId, ConversationId, InquiryId, VisitorId};
use crate::inquiry::{Command, Draft, Inquiry, InquiryKind, InquiryStatus, decide, post};
use crate::text::{Body, Email, Name, Title};

const POSTED_AT: Timestamp = Timestamp(1_795_237_200_000);
/// When the post came to stand as it does.
const SINCE: Timestamp = Timestamp(POSTED_AT.0 + 1_000);
/// When somebody asks.
const NOW: Timestamp = Timestamp(POSTED_AT.0 + 2_000);

const POST: InquiryId = InquiryId(Uuid::from_u128(1));
const COMMENT: CommentId = CommentId(Uuid::from_u128(2));
const CALL: ConversationId = ConversationId(Uuid::from_u128(3));

fn name(text: &str) -> Name {
    Name::new(text, 80).unwrap()
}

fn title(text: &str) -> Title {
    Title::new(text, 150).unwrap()
}

fn body(text: &str) -> Body {
    Body::new(text, 1000).unwrap()
}

fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

fn author() -> Actor {
    Actor::Visitor { id: VisitorId(Uuid::from_u128(10)), name: Some(name("Author")) }
}

fn stranger() -> Actor {
    Actor::Visitor { id: VisitorId(Uuid::from_u128(11)), name: None }
}

fn admin() -> Actor {
    Actor::Admin { id: AdminId(Uuid::from_u128(20)), name: name("Kim") }
}

fn draft() -> Draft {
    Draft {
        id: POST,
        kind: InquiryKind::Error,
        title: title("Payment fails"),
        body: body("Since noon."),
        email: Some(email("author@mail.example")),
    }
}

/// A post as its author made it.
fn posted() -> Inquiry {
    let by = author().visitor().unwrap();
    post(draft(), by, Some(name("Author")), Some(CALL), POSTED_AT)
}

/// A post that stands so, in the trash or not.
fn standing(status: InquiryStatus, trashed: bool) -> Inquiry {
    let trashed_at = trashed.then_some(SINCE);
    Inquiry { status, trashed_at, version: 7, updated_at: SINCE, ..posted() }
}

fn comment(words: &str) -> Command {
    Command::Comment { id: COMMENT, body: body(words) }
}
