//! All conversations there have been, newest first.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Timestamp;
use domain::conversation::{Actor, State as Stands};
use serde::Deserialize;
use storage::{ConversationFilter, ConversationRow, Page};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::page::{query, render};
use crate::people::Person;
use crate::queue::last_words;
use crate::shell::Shell;
use crate::words::Words;

/// So many on one page.
const PAGE: u32 = 30;
/// The states, in the order of the filter.
pub(crate) const STATES: [&str; 5] = ["waiting", "active", "moved", "closed", "cancelled"];

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    q: String,
    before: Option<u64>,
}

#[derive(Template)]
#[template(path = "portal/conversations.html")]
struct ConversationsPage {
    s: Shell,
    rows: Vec<Row>,
    state: String,
    q: String,
    /// The filter in force, for the pager.
    query: String,
    next: Option<u64>,
    later: bool,
}

struct Row {
    id: String,
    number: u64,
    person: Person,
    state: &'static str,
    called_at: Timestamp,
    said: Option<(String, bool)>,
    admins: Vec<Person>,
}

impl Row {
    fn of(row: &ConversationRow, said: Option<(String, bool)>, words: Words) -> Self {
        let conversation = &row.conversation;
        let seats = match &conversation.state {
            Stands::Active { admins, .. } | Stands::Closed { admins, .. } => admins.as_slice(),
            _ => &[],
        };
        Self {
            id: conversation.id.to_string(),
            number: row.number,
            person: Person::visitor(&row.visitor, words),
            state: conversation.state.as_str(),
            called_at: conversation.called_at,
            said,
            admins: seats
                .iter()
                .map(|seat| Person::actor(&Actor::Admin { id: seat.admin, name: seat.name.clone() }, words))
                .collect(),
        }
    }
}

/// What somebody searches for: cut, as no name or number is longer.
pub(crate) fn search(q: &str) -> Option<String> {
    let text: String = q.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    (!text.is_empty()).then_some(text)
}

/// `GET /admin/conversations`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let s = Shell::of(&state, &by, "conversations").await?;
    let chosen = STATES.into_iter().find(|state| *state == asked.state);
    let filter = ConversationFilter { state: chosen, text: search(&asked.q) };
    let found = state.desk.conversations(&filter, Page { before: asked.before, limit: PAGE }).await?;
    let ids: Vec<_> = found.items.iter().map(|row| row.conversation.id).collect();
    let said = state.desk.last_said(&ids).await?;
    let rows = found.items.iter().map(|row| {
        let said = said.iter().find(|(id, _)| *id == row.conversation.id);
        Row::of(row, said.and_then(|(_, event)| last_words(event)), s.words)
    });
    let rows = rows.collect();
    let state = chosen.unwrap_or_default().to_owned();
    let q = filter.text.unwrap_or_default();
    let query = query(&[("state", &state), ("q", &q)]);
    let later = asked.before.is_some();
    render(&ConversationsPage { s, rows, state, q, query, next: found.next, later })
}
