//! From wish to facts: the rules of `design.md`, section 2, in one place.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::conversation::command::{Command, LeftInquiry, Wish};
use crate::conversation::event::{Actor, Event, What};
use crate::conversation::refusal::Refusal;
use crate::conversation::state::{Conversation, State, Wait};
use crate::conversation::transcript::Transcript;
use crate::id::{AdminId, InquiryId};
use crate::inquiry::Draft;
use crate::notice::{Audience, NoticeKind, Telling};
use crate::policy::Policy;
use crate::seq::Seq;
use crate::text::{Body, ClientId};

/// What a command leads to. Empty when it had taken effect before: then nothing has to be stored.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What happened, in order, with the places that follow the state's.
    pub events: Vec<Event>,
    /// Who must be told.
    pub tellings: Vec<Telling>,
    /// What becomes of the board.
    pub inquiry: Option<InquiryEffect>,
}

/// What a conversation does to the board.
#[derive(Debug, Clone)]
pub enum InquiryEffect {
    /// A new post, stored with the events.
    Post(Draft),
    /// The post that the move made takes on the caller's own words.
    Complete(InquiryId, LeftInquiry),
}

/// Decides `wish` in the present `state` (none before the call).
pub fn decide(state: Option<&Conversation>, wish: Wish, policy: &Policy) -> Result<Outcome, Refusal> {
    let seq = state.map_or(Seq::START, |conversation| conversation.seq);
    let facts = Facts { outcome: Outcome::default(), seq, by: wish.by, at: wish.at, policy };
    let Some(conversation) = state else {
        return facts.call(wish.command);
    };
    if facts.by.visitor().is_some_and(|visitor| visitor != conversation.visitor) {
        return Err(Refusal::NotAllowed);
    }
    match wish.command {
        Command::Call { message, .. } => facts.call_again(conversation, message),
        Command::Say { client_id, body } => facts.say(conversation, client_id, What::Said { body }),
        Command::Note { client_id, body } => facts.note(conversation, client_id, What::Noted { body }),
        Command::Join { visitor_there } => facts.join(conversation, visitor_there),
        Command::Leave => facts.leave(conversation),
        Command::Close => facts.close(conversation),
        Command::Cancel => facts.cancel(conversation),
        Command::Promise { within } => facts.promise(conversation, within),
        Command::LeaveInquiry(left) => facts.leave_inquiry(conversation, left),
        Command::Move { inquiry, transcript } => facts.move_early(conversation, inquiry, transcript),
        Command::Tick { inquiry, transcript } => facts.tick(conversation, inquiry, transcript),
    }
}

/// The facts gathered so far for one wish.
struct Facts<'a> {
    outcome: Outcome,
    seq: Seq,
    by: Actor,
    at: Timestamp,
    policy: &'a Policy,
}

