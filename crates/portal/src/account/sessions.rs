//! Where one is signed in, and how to end that.

use std::fmt::Write;

use axum::extract::State;
use axum::response::Response;
use domain::Timestamp;
use domain::deed::DeedKind;
use serde_json::Value;
use storage::SecretHash;

use super::answer;
use crate::PortalState;
use crate::auth::form::Posted;
use crate::auth::session_store::SINCE;
use crate::auth::{FROM, SEEN, SignedIn};
use crate::error::PageError;
use crate::flash::Flash;

/// A sign-in as its owner sees it.
pub(crate) struct SessionRow {
    /// What the form sends back: the hash under which it is stored, which signs nobody in.
    pub(crate) id: String,
    /// The network address and the browser.
    pub(crate) from: String,
    pub(crate) since: Timestamp,
    /// To a few minutes.
    pub(crate) seen: Timestamp,
    pub(crate) this: bool,
}

/// The sign-ins of the reader, this one first, then by when they were used last.
pub(super) async fn rows(state: &PortalState, by: &SignedIn) -> Result<Vec<SessionRow>, PageError> {
    let sessions = state.storage.sessions_of(by.admin.id, state.clock.now()).await?;
    let rows = sessions.into_iter().map(|session| {
        let data: Value = serde_json::from_str(&session.data).unwrap_or_default();
        let moment = |key: &str| Timestamp(data.get(key).and_then(Value::as_i64).unwrap_or_default());
        SessionRow {
            id: hex(&session.id),
            from: data.get(FROM).and_then(Value::as_str).unwrap_or_default().to_owned(),
            since: moment(SINCE),
            seen: moment(SEEN),
            this: session.id == by.session,
        }
    });
    let mut rows: Vec<SessionRow> = rows.collect();
    rows.sort_by_key(|row| (!row.this, std::cmp::Reverse(row.seen)));
    Ok(rows)
}

fn hex(id: &SecretHash) -> String {
    id.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<SecretHash> {
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes?.try_into().ok()
}

/// `POST /admin/account/sessions`: ends one, or all but this one.
pub(crate) async fn end(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let deed = by.deed(&state, DeedKind::SessionsEnded).to_admin(by.admin.id);
    let ended = if fields.get("all") == "1" {
        state.storage.end_sessions(by.admin.id, Some(by.session), &deed).await? > 0
    } else {
        let id = unhex(fields.get("id")).ok_or(PageError::NotFound)?;
        // One's own is ended by signing out.
        id != by.session && state.storage.end_session(by.admin.id, id, &deed).await?
    };
    state.desk.rights_changed();
    let done =
        if ended { Ok("sessions-ended") } else { Err(PageError::Refused(Flash::fault("session_gone"))) };
    answer(&by, done, "/admin/account").await
}
