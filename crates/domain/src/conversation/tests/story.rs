//! A second reading of the rules: a log is read as a story, and each turn is held against what it must cause.

use super::people::Person;
use super::properties::Turn;
use crate::conversation::{Command, Event, InquiryEffect, What};
use crate::id::AdminId;
use crate::notice::{Audience, NoticeKind};
use crate::policy::Policy;

/// Where the story stands, told by the events alone.
#[derive(Default)]
struct Story {
    state: &'static str,
    offered: bool,
    present: Vec<AdminId>,
}

/// Reads a log as a story; says which event does not follow from those before it, or the state at its end.
pub(super) fn read(log: &[Event]) -> Result<&'static str, String> {
    let mut story = Story { state: "none", ..Story::default() };
    for event in log {
        let from = story.state;
        if !story.follows(event) {
            return Err(format!("{} by {:?} does not follow in {from}", event.what.kind(), event.by));
        }
    }
    Ok(story.state)
}

impl Story {
    fn follows(&mut self, event: &Event) -> bool {
        let caller = event.by == Person::Caller.actor();
        let system = event.by == Person::System.actor();
        let admin = event.by.admin();
        let present = admin.is_some_and(|admin| self.present.contains(&admin));
        match (&event.what, self.state) {
            (What::Called { .. }, "none") => caller && self.becomes("waiting"),
            (What::Said { .. }, "waiting") => caller,
            (What::Said { .. }, "active") => caller || present,
            (What::Noted { .. }, "waiting" | "active" | "moved") | (What::Promised { .. }, "waiting") => {
                admin.is_some()
            }
            (What::Escalated { .. }, "waiting") => system,
            (What::Offered, "waiting") => system && !std::mem::replace(&mut self.offered, true),
            (What::Joined, "waiting" | "active" | "moved") => {
                let new = admin.is_some() && !present;
                self.present.extend(admin);
                new && self.becomes("active")
            }
            (What::Left { wait }, "active") => {
                self.present.retain(|one| Some(*one) != admin);
                let alone = self.present.is_empty();
                present && alone == wait.is_some() && (!alone || self.becomes("waiting"))
            }
            (What::Moved { .. }, "waiting") => (caller || system || admin.is_some()) && self.becomes("moved"),
            (What::Closed, "active") => (caller || present) && self.becomes("closed"),
            (What::Cancelled, "waiting") => caller && self.becomes("cancelled"),
            _ => false,
        }
    }

    fn becomes(&mut self, state: &'static str) -> bool {
        self.state = state;
        self.offered = false;
        true
    }
}

/// Holds what a turn caused against what it must cause: a post and a telling for each move, a telling for each
/// escalation, one change of state at most, and none at all by somebody who has no part in it.
pub(super) fn check(turn: &Turn, policy: &Policy) -> Result<(), String> {
    let Ok(outcome) = &turn.decided else { return Ok(()) };
    let count = |kind: &str| outcome.events.iter().filter(|event| event.what.kind() == kind).count();
    let told = |kind| outcome.tellings.iter().filter(|telling| telling.kind == kind).count();
    let fail = |why: &str| Err(format!("{why}: {turn:?} under {policy:?}"));

    let ends = ["joined", "moved", "cancelled", "closed", "left"].map(count).iter().sum::<usize>();
    if ends > 1 {
        return fail("a command brings one change of state at most");
    }
    if told(NoticeKind::Escalation) != count("escalated") || told(NoticeKind::Inquiry) != count("moved") {
        return fail("each escalation and each move is told once");
    }
    if told(NoticeKind::Comment) + told(NoticeKind::Resolved) != 0 {
        return fail("a conversation tells nothing of comments");
    }
    let moved = outcome.events.iter().find_map(|event| match event.what {
        What::Moved { inquiry } => Some(inquiry),
        _ => None,
    });
    let posted = match &outcome.inquiry {
        Some(InquiryEffect::Post(draft)) => Some(draft.id),
        _ => None,
    };
    if moved != posted {
        return fail("each move makes the post that it names, and nothing else makes one");
    }
    for telling in outcome.tellings.iter().filter(|telling| telling.kind == NoticeKind::Inquiry) {
        let of_others = matches!(turn.command, Command::Tick { .. } | Command::Move { .. });
        if telling.audience != Audience::Everyone || telling.inquiry != moved || telling.may_wait != of_others
        {
            return fail("a post is told to everyone, and may wait when its caller has not made it");
        }
    }
    let nothing = outcome.events.is_empty() && outcome.tellings.is_empty() && outcome.inquiry.is_none();
    if turn.who == Person::Stranger && !nothing {
        return fail("a stranger brings about nothing");
    }
    Ok(())
}
