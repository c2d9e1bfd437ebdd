//! How a mailer asks for work, and what shows that the work is its own.

use std::ops::Deref;
use std::time::Duration;

use domain::Timestamp;
use domain::id::NoticeId;

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

/// How many mails an admin gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// So many mails of one notice each …
    pub mails: u32,
    /// … within any such span; what comes beyond them is gathered into digests. A caller for whom the host site
    /// vouches has a mail of their own even then, one within the span, for up to a quarter more mails.
    pub per: Duration,
    /// When digests leave.
    pub pace: Pace,
}

/// When an admin's next digest leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Not before it has gathered for so long.
    pub gather: Duration,
    /// So long after the one before …
    pub at_first: Duration,
    /// … until there were so many within the allowance's span; …
    pub first_ones: u32,
    /// … then so long.
    pub later: Duration,
}

impl Pace {
    /// When the digest that begins to gather `now` leaves, `recent` digests after the span's first, the latest
    /// at `last`.
    pub fn next(&self, now: Timestamp, last: Option<Timestamp>, recent: u32) -> Timestamp {
        let apart = if recent < self.first_ones { self.at_first } else { self.later };
        let gathered = now.plus(self.gather);
        last.map_or(gathered, |last| gathered.max(last.plus(apart)))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_gathers_and_keeps_its_distance_which_grows() {
        let seconds = Duration::from_secs;
        let pace = Pace { gather: seconds(15), at_first: seconds(45), first_ones: 2, later: seconds(300) };
        let now = Timestamp(1_000_000);
        assert_eq!(pace.next(now, None, 0), now.plus(seconds(15)));
        assert_eq!(pace.next(now, Some(now), 1), now.plus(seconds(45)));
        assert_eq!(pace.next(now, Some(now), 2), now.plus(seconds(300)));
        let long_ago = Some(now.minus(seconds(299)));
        assert_eq!(pace.next(now, long_ago, 9), now.plus(seconds(15)));
    }
}
