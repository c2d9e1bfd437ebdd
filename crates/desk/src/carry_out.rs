//! The one way a conversation changes: load → decide → append → ring.

use std::sync::Arc;

use bus::{News, Topic};
use domain::Seq;
use domain::conversation::{
    Actor, Command, Conversation, Event, InquiryEffect, Outcome, Refusal, State, Wish, decide, evolve,
};
use domain::id::ConversationId;
use domain::inquiry::{self, Inquiry};
use domain::text::ClientId;
use fault_point::Point;
use storage::{Appended, Change, StorageError};

use crate::Desk;
use crate::error::DeskError;
use crate::figures::Before;
use crate::rooms::Room;

/// How often a command is decided anew because another process was first. That one remembers what it has just
/// stored, and so wins until its line is empty: we have to hold out longer than a burst.
const TRIES: usize = 64;

/// What a command has led to.
#[derive(Debug, Clone)]
pub struct Done {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The place of the command's last event; where the log stood if it had taken effect before.
    pub seq: Seq,
    /// Its last event; `None` if it had taken effect before and left none of its own.
    pub event: Option<Arc<Event>>,
    /// Whether it had been carried out before.
    pub repeated: bool,
    /// Whether it completes the inquiry that a move has made.
    pub(crate) effect: Option<InquiryEffect>,
}

impl Desk {
    /// Carries a wish out. It runs to its end even if who asked does not wait for it: what is stored is rung.
    pub(crate) async fn carry_out(&self, id: ConversationId, wish: Wish) -> Result<Done, DeskError> {
        let desk = self.clone();
        let task = self.0.commands.spawn(async move {
            let room = desk.0.rooms.enter(id);
            desk.carry_out_in(&room, id, wish).await
        });
        task.await.unwrap_or_else(|panic| Err(StorageError::backend(panic).into()))
    }

    async fn carry_out_in(&self, room: &Room, id: ConversationId, mut wish: Wish) -> Result<Done, DeskError> {
        let mut held = room.state.lock().await;
        for _ in 0..TRIES {
            let fresh = held.is_none();
            if fresh {
                *held = self.storage().conversation(id).await?.map(|row| row.conversation);
            }
            let is_call = matches!(wish.command, Command::Call { .. });
            if held.is_none() && !is_call {
                return Err(DeskError::NotFound);
            }
            if let (Command::Tick { transcript, .. } | Command::Move { transcript, .. }, Some(conversation)) =
                (&mut wish.command, held.as_ref())
            {
                *transcript = self.transcript(conversation).await?;
            }
            let decided = decide(held.as_ref(), wish.clone(), &self.0.settings.policy);
            let no_effect = decided.as_ref().map_or(true, |outcome| outcome.events.is_empty());
            if no_effect && !fresh && !is_call {
                // Another process may have moved it on since: ask the store before saying no.
                *held = None;
                continue;
            }
            let outcome = match decided {
                Ok(outcome) => outcome,
                Err(refusal) => return self.refused(id, &wish, refusal).await,
            };
            if outcome.events.is_empty() {
                let seq = held.as_ref().map_or(Seq::START, |conversation| conversation.seq);
                return Ok(Done {
                    conversation: id,
                    seq,
                    event: None,
                    repeated: true,
                    effect: outcome.inquiry,
                });
            }
            let before = Before::of(held.as_ref());
            match self.append(id, held.take(), outcome, &wish.by).await {
                Ok(Step::Stored(next, events)) => {
                    before.count(&events);
                    let done = announce(self, room, &next, events);
                    *held = Some(next);
                    return Ok(done);
                }
                Ok(Step::Repeated(seq)) => return self.repeated(id, seq, &wish.by).await,
                // `held` is empty now: the next try loads what is there.
                Err(DeskError::Unavailable(StorageError::Conflict)) => {}
                Err(error) => return Err(error),
            }
            if is_call {
                return Err(DeskError::Unavailable(StorageError::Conflict));
            }
        }
        Err(DeskError::Unavailable(StorageError::Conflict))
    }

