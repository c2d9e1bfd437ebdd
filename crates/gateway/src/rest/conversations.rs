//! A visitor's conversations.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::{CallRequest, Whisper};
use domain::Seq;
use domain::conversation::Actor;
use domain::id::ConversationId;
use domain::inquiry::InquiryKind;
use domain::text::{Body, ClientId};
use serde::Deserialize;
use serde_json::{Value, json};
use web::fields::{self, ContextIn};
use web::wire::{self, EventOut};
use web::{Json, Object, Path, Problem};

use crate::event_stream;
use crate::rest::id;
use crate::state::Gateway;
use crate::visitor::Asking;

type Answer = Result<(StatusCode, Json<Value>), Problem>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageIn {
    id: String,
    body: String,
}

impl MessageIn {
    pub(crate) fn check(&self, path: &str, limit: usize) -> Result<(ClientId, Body), Problem> {
        let name = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        Ok((fields::client_id(&name("id"), &self.id)?, fields::body(&name("body"), &self.body, limit)?))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallIn {
    /// Made by the page: a press that is sent twice is one, whatever has become of the call meanwhile.
    id: Option<String>,
    message: Option<Object<MessageIn>>,
    context: Option<Object<ContextIn>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsIn {
    after: Option<u64>,
    limit: Option<u32>,
    /// For a stream: the history of which the page has something.
    epoch: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypingIn {
    on: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadIn {
    seq: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InquiryIn {
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) email: Option<String>,
}

/// What a visitor may say a post is about; `missed_call` is ours to say.
pub(crate) fn kind(word: &str) -> Result<InquiryKind, Problem> {
    match InquiryKind::from_word(word) {
        Some(kind @ (InquiryKind::Error | InquiryKind::Suggestion)) => Ok(kind),
        _ => Err(Problem::field("kind", "unknown_value", "must be \"error\" or \"suggestion\"")),
    }
}

pub(crate) async fn call(State(gateway): State<Gateway>, asking: Asking, Json(call): Json<CallIn>) -> Answer {
    let client_id = call.id.as_deref().map(|id| fields::client_id("id", id)).transpose()?;
    let limit = gateway.config().limits.text.message_bytes;
    let message = call.message.as_ref().map(|Object(message)| message.check("message", limit)).transpose()?;
    let context = call.context.unwrap_or_default().0.into_context();
    gateway.may_call(&asking.visitor, asking.client)?;
    let request = CallRequest { client_id, context, message };
    let called = gateway.desk().call(&asking.visitor, request).await?;
    let view = gateway.desk().conversation(&asking.caller(), called.conversation).await?;
    let status = if called.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({ "conversation": wire::conversation(&view) }))))
}

pub(crate) async fn show(State(gateway): State<Gateway>, asking: Asking, path: Path<String>) -> Answer {
    answer(&gateway, &asking, id(path)?).await
}

async fn answer(gateway: &Gateway, asking: &Asking, id: ConversationId) -> Answer {
    let view = gateway.desk().conversation(&asking.caller(), id).await?;
    Ok((StatusCode::OK, Json(json!({ "conversation": wire::conversation(&view) }))))
}

pub(crate) async fn events(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    headers: HeaderMap,
    query: Result<Query<EventsIn>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::field("query", "wrong_type", error.body_text()))?;
    let limit = query.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Problem::field("limit", "out_of_range", "must be from 1 to 500"));
    }
    if event_stream::is_wanted(&headers) {
        let known = (query.after, query.epoch);
        return event_stream::of_conversation(&gateway, asking, id(path)?, known, &headers).await;
    }
    let after = Seq(query.after.unwrap_or(0));
    let (events, last) = gateway.desk().events(&asking.caller(), id(path)?, after, limit).await?;
    let events: Vec<EventOut<'_>> = events.iter().map(|event| EventOut(event)).collect();
    Ok(Json(json!({ "events": events, "last_seq": last.0 })).into_response())
}

pub(crate) async fn typing(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    Json(typing): Json<TypingIn>,
) -> Result<StatusCode, Problem> {
    whisper(&gateway, &asking, id(path)?, |by| Whisper::Typing { by, on: typing.on }).await
}

pub(crate) async fn read(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    Json(read): Json<ReadIn>,
) -> Result<StatusCode, Problem> {
    whisper(&gateway, &asking, id(path)?, |by| Whisper::Read { by, seq: Seq(read.seq) }).await
}

async fn whisper(
    gateway: &Gateway,
    asking: &Asking,
    id: ConversationId,
    whisper: impl FnOnce(Actor) -> Whisper,
) -> Result<StatusCode, Problem> {
    let caller = asking.caller();
    gateway.desk().conversation(&caller, id).await?;
    gateway.desk().whisper(id, whisper(caller.actor()));
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn say(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    Json(message): Json<MessageIn>,
) -> Answer {
    let (client_id, body) = message.check("", gateway.config().limits.text.message_bytes)?;
    gateway.may_write(&asking.visitor)?;
    let done = gateway.desk().say(&asking.caller(), id(path)?, client_id, body).await?;
    let event = done.event.ok_or_else(Problem::unavailable)?;
    let status = if done.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(json!({ "event": EventOut(&event) }))))
}

pub(crate) async fn cancel(State(gateway): State<Gateway>, asking: Asking, path: Path<String>) -> Answer {
    let id = id(path)?;
    gateway.desk().cancel(&asking.caller(), id).await?;
    answer(&gateway, &asking, id).await
}

pub(crate) async fn close(State(gateway): State<Gateway>, asking: Asking, path: Path<String>) -> Answer {
    let id = id(path)?;
    gateway.desk().close(&asking.caller(), id).await?;
    answer(&gateway, &asking, id).await
}

pub(crate) async fn leave_inquiry(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    Json(inquiry): Json<InquiryIn>,
) -> Answer {
    let limits = gateway.config().limits.text;
    let kind = kind(&inquiry.kind)?;
    let title = fields::title("title", &inquiry.title, limits.title_chars)?;
    let body = fields::body("body", &inquiry.body, limits.post_bytes)?;
    let email = fields::email("email", inquiry.email.as_deref())?;
    gateway.may_write(&asking.visitor)?;
    let caller = asking.caller();
    let (made, new) = gateway.desk().leave_inquiry(&caller, id(path)?, kind, (title, body), email).await?;
    let view = gateway.desk().inquiry(&caller, made).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(json!({ "inquiry": wire::inquiry(&view) }))))
}
