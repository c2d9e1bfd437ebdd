//! What a visitor's frames ask for, once they have said who they are.

use desk::{CallRequest, Called, DeskError, Whisper};
use domain::Seq;
use domain::conversation::Refusal;
use domain::id::ConversationId;
use serde_json::json;
use web::fields;
use web::socket::{Close, Ended, close, error_frame};
use web::span::{command, concerns};
use web::{Object, Problem};

use crate::rest::MessageIn;
use crate::socket::frames::Frame;
use crate::socket::mouth::{Heard, Mouth};
use crate::socket::run::Connection;

impl<W: Mouth> Connection<'_, W> {
    /// Carries one frame out, and answers it.
    pub(crate) async fn command(&mut self, heard: &W::Heard) -> Result<(), Ended> {
        let frame = match heard.frame() {
            Ok(frame) => frame,
            Err(problem) if problem.code == "not_json" => {
                return Err(Close(close::NOT_JSON, "not JSON").into());
            }
            Err(problem) => return self.wire.send(&error_frame(heard.id().as_deref(), &problem)).await,
        };
        let called = matches!(frame, Frame::Call { .. });
        let (id, done) = match frame {
            Frame::Ping {} => return self.wire.send(&json!({ "type": "pong" })).await,
            Frame::Typing { on } => {
                self.whisper(|by| Whisper::Typing { by, on });
                return Ok(());
            }
            Frame::Read { seq } => {
                self.whisper(|by| Whisper::Read { by, seq: Seq(seq) });
                return Ok(());
            }
            Frame::Hello { .. } => {
                let problem = Problem::field("type", "repeated", "was sent already");
                return self.wire.send(&error_frame(None, &problem)).await;
            }
            Frame::Call { id, message, context } => {
                let called = command(W::TRANSPORT, "call", self.call(&id, message, context)).await;
                (id, called)
            }
            Frame::Say { id, conversation_id, body } => {
                let said = self.say(&id, conversation_id.as_deref(), &body);
                let said = command(W::TRANSPORT, "say", said).await;
                (id, said)
            }
            Frame::Chat { id, body } => {
                let said = command(W::TRANSPORT, "chat", self.chat(&id, &body)).await;
                (id, said)
            }
            Frame::Cancel { id, conversation_id } => {
                let cancelled = self.cancel(&id, conversation_id.as_deref());
                let cancelled = command(W::TRANSPORT, "cancel", cancelled).await;
                (id, cancelled)
            }
            Frame::Close { id, conversation_id } => {
                let closed = self.close(&id, conversation_id.as_deref());
                let closed = command(W::TRANSPORT, "close", closed).await;
                (id, closed)
            }
        };
        match done {
            Ok(seq) => self.wire.queue(&json!({ "type": "ack", "id": id, "seq": seq.0 })).await?,
            Err(problem) => return self.wire.send(&error_frame(Some(&id), &problem)).await,
        }
        // What is said next is said in the new call, not in the one that was followed until now.
        if called || self.line.is_none() { self.follow_open().await } else { Ok(()) }
    }

    async fn call(
        &mut self,
        id: &str,
        message: Option<Object<MessageIn>>,
        context: Option<Object<fields::ContextIn>>,
    ) -> Result<Seq, Problem> {
        let client_id = Some(fields::client_id("id", id)?);
        let limit = self.gateway.config().limits.text.message_bytes;
        let message = message.map(|Object(message)| message.check("message", limit)).transpose()?;
        self.gateway.may_call(&self.visitor, self.client)?;
        let context = context.unwrap_or_default().0.into_context();
        let request = CallRequest { client_id, context, message };
        Ok(place(&self.gateway.desk().call(&self.visitor, request).await?))
    }

    async fn say(&mut self, id: &str, named: Option<&str>, body: &str) -> Result<Seq, Problem> {
        let client_id = fields::client_id("id", id)?;
        let body = fields::body("body", body, self.gateway.config().limits.text.message_bytes)?;
        let conversation = self.conversation(named)?;
        self.gateway.may_write(&self.visitor)?;
        Ok(self.gateway.desk().say(&self.caller, conversation, client_id, body).await?.seq)
    }

    /// Says it where a conversation is open, and calls with it where none is.
    async fn chat(&mut self, id: &str, body: &str) -> Result<Seq, Problem> {
        let client_id = fields::client_id("id", id)?;
        let body = fields::body("body", body, self.gateway.config().limits.text.message_bytes)?;
        let desk = self.gateway.desk();
        let own = desk.conversation_of(&self.caller).await?;
        if let Some(open) = own.filter(|view| view.row.conversation.state.is_open()) {
            self.gateway.may_write(&self.visitor)?;
            let id = open.row.conversation.id;
            match desk.say(&self.caller, id, client_id.clone(), body.clone()).await {
                // It ended between the look and the words: they begin a new one.
                Err(DeskError::Refused(Refusal::Closed | Refusal::Cancelled | Refusal::Moved)) => {}
                said => {
                    concerns(id);
                    return Ok(said?.seq);
                }
            }
        }
        self.gateway.may_call(&self.visitor, self.client)?;
        let request = CallRequest { message: Some((client_id, body)), ..CallRequest::default() };
        Ok(place(&desk.call(&self.visitor, request).await?))
    }

    async fn cancel(&mut self, id: &str, named: Option<&str>) -> Result<Seq, Problem> {
        fields::client_id("id", id)?;
        let conversation = self.conversation(named)?;
        Ok(self.gateway.desk().cancel(&self.caller, conversation).await?.seq)
    }

    async fn close(&mut self, id: &str, named: Option<&str>) -> Result<Seq, Problem> {
        fields::client_id("id", id)?;
        let conversation = self.conversation(named)?;
        Ok(self.gateway.desk().close(&self.caller, conversation).await?.seq)
    }

    /// The conversation that a frame names; where it names none, the one that is followed.
    ///
    /// The desk looks whose it is. That somebody else begins or ends a conversation of this visitor while the frame is on
    /// its way changes nothing for a frame that says which one it means.
    fn conversation(&self, named: Option<&str>) -> Result<ConversationId, Problem> {
        let id = self.conversation_or_none(named)?;
        concerns(id);
        Ok(id)
    }

    fn conversation_or_none(&self, named: Option<&str>) -> Result<ConversationId, Problem> {
        if let Some(named) = named {
            return named.parse().map_err(|_| Problem::not_found());
        }
        let none = || {
            let detail = "There is no conversation yet. Call first.";
            Problem::new(axum::http::StatusCode::CONFLICT, "no_conversation", detail)
        };
        self.line.as_ref().map(web::line::Line::conversation).ok_or_else(none)
    }

    fn whisper(&self, whisper: impl FnOnce(domain::conversation::Actor) -> Whisper) {
        if let Some(line) = &self.line {
            self.gateway.desk().whisper(line.conversation(), whisper(self.caller.actor()));
        }
    }
}

/// Where in its conversation a call stands.
fn place(called: &Called) -> Seq {
    concerns(called.conversation);
    called.seq
}
