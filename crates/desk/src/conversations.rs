//! The verbs of a conversation.

use std::time::Duration;

use bus::{Topic, Whisper};
use domain::Seq;
use domain::context::CallContext;
use domain::conversation::{Command, InquiryEffect, LeftInquiry, Refusal, State, Transcript, What, Wish};
use domain::id::{ConversationId, InquiryId};
use domain::inquiry::{self, InquiryKind};
use domain::text::{Body, ClientId, Email, Title};
use domain::visitor::Visitor;
use storage::{ConversationFilter, ConversationRow, Page, Paged, StorageError};

use crate::carry_out::Done;
use crate::error::DeskError;
use crate::{Caller, Desk};

/// A press of the bell.
#[derive(Debug, Clone, Default)]
pub struct CallRequest {
    /// The client's id for this press, so that a press sent twice is one.
    pub client_id: Option<ClientId>,
    /// Where the caller is.
    pub context: CallContext,
    /// The first message.
    pub message: Option<(ClientId, Body)>,
}

/// What a press of the bell has led to.
#[derive(Debug, Clone)]
pub struct Called {
    /// The conversation: a new one, or the one that was open.
    pub conversation: ConversationId,
    /// Whether it is new.
    pub created: bool,
    /// The place of the last event that the press has led to.
    pub seq: Seq,
}

