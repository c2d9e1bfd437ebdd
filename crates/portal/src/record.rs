//! The record of what admins did, for owners.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Timestamp;
use domain::conversation::Actor;
use domain::id::AdminId;
use serde::Deserialize;
use storage::{Page, RecordFilter, Recorded, RecordedWhat};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::page::{query, render};
use crate::people::Person;
use crate::shell::Shell;
use crate::words::Words;

/// So many on one page.
const PAGE: u32 = 50;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    before: Option<u64>,
    #[serde(default)]
    admin: String,
}

#[derive(Template)]
#[template(path = "portal/record.html")]
struct RecordPage {
    s: Shell,
    rows: Vec<Row>,
    /// The team, for the filter: id, name, chosen.
    admins: Vec<(String, String, bool)>,
    query: String,
    next: Option<u64>,
    later: bool,
}

struct Row {
    at: Timestamp,
    by: Person,
    /// The text's key.
    what: String,
    /// Whom or what it was done to.
    whom: Option<String>,
    /// Where that is, and what it is called.
    link: Option<(String, String)>,
    detail: Option<String>,
}

type Names = HashMap<AdminId, String>;

fn row(line: Recorded, names: &Names, words: Words) -> Row {
    let by = Person::actor(&line.by, words);
    match line.what {
        RecordedWhat::InCall { conversation, number, kind } => Row {
            at: line.at,
            by,
            what: format!("deed-call-{kind}"),
            whom: None,
            link: Some((format!("/admin/conversations/{conversation}"), format!("#{number}"))),
            detail: None,
        },
        RecordedWhat::Deed(deed) => {
            let own = deed.by.admin().is_some() && deed.by.admin() == deed.admin;
            let whom = deed.admin.filter(|_| !own);
            let by = match (&deed.by, whom) {
                // A stranger at the door or somebody at the command line.
                (Actor::System, _) => Person::outside(words),
                _ => by,
            };
            Row {
                at: line.at,
                by,
                what: format!("deed-{}", deed.kind.as_str()),
                whom: whom.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string())),
                link: deed.inquiry.map(|id| (format!("/admin/inquiries/{id}"), words.get("inquiry"))),
                detail: deed.detail,
            }
        }
    }
}

/// `GET /admin/record`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if !by.is_owner() {
        return Err(PageError::OwnersOnly);
    }
    let s = Shell::of(&state, &by, "team").await?;
    let admin: Option<AdminId> = asked.admin.parse().ok();
    let page = Page { before: asked.before, limit: PAGE };
    let found = state.storage.record_of_deeds(RecordFilter { admin }, page).await?;
    let team = state.storage.admins().await?;
    let names: Names = team.iter().map(|admin| (admin.id, admin.name.as_str().to_owned())).collect();
    let rows = found.items.into_iter().map(|line| row(line, &names, s.words)).collect();
    let admins =
        team.iter().map(|one| (one.id.to_string(), one.name.as_str().to_owned(), admin == Some(one.id)));
    render(&RecordPage {
        rows,
        admins: admins.collect(),
        query: query(&[("admin", &admin.map(|id| id.to_string()).unwrap_or_default())]),
        next: found.next,
        later: asked.before.is_some(),
        s,
    })
}
