//! The built-in mailbox: mails that are kept here instead of being sent.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use domain::Timestamp;
use domain::id::MailId;
use serde::Deserialize;
use storage::{Mail, Page};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::page::render;
use crate::shell::Shell;
use crate::text::{Piece, pieces, preview};

/// So many on one page.
const PAGE: u32 = 50;

/// What a kept mail may do when it is shown: nothing. It cannot run, ask for anything, or send a form; only a
/// page of ours may hold it.
const POLICY: &str = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    frame-ancestors 'self'";

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    before: Option<u64>,
}

#[derive(Template)]
#[template(path = "portal/mailbox.html")]
struct MailboxPage {
    s: Shell,
    rows: Vec<MailRow>,
    query: &'static str,
    next: Option<u64>,
    later: bool,
}

struct MailRow {
    id: String,
    to: String,
    subject: String,
    preview: String,
    at: Timestamp,
}

#[derive(Template)]
#[template(path = "portal/mail.html")]
struct MailPage {
    s: Shell,
    id: String,
    from: String,
    to: String,
    subject: String,
    text: Vec<Piece>,
    at: Timestamp,
}

fn built_in(state: &PortalState) -> Result<(), PageError> {
    if state.settings.mail_is_built_in { Ok(()) } else { Err(PageError::NotFound) }
}

/// Whose mails the reader must not see: a colleague's carry links that act in their name. Owners see all, for they try the desk
/// out, and could make such links anyway.
async fn colleagues(state: &PortalState, by: &SignedIn) -> Result<Vec<String>, PageError> {
    if by.is_owner() {
        return Ok(Vec::new());
    }
    let others = state.storage.admins().await?.into_iter().filter(|admin| admin.id != by.admin.id);
    Ok(others.map(|admin| admin.email.as_str().to_owned()).collect())
}

async fn mail(state: &PortalState, by: &SignedIn, id: &str) -> Result<Mail, PageError> {
    built_in(state)?;
    let id: MailId = id.parse().map_err(|_| PageError::NotFound)?;
    let hidden = colleagues(state, by).await?;
    let mail = state.storage.mail(id).await?.filter(|mail| !hidden.contains(&mail.to));
    mail.ok_or(PageError::NotFound)
}

/// `GET /admin/mails/kept`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    built_in(&state)?;
    let s = Shell::of(&state, &by, "mails").await?;
    let found = state.storage.mails(Page { before: asked.before, limit: PAGE }).await?;
    let hidden = colleagues(&state, &by).await?;
    let readable = found.items.into_iter().filter(|mail| !hidden.contains(&mail.to));
    let rows = readable.map(|mail| MailRow {
        id: mail.id.to_string(),
        to: mail.to,
        subject: mail.subject,
        preview: preview(&mail.text, 120),
        at: mail.at,
    });
    let later = asked.before.is_some();
    render(&MailboxPage { s, rows: rows.collect(), query: "", next: found.next, later })
}

/// `GET /admin/mails/{id}`
pub(crate) async fn one(
    State(state): State<PortalState>,
    by: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mail = mail(&state, &by, &id).await?;
    let s = Shell::of(&state, &by, "mails").await?;
    let (from, to, subject) = (mail.from, mail.to, mail.subject);
    render(&MailPage { s, id, from, to, subject, text: pieces(&mail.text), at: mail.at })
}

/// `GET /admin/mails/{id}/html`: the HTML part, for the frame on the mail's page.
pub(crate) async fn html(
    State(state): State<PortalState>,
    by: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mail = mail(&state, &by, &id).await?;
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    Ok((headers, Html(mail.html)).into_response())
}