impl Facts<'_> {
    fn push(&mut self, client_id: Option<ClientId>, what: What) {
        self.seq = self.seq.next();
        self.outcome.events.push(Event { seq: self.seq, at: self.at, by: self.by.clone(), client_id, what });
    }

    fn with(mut self, what: What) -> Outcome {
        self.push(None, what);
        self.outcome
    }

    /// Those who are told the moment a wait begins.
    fn ring(&mut self) {
        let audiences = self.policy.at_once();
        self.outcome.tellings.extend(audiences.map(|audience| Telling::of_call(NoticeKind::Call, audience)));
    }

    fn admin(&self) -> Result<AdminId, Refusal> {
        self.by.admin().ok_or(Refusal::NotAllowed)
    }

    fn call(mut self, command: Command) -> Result<Outcome, Refusal> {
        let Command::Call { visitor, client_id, context, message, .. } = command else {
            return Err(Refusal::NoConversation);
        };
        if self.by.visitor() != Some(visitor) {
            return Err(Refusal::NotAllowed);
        }
        let plan = self.policy.plan(self.at);
        self.push(client_id, What::Called { plan, context });
        if let Some((client_id, body)) = message {
            self.push(Some(client_id), What::Said { body });
        }
        self.ring();
        Ok(self.outcome)
    }

    /// A second press leads to the open conversation, and what came with it is said there. One that is not
    /// open any more must not swallow a press: that would be a lost call.
    fn call_again(
        self,
        conversation: &Conversation,
        message: Option<(ClientId, Body)>,
    ) -> Result<Outcome, Refusal> {
        self.by.visitor().ok_or(Refusal::NotAllowed)?;
        match message {
            Some((id, body)) => self.say(conversation, id, What::Said { body }),
            None if conversation.state.is_open() => Ok(self.outcome),
            None => Err(over(&conversation.state)),
        }
    }

    fn say(mut self, conversation: &Conversation, id: ClientId, what: What) -> Result<Outcome, Refusal> {
        if !conversation.state.is_open() {
            return Err(over(&conversation.state));
        }
        match &self.by {
            Actor::Visitor { .. } => {}
            Actor::Admin { id, .. } if conversation.has_joined(*id) => {}
            Actor::Admin { .. } => return Err(Refusal::NotJoined),
            Actor::System => return Err(Refusal::NotAllowed),
        }
        self.push(Some(id), what);
        Ok(self.outcome)
    }

    fn note(mut self, conversation: &Conversation, id: ClientId, what: What) -> Result<Outcome, Refusal> {
        self.admin()?;
        if conversation.state.is_end() {
            return Err(over(&conversation.state));
        }
        self.push(Some(id), what);
        Ok(self.outcome)
    }

    fn join(self, conversation: &Conversation, visitor_there: bool) -> Result<Outcome, Refusal> {
        let admin = self.admin()?;
        match &conversation.state {
            State::Active { .. } if conversation.has_joined(admin) => Ok(self.outcome),
            State::Waiting(_) | State::Active { .. } => Ok(self.with(What::Joined)),
            State::Moved { .. } if visitor_there => Ok(self.with(What::Joined)),
            State::Moved { .. } => Err(Refusal::VisitorGone),
            ended => Err(over(ended)),
        }
    }

    fn leave(mut self, conversation: &Conversation) -> Result<Outcome, Refusal> {
        let admin = self.admin()?;
        match &conversation.state {
            State::Active { admins, .. } if conversation.has_joined(admin) => {
                let last = admins.len() == 1;
                let wait = last.then(|| self.policy.plan(self.at));
                self.push(None, What::Left { wait });
                if last {
                    self.ring();
                }
                Ok(self.outcome)
            }
            State::Active { .. } | State::Waiting(_) => Ok(self.outcome),
            ended => Err(over(ended)),
        }
    }

    fn close(self, conversation: &Conversation) -> Result<Outcome, Refusal> {
        match (&conversation.state, &self.by) {
            (_, Actor::System) => Err(Refusal::NotAllowed),
            (State::Active { .. }, Actor::Admin { id, .. }) if !conversation.has_joined(*id) => {
                Err(Refusal::NotJoined)
            }
            (State::Active { .. }, _) => Ok(self.with(What::Closed)),
            (State::Closed { by, .. }, me) if by.is_same(me) => Ok(self.outcome),
            (State::Waiting(_), _) => Err(Refusal::NotAnsweredYet),
            (ended, _) => Err(over(ended)),
        }
    }

    fn cancel(self, conversation: &Conversation) -> Result<Outcome, Refusal> {
        self.by.visitor().ok_or(Refusal::NotAllowed)?;
        match &conversation.state {
            State::Waiting(_) => Ok(self.with(What::Cancelled)),
            State::Cancelled { .. } => Ok(self.outcome),
            State::Active { .. } => Err(Refusal::AlreadyAnswered),
            ended => Err(over(ended)),
        }
    }

    fn promise(self, conversation: &Conversation, within: Duration) -> Result<Outcome, Refusal> {
        self.admin()?;
        match &conversation.state {
            State::Waiting(wait) => {
                if !(Duration::from_mins(1)..=Duration::from_hours(1)).contains(&within) {
                    return Err(Refusal::PromiseOutOfRange);
                }
                let until = self.at.plus(within);
                let plan = wait.plan.put_off(until);
                Ok(self.with(What::Promised { until, plan }))
            }
            State::Active { .. } => Err(Refusal::AlreadyAnswered),
            ended => Err(over(ended)),
        }
    }

    fn leave_inquiry(mut self, conversation: &Conversation, left: LeftInquiry) -> Result<Outcome, Refusal> {
        self.by.visitor().ok_or(Refusal::NotAllowed)?;
        match (&conversation.state, conversation.inquiry) {
            (State::Waiting(_), _) => {
                let LeftInquiry { id, kind, title, body, email } = left;
                self.move_to_board(Draft { id, kind, title, body, email }, false);
                Ok(self.outcome)
            }
            (State::Moved { .. }, Some(made)) => {
                self.outcome.inquiry = Some(InquiryEffect::Complete(made, left));
                Ok(self.outcome)
            }
            (State::Active { .. }, _) => Err(Refusal::AlreadyAnswered),
            (ended, _) => Err(over(ended)),
        }
    }

    /// An admin who knows that nobody will come spares the caller the rest of the wait.
    fn move_early(
        mut self,
        conversation: &Conversation,
        inquiry: InquiryId,
        transcript: Transcript,
    ) -> Result<Outcome, Refusal> {
        self.admin()?;
        match &conversation.state {
            State::Waiting(_) => {
                self.move_to_board(transcript.into_draft(inquiry, self.policy.limits), true);
                Ok(self.outcome)
            }
            State::Moved { .. } => Ok(self.outcome),
            ended => Err(over(ended)),
        }
    }

    fn tick(
        mut self,
        conversation: &Conversation,
        inquiry: InquiryId,
        transcript: Transcript,
    ) -> Result<Outcome, Refusal> {
        if self.by != Actor::System {
            return Err(Refusal::NotAllowed);
        }
        let State::Waiting(wait) = &conversation.state else {
            return Ok(self.outcome);
        };
        if self.at >= wait.plan.move_at {
            let draft = transcript.into_draft(inquiry, self.policy.limits);
            self.move_to_board(draft, true);
        } else {
            self.escalate(wait);
            if !wait.offered && self.at >= wait.plan.offer_at {
                self.push(None, What::Offered);
            }
        }
        Ok(self.outcome)
    }

    fn escalate(&mut self, wait: &Wait) {
        let now = self.at;
        for step in wait.plan.steps.iter().take_while(|step| step.at <= now) {
            self.push(None, What::Escalated { notify: step.notify });
            self.outcome.tellings.push(Telling::of_call(NoticeKind::Escalation, step.notify));
        }
    }

    fn move_to_board(&mut self, draft: Draft, may_wait: bool) {
        self.push(None, What::Moved { inquiry: draft.id });
        let telling = Telling::of_inquiry(NoticeKind::Inquiry, Audience::Everyone, draft.id);
        self.outcome.tellings.push(Telling { may_wait, ..telling });
        self.outcome.inquiry = Some(InquiryEffect::Post(draft));
    }
}

/// What to say of a state in which nothing of the kind can happen any more.
const fn over(state: &State) -> Refusal {
    match state {
        State::Closed { .. } => Refusal::Closed,
        State::Cancelled { .. } => Refusal::Cancelled,
        State::Moved { .. } => Refusal::Moved,
        State::Active { .. } => Refusal::AlreadyAnswered,
        State::Waiting(_) => Refusal::NotAnsweredYet,
    }
}
