//! Conversations, for admins.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use desk::{ConversationFilter, DeskError, Done};
use domain::Seq;
use domain::id::ConversationId;
use serde::Deserialize;
use serde_json::{Value, json};
use web::wire::{self, EventOut};
use web::{Json, Path, Problem, fields};

use crate::PortalState;
use crate::api::{Asking, id, page, query, search};

type Answer = Result<(StatusCode, Json<Value>), Problem>;

/// The states that can be asked for.
const STATES: [&str; 5] = ["waiting", "active", "moved", "closed", "cancelled"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIn {
    state: Option<String>,
    q: Option<String>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsIn {
    after: Option<u64>,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromiseIn {
    minutes: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordsIn {
    id: String,
    body: String,
}

pub(crate) async fn list(
    State(state): State<PortalState>,
    _asking: Asking,
    asked: Result<Query<ListIn>, QueryRejection>,
) -> Answer {
    let asked = query(asked)?;
    let word = match asked.state.as_deref() {
        None | Some("") => None,
        Some(word) => match STATES.into_iter().find(|known| *known == word) {
            Some(known) => Some(known),
            None => return Err(Problem::field("state", "unknown_value", "is not a state of a conversation")),
        },
    };
    let filter = ConversationFilter { state: word, text: search(asked.q)? };
    let found = state.desk.conversations(&filter, page(asked.cursor.as_deref())?).await?;
    let mut conversations = Vec::with_capacity(found.items.len());
    for row in found.items {
        conversations.push(wire::conversation_for_admins(&state.desk.view(row).await?));
    }
    let next = found.next.map(|key| key.to_string());
    Ok((StatusCode::OK, Json(json!({ "conversations": conversations, "next_cursor": next }))))
}

pub(crate) async fn show(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    answer(&state, &asking, id(path)?).await
}

async fn answer(state: &PortalState, asking: &Asking, id: ConversationId) -> Answer {
    let view = state.desk.conversation(&asking.caller(), id).await?;
    Ok((StatusCode::OK, Json(json!({ "conversation": wire::conversation_for_admins(&view) }))))
}

pub(crate) async fn events(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    asked: Result<Query<EventsIn>, QueryRejection>,
) -> Answer {
    let asked = query(asked)?;
    let limit = asked.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Problem::field("limit", "out_of_range", "must be from 1 to 500"));
    }
    let after = Seq(asked.after.unwrap_or(0));
    let (events, last) = state.desk.events(&asking.caller(), id(path)?, after, limit).await?;
    let events: Vec<EventOut<'_>> = events.iter().map(|event| EventOut(event)).collect();
    Ok((StatusCode::OK, Json(json!({ "events": events, "last_seq": last.0 }))))
}

pub(crate) async fn join(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    let id = id(path)?;
    state.desk.join(&asking.caller(), id).await?;
    answer(&state, &asking, id).await
}

pub(crate) async fn leave(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    let id = id(path)?;
    state.desk.leave(&asking.caller(), id).await?;
    answer(&state, &asking, id).await
}

pub(crate) async fn close(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    let id = id(path)?;
    state.desk.close(&asking.caller(), id).await?;
    answer(&state, &asking, id).await
}

pub(crate) async fn move_to_board(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
) -> Answer {
    let id = id(path)?;
    state.desk.move_to_board(&asking.caller(), id).await?;
    answer(&state, &asking, id).await
}

pub(crate) async fn promise(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    Json(promise): Json<PromiseIn>,
) -> Answer {
    let id = id(path)?;
    state.desk.promise(&asking.caller(), id, promise.minutes).await?;
    answer(&state, &asking, id).await
}

pub(crate) async fn say(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    Json(words): Json<WordsIn>,
) -> Answer {
    let limit = state.desk.settings().policy.limits.message_bytes;
    let (client_id, body) = (fields::client_id("id", &words.id)?, fields::body("body", &words.body, limit)?);
    said(state.desk.say(&asking.caller(), id(path)?, client_id, body).await)
}

pub(crate) async fn note(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    Json(words): Json<WordsIn>,
) -> Answer {
    let limit = state.desk.settings().policy.limits.message_bytes;
    let (client_id, body) = (fields::client_id("id", &words.id)?, fields::body("body", &words.body, limit)?);
    said(state.desk.note(&asking.caller(), id(path)?, client_id, body).await)
}

fn said(done: Result<Done, DeskError>) -> Answer {
    let done = done?;
    let event = done.event.ok_or_else(Problem::unavailable)?;
    let status = if done.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(json!({ "event": EventOut(&event) }))))
}
