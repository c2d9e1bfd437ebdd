//! What an admin's frames ask for.

use desk::{Caller, Desk, DeskError, Done, Whisper};
use domain::Seq;
use domain::id::ConversationId;
use domain::text::ClientId;
use serde_json::json;
use web::socket::{Close, Ended, close, error_frame};
use web::span::{command, concerns};
use web::{Problem, fields};

use crate::socket::frames::Frame;
use crate::socket::run::Connection;

impl Connection<'_> {
    /// Carries one frame out, and answers it.
    pub(crate) async fn command(&mut self, text: &str) -> Result<(), Ended> {
        let frame = match web::tagged::parse::<Frame>(text.as_bytes()) {
            Ok(frame) => frame,
            Err(problem) if problem.code == "not_json" => {
                return Err(Close(close::NOT_JSON, "not JSON").into());
            }
            Err(problem) => {
                let id = web::socket::id_of(text);
                return self.wire.send(&error_frame(id.as_deref(), &problem)).await;
            }
        };
        match frame {
            Frame::Ping {} => self.wire.send(&json!({ "type": "pong" })).await,
            Frame::Hello { .. } => {
                let problem = Problem::field("type", "repeated", "was sent already");
                self.wire.send(&error_frame(None, &problem)).await
            }
            Frame::Follow { conversation_id, after } => {
                let followed = match conversation(&conversation_id) {
                    Ok(id) => self.follow(id, Seq(after.unwrap_or(0))).await,
                    Err(problem) => Err(problem),
                };
                self.complain(&conversation_id, followed).await
            }
            Frame::Unfollow { conversation_id } => {
                let unfollowed = conversation(&conversation_id).map(|id| {
                    self.lines.remove(&id);
                });
                self.complain(&conversation_id, unfollowed).await
            }
            Frame::Typing { conversation_id, on } => {
                let by = self.caller.actor();
                self.whisper(&conversation_id, Whisper::Typing { by, on });
                Ok(())
            }
            Frame::Read { conversation_id, seq } => {
                let by = self.caller.actor();
                self.whisper(&conversation_id, Whisper::Read { by, seq: Seq(seq) });
                Ok(())
            }
            verb => self.verb(verb).await,
        }
    }

    async fn verb(&mut self, frame: Frame) -> Result<(), Ended> {
        let Some((id, conversation_id, verb)) = Verb::of(frame) else { return Ok(()) };
        let (name, done) = (verb.name(), self.carry_out(&id, &conversation_id, verb));
        match command("admin", name, done).await {
            Ok(done) => self.wire.send(&json!({ "type": "ack", "id": id, "seq": done.seq.0 })).await,
            Err(problem) => self.wire.send(&error_frame(Some(&id), &problem)).await,
        }
    }

    async fn carry_out(&mut self, id: &str, conversation_id: &str, verb: Verb) -> Result<Done, Problem> {
        let client_id = fields::client_id("id", id)?;
        let conversation = conversation(conversation_id)?;
        concerns(conversation);
        let joins = matches!(verb, Verb::Join);
        // Whoever is told that they could not join must not be in.
        if joins {
            self.has_room_for(conversation)?;
        }
        let done = verb.ask(&self.state.desk, &self.caller, client_id, conversation).await?;
        if joins {
            self.follow(conversation, Seq::START).await?;
        }
        Ok(done)
    }

    /// A follow has no id of its own: its error names the conversation.
    async fn complain(&mut self, conversation_id: &str, done: Result<(), Problem>) -> Result<(), Ended> {
        let Err(problem) = done else { return Ok(()) };
        let mut frame = error_frame(None, &problem);
        frame["conversation_id"] = conversation_id.into();
        self.wire.send(&frame).await
    }

    /// Only who follows a conversation is heard there.
    fn whisper(&self, conversation_id: &str, whisper: Whisper) {
        if let Ok(id) = conversation(conversation_id)
            && self.lines.contains_key(&id)
        {
            self.state.desk.whisper(id, whisper);
        }
    }
}

fn conversation(text: &str) -> Result<ConversationId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// What changes a conversation.
enum Verb {
    Say(String),
    Note(String),
    Join,
    Leave,
    Close,
    Promise(u32),
}

impl Verb {
    fn of(frame: Frame) -> Option<(String, String, Self)> {
        Some(match frame {
            Frame::Say { id, conversation_id, body } => (id, conversation_id, Self::Say(body)),
            Frame::Note { id, conversation_id, body } => (id, conversation_id, Self::Note(body)),
            Frame::Join { id, conversation_id } => (id, conversation_id, Self::Join),
            Frame::Leave { id, conversation_id } => (id, conversation_id, Self::Leave),
            Frame::Close { id, conversation_id } => (id, conversation_id, Self::Close),
            Frame::Promise { id, conversation_id, minutes } => (id, conversation_id, Self::Promise(minutes)),
            _ => return None,
        })
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Say(_) => "say",
            Self::Note(_) => "note",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Close => "close",
            Self::Promise(_) => "promise",
        }
    }

    async fn ask(
        self,
        desk: &Desk,
        caller: &Caller,
        client_id: ClientId,
        conversation: ConversationId,
    ) -> Result<Done, Problem> {
        let limit = desk.settings().policy.limits.message_bytes;
        let done: Result<Done, DeskError> = match self {
            Self::Say(body) => {
                let body = fields::body("body", &body, limit)?;
                desk.say(caller, conversation, client_id, body).await
            }
            Self::Note(body) => {
                let body = fields::body("body", &body, limit)?;
                desk.note(caller, conversation, client_id, body).await
            }
            Self::Join => desk.join(caller, conversation).await,
            Self::Leave => desk.leave(caller, conversation).await,
            Self::Close => desk.close(caller, conversation).await,
            Self::Promise(minutes) => desk.promise(caller, conversation, minutes).await,
        };
        Ok(done?)
    }
}
