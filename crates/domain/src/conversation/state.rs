//! The five states of a conversation; each variant carries only what exists then.

use crate::clock::Timestamp;
use crate::conversation::event::Actor;
use crate::id::{AdminId, ConversationId, InquiryId, VisitorId};
use crate::policy::Plan;
use crate::seq::Seq;
use crate::text::Name;

/// A conversation as the log up to `seq` has made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// Whose.
    pub visitor: VisitorId,
    /// The last event that is in it.
    pub seq: Seq,
    /// When the bell was pressed.
    pub called_at: Timestamp,
    /// The post that a move to the board made last.
    pub inquiry: Option<InquiryId>,
    /// Where it stands.
    pub state: State,
}

/// Where a conversation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nobody has come yet.
    Waiting(Wait),
    /// At least one admin is in. Time moves nothing here.
    Active {
        /// Since when without a break.
        since: Timestamp,
        /// Who is in, in the order of joining; never empty.
        admins: Vec<Seat>,
    },
    /// Nobody came; the inquiry board has it.
    Moved {
        /// When.
        at: Timestamp,
    },
    /// Over, after somebody had come.
    Closed {
        /// When.
        at: Timestamp,
        /// Which side ended it.
        by: Actor,
        /// Who was in at the end.
        admins: Vec<Seat>,
    },
    /// The caller changed their mind.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// An admin in a conversation, under the name they joined with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub admin: AdminId,
    /// What the visitor sees.
    pub name: Name,
}

/// A wait and what time will still do to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Since when.
    pub since: Timestamp,
    /// What is still ahead.
    pub plan: Plan,
    /// Whether the board was offered.
    pub offered: bool,
    /// Who has promised to come.
    pub promised: Option<Promised>,
}

/// "With you by …", said by an admin who has not joined yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// Who.
    pub by: Seat,
    /// By when.
    pub until: Timestamp,
}

impl Wait {
    /// The next moment at which this wait changes by itself.
    pub fn deadline(&self) -> Timestamp {
        let step = self.plan.steps.first().map(|step| step.at);
        let offer = (!self.offered).then_some(self.plan.offer_at);
        [step, offer].into_iter().flatten().fold(self.plan.move_at, Timestamp::min)
    }
}

impl State {
    /// The word for it in tables and JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Active { .. } => "active",
            Self::Moved { .. } => "moved",
            Self::Closed { .. } => "closed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether the caller still has the line: a second call leads here.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Waiting(_) | Self::Active { .. })
    }

    /// Whether nothing can ever happen here again.
    pub const fn is_end(&self) -> bool {
        matches!(self, Self::Closed { .. } | Self::Cancelled { .. })
    }
}

impl Conversation {
    /// The next moment at which it changes by itself, while it waits.
    pub fn deadline(&self) -> Option<Timestamp> {
        match &self.state {
            State::Waiting(wait) => Some(wait.deadline()),
            _ => None,
        }
    }

    /// Who is in, or was in when it closed.
    pub fn admins(&self) -> &[Seat] {
        match &self.state {
            State::Active { admins, .. } | State::Closed { admins, .. } => admins,
            _ => &[],
        }
    }

    /// Whether `admin` is in now.
    pub fn has_joined(&self, admin: AdminId) -> bool {
        matches!(&self.state, State::Active { admins, .. } if admins.iter().any(|seat| seat.admin == admin))
    }
}