    async fn append(
        &self,
        id: ConversationId,
        state: Option<Conversation>,
        outcome: Outcome,
        by: &Actor,
    ) -> Result<Step, DeskError> {
        let expected = state.as_ref().map_or(Seq::START, |conversation| conversation.seq);
        let next = outcome.events.iter().fold(state, |state, event| evolve(state, id, event));
        let next = next.ok_or(Refusal::NoConversation)?;
        let inquiry = match outcome.inquiry {
            Some(InquiryEffect::Post(draft)) => Some(self.post_of_move(&next, draft, by).await?),
            _ => None,
        };
        let notices = self.notices(&outcome.tellings, Some(&next), inquiry.as_ref()).await?;
        let rings_outbox = !notices.is_empty();
        let change =
            Change { conversation: next.clone(), expected, events: outcome.events.clone(), notices, inquiry };
        match self.storage().append(change).await? {
            Appended::Repeated { seq } => Ok(Step::Repeated(seq)),
            Appended::Stored { .. } => {
                fault_point::pass(Point::StepStored);
                if rings_outbox {
                    self.bus().ring(Topic::Outbox, News::VIEW);
                }
                Ok(Step::Stored(next, outcome.events))
            }
        }
    }

    /// The post is its caller's, whoever or whatever made the move.
    async fn post_of_move(
        &self,
        conversation: &Conversation,
        draft: inquiry::Draft,
        by: &Actor,
    ) -> Result<Inquiry, DeskError> {
        let name = match by {
            Actor::Visitor { name, .. } => name.clone(),
            _ => self.storage().visitor(conversation.visitor).await?.and_then(|visitor| visitor.name),
        };
        Ok(inquiry::post(draft, conversation.visitor, name, Some(conversation.id), self.now()))
    }

    /// What was said before the state changed stays said: a repeated message is acknowledged, not refused.
    async fn refused(&self, id: ConversationId, wish: &Wish, refusal: Refusal) -> Result<Done, DeskError> {
        let (Command::Say { client_id, .. } | Command::Note { client_id, .. }) = &wish.command else {
            return Err(refusal.into());
        };
        match self.find_said(id, client_id).await? {
            Some(event) if event.by.is_same(&wish.by) => Ok(done_before(id, event)),
            _ => Err(refusal.into()),
        }
    }

    async fn find_said(&self, id: ConversationId, client_id: &ClientId) -> Result<Option<Event>, DeskError> {
        let Some(row) = self.storage().conversation(id).await? else {
            return Ok(None);
        };
        let found = self.storage().find_by_client_id(row.visitor.id, client_id).await?;
        Ok(found.filter(|(conversation, _)| *conversation == id).map(|(_, event)| event))
    }

    /// Another's words under the same id are not these: to acknowledge them would be to lose these.
    async fn repeated(&self, id: ConversationId, seq: Seq, by: &Actor) -> Result<Done, DeskError> {
        let events = self.storage().read_after(id, Seq(seq.0.saturating_sub(1)), 1).await?;
        match events.into_iter().next() {
            Some(event) if event.by.is_same(by) => Ok(done_before(id, event)),
            Some(_) => Err(Refusal::IdTaken.into()),
            None => Err(DeskError::NotFound),
        }
    }
}

enum Step {
    Stored(Conversation, Vec<Event>),
    Repeated(Seq),
}

fn done_before(conversation: ConversationId, event: Event) -> Done {
    Done { conversation, seq: event.seq, event: Some(Arc::new(event)), repeated: true, effect: None }
}

/// Hands what is durable to those who follow, and rings.
fn announce(desk: &Desk, room: &Room, next: &Conversation, events: Vec<Event>) -> Done {
    let events: Vec<Arc<Event>> = events.into_iter().map(Arc::new).collect();
    room.keep(events.iter().cloned());
    let bus = desk.bus();
    bus.ring(Topic::Conversation(next.id), News { seq: next.seq, view: false });
    let changes_state = events.iter().any(|event| event.what.changes_state());
    // While somebody waits, the queue shows their last words. A chat that goes on is not read out to everybody.
    if changes_state || matches!(next.state, State::Waiting(_)) {
        bus.ring(Topic::Queue, News::VIEW);
    }
    if changes_state {
        bus.ring(Topic::Deadlines, News::VIEW);
        bus.ring(Topic::Visitor(next.visitor), News::VIEW);
        if next.inquiry.is_some() {
            bus.ring(Topic::Board, News::VIEW);
        }
    }
    Done {
        conversation: next.id,
        seq: next.seq,
        event: events.last().cloned(),
        repeated: false,
        effect: None,
    }
}
