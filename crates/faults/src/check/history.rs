//! Whether a log is a story that can have happened. Written down anew here, and not asked of the rules themselves:
//! who broke a rule would otherwise also be its judge.

use domain::conversation::{Actor, Event, What, fold};
use domain::id::AdminId;

use super::ledger::Stored;

/// What a log tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Story {
    /// How often somebody began to wait.
    pub(crate) waits: usize,
    /// How many of these waits ended in an answer, on the board, or were taken back.
    pub(crate) decided: usize,
    /// How often a further step of the ladder was reached.
    pub(crate) escalations: usize,
    /// The posts that it made.
    pub(crate) posts: Vec<String>,
}

enum Now {
    Nothing,
    Waiting { offered: bool },
    Active(Vec<AdminId>),
    Moved,
    Over,
}

/// Reads a log from its beginning: its places are 1, 2, 3 …, each event can follow the one before it, every wait
/// ends at most once, and the state that is stored is what it leads to.
pub(crate) fn read(stored: &Stored) -> Result<Story, String> {
    let mut story = Story::default();
    let mut now = Now::Nothing;
    for (place, event) in (1..).zip(&stored.log) {
        if event.seq.0 != place {
            return Err(format!("place {place} has event {}", event.seq.0));
        }
        now = follow(now, event, &mut story)
            .ok_or_else(|| format!("event {place} ({}) cannot follow", event.what.kind()))?;
    }
    let row = &stored.row.conversation;
    match fold(row.id, &stored.log) {
        Some(folded) if folded == *row => Ok(story),
        folded => Err(format!("the log leads to {folded:?}, stored is {row:?}")),
    }
}

fn follow(now: Now, event: &Event, story: &mut Story) -> Option<Now> {
    let admin = event.by.admin();
    let by_visitor = event.by.visitor().is_some();
    let by_time = event.by == Actor::System;
    match (now, &event.what) {
        (Now::Nothing, What::Called { .. }) if by_visitor => Some(begin(story)),
        (Now::Waiting { offered }, What::Said { .. }) if by_visitor => Some(Now::Waiting { offered }),
        (Now::Active(admins), What::Said { .. })
            if by_visitor || admin.is_some_and(|me| admins.contains(&me)) =>
        {
            Some(Now::Active(admins))
        }
        (Now::Nothing | Now::Over, What::Noted { .. }) => None,
        (now, What::Noted { .. }) if admin.is_some() => Some(now),
        (Now::Waiting { offered }, What::Escalated { .. }) if by_time => {
            story.escalations += 1;
            Some(Now::Waiting { offered })
        }
        (Now::Waiting { offered: false }, What::Offered) if by_time => Some(Now::Waiting { offered: true }),
        (Now::Waiting { offered }, What::Promised { .. }) if admin.is_some() => {
            Some(Now::Waiting { offered })
        }
        (Now::Waiting { .. }, What::Joined) => {
            story.decided += 1;
            Some(Now::Active(vec![admin?]))
        }
        (Now::Moved, What::Joined) => Some(Now::Active(vec![admin?])),
        (Now::Active(mut admins), What::Joined) if !admins.contains(&admin?) => {
            admins.push(admin?);
            Some(Now::Active(admins))
        }
        (Now::Active(admins), What::Left { wait }) => left(admins, admin?, wait.is_some(), story),
        (Now::Waiting { .. }, What::Moved { inquiry }) if !matches!(event.by, Actor::Admin { .. }) => {
            story.decided += 1;
            story.posts.push(inquiry.to_string());
            Some(Now::Moved)
        }
        (Now::Active(_), What::Closed) if !by_time => Some(Now::Over),
        (Now::Waiting { .. }, What::Cancelled) if by_visitor => {
            story.decided += 1;
            Some(Now::Over)
        }
        _ => None,
    }
}

fn begin(story: &mut Story) -> Now {
    story.waits += 1;
    Now::Waiting { offered: false }
}

/// The last one to go leaves a new wait behind, and nobody else does.
fn left(mut admins: Vec<AdminId>, who: AdminId, new_wait: bool, story: &mut Story) -> Option<Now> {
    let before = admins.len();
    admins.retain(|admin| *admin != who);
    match (before - admins.len(), admins.is_empty(), new_wait) {
        (1, true, true) => Some(begin(story)),
        (1, false, false) => Some(Now::Active(admins)),
        _ => None,
    }
}
