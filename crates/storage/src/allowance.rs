//! How many mails an admin gets, and when what is beyond them leaves as a digest.

use std::time::Duration;

use domain::Timestamp;

/// How many mails an admin gets. What is about their own sign-in is not counted: it always goes, and has limits of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// So many mails …
    pub mails: u32,
    /// … within any such span. Digests may be a fifth more, and a caller for whom the host site vouches has a mail
    /// of their own beyond that, one within the span, for up to a quarter more.
    pub per: Duration,
    /// So many mails of one notice each …
    pub burst: u32,
    /// … within any such span, so that the beginning of a flood does not use up what its rest needs.
    pub within: Duration,
    /// A flood is over when no digest has left for so long.
    pub calm: Duration,
    /// When digests leave.
    pub pace: Pace,
}

/// When an admin's next digest leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Not before it has gathered for so long.
    pub gather: Duration,
    /// So long after the one before; …
    pub apart: Duration,
    /// … when the allowance is used up, as soon as there is room again, but no later than so long after it.
    pub at_most: Duration,
}

/// What an admin was sent within an allowance's span, and what is on its way to them, as if sent now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Had {
    /// Mails of one notice each, of callers for whom the host site vouches.
    pub vouched: Vec<Timestamp>,
    /// Other mails of one notice each.
    pub alone: Vec<Timestamp>,
    /// Digests.
    pub digests: Vec<Timestamp>,
    /// Whether a digest gathers or is on its way.
    pub gathering: bool,
}

impl Had {
    fn singles(&self) -> impl Iterator<Item = Timestamp> {
        self.alone.iter().chain(&self.vouched).copied()
    }
}

impl Allowance {
    /// Whether one more notice goes alone.
    pub fn has_room(&self, had: &Had, now: Timestamp) -> bool {
        let flood = had.gathering || had.digests.iter().any(|at| *at > now.minus(self.calm));
        let lately = had.singles().filter(|at| *at > now.minus(self.within)).count();
        let all = had.singles().count() + had.digests.len();
        !flood && lately < self.burst as usize && all < self.mails as usize
    }

    /// Whether a caller for whom the host site vouches goes alone all the same.
    pub fn has_room_for_vouched(&self, had: &Had) -> bool {
        // Those before the flood went as anybody's.
        let first = had.digests.iter().min();
        let beyond = first.map_or(0, |first| had.vouched.iter().filter(|at| *at > first).count());
        let extra = self.extra();
        beyond < extra && had.singles().count() < self.mails as usize + extra
    }

    /// When the digest that begins to gather `now` leaves.
    pub fn next_digest(&self, had: &Had, now: Timestamp) -> Timestamp {
        let gathered = now.plus(self.pace.gather);
        let Some(last) = had.digests.iter().max() else { return gathered };
        let latest = last.plus(self.pace.at_most);
        let room = self.room(had).map_or(latest, |room| room.max(last.plus(self.pace.apart)));
        gathered.max(room.min(latest))
    }

    /// Since when there is room for a digest, or will be; `None` for never.
    fn room(&self, had: &Had) -> Option<Timestamp> {
        let mut vouched = had.vouched.clone();
        vouched.sort_unstable();
        // They come on top, so that they never slow digests down.
        vouched.truncate(vouched.len().saturating_sub(self.extra()));
        let mut all: Vec<Timestamp> = had.alone.iter().chain(&had.digests).copied().chain(vouched).collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        let last = (self.mails as usize + self.mails as usize / 5).checked_sub(1)?;
        Some(all.get(last).map_or(Timestamp(0), |at| at.plus(self.per)))
    }

    /// How many mails of vouched callers come on top.
    const fn extra(&self) -> usize {
        self.mails as usize / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn ago(seconds: u64) -> Timestamp {
        NOW.minus(Duration::from_secs(seconds))
    }

    fn seconds_till(at: Timestamp) -> u64 {
        at.since(NOW).as_secs()
    }

    fn ten_an_hour() -> Allowance {
        let seconds = Duration::from_secs;
        let pace = Pace { gather: seconds(15), apart: seconds(55), at_most: seconds(300) };
        let (per, within, calm) = (seconds(3600), seconds(300), seconds(600));
        Allowance { mails: 10, per, burst: 3, within, calm, pace }
    }

    #[test]
    fn singles_are_bounded_by_the_span_the_burst_and_the_flood() {
        let of = ten_an_hour();
        let room = |had: &Had| of.has_room(had, NOW);
        assert!(room(&Had::default()));
        let lately = Had { alone: vec![ago(1), ago(299)], vouched: vec![ago(300)], ..Had::default() };
        assert!(room(&lately), "the third left five minutes ago");
        assert!(!room(&Had { vouched: vec![ago(299)], ..lately.clone() }));
        let busy = Had { alone: (0..9).map(|n| ago(300 + n)).collect(), ..Had::default() };
        assert!(room(&busy));
        assert!(!room(&Had { digests: vec![ago(3599)], ..busy }), "digests are mails, too");
        assert!(!room(&Had { gathering: true, ..Had::default() }));
        assert!(!room(&Had { digests: vec![ago(599)], ..Had::default() }));
        assert!(room(&Had { digests: vec![ago(600)], ..Had::default() }));
    }

    #[test]
    fn a_quarter_more_is_for_vouched_callers_since_the_flood_began() {
        let of = ten_an_hour();
        let before = Had { vouched: vec![ago(99); 5], digests: vec![ago(50), ago(20)], ..Had::default() };
        assert!(of.has_room_for_vouched(&before));
        let one = Had { vouched: vec![ago(99), ago(49)], ..before.clone() };
        assert!(of.has_room_for_vouched(&one));
        assert!(!of.has_room_for_vouched(&Had { vouched: vec![ago(49), ago(30)], ..one }));
        assert!(!of.has_room_for_vouched(&Had { alone: vec![ago(99); 7], ..before }), "twelve alone");
    }

    #[test]
    fn a_digest_gathers_keeps_its_distance_and_waits_for_room_but_not_for_ever() {
        let of = ten_an_hour();
        let next = |had: &Had| seconds_till(of.next_digest(had, NOW));
        assert_eq!(next(&Had::default()), 15);
        assert_eq!(next(&Had { digests: vec![ago(55)], ..Had::default() }), 15);
        assert_eq!(next(&Had { digests: vec![ago(0), ago(55)], ..Had::default() }), 55);
        // Ten and a fifth of it are twelve.
        let eleven = Had { alone: vec![ago(3500); 10], digests: vec![ago(0)], ..Had::default() };
        assert_eq!(next(&eleven), 55);
        let twelve = Had { alone: vec![ago(3500); 11], ..eleven.clone() };
        assert_eq!(next(&twelve), 100, "then the first of them is an hour old");
        let full = Had { alone: vec![ago(3000); 11], ..eleven.clone() };
        assert_eq!(next(&full), 300);
        let vouched = Had { vouched: vec![ago(10); 2], ..eleven };
        assert_eq!(next(&vouched), 55, "a quarter of ten comes on top");
        assert_eq!(next(&Had { vouched: vec![ago(10); 3], ..vouched }), 100);
        let none = Allowance { mails: 0, ..of };
        let had = Had { digests: vec![ago(0)], ..Had::default() };
        assert_eq!(seconds_till(none.next_digest(&had, NOW)), 300);
    }
}
