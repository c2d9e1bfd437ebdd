//! One post with its comments.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::EditedInquiry;
use domain::Timestamp;
use domain::id::InquiryId;
use domain::inquiry::{InquiryKind, InquiryStatus};
use domain::text::{Body, Title};
use storage::{NoticeFilter, Page};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::auth::form::{Fields, Posted};
use crate::error::PageError;
use crate::flash::Flash;
use crate::mails::notices::NoticeRow;
use crate::page::render;
use crate::people::Person;
use crate::shell::Shell;
use crate::text::{Piece, pieces};

#[derive(Template)]
#[template(path = "portal/inquiry.html")]
struct InquiryPage {
    s: Shell,
    id: String,
    number: u64,
    kind: &'static str,
    status: &'static str,
    title: String,
    body: Vec<Piece>,
    author: Person,
    email: Option<String>,
    created_at: Timestamp,
    edited: bool,
    conversation: Option<(String, u64)>,
    comments: Vec<CommentRow>,
    notices: Vec<NoticeRow>,
    trashed_at: Option<Timestamp>,
    may_delete: bool,
    post_bytes: usize,
}

struct CommentRow {
    at: Timestamp,
    person: Person,
    admin: bool,
    body: Vec<Piece>,
}

/// `GET /admin/inquiries/{id}`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: InquiryId = id.parse().map_err(|_| PageError::NotFound)?;
    let view = state.desk.inquiry(&by.caller(), id).await?;
    state.storage.mark_opened(by.admin.id, None, Some(id), state.clock.now()).await?;
    let s = Shell::of(&state, &by, "inquiries").await?;
    let filter = NoticeFilter { inquiry: Some(id), ..NoticeFilter::default() };
    let told = state.storage.notices(&filter, Page::first(50)).await?.items;
    let admins = state.storage.admins().await?;
    let inquiry = view.row.inquiry;
    let conversation = match inquiry.conversation {
        Some(id) => {
            state.desk.conversation(&by.caller(), id).await.ok().map(|c| (id.to_string(), c.row.number))
        }
        None => None,
    };
    let comments = view.comments.iter().map(|comment| CommentRow {
        at: comment.at,
        person: Person::actor(&comment.by, s.words),
        admin: comment.by.admin().is_some(),
        body: pieces(comment.body.as_str()),
    });
    render(&InquiryPage {
        id: id.to_string(),
        number: view.row.number,
        kind: inquiry.kind.as_str(),
        status: inquiry.status.as_str(),
        title: inquiry.title.as_str().to_owned(),
        body: pieces(inquiry.body.as_str()),
        author: Person::named(inquiry.author_name.as_ref(), inquiry.author.0.as_u128(), s.words),
        email: inquiry.email.as_ref().map(|email| email.as_str().to_owned()),
        created_at: inquiry.created_at,
        edited: inquiry.version > 1 && view.comments.is_empty() && inquiry.status == InquiryStatus::Open,
        conversation,
        comments: comments.collect(),
        notices: told.iter().map(|notice| NoticeRow::of(notice, &admins)).collect(),
        trashed_at: inquiry.trashed_at,
        may_delete: inquiry.status != InquiryStatus::Open,
        post_bytes: state.desk.settings().policy.limits.post_bytes,
        s,
    })
}

/// `POST /admin/inquiries/{id}/{verb}`
pub(crate) async fn act(
    State(state): State<PortalState>,
    Path((id, verb)): Path<(String, String)>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let id: InquiryId = id.parse().map_err(|_| PageError::NotFound)?;
    let caller = by.caller();
    let desk = &state.desk;
    let done = match verb.as_str() {
        "comments" => {
            match Body::new(fields.text("body").trim_end(), desk.settings().policy.limits.post_bytes) {
                Ok(body) => desk.comment(&caller, id, body).await.map(drop).map_err(PageError::from),
                Err(fault) => Err(fault.into()),
            }
        }
        "resolve" => desk.resolve(&caller, id).await.map(drop).map_err(PageError::from),
        "reopen" => desk.reopen(&caller, id).await.map(drop).map_err(PageError::from),
        "delete" => desk.delete_inquiry(&caller, id).await.map_err(PageError::from),
        "restore" => desk.restore(&caller, id).await.map(drop).map_err(PageError::from),
        "edit" => edit(&state, &by, id, &fields).await,
        _ => return Err(PageError::NotFound),
    };
    let there = format!("/admin/inquiries/{id}");
    match done {
        Ok(()) => {
            by.flash(Flash::good(&format!("inquiry-{verb}"))).await?;
            let to = if verb == "delete" { "/admin/inquiries" } else { &there };
            Ok(Redirect::to(to).into_response())
        }
        Err(PageError::Refused(flash)) => {
            by.flash(flash).await?;
            Ok(Redirect::to(&there).into_response())
        }
        Err(error) => Err(error),
    }
}

/// An admin may put a post under a better title and kind.
async fn edit(state: &PortalState, by: &SignedIn, id: InquiryId, fields: &Fields) -> Result<(), PageError> {
    let title = Title::new(fields.get("title"), state.desk.settings().policy.limits.title_chars)?;
    let kind = InquiryKind::from_word(fields.get("kind"));
    let edited = EditedInquiry { kind, title: Some(title), ..EditedInquiry::default() };
    state.desk.edit_inquiry(&by.caller(), id, edited).await?;
    Ok(())
}
