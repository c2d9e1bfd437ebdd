//! From fact to state.

use crate::conversation::event::{Actor, Event, What};
use crate::conversation::state::{Conversation, Promised, Seat, State, Wait};
use crate::id::ConversationId;
use crate::policy::Plan;

/// The state after `event`. A log that was decided by this crate always fits; an event that does not fit the
/// state (a log written by a newer version) moves `seq` and nothing else.
pub fn evolve(state: Option<Conversation>, id: ConversationId, event: &Event) -> Option<Conversation> {
    let Some(mut conversation) = state else {
        return begin(id, event);
    };
    conversation.seq = event.seq;
    apply(&mut conversation, event);
    Some(conversation)
}

/// The state that a whole log leads to.
pub fn fold<'a>(id: ConversationId, log: impl IntoIterator<Item = &'a Event>) -> Option<Conversation> {
    log.into_iter().fold(None, |state, event| evolve(state, id, event))
}

fn begin(id: ConversationId, event: &Event) -> Option<Conversation> {
    let (What::Called { plan, .. }, Actor::Visitor { id: visitor, .. }) = (&event.what, &event.by) else {
        return None;
    };
    Some(Conversation {
        id,
        visitor: *visitor,
        seq: event.seq,
        called_at: event.at,
        inquiry: None,
        state: waiting(event, plan),
    })
}

fn waiting(event: &Event, plan: &Plan) -> State {
    State::Waiting(Wait { since: event.at, plan: plan.clone(), offered: false, promised: None })
}

fn apply(conversation: &mut Conversation, event: &Event) {
    let seat = match &event.by {
        Actor::Admin { id, name } => Some(Seat { admin: *id, name: name.clone() }),
        _ => None,
    };
    match (&event.what, &mut conversation.state) {
        (What::Escalated { .. }, State::Waiting(wait)) if !wait.plan.steps.is_empty() => {
            wait.plan.steps.remove(0);
        }
        (What::Offered, State::Waiting(wait)) => wait.offered = true,
        (What::Promised { until, plan }, State::Waiting(wait)) => {
            wait.plan = plan.clone();
            wait.promised = seat.map(|by| Promised { by, until: *until });
        }
        (What::Joined, State::Active { admins, .. }) => admins.extend(seat),
        (What::Joined, State::Waiting(_) | State::Moved { .. }) => {
            conversation.state = State::Active { since: event.at, admins: seat.into_iter().collect() };
        }
        (What::Left { wait: Some(plan) }, State::Active { .. }) => conversation.state = waiting(event, plan),
        (What::Left { wait: None }, State::Active { admins, .. }) => {
            admins.retain(|seat| Some(seat.admin) != event.by.admin());
        }
        (What::Moved { inquiry }, State::Waiting(_)) => {
            conversation.inquiry = Some(*inquiry);
            conversation.state = State::Moved { at: event.at };
        }
        (What::Closed, State::Active { admins, .. }) => {
            let admins = std::mem::take(admins);
            conversation.state = State::Closed { at: event.at, by: event.by.clone(), admins };
        }
        (What::Cancelled, State::Waiting(_)) => conversation.state = State::Cancelled { at: event.at },
        _ => {}
    }
}
