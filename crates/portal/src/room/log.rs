//! The log of a conversation as rows of a page.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::conversation::{Event, What};
use domain::id::AdminId;
use domain::notice::Audience;
use fluent_bundle::FluentValue;

use crate::moment::Plain;
use crate::people::Person;
use crate::text::{Piece, pieces};
use crate::words::Words;

/// What one person says within this time stands together.
const RUN: Duration = Duration::from_mins(3);

/// One row.
pub(crate) struct Row {
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    /// `said`, `noted` or `event`.
    pub(crate) kind: &'static str,
    pub(crate) person: Person,
    /// Who, for the script: rows of the same person stand together.
    pub(crate) by: String,
    pub(crate) mine: bool,
    pub(crate) admin: bool,
    /// Goes on where the row above has begun.
    pub(crate) goes_on: bool,
    /// The day, where a new one begins (in UTC; the script knows better).
    pub(crate) day: Option<String>,
    pub(crate) icon: &'static str,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) client_id: String,
}

/// Rows of these events.
pub(crate) fn rows(events: &[Arc<Event>], me: AdminId, words: Words) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(events.len());
    let mut day = String::new();
    for event in events {
        let mut row = row(event, me, words);
        let date: String = Plain(event.at).to_string().chars().take(10).collect();
        if date != day {
            row.day = Some(date.clone());
            day = date;
        }
        row.goes_on = rows.last().is_some_and(|last| {
            row.day.is_none()
                && last.kind == row.kind
                && row.kind != "event"
                && last.by == row.by
                && row.at.since(last.at) < RUN
        });
        rows.push(row);
    }
    rows
}

fn row(event: &Event, me: AdminId, words: Words) -> Row {
    let person = Person::actor(&event.by, words);
    let (kind, icon, pieces) = match &event.what {
        What::Said { body } => ("said", "", pieces(body.as_str())),
        What::Noted { body } => ("noted", "note", pieces(body.as_str())),
        what => {
            let (icon, text) = sentence(what, &person.name, event, words);
            ("event", icon, vec![Piece::Text(text)])
        }
    };
    Row {
        seq: event.seq.0,
        at: event.at,
        kind,
        by: match &event.by {
            domain::conversation::Actor::Visitor { id, .. } => id.to_string(),
            domain::conversation::Actor::Admin { id, .. } => id.to_string(),
            domain::conversation::Actor::System => "system".to_owned(),
        },
        person,
        mine: event.by.admin() == Some(me),
        admin: event.by.admin().is_some(),
        goes_on: false,
        day: None,
        icon,
        pieces,
        client_id: event.client_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
    }
}

/// What happened, in a sentence, with its picture.
fn sentence(what: &What, name: &str, event: &Event, words: Words) -> (&'static str, String) {
    let named = |key: &str| words.with(key, "v", name.to_owned());
    match what {
        What::Called { .. } => ("bell", named("log-called")),
        What::Escalated { notify: Audience::Everyone } => ("mail", words.get("log-escalated-everyone")),
        What::Escalated { .. } => ("mail", words.get("log-escalated")),
        What::Offered => ("board", words.get("log-offered")),
        What::Promised { until, .. } => {
            let minutes = until.since(event.at).as_secs().div_ceil(60);
            let minutes = i64::try_from(minutes).unwrap_or(i64::MAX);
            let args = [("v", FluentValue::from(name)), ("n", FluentValue::from(minutes))];
            ("clock", words.with_all("log-promised", &args))
        }
        What::Joined => ("join", named("log-joined")),
        What::Left { .. } => ("out", named("log-left")),
        What::Moved { .. } if event.by.admin().is_some() => ("board", named("log-moved-by")),
        What::Moved { .. } => ("board", words.get("log-moved")),
        What::Closed => ("check", named("log-closed")),
        What::Cancelled => ("cross", named("log-cancelled")),
        What::Said { .. } | What::Noted { .. } => ("", String::new()),
    }
}
