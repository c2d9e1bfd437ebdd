//! What was told to whom, and how it ended.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use desk::DeskError;
use desk::{News, Topic};
use domain::deed::DeedKind;
use domain::id::NoticeId;
use serde::Deserialize;
use serde_json::{Value, json};
use storage::{Notice, NoticeFilter, NoticeState};
use web::wire::time;
use web::{Json, Path, Problem};

use crate::PortalState;
use crate::api::{Asking, id, page, query};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIn {
    conversation_id: Option<String>,
    inquiry_id: Option<String>,
    state: Option<String>,
    cursor: Option<String>,
}

fn notice(notice: &Notice) -> Value {
    json!({
        "id": notice.id.to_string(),
        "kind": notice.kind.as_str(),
        "to": notice.to.address.as_str(),
        "conversation_id": notice.conversation.map(|id| id.to_string()),
        "inquiry_id": notice.inquiry.map(|id| id.to_string()),
        "state": notice.state.as_str(),
        "attempts": notice.attempts,
        "last_reply": notice.last_reply,
        "skipped": notice.skipped.as_ref().map(|why| json!({ "code": why.as_str(), "by": why.by() })),
        "digest_id": notice.digest.map(|id| id.to_string()),
        "created_at": time(notice.created_at),
        "sent_at": notice.sent_at.map(time),
        "opened_at": notice.opened_at.map(time),
    })
}

pub(crate) async fn list(
    State(state): State<PortalState>,
    _asking: Asking,
    asked: Result<Query<ListIn>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let asked = query(asked)?;
    let wrong = |field: &str| Problem::field(field, "not_an_id", "is not an id");
    let filter = NoticeFilter {
        conversation: asked
            .conversation_id
            .map(|id| id.parse().map_err(|_| wrong("conversation_id")))
            .transpose()?,
        inquiry: asked.inquiry_id.map(|id| id.parse().map_err(|_| wrong("inquiry_id"))).transpose()?,
        state: asked
            .state
            .map(|word| {
                NoticeState::from_word(&word)
                    .ok_or_else(|| Problem::field("state", "unknown_value", "is not a state of a notice"))
            })
            .transpose()?,
    };
    let page = page(asked.cursor.as_deref())?;
    let found = state.storage.notices(&filter, page).await.map_err(DeskError::from)?;
    let notices: Vec<Value> = found.items.iter().map(notice).collect();
    Ok(Json(json!({ "notices": notices, "next_cursor": found.next.map(|key| key.to_string()) })))
}

pub(crate) async fn retry(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
) -> Result<Json<Value>, Problem> {
    let id: NoticeId = id(path)?;
    let deed = asking.deed(&state, DeedKind::NoticeRetried).to_notice(id);
    let queued = state.storage.requeue(id, &deed).await.map_err(DeskError::from)?;
    let found = state.storage.notice(id).await.map_err(DeskError::from)?.ok_or_else(Problem::not_found)?;
    if !queued {
        let detail =
            "This notice is on its way or was sent already; only one that was given up can be sent again.";
        return Err(Problem::new(axum::http::StatusCode::CONFLICT, "not_dead", detail));
    }
    state.desk.bus().ring(Topic::Outbox, News::VIEW);
    Ok(Json(json!({ "notice": notice(&found) })))
}
