//! The proof of call: every notice and what became of it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Timestamp;
use domain::admin::Admin;
use domain::deed::DeedKind;
use domain::id::NoticeId;
use domain::notice::SkipReason;
use serde::Deserialize;
use storage::{Notice, NoticeFilter, NoticeState, Page};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::auth::form::Posted;
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::{query, render};
use crate::shell::Shell;

/// So many on one page.
const PAGE: u32 = 50;
/// The states, in the order of the filter.
const STATES: [&str; 5] = ["queued", "sent", "retrying", "skipped", "dead"];

/// A notice in a list.
pub(crate) struct NoticeRow {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) state: &'static str,
    /// The admin's name, or the author's address.
    pub(crate) to: String,
    pub(crate) address: String,
    pub(crate) link: String,
    pub(crate) attempts: u32,
    /// The mail server's words.
    pub(crate) reply: Option<String>,
    /// Why it was not sent, when it was not needed any more.
    pub(crate) skipped: Option<SkipReason>,
    /// Whether it was or will be told in a digest.
    pub(crate) together: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) opened_at: Option<Timestamp>,
    /// When it is tried again.
    pub(crate) again_at: Option<Timestamp>,
    pub(crate) may_retry: bool,
}

impl NoticeRow {
    pub(crate) fn of(notice: &Notice, admins: &[Admin]) -> Self {
        let admin = notice.to.admin.and_then(|id| admins.iter().find(|admin| admin.id == id));
        let address = notice.to.address.as_str().to_owned();
        let link = match (notice.inquiry, notice.conversation) {
            (Some(inquiry), _) => format!("/admin/inquiries/{inquiry}"),
            (None, Some(conversation)) => format!("/admin/conversations/{conversation}"),
            (None, None) => String::new(),
        };
        Self {
            id: notice.id.to_string(),
            kind: notice.kind.as_str(),
            state: notice.state.as_str(),
            to: admin.map_or_else(|| address.clone(), |admin| admin.name.as_str().to_owned()),
            address,
            link,
            attempts: notice.attempts,
            // A reason is said in the reader's language instead.
            reply: notice.last_reply.clone().filter(|_| notice.skipped.is_none()),
            skipped: notice.skipped.clone(),
            together: notice.digest.is_some(),
            created_at: notice.created_at,
            sent_at: notice.sent_at,
            opened_at: notice.opened_at,
            again_at: (notice.state == NoticeState::Retrying).then_some(notice.due_at),
            may_retry: matches!(notice.state, NoticeState::Dead | NoticeState::Skipped),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    before: Option<u64>,
}

#[derive(Template)]
#[template(path = "portal/notices.html")]
struct NoticesPage {
    s: Shell,
    rows: Vec<NoticeRow>,
    states: &'static [&'static str],
    state: String,
    /// The filter in force, for the pager.
    query: String,
    next: Option<u64>,
    later: bool,
    mailbox: bool,
}

/// `GET /admin/mails`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let s = Shell::of(&state, &by, "mails").await?;
    let chosen = NoticeState::from_word(&asked.state);
    let filter = NoticeFilter { state: chosen, ..NoticeFilter::default() };
    let found = state.storage.notices(&filter, Page { before: asked.before, limit: PAGE }).await?;
    let admins = state.storage.admins().await?;
    let chosen = chosen.map(NoticeState::as_str).unwrap_or_default();
    render(&NoticesPage {
        s,
        rows: found.items.iter().map(|notice| NoticeRow::of(notice, &admins)).collect(),
        states: &STATES,
        state: chosen.to_owned(),
        query: query(&[("state", chosen)]),
        next: found.next,
        later: asked.before.is_some(),
        mailbox: state.settings.mail_is_built_in,
    })
}

/// `POST /admin/notices/{id}/retry`: queues a dead one again.
pub(crate) async fn retry(
    State(state): State<PortalState>,
    Path(id): Path<String>,
    Posted { by, .. }: Posted,
) -> Result<Response, PageError> {
    let id: NoticeId = id.parse().map_err(|_| PageError::NotFound)?;
    let notice = state.storage.notice(id).await?.ok_or(PageError::NotFound)?;
    if state.storage.requeue(id, &by.deed(&state, DeedKind::NoticeRetried).to_notice(id)).await? {
        state.desk.notices_changed();
        if let Some(conversation) = notice.conversation {
            state.desk.view_changed(conversation);
        }
        by.flash(Flash::good("notice-queued")).await?;
    } else {
        by.flash(Flash::refused("not_dead")).await?;
    }
    Ok(Redirect::to("/admin/mails").into_response())
}
