//! The room: one conversation with its log, its evidence and the proof that somebody was told.

pub(crate) mod actions;
mod log;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use desk::ConversationView;
use domain::context::CallContext;
use domain::conversation::{State as Stands, What};
use domain::id::ConversationId;
use domain::{Seq, Timestamp};
use serde::Deserialize;
use storage::{NoticeFilter, Page};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::browser;
use crate::error::PageError;
use crate::mails::notices::NoticeRow;
use crate::page::render;
use crate::people::Person;
use crate::queue::Call;
use crate::shell::Shell;
use crate::text::{Piece, pieces};
use log::Row;

/// So many events are shown at first; the rest on request.
const RECENT: u64 = 300;
/// How many one read of the log brings.
const BATCH: u32 = 200;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// Only what came after this: the script asks so for what is new.
    after: Option<u64>,
    /// The whole log.
    all: Option<u8>,
}

#[derive(Template)]
#[template(path = "portal/room.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that the template asks")]
struct RoomPage {
    s: Shell,
    call: Call,
    state: &'static str,
    joined: bool,
    open: bool,
    may_join: bool,
    ended_by: Option<(String, Timestamp)>,
    seats: Vec<(Person, bool)>,
    rows: Vec<Row>,
    last_seq: u64,
    earlier: bool,
    inquiry: Option<(String, u64, String)>,
    evidence: Evidence,
    email: Option<String>,
    notices: Vec<NoticeRow>,
    message_id: String,
    message_bytes: usize,
}

/// What the visitor's page told about itself.
#[derive(Default)]
struct Evidence {
    context: CallContext,
    url: Vec<Piece>,
    browser: Option<String>,
}

impl Evidence {
    fn of(context: &CallContext) -> Self {
        Self {
            url: context.url.as_deref().map(pieces).unwrap_or_default(),
            browser: context.user_agent.as_deref().map(browser::short),
            context: context.clone(),
        }
    }
}

/// `GET /admin/conversations/{id}`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let id: ConversationId = id.parse().map_err(|_| PageError::NotFound)?;
    let live = asked.after.is_some();
    if !live {
        state.desk.conversation(&by.caller(), id).await?;
        // That an admin has opened the call is part of the proof the visitor sees.
        if state.storage.mark_opened(by.admin.id, Some(id), None, state.clock.now()).await? {
            state.desk.view_changed(id);
        }
    }
    let view = state.desk.conversation(&by.caller(), id).await?;
    let last = view.row.conversation.seq;
    let from = match (asked.after, asked.all) {
        (Some(after), _) => Seq(after),
        (None, Some(_)) => Seq::START,
        (None, None) => Seq(last.0.saturating_sub(RECENT)),
    };
    render(&room(&state, &by, view, from).await?)
}

async fn room(
    state: &PortalState,
    by: &SignedIn,
    view: ConversationView,
    from: Seq,
) -> Result<RoomPage, PageError> {
    let s = Shell::of(state, by, "conversations").await?;
    let id = view.row.conversation.id;
    let first = state.desk.events(&by.caller(), id, Seq::START, 1).await?.0;
    let first = first.first().map(|event| &**event);
    let context = first.and_then(|event| match &event.what {
        What::Called { context, .. } => Some(context),
        _ => None,
    });
    let mut events = Vec::new();
    loop {
        let after =
            events.last().map_or(from, |event: &std::sync::Arc<domain::conversation::Event>| event.seq);
        let (more, _) = state.desk.events(&by.caller(), id, after, BATCH).await?;
        let whole = more.len() < BATCH as usize;
        events.extend(more);
        if whole {
            break;
        }
    }
    let filter = NoticeFilter { conversation: Some(id), ..NoticeFilter::default() };
    let told = state.storage.notices(&filter, Page::first(50)).await?.items;
    let admins = state.storage.admins().await?;
    let inquiry = match view.row.conversation.inquiry {
        Some(inquiry) => state.desk.inquiry(&by.caller(), inquiry).await.ok(),
        None => None,
    };
    let conversation = &view.row.conversation;
    let visitor_there = view.visitor_online;
    Ok(RoomPage {
        call: Call::of(&view, first, None, by.admin.id, s.words),
        state: conversation.state.as_str(),
        joined: conversation.has_joined(by.admin.id),
        open: conversation.state.is_open(),
        may_join: match &conversation.state {
            Stands::Waiting(_) => true,
            Stands::Active { .. } => !conversation.has_joined(by.admin.id),
            Stands::Moved { .. } => visitor_there,
            Stands::Closed { .. } | Stands::Cancelled { .. } => false,
        },
        ended_by: match &conversation.state {
            Stands::Closed { at, by, .. } => Some((Person::actor(by, s.words).name, *at)),
            _ => None,
        },
        seats: seats(&view, s.words),
        rows: log::rows(&events, by.admin.id, s.words),
        last_seq: events.last().map_or(conversation.seq, |event| event.seq).0,
        earlier: from > Seq::START,
        inquiry: inquiry.map(|view| {
            let inquiry = view.row.inquiry;
            (inquiry.id.to_string(), view.row.number, inquiry.title.as_str().to_owned())
        }),
        evidence: context.map(Evidence::of).unwrap_or_default(),
        email: view.row.visitor.email.as_ref().map(|email| email.as_str().to_owned()),
        notices: told.iter().map(|notice| NoticeRow::of(notice, &admins)).collect(),
        message_id: state.desk.source().id().to_string(),
        message_bytes: state.desk.settings().policy.limits.message_bytes,
        s,
    })
}

fn seats(view: &ConversationView, words: crate::words::Words) -> Vec<(Person, bool)> {
    let seats = view.admins.iter();
    seats
        .map(|(seat, online)| {
            let actor = domain::conversation::Actor::Admin { id: seat.admin, name: seat.name.clone() };
            (Person::actor(&actor, words), *online)
        })
        .collect()
}
