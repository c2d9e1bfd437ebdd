//! The global invariants, held after every trial against what the database has and what people were told:
//!
//! | | |
//! | --- | --- |
//! | I1 | no acknowledged command is missing |
//! | I2 | none is applied twice |
//! | I3 | the places of a conversation are 1, 2, 3 … |
//! | I4 | every waiting call ends in exactly one of answered, on the board, taken back |
//! | I5 | everybody who must be told has a notice |
//! | I6 | the database is sound |
//! | I7 | the stored state is what the log leads to |
//! | I8 | what everybody was handed is the log |

mod ending;
mod history;
mod ledger;
pub(crate) mod ranks;
#[cfg(test)]
mod tests;
mod told;
mod views;

use std::collections::BTreeMap;
use std::fmt;

use anyhow::bail;
use domain::conversation::What;

pub(crate) use ending::end;
pub(crate) use ledger::Ledger;

use crate::clients::Record;

/// How many faults are told in full.
const TOLD: usize = 8;

/// What was looked at, all of it in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Commands that were acknowledged.
    pub(crate) acknowledged: usize,
    /// Conversations.
    pub(crate) conversations: usize,
    /// Events in their logs.
    pub(crate) events: usize,
    /// Waits that ended, each in one way.
    pub(crate) decided: usize,
    /// Notices in the outbox.
    pub(crate) notices: usize,
}

impl std::ops::AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.conversations += other.conversations;
        self.events += other.events;
        self.decided += other.decided;
        self.notices += other.notices;
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, conversations, events, decided, notices } = self;
        write!(
            f,
            "{acknowledged} acknowledged, 0 lost, 0 doubled; {conversations} conversations, {events} events, \
             {decided} waits decided once each, {notices} notices"
        )
    }
}

/// What is known of the people besides their records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Views {
    /// They were cut: what they have is the beginning of what there is.
    Begun,
    /// They have caught up: of what they follow nothing may be missing.
    Whole,
}

/// The places up to which somebody will be handed what they follow.
pub(crate) fn places(ledger: &Ledger, record: &Record) -> Vec<(String, u64)> {
    let followed = record.follows.iter().filter_map(|id| Some((id, ledger.conversations.get(id)?)));
    followed.map(|(id, stored)| (id.clone(), views::last_for(stored, record.side))).collect()
}

/// Holds the invariants. An error names what does not hold.
pub(crate) fn hold<'a>(
    ledger: &Ledger,
    people: impl IntoIterator<Item = &'a Record>,
    views: Views,
) -> anyhow::Result<Seen> {
    let mut faults: Vec<String> =
        ledger.faults.iter().map(|fault| format!("the database: {fault}")).collect();
    let mut seen = Seen { notices: ledger.notices.len(), ..Seen::default() };
    let notices = told::Notices::of(ledger);
    for (id, stored) in &ledger.conversations {
        seen.conversations += 1;
        seen.events += stored.log.len();
        match history::read(stored) {
            Ok(story) => {
                seen.decided += story.decided;
                told::check(ledger, &notices, stored, &story, &mut faults);
            }
            Err(fault) => faults.push(format!("{id}: {fault}")),
        }
    }
    faults.extend(orphans(ledger));
    for record in people {
        seen.acknowledged += record.done();
        views::check(ledger, record, views == Views::Whole, &mut faults);
    }
    explain(faults)?;
    Ok(seen)
}

/// Holds that whoever was told was told, and that the outbox says why somebody was not. Where mails go to the
/// built-in mailbox, they are there.
pub(crate) fn told(ledger: &Ledger, built_in: bool) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    told::unexplained(ledger, built_in, &mut faults);
    explain(faults)
}

/// Fails with these faults, if there are any.
pub(crate) fn explain(faults: Vec<String>) -> anyhow::Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    let told: Vec<String> = faults.into_iter().take(TOLD).collect();
    bail!("{count} faults: {}", told.join("; "))
}

/// Posts of conversations that never made them: a move that was half stored, or stored twice.
fn orphans(ledger: &Ledger) -> Vec<String> {
    let mut made: BTreeMap<String, usize> = BTreeMap::new();
    for event in ledger.conversations.values().flat_map(|stored| &stored.log) {
        if let What::Moved { inquiry } = &event.what {
            *made.entry(inquiry.to_string()).or_default() += 1;
        }
    }
    let of_calls = ledger.posts.iter().filter(|(_, post)| post.inquiry.conversation.is_some());
    let wrong = of_calls.filter(|(id, _)| made.get(*id) != Some(&1));
    wrong.map(|(id, _)| format!("the post {id} was made by {:?} moves", made.get(id))).collect()
}
