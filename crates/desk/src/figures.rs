//! What is counted of calls, for operators: docs/operations.md names each figure.

use std::time::Duration;

use domain::Timestamp;
use domain::conversation::{Actor, Conversation, Event, State, What};

/// How a call stood before a step: what the step is measured against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    wait: Option<Waited>,
}

#[derive(Debug, Clone, Copy)]
struct Waited {
    since: Timestamp,
    offer_at: Timestamp,
    move_at: Timestamp,
}

impl Before {
    pub(crate) fn of(conversation: Option<&Conversation>) -> Self {
        let wait = match conversation.map(|conversation| &conversation.state) {
            Some(State::Waiting(wait)) => {
                Some(Waited { since: wait.since, offer_at: wait.plan.offer_at, move_at: wait.plan.move_at })
            }
            _ => None,
        };
        Self { wait }
    }

    /// Counts what has become durable.
    pub(crate) fn count(self, events: &[Event]) {
        for event in events {
            match &event.what {
                What::Called { .. } => metrics::counter!("deskbell_calls_total").increment(1),
                What::Said { .. } => {
                    let by = if event.by.visitor().is_some() { "visitor" } else { "admin" };
                    metrics::counter!("deskbell_messages_total", "by" => by).increment(1);
                }
                What::Joined => self.outcome("answered", event.at),
                What::Cancelled => self.outcome("cancelled", event.at),
                What::Moved { .. } => {
                    self.outcome("moved", event.at);
                    self.fired(event, |wait| wait.move_at);
                }
                What::Offered => self.fired(event, |wait| wait.offer_at),
                _ => {}
            }
        }
    }

    /// A wait has ended; a second admin who joins ends none.
    fn outcome(self, outcome: &'static str, at: Timestamp) {
        let Some(wait) = self.wait else { return };
        metrics::counter!("deskbell_call_outcomes_total", "outcome" => outcome).increment(1);
        metrics::histogram!("deskbell_call_wait_seconds", "outcome" => outcome).record(at.since(wait.since));
    }

    /// A deadline has fired by itself.
    fn fired(self, event: &Event, due: impl FnOnce(Waited) -> Timestamp) {
        if let (Actor::System, Some(wait)) = (&event.by, self.wait) {
            let late: Duration = event.at.since(due(wait));
            metrics::histogram!("deskbell_deadline_lateness_seconds").record(late);
        }
    }
}
