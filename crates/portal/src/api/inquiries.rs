//! The board, for admins.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use desk::{EditedInquiry, InquiryFilter, InquiryView};
use domain::inquiry::{InquiryKind, InquiryStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Json, Path, Problem, fields, wire};

use crate::PortalState;
use crate::api::{Asking, id, page, query, search};

type Answer = Result<(StatusCode, Json<Value>), Problem>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIn {
    status: Option<String>,
    kind: Option<String>,
    q: Option<String>,
    trash: Option<bool>,
    cursor: Option<String>,
}

/// What an admin may correct: the words are their author's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditIn {
    kind: Option<String>,
    title: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentIn {
    body: String,
}

fn one(view: &InquiryView) -> (StatusCode, Json<Value>) {
    (StatusCode::OK, Json(json!({ "inquiry": wire::inquiry(view) })))
}

fn kind(word: &str) -> Result<InquiryKind, Problem> {
    InquiryKind::from_word(word)
        .ok_or_else(|| Problem::field("kind", "unknown_value", "must be error, suggestion or missed_call"))
}

pub(crate) async fn list(
    State(state): State<PortalState>,
    asking: Asking,
    asked: Result<Query<ListIn>, QueryRejection>,
) -> Answer {
    let asked = query(asked)?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let status = given(asked.status)
        .map(|word| {
            InquiryStatus::from_word(&word).ok_or_else(|| {
                Problem::field("status", "unknown_value", "must be open, answered or resolved")
            })
        })
        .transpose()?;
    let kind = given(asked.kind).as_deref().map(kind).transpose()?;
    let trash = asked.trash.unwrap_or(false);
    let filter = InquiryFilter { status, kind, text: search(asked.q)?, author: None, trash };
    let found = state.desk.inquiries(&asking.caller(), filter, page(asked.cursor.as_deref())?).await?;
    let inquiries: Vec<Value> = found.items.iter().map(wire::inquiry).collect();
    let next = found.next.map(|key| key.to_string());
    Ok((StatusCode::OK, Json(json!({ "inquiries": inquiries, "next_cursor": next }))))
}

pub(crate) async fn show(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    Ok(one(&state.desk.inquiry(&asking.caller(), id(path)?).await?))
}

pub(crate) async fn edit(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    Json(edit): Json<EditIn>,
) -> Answer {
    let limit = state.desk.settings().policy.limits.title_chars;
    let edited = EditedInquiry {
        kind: edit.kind.as_deref().map(kind).transpose()?,
        title: edit.title.map(|text| fields::title("title", &text, limit)).transpose()?,
        ..EditedInquiry::default()
    };
    Ok(one(&state.desk.edit_inquiry(&asking.caller(), id(path)?, edited).await?))
}

pub(crate) async fn delete(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    state.desk.delete_inquiry(&asking.caller(), id(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn comment(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    Json(comment): Json<CommentIn>,
) -> Answer {
    let body = fields::body("body", &comment.body, state.desk.settings().policy.limits.post_bytes)?;
    let comment = state.desk.comment(&asking.caller(), id(path)?, body).await?;
    Ok((StatusCode::CREATED, Json(json!({ "comment": wire::comment(&comment) }))))
}

pub(crate) async fn resolve(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    Ok(one(&state.desk.resolve(&asking.caller(), id(path)?).await?))
}

pub(crate) async fn reopen(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    Ok(one(&state.desk.reopen(&asking.caller(), id(path)?).await?))
}

pub(crate) async fn restore(State(state): State<PortalState>, asking: Asking, path: Path<String>) -> Answer {
    Ok(one(&state.desk.restore(&asking.caller(), id(path)?).await?))
}