impl Desk {
    /// Presses the bell. A visitor with an open conversation is brought there, and the message is said there.
    pub async fn call(&self, visitor: &Visitor, request: CallRequest) -> Result<Called, DeskError> {
        let caller = Caller::Visitor(visitor.clone());
        if request.client_id.is_some() && request.client_id.as_ref() == request.message.as_ref().map(|m| &m.0)
        {
            return Err(Refusal::IdTaken.into());
        }
        // Two presses at once: the store lets one begin a conversation, the other finds it on its second try.
        for _ in 0..4 {
            if let Some(called) = self.called_before(visitor, &request).await? {
                return Ok(called);
            }
            if let Some(open) = self.storage().open_conversation_of(visitor.id).await? {
                match self.say_in_open(&caller, &open, request.clone()).await {
                    // It ended between the look and the words: they begin a new one.
                    Err(DeskError::Refused(Refusal::Closed | Refusal::Cancelled | Refusal::Moved)) => {
                        continue;
                    }
                    answered => return answered,
                }
            }
            let id = ConversationId(self.source().id());
            let command = Command::Call {
                id,
                visitor: visitor.id,
                client_id: request.client_id.clone(),
                context: request.context.clone(),
                message: request.message.clone(),
            };
            match self.wish(&caller, id, command).await {
                Ok(done) => return Ok(Called { conversation: id, created: true, seq: done.seq }),
                Err(DeskError::Unavailable(StorageError::Conflict)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(DeskError::Unavailable(StorageError::Conflict))
    }

    /// A press that was stored before, but whose acknowledgement got lost, is not pressed again.
    async fn called_before(
        &self,
        visitor: &Visitor,
        request: &CallRequest,
    ) -> Result<Option<Called>, DeskError> {
        let Some(id) = &request.client_id else { return Ok(None) };
        let found = self.storage().find_by_client_id(visitor.id, id).await?;
        // Words under the same id are no press: to take them for one would be to lose a call.
        let found = found.filter(|(_, event)| matches!(event.what, What::Called { .. }));
        Ok(found.map(|(conversation, event)| Called { conversation, created: false, seq: event.seq }))
    }

    async fn say_in_open(
        &self,
        caller: &Caller,
        open: &ConversationRow,
        request: CallRequest,
    ) -> Result<Called, DeskError> {
        let id = open.conversation.id;
        let mut seq = open.conversation.seq;
        if let Some((client_id, body)) = request.message {
            seq = self.wish(caller, id, Command::Say { client_id, body }).await?.seq;
        }
        Ok(Called { conversation: id, created: false, seq })
    }

    /// Says something.
    pub async fn say(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        client_id: ClientId,
        body: Body,
    ) -> Result<Done, DeskError> {
        self.wish(caller, conversation, Command::Say { client_id, body }).await
    }

    /// Writes a note for the other admins.
    pub async fn note(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        client_id: ClientId,
        body: Body,
    ) -> Result<Done, DeskError> {
        self.wish(caller, conversation, Command::Note { client_id, body }).await
    }

    /// Comes in.
    pub async fn join(&self, caller: &Caller, conversation: ConversationId) -> Result<Done, DeskError> {
        let row = self.row_for(caller, conversation).await?;
        let visitor = row.visitor.id;
        if matches!(row.conversation.state, State::Moved { .. }) {
            let open = self.storage().open_conversation_of(visitor).await?;
            if open.is_some_and(|open| open.conversation.id != conversation) {
                return Err(Refusal::CalledAgain.into());
            }
        }
        let visitor_there = self.visitor_there(visitor).await?;
        self.wish(caller, conversation, Command::Join { visitor_there }).await
    }

    /// Goes.
    pub async fn leave(&self, caller: &Caller, conversation: ConversationId) -> Result<Done, DeskError> {
        self.wish(caller, conversation, Command::Leave).await
    }

    /// Ends it.
    pub async fn close(&self, caller: &Caller, conversation: ConversationId) -> Result<Done, DeskError> {
        self.wish(caller, conversation, Command::Close).await
    }

    /// Takes the call back.
    pub async fn cancel(&self, caller: &Caller, conversation: ConversationId) -> Result<Done, DeskError> {
        self.wish(caller, conversation, Command::Cancel).await
    }

    /// Promises to come within so many minutes.
    pub async fn promise(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        minutes: u32,
    ) -> Result<Done, DeskError> {
        let within = Duration::from_secs(u64::from(minutes) * 60);
        self.wish(caller, conversation, Command::Promise { within }).await
    }

    /// Moves a waiting call to the board before its time; for admins.
    pub async fn move_to_board(
        &self,
        caller: &Caller,
        conversation: ConversationId,
    ) -> Result<Done, DeskError> {
        let inquiry = InquiryId(self.source().id());
        self.wish(caller, conversation, Command::Move { inquiry, transcript: Transcript::default() }).await
    }

    /// Leaves an inquiry instead of waiting on, or completes the one that a move has made. Returns which, and
    /// whether it is new.
    pub async fn leave_inquiry(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        kind: InquiryKind,
        words: (Title, Body),
        email: Option<Email>,
    ) -> Result<(InquiryId, bool), DeskError> {
        let id = InquiryId(self.source().id());
        let (title, body) = words;
        let email = email.or_else(|| match caller {
            Caller::Visitor(visitor) => visitor.email.clone(),
            Caller::Admin(_) => None,
        });
        let left = LeftInquiry { id, kind, title, body, email };
        let done = self.wish(caller, conversation, Command::LeaveInquiry(left)).await?;
        let Some(InquiryEffect::Complete(made, left)) = done.effect else {
            return Ok((id, true));
        };
        let edit = inquiry::Command::Edit {
            kind: Some(left.kind),
            title: Some(left.title),
            body: Some(left.body),
            email: left.email.map(Some),
        };
        self.complete_inquiry(caller, made, edit).await?;
        self.bus().ring(Topic::Conversation(conversation), bus::News::VIEW);
        Ok((made, false))
    }

    /// Lets the others in a conversation know that the caller types, or has read up to a place.
    pub fn whisper(&self, conversation: ConversationId, whisper: Whisper) {
        self.bus().whisper(conversation, whisper);
    }

    /// A page of conversations, newest first; for admins.
    pub async fn conversations(
        &self,
        filter: &ConversationFilter,
        page: Page,
    ) -> Result<Paged<ConversationRow>, DeskError> {
        Ok(self.storage().conversations(filter, page).await?)
    }

    pub(crate) async fn wish(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        command: Command,
    ) -> Result<Done, DeskError> {
        let wish = Wish { by: caller.actor(), at: self.now(), command };
        match self.carry_out(conversation, wish).await {
            // Somebody else's conversation is, to a visitor, one that is not there.
            Err(DeskError::Refused(Refusal::NotAllowed)) if matches!(caller, Caller::Visitor(_)) => {
                Err(DeskError::NotFound)
            }
            done => done,
        }
    }

    /// The conversation, if the caller may see it.
    pub(crate) async fn row_for(
        &self,
        caller: &Caller,
        conversation: ConversationId,
    ) -> Result<ConversationRow, DeskError> {
        let row = self.storage().conversation(conversation).await?.ok_or(DeskError::NotFound)?;
        match caller {
            Caller::Visitor(visitor) if row.visitor.id != visitor.id => Err(DeskError::NotFound),
            _ => Ok(row),
        }
    }
}
