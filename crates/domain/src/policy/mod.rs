//! The wait policy of a site: when who is told, when the board is offered, when the call moves there.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::notice::Audience;
use crate::text::TextLimits;

/// The rules' settings.
#[derive(Debug, Clone)]
pub struct Policy {
    /// After how long a wait the board is offered.
    pub offer_after: Duration,
    /// After how long a wait the call moves to the board; not before `offer_after`.
    pub move_after: Duration,
    /// The escalation ladder.
    pub steps: Vec<Step>,
    /// The limits of what people write.
    pub limits: TextLimits,
}

/// One step of the escalation ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// After how long a wait; zero is the call itself.
    pub after: Duration,
    /// Who is told then.
    pub notify: Audience,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            offer_after: Duration::from_mins(3),
            move_after: Duration::from_mins(5),
            steps: vec![
                Step { after: Duration::ZERO, notify: Audience::OnDuty },
                Step { after: Duration::from_mins(1), notify: Audience::Everyone },
            ],
            limits: TextLimits::default(),
        }
    }
}

/// What time will do to one wait, fixed when the wait begins: a change of settings moves no wait that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The escalation steps still ahead, ascending.
    pub steps: Vec<PlannedStep>,
    /// When the board is offered.
    pub offer_at: Timestamp,
    /// When the call moves to the board.
    pub move_at: Timestamp,
}

/// An escalation step with its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStep {
    /// When.
    pub at: Timestamp,
    /// Who is told then.
    pub notify: Audience,
}

impl Policy {
    /// The plan of a wait that begins at `since`. Steps due at once are not in it: [`Policy::at_once`] has them.
    pub fn plan(&self, since: Timestamp) -> Plan {
        let later = self.steps.iter().filter(|step| !step.after.is_zero());
        let mut steps: Vec<PlannedStep> =
            later.map(|step| PlannedStep { at: since.plus(step.after), notify: step.notify }).collect();
        // A ladder that was written in another order must not let a late step hold an early one back.
        steps.sort_by_key(|step| step.at);
        Plan {
            steps,
            offer_at: since.plus(self.offer_after),
            move_at: since.plus(self.move_after.max(self.offer_after)),
        }
    }

    /// Who is told the moment a wait begins.
    pub fn at_once(&self) -> impl Iterator<Item = Audience> {
        self.steps.iter().filter(|step| step.after.is_zero()).map(|step| step.notify)
    }
}

impl Plan {
    /// The plan when somebody has promised to come by `until`: nothing happens earlier than it would have,
    /// and the pause between the offer and the move stays.
    pub fn put_off(&self, until: Timestamp) -> Self {
        let pause = self.move_at.since(self.offer_at);
        Self {
            steps: self.steps.iter().map(|s| PlannedStep { at: s.at.max(until), notify: s.notify }).collect(),
            offer_at: self.offer_at.max(until),
            move_at: self.move_at.max(until.plus(pause)),
        }
    }
}

#[cfg(test)]
mod tests;
