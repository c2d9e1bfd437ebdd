//! The people, the moments and the words that the tests of the rules share.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::{CallContext, PageError};
use crate::conversation::{
    Actor, Command, Conversation, Event, LeftInquiry, Outcome, Refusal, Transcript, Wish, decide, evolve,
};
use crate::id::{AdminId, ConversationId, InquiryId, VisitorId};
use crate::inquiry::InquiryKind;
use crate::policy::Policy;
use crate::seq::Seq;
use crate::text::{Body, ClientId, Email, Name, Title};

/// When the bell is pressed: 2026-11-21T05:00:00Z.
pub(super) const CALLED_AT: Timestamp = Timestamp(1_795_237_200_000);

pub(super) const CALL: ConversationId = ConversationId(Uuid::from_u128(1));
/// The post that a tick or the caller would make.
pub(super) const POST: InquiryId = InquiryId(Uuid::from_u128(2));
/// The post that was made when the conversation in the tests moved.
pub(super) const MADE: InquiryId = InquiryId(Uuid::from_u128(3));

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    /// The visitor whose call it is.
    Caller,
    /// Another visitor.
    Stranger,
    /// The admin who is in, wherever somebody is.
    Kim,
    /// The admin who comes second.
    Lee,
    /// An admin who is never in.
    Park,
    /// The passing of time.
    System,
}

impl Person {
    pub(super) fn actor(self) -> Actor {
        let visitor =
            |id, name| Actor::Visitor { id: VisitorId(Uuid::from_u128(id)), name: Some(named(name)) };
        let admin = |id, name| Actor::Admin { id: AdminId(Uuid::from_u128(id)), name: named(name) };
        match self {
            Self::Caller => visitor(10, "Caller"),
            Self::Stranger => visitor(11, "Stranger"),
            Self::Kim => admin(20, "Kim"),
            Self::Lee => admin(21, "Lee"),
            Self::Park => admin(22, "Park"),
            Self::System => Actor::System,
        }
    }

    pub(super) fn visitor(self) -> VisitorId {
        self.actor().visitor().expect("a visitor")
    }

    pub(super) fn admin(self) -> AdminId {
        self.actor().admin().expect("an admin")
    }
}

pub(super) fn named(name: &str) -> Name {
    Name::new(name, 80).unwrap()
}

pub(super) fn client_id(id: &str) -> ClientId {
    ClientId::new(id).unwrap()
}

pub(super) fn body(words: &str) -> Body {
    Body::new(words, 8192).unwrap()
}

pub(super) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// So long after the bell was pressed.
pub(super) fn after(n: u64) -> Timestamp {
    CALLED_AT.plus(seconds(n))
}

pub(super) fn page() -> CallContext {
    let error = |message: &str, source: Option<&str>| PageError {
        message: Some(message.to_owned()),
        source: source.map(str::to_owned),
        ..PageError::default()
    };
    CallContext {
        url: Some("https://shop.example/pay".to_owned()),
        title: Some("Payment".to_owned()),
        errors: vec![
            error("x is undefined", Some("pay.js:3")),
            PageError::default(),
            error("502 Bad Gateway", None),
        ],
        ..CallContext::default()
    }
}

pub(super) fn call(message: Option<&str>) -> Command {
    Command::Call {
        id: CALL,
        visitor: Person::Caller.visitor(),
        client_id: Some(client_id("press")),
        context: page(),
        message: message.map(|words| (client_id("first"), body(words))),
    }
}

pub(super) fn say(words: &str) -> Command {
    Command::Say { client_id: client_id("said"), body: body(words) }
}

pub(super) fn note(words: &str) -> Command {
    Command::Note { client_id: client_id("noted"), body: body(words) }
}

pub(super) fn tick(inquiry: InquiryId) -> Command {
    Command::Tick { inquiry, transcript: Transcript::default() }
}

pub(super) fn left_inquiry(id: InquiryId) -> LeftInquiry {
    LeftInquiry {
        id,
        kind: InquiryKind::Suggestion,
        title: Title::new("My title", 150).unwrap(),
        body: body("My words"),
        email: Some(Email::new("caller@mail.example").unwrap()),
    }
}

/// A call with everything that came of it.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub(super) policy: Policy,
    pub(super) now: Option<Conversation>,
    pub(super) log: Vec<Event>,
}

impl Room {
    pub(super) fn empty(policy: Policy) -> Self {
        Self { policy, now: None, log: Vec::new() }
    }

    /// A call that `Caller` has made at `CALLED_AT` without a word.
    pub(super) fn called(policy: Policy) -> Self {
        let mut room = Self::empty(policy);
        room.does(Person::Caller, CALLED_AT, call(None)).unwrap();
        room
    }

    pub(super) fn decides(&self, who: Person, at: Timestamp, command: Command) -> Result<Outcome, Refusal> {
        decide(self.now.as_ref(), Wish { by: who.actor(), at, command }, &self.policy)
    }

    /// Decides, and lets what was decided happen.
    pub(super) fn does(&mut self, who: Person, at: Timestamp, command: Command) -> Result<Outcome, Refusal> {
        let outcome = self.decides(who, at, command)?;
        for event in &outcome.events {
            self.now = evolve(self.now.take(), CALL, event);
        }
        self.log.extend(outcome.events.iter().cloned());
        Ok(outcome)
    }

    pub(super) fn seq(&self) -> Seq {
        self.now.as_ref().map_or(Seq::START, |conversation| conversation.seq)
    }

    pub(super) fn conversation(&self) -> &Conversation {
        self.now.as_ref().expect("a call")
    }

    pub(super) fn state(&self) -> &'static str {
        self.now.as_ref().map_or("none", |conversation| conversation.state.as_str())
    }
}
