//! The buttons of a call mail: each opens a page with one button, and only its POST acts.

use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{Caller, ConversationView, hash_secret};
use domain::Timestamp;
use domain::admin::Admin;
use domain::conversation::State as Stands;
use domain::id::ConversationId;
use storage::{Link, LinkPurpose};

use crate::PortalState;
use crate::auth::form::Unchecked;
use crate::error::PageError;
use crate::page::{Reader, render};
use crate::people::Person;
use crate::shell::Shell;

/// Whoever is on the way is there within so many minutes.
const ON_MY_WAY: u32 = 2;
/// What "3 more minutes" stands for.
const MORE_TIME: u32 = 3;

#[derive(Template)]
#[template(path = "portal/answer.html")]
struct AnswerPage {
    s: Shell,
    /// The word of what the link is good for.
    purpose: &'static str,
    /// The secret, for the form; empty when there is nothing more to do.
    secret: String,
    who: Person,
    number: u64,
    since: Timestamp,
    /// The room.
    room: String,
    /// What came of it, or why nothing can come of it any more.
    outcome: Option<String>,
}

/// A link, whose it is, and the call it is about.
struct Found {
    link: Link,
    admin: Admin,
    call: ConversationId,
    view: ConversationView,
}

/// One that does not lead anywhere any more is gone, whatever the reason: a stranger learns nothing from it.
async fn find(state: &PortalState, secret: &str) -> Result<Found, PageError> {
    let link = state.storage.link(hash_secret(secret), state.clock.now()).await?;
    let link =
        link.filter(|link| LinkPurpose::OF_CALL.contains(&link.purpose)).ok_or(PageError::AnswerGone)?;
    let (Some(id), Some(call)) = (link.admin, link.conversation) else { return Err(PageError::AnswerGone) };
    let admin = state.storage.admin(id).await?.filter(Admin::enabled).ok_or(PageError::AnswerGone)?;
    let view = state.desk.conversation(&Caller::Admin(admin.clone()), call).await?;
    Ok(Found { link, admin, call, view })
}

fn show(
    state: &PortalState,
    reader: &Reader,
    found: &Found,
    secret: String,
    outcome: Option<String>,
) -> Result<Response, PageError> {
    let s = Shell::plain(state, reader.words());
    let row = &found.view.row;
    let since = match &row.conversation.state {
        Stands::Waiting(wait) => wait.since,
        _ => row.conversation.called_at,
    };
    render(&AnswerPage {
        purpose: found.link.purpose.as_str(),
        who: Person::visitor(&row.visitor, s.words),
        number: row.number,
        since,
        room: format!("/admin/conversations/{}", found.call),
        secret,
        outcome,
        s,
    })
}

/// Why nothing can come of the link: the call does not wait any more.
fn over(found: &Found, reader: &Reader) -> Option<String> {
    let words = reader.words();
    let conversation = &found.view.row.conversation;
    match &conversation.state {
        Stands::Waiting(_) => None,
        Stands::Active { .. } | Stands::Closed { .. } => Some(words.get("refusal-already_answered")),
        Stands::Moved { .. } => Some(words.get("refusal-conversation_moved")),
        Stands::Cancelled { .. } => Some(words.get("refusal-conversation_cancelled")),
    }
}

/// `GET /admin/answer/{secret}`: shows the button and changes nothing, for mail scanners follow links.
pub(crate) async fn page(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    Path(secret): Path<String>,
) -> Result<Response, PageError> {
    let found = find(&state, &secret).await?;
    reader.is(found.admin.locale);
    let over = over(&found, &reader);
    let secret = if over.is_some() { String::new() } else { secret };
    show(&state, &reader, &found, secret, over)
}

/// `POST /admin/answer/{secret}`: the secret stands for a sign-in that may do this one thing, once.
pub(crate) async fn act(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    Path(secret): Path<String>,
    Unchecked(_): Unchecked,
) -> Result<Response, PageError> {
    let mut found = find(&state, &secret).await?;
    reader.is(found.admin.locale);
    let caller = Caller::Admin(found.admin.clone());
    let used = state.storage.use_link(hash_secret(&secret), state.clock.now()).await?;
    if used.is_none() {
        return Err(PageError::AnswerGone);
    }
    let (done, key) = match found.link.purpose {
        LinkPurpose::OnMyWay => {
            (state.desk.promise(&caller, found.call, ON_MY_WAY).await, "answer-on-my-way")
        }
        LinkPurpose::MoreTime => {
            (state.desk.promise(&caller, found.call, MORE_TIME).await, "answer-more-time")
        }
        LinkPurpose::ToBoard | LinkPurpose::Password | LinkPurpose::Device => {
            (state.desk.move_to_board(&caller, found.call).await, "answer-to-board")
        }
    };
    let (status, outcome) = match done.map_err(PageError::from) {
        Ok(_) => (StatusCode::OK, reader.words().get(key)),
        Err(PageError::Refused(flash)) => (StatusCode::CONFLICT, flash.said(reader.words()).text),
        Err(error) => return Err(error),
    };
    tracing::info!(
        admin.id = %found.admin.id,
        conversation.id = %found.call,
        purpose = found.link.purpose.as_str(),
        done = status.is_success(),
        "answered by a link of a mail"
    );
    if state.storage.mark_opened(found.admin.id, Some(found.call), None, state.clock.now()).await? {
        state.desk.view_changed(found.call);
    }
    found.view = state.desk.conversation(&caller, found.call).await?;
    Ok((status, show(&state, &reader, &found, String::new(), Some(outcome))?).into_response())
}
