//! Whether everybody was told of everything, once, or the outbox says why not.

use std::collections::BTreeMap;

use domain::notice::NoticeKind;
use storage::NoticeState;

use super::history::Story;
use super::ledger::{Ledger, Stored};

/// How many notices of each kind, and of which subject.
type Counts = BTreeMap<(&'static str, String), usize>;

/// The notices of a ledger, counted once for all conversations.
pub(crate) struct Notices(Counts);

impl Notices {
    pub(crate) fn of(ledger: &Ledger) -> Self {
        let mut counts = Counts::new();
        for notice in &ledger.notices {
            let about = match notice.kind {
                NoticeKind::Call | NoticeKind::Escalation => notice.conversation.map(|id| id.to_string()),
                _ => notice.inquiry.map(|id| id.to_string()),
            };
            *counts.entry((notice.kind.as_str(), about.unwrap_or_default())).or_default() += 1;
        }
        Self(counts)
    }

    fn count(&self, kind: NoticeKind, about: &str) -> usize {
        self.0.get(&(kind.as_str(), about.to_owned())).copied().unwrap_or(0)
    }
}

/// Names what a conversation has told too often, or to too few. The ladder's first step is at once.
pub(crate) fn check(
    ledger: &Ledger,
    notices: &Notices,
    stored: &Stored,
    story: &Story,
    faults: &mut Vec<String>,
) {
    let conversation = stored.row.conversation.id.to_string();
    let admins = ledger.admins;
    let calls = notices.count(NoticeKind::Call, &conversation);
    if calls != story.waits * admins {
        let waits = story.waits;
        faults.push(format!("{conversation}: {calls} call notices for {waits} waits and {admins} admins"));
    }
    let escalations = notices.count(NoticeKind::Escalation, &conversation);
    if escalations != story.escalations * admins {
        let steps = story.escalations;
        faults.push(format!("{conversation}: {escalations} notices for {steps} steps and {admins} admins"));
    }
    for post in &story.posts {
        let told = notices.count(NoticeKind::Inquiry, post);
        // A post that its caller completed after its mails had left is told of once more.
        if told == 0 || !told.is_multiple_of(admins) {
            faults.push(format!("{conversation}: {told} notices of its post for {admins} admins"));
        }
        if !ledger.posts.contains_key(post) {
            faults.push(format!("{conversation}: its post {post} is not there"));
        }
    }
}

/// Names the notices that are said to be in the built-in mailbox and are not, and those that were given up without a
/// word why. One that still waits, or whose sender was killed over it and whose lease runs, is not one of them.
pub(crate) fn unexplained(ledger: &Ledger, built_in: bool, faults: &mut Vec<String>) {
    for notice in &ledger.notices {
        let (id, kind, state) = (notice.id, notice.kind.as_str(), notice.state);
        let given_up = matches!(state, NoticeState::Skipped | NoticeState::Dead);
        if built_in && state == NoticeState::Sent && !ledger.has_mail(id) {
            faults.push(format!("notice {id} ({kind}) is sent, and there is no mail"));
        } else if given_up && notice.last_reply.is_none() {
            faults.push(format!("notice {id} ({kind}) is {} and does not say why", state.as_str()));
        }
    }
}
