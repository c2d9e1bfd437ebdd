//! How a mailer asks for work, and what shows that the work is its own.

use std::ops::Deref;

use domain::Timestamp;
use domain::id::NoticeId;

use crate::allowance::Allowance;
use crate::outbox::Notice;

/// What a mailer asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The time.
    pub now: Timestamp,
    /// Until when what it gets is its own.
    pub lease_until: Timestamp,
    /// How many at most.
    pub limit: u32,
    /// Which first.
    pub turn: Turn,
    /// Whose notices it does not want now.
    pub spared: Spared,
    /// How many mails an admin gets before the rest is gathered; `None` for any number.
    pub allowance: Option<Allowance>,
}

impl Claim {
    /// Up to `limit` of those that are due, the urgent first, without any restriction.
    pub fn new(now: Timestamp, lease_until: Timestamp, limit: u32) -> Self {
        let (turn, spared) = (Turn::default(), Spared::default());
        Self { now, lease_until, limit, turn, spared, allowance: None }
    }
}

/// Which of the due notices go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turn {
    /// Calls and escalations that were never tried, then those that were, each the newest first: who has just
    /// called can still be helped. Then all others, the longest due first.
    #[default]
    Urgent,
    /// The longest due first, whatever they are: every now and then, so that what is old gets its turn, too.
    LongestDue,
}

/// Recipients who have to wait, as the mail server is slow over them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spared {
    /// These addresses.
    pub addresses: Vec<String>,
    /// All addresses at these hosts: what follows the `@`.
    pub domains: Vec<String>,
}

/// What shows that a notice is one's own: whoever claims it later has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Of which notice.
    pub notice: NoticeId,
    /// How often it was leased, this time included.
    pub epoch: u64,
}

/// A notice that one may work on.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The notice. When it leads a digest, it stands for all that is gathered in there.
    pub notice: Notice,
    /// To be shown when the outcome is recorded.
    pub lease: Lease,
}

impl Deref for Claimed {
    type Target = Notice;

    fn deref(&self) -> &Notice {
        &self.notice
    }
}
