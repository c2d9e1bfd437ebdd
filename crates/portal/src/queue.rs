//! The first page: who waits, who is being answered.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use desk::ConversationView;
use domain::conversation::{Actor, Event, State as Stands, What};
use domain::id::AdminId;
use domain::text::isolated;
use domain::{Seq, Timestamp};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::page::render;
use crate::people::Person;
use crate::shell::Shell;
use crate::text::preview;
use crate::words::Words;

#[derive(Template)]
#[template(path = "portal/queue.html")]
struct QueuePage {
    s: Shell,
    calls: Vec<Call>,
    active: Vec<Call>,
    /// Posts on the board that wait for an answer.
    open_inquiries: u64,
    /// Who of the team is on duty, as one line.
    duty: String,
}

/// A call in the line.
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) number: u64,
    pub(crate) person: Person,
    pub(crate) verified: bool,
    pub(crate) online: bool,
    pub(crate) since: Timestamp,
    pub(crate) called_at: Timestamp,
    pub(crate) wait: Option<WaitView>,
    /// The last words, and whether they are an admin's.
    pub(crate) said: Option<(String, bool)>,
    pub(crate) page: Option<String>,
    pub(crate) errors: usize,
    pub(crate) admins: Vec<Person>,
    pub(crate) mine: bool,
    pub(crate) told: ToldView,
}

/// What time does to a waiting call.
pub(crate) struct WaitView {
    pub(crate) move_at: Timestamp,
    pub(crate) promised: Option<(String, Timestamp)>,
}

/// The proof of call, in short.
pub(crate) struct ToldView {
    pub(crate) mails: u32,
    pub(crate) sent: u32,
    pub(crate) opened_by: String,
}

impl Call {
    pub(crate) fn of(
        view: &ConversationView,
        first: Option<&Event>,
        said: Option<&Event>,
        me: AdminId,
        words: Words,
    ) -> Self {
        let conversation = &view.row.conversation;
        let (since, wait) = match &conversation.state {
            Stands::Waiting(wait) => (
                wait.since,
                Some(WaitView {
                    move_at: wait.plan.move_at,
                    promised: wait.promised.as_ref().map(|p| (p.by.name.as_str().to_owned(), p.until)),
                }),
            ),
            Stands::Active { since, .. } => (*since, None),
            _ => (conversation.called_at, None),
        };
        let context = first.and_then(|event| match &event.what {
            What::Called { context, .. } => Some(context),
            _ => None,
        });
        Self {
            id: conversation.id.to_string(),
            number: view.row.number,
            person: Person::visitor(&view.row.visitor, words),
            verified: view.row.visitor.verified(),
            online: view.visitor_online,
            since,
            called_at: conversation.called_at,
            wait,
            said: said.and_then(last_words),
            page: context.and_then(|context| context.title.clone().or_else(|| context.url.clone())),
            errors: context.map_or(0, |context| context.errors.len()),
            admins: view
                .admins
                .iter()
                .map(|(seat, _)| {
                    Person::actor(&Actor::Admin { id: seat.admin, name: seat.name.clone() }, words)
                })
                .collect(),
            mine: conversation.has_joined(me),
            told: ToldView {
                mails: view.told.mails,
                sent: view.told.sent,
                opened_by: list(view.told.opened_by.iter().map(String::as_str)),
            },
        }
    }
}

/// The words of a message, for a list.
pub(crate) fn last_words(event: &Event) -> Option<(String, bool)> {
    match &event.what {
        What::Said { body } => Some((preview(body.as_str(), 160), event.by.admin().is_some())),
        _ => None,
    }
}

/// Names one after another, of which none turns the next round.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(isolated).collect::<Vec<_>>().join(", ")
}

/// `GET /admin`
pub(crate) async fn page(State(state): State<PortalState>, by: SignedIn) -> Result<Response, PageError> {
    let s = Shell::of(&state, &by, "queue").await?;
    let views = state.desk.queue().await?;
    let ids: Vec<_> = views.iter().map(|view| view.row.conversation.id).collect();
    let said = state.desk.last_said(&ids).await?;
    let (mut calls, mut active) = (Vec::new(), Vec::new());
    for view in &views {
        let id = view.row.conversation.id;
        let first = state.desk.events(&by.caller(), id, Seq::START, 1).await?.0;
        let said = said.iter().find(|(of, _)| *of == id).map(|(_, event)| event);
        let call = Call::of(view, first.first().map(|event| &**event), said, by.admin.id, s.words);
        if call.wait.is_some() { calls.push(call) } else { active.push(call) }
    }
    let [open_inquiries, ..] = state.desk.inquiry_counts().await?;
    let admins = state.storage.admins().await?;
    let on_duty = admins.iter().filter(|admin| admin.enabled() && admin.on_duty);
    let duty = list(on_duty.map(|admin| admin.name.as_str()));
    render(&QueuePage { s, calls, active, open_inquiries, duty })
}
