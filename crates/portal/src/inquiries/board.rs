//! The list of posts.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use desk::InquiryView;
use domain::Timestamp;
use domain::inquiry::{InquiryKind, InquiryStatus};
use serde::Deserialize;
use storage::{InquiryFilter, Page};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::conversations::search;
use crate::error::PageError;
use crate::page::{query, render};
use crate::people::Person;
use crate::shell::Shell;
use crate::words::Words;

/// So many on one page.
const PAGE: u32 = 30;
/// The kinds, in the order of the filter.
const KINDS: [&str; 3] = ["error", "suggestion", "missed_call"];

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    status: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    trash: String,
    before: Option<u64>,
}

#[derive(Template)]
#[template(path = "portal/inquiries.html")]
struct BoardPage {
    s: Shell,
    rows: Vec<Row>,
    /// Each status with how many posts have it.
    tabs: Vec<(&'static str, u64)>,
    kinds: &'static [&'static str],
    status: String,
    kind: String,
    q: String,
    trash: bool,
    /// The filter in force, for the pager.
    query: String,
    /// The same without the status, for the tabs.
    extra: String,
    next: Option<u64>,
    later: bool,
}

struct Row {
    id: String,
    number: u64,
    kind: &'static str,
    status: &'static str,
    title: String,
    author: Person,
    at: Timestamp,
    comments: usize,
    from_call: bool,
}

impl Row {
    fn of(view: &InquiryView, words: Words) -> Self {
        let inquiry = &view.row.inquiry;
        Self {
            id: inquiry.id.to_string(),
            number: view.row.number,
            kind: inquiry.kind.as_str(),
            status: inquiry.status.as_str(),
            title: inquiry.title.as_str().to_owned(),
            author: Person::named(inquiry.author_name.as_ref(), inquiry.author.0.as_u128(), words),
            at: inquiry.updated_at,
            comments: view.comments.len(),
            from_call: inquiry.conversation.is_some(),
        }
    }
}

/// `GET /admin/inquiries`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let trash = asked.trash == "1";
    if trash && !by.is_owner() {
        return Err(PageError::OwnersOnly);
    }
    let s = Shell::of(&state, &by, "inquiries").await?;
    let status = InquiryStatus::from_word(&asked.status);
    let kind = InquiryKind::from_word(&asked.kind);
    let filter = InquiryFilter { status, kind, text: search(&asked.q), author: None, trash };
    let page = Page { before: asked.before, limit: PAGE };
    let found = state.desk.inquiries(&by.caller(), filter.clone(), page).await?;
    let [open, answered, resolved] = state.desk.inquiry_counts().await?;
    let status = status.map(InquiryStatus::as_str).unwrap_or_default().to_owned();
    let kind = kind.map(InquiryKind::as_str).unwrap_or_default().to_owned();
    let q = filter.text.unwrap_or_default();
    let extra = query(&[("kind", &kind), ("q", &q)]);
    render(&BoardPage {
        rows: found.items.iter().map(|view| Row::of(view, s.words)).collect(),
        tabs: vec![("open", open), ("answered", answered), ("resolved", resolved)],
        kinds: &KINDS,
        query: query(&[("status", &status), ("trash", if trash { "1" } else { "" })]) + &extra,
        extra,
        status,
        kind,
        q,
        trash,
        next: found.next,
        later: asked.before.is_some(),
        s,
    })
}
