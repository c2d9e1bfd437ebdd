//! What may have happened to a conversation.

use crate::clock::Timestamp;
use crate::context::CallContext;
use crate::id::{AdminId, InquiryId, VisitorId};
use crate::notice::Audience;
use crate::policy::Plan;
use crate::seq::Seq;
use crate::text::{Body, ClientId, Name};

/// One entry of a conversation's log. Never changed once it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place.
    pub seq: Seq,
    /// When the server decided it.
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// The id its client made for it, so that what is sent twice is stored once.
    pub client_id: Option<ClientId>,
    /// What happened.
    pub what: What,
}

/// Who did something, under the name they had then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The person who asks.
    Visitor {
        /// Who.
        id: VisitorId,
        /// Their name, if known.
        name: Option<Name>,
    },
    /// A person who answers.
    Admin {
        /// Who.
        id: AdminId,
        /// Their name.
        name: Name,
    },
    /// The passing of time.
    System,
}

impl Actor {
    /// The visitor's id, if it is one.
    pub const fn visitor(&self) -> Option<VisitorId> {
        match self {
            Self::Visitor { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The admin's id, if it is one.
    pub const fn admin(&self) -> Option<AdminId> {
        match self {
            Self::Admin { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// Whether both are the same person, whatever they are called by now.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Visitor { id: a, .. }, Self::Visitor { id: b, .. }) => a == b,
            (Self::Admin { id: a, .. }, Self::Admin { id: b, .. }) => a == b,
            (Self::System, Self::System) => true,
            _ => false,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The bell was pressed.
    Called {
        /// What time will do to the wait.
        plan: Plan,
        /// Where the caller was.
        context: CallContext,
    },
    /// Somebody said something.
    Said {
        /// The words.
        body: Body,
    },
    /// An admin wrote a note for the other admins; no visitor's cursor yields it.
    Noted {
        /// The words.
        body: Body,
    },
    /// A step of the escalation ladder was reached.
    Escalated {
        /// Who is told.
        notify: Audience,
    },
    /// The caller was offered to leave an inquiry instead of waiting on.
    Offered,
    /// An admin promised to come.
    Promised {
        /// By when.
        until: Timestamp,
        /// The wait's plan from here on.
        plan: Plan,
    },
    /// An admin came.
    Joined,
    /// An admin went.
    Left {
        /// The plan of the new wait, when it was the last one.
        wait: Option<Plan>,
    },
    /// The call moved to the inquiry board.
    Moved {
        /// The post.
        inquiry: InquiryId,
    },
    /// The conversation was ended by a side.
    Closed,
    /// The caller took the call back.
    Cancelled,
}

impl What {
    /// The word for it in tables and JSON.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Called { .. } => "called",
            Self::Said { .. } => "said",
            Self::Noted { .. } => "noted",
            Self::Escalated { .. } => "escalated",
            Self::Offered => "offered",
            Self::Promised { .. } => "promised",
            Self::Joined => "joined",
            Self::Left { .. } => "left",
            Self::Moved { .. } => "moved",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a visitor may see it.
    pub const fn is_for_visitors(&self) -> bool {
        !matches!(self, Self::Noted { .. })
    }

    /// Whether it changes anything but the log: a message leaves the conversation as it is.
    pub const fn changes_state(&self) -> bool {
        !matches!(self, Self::Said { .. } | Self::Noted { .. })
    }
}
