//! A visitor's own posts on the board.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use desk::{EditedInquiry, InquiryFilter, NewInquiry, Page};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use web::{Json, Path, Problem, fields, wire};

use crate::rest::conversations::{InquiryIn, kind};
use crate::rest::id;
use crate::state::Gateway;
use crate::visitor::Asking;

type Answer = Result<(StatusCode, Json<Value>), Problem>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageIn {
    cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditIn {
    kind: Option<String>,
    title: Option<String>,
    body: Option<String>,
    /// Absent: stays. `null`: taken back.
    #[serde(default, deserialize_with = "present")]
    #[expect(clippy::option_option, reason = "as in the command: `Some(None)` takes the address back")]
    email: Option<Option<String>>,
}

#[expect(clippy::option_option, reason = "as in the command: `Some(None)` takes the address back")]
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentIn {
    body: String,
}

pub(crate) async fn list(
    State(gateway): State<Gateway>,
    asking: Asking,
    query: Result<Query<PageIn>, QueryRejection>,
) -> Answer {
    let Query(query) = query.map_err(|error| Problem::field("query", "wrong_type", error.body_text()))?;
    let before = web::paging::cursor(query.cursor.as_deref())?;
    let page = Page { before, limit: 50 };
    let found = gateway.desk().inquiries(&asking.caller(), InquiryFilter::default(), page).await?;
    let inquiries: Vec<Value> = found.items.iter().map(wire::inquiry).collect();
    let next = found.next.map(|key| key.to_string());
    Ok((StatusCode::OK, Json(json!({ "inquiries": inquiries, "next_cursor": next }))))
}

pub(crate) async fn create(
    State(gateway): State<Gateway>,
    asking: Asking,
    Json(inquiry): Json<InquiryIn>,
) -> Answer {
    let limits = gateway.config().limits.text;
    let new = NewInquiry {
        kind: kind(&inquiry.kind)?,
        title: fields::title("title", &inquiry.title, limits.title_chars)?,
        body: fields::body("body", &inquiry.body, limits.post_bytes)?,
        email: fields::email("email", inquiry.email.as_deref())?,
    };
    gateway.may_call(&asking.visitor, asking.client)?;
    let view = gateway.desk().post(&asking.visitor, new).await?;
    Ok((StatusCode::CREATED, Json(json!({ "inquiry": wire::inquiry(&view) }))))
}

pub(crate) async fn show(State(gateway): State<Gateway>, asking: Asking, path: Path<String>) -> Answer {
    let view = gateway.desk().inquiry(&asking.caller(), id(path)?).await?;
    Ok((StatusCode::OK, Json(json!({ "inquiry": wire::inquiry(&view) }))))
}

pub(crate) async fn edit(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    Json(edit): Json<EditIn>,
) -> Answer {
    let limits = gateway.config().limits.text;
    let edited = EditedInquiry {
        kind: edit.kind.as_deref().map(kind).transpose()?,
        title: edit.title.map(|text| fields::title("title", &text, limits.title_chars)).transpose()?,
        body: edit.body.map(|text| fields::body("body", &text, limits.post_bytes)).transpose()?,
        email: edit.email.map(|text| fields::email("email", text.as_deref())).transpose()?,
    };
    gateway.may_write(&asking.visitor)?;
    let view = gateway.desk().edit_inquiry(&asking.caller(), id(path)?, edited).await?;
    Ok((StatusCode::OK, Json(json!({ "inquiry": wire::inquiry(&view) }))))
}

pub(crate) async fn delete(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
) -> Result<StatusCode, Problem> {
    gateway.desk().delete_inquiry(&asking.caller(), id(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn comment(
    State(gateway): State<Gateway>,
    asking: Asking,
    path: Path<String>,
    Json(comment): Json<CommentIn>,
) -> Answer {
    let body = fields::body("body", &comment.body, gateway.config().limits.text.post_bytes)?;
    gateway.may_write(&asking.visitor)?;
    let comment = gateway.desk().comment(&asking.caller(), id(path)?, body).await?;
    Ok((StatusCode::CREATED, Json(json!({ "comment": wire::comment(&comment) }))))
}
