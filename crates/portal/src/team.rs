//! Who answers: the list for everyone, and for owners who is in it and what they may do.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Timestamp;
use domain::admin::{Admin, Role};
use domain::id::AdminId;
use domain::text::{Email, Name};
use storage::{NewAdmin, StorageError};

use crate::PortalState;
use crate::auth::form::{Fields, Posted};
use crate::auth::{SignedIn, links};
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::render;
use crate::people::Person;
use crate::shell::{Said, Shell};

#[derive(Template)]
#[template(path = "portal/team.html")]
struct TeamPage {
    s: Shell,
    rows: Vec<Row>,
    /// Whose one-time link was just made, and the link: shown once.
    link: Option<(String, String)>,
    /// What was typed into the form for a new admin, when it was not taken.
    typed: (String, String),
}

struct Row {
    id: String,
    person: Person,
    email: String,
    owner: bool,
    on_duty: bool,
    disabled_at: Option<Timestamp>,
    me: bool,
}

/// `GET /admin/team`
pub(crate) async fn page(State(state): State<PortalState>, by: SignedIn) -> Result<Response, PageError> {
    team(&state, &by, None, Typed::default()).await
}

#[derive(Default)]
struct Typed {
    email: String,
    name: String,
    fault: Option<Flash>,
}

async fn team(
    state: &PortalState,
    by: &SignedIn,
    link: Option<(String, String)>,
    typed: Typed,
) -> Result<Response, PageError> {
    let mut s = Shell::of(state, by, "team").await?;
    if let Some(fault) = typed.fault {
        s.notice = Some(Said { text: s.words.get(&fault.key), bad: fault.bad });
    }
    let rows = state.storage.admins().await?.into_iter().map(|admin| Row {
        id: admin.id.to_string(),
        person: Person::admin(&admin),
        email: admin.email.as_str().to_owned(),
        owner: admin.role == Role::Owner,
        on_duty: admin.on_duty,
        disabled_at: admin.disabled_at,
        me: admin.id == by.admin.id,
    });
    render(&TeamPage { s, rows: rows.collect(), link, typed: (typed.email, typed.name) })
}

/// `POST /admin/team`: adds an admin and shows the one-time link for them.
pub(crate) async fn add(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    owners_only(&by)?;
    match add_admin(&state, &by, &fields).await {
        Ok(admin) => {
            let url = link(&state, admin.id).await?;
            team(&state, &by, Some((admin.email.as_str().to_owned(), url)), Typed::default()).await
        }
        Err(PageError::Refused(fault)) => {
            let (email, name) = (fields.get("email").to_owned(), fields.get("name").to_owned());
            team(&state, &by, None, Typed { email, name, fault: Some(fault) }).await
        }
        Err(error) => Err(error),
    }
}

async fn add_admin(state: &PortalState, by: &SignedIn, fields: &Fields) -> Result<Admin, PageError> {
    let admin = Admin {
        id: AdminId(state.desk.source().id()),
        email: Email::new(fields.get("email"))?,
        name: Name::new(fields.get("name"), state.desk.settings().policy.limits.name_chars)?,
        role: fields.get("role").parse().unwrap_or(Role::Admin),
        on_duty: true,
        locale: fields.get("locale").parse().unwrap_or(by.admin.locale),
        disabled_at: None,
        created_at: state.clock.now(),
    };
    match state.storage.add_admin(NewAdmin { admin: admin.clone(), password_hash: None }).await {
        Ok(()) => {
            tracing::info!(admin.id = %admin.id, by = %by.admin.id, "admin added");
            Ok(admin)
        }
        Err(StorageError::Taken) => Err(PageError::Refused(Flash::fault("email_taken"))),
        Err(error) => Err(error.into()),
    }
}

async fn link(state: &PortalState, admin: AdminId) -> Result<String, PageError> {
    let secret = links::make(&*state.storage, state.desk.source(), &*state.clock, Some(admin)).await?;
    Ok(links::url(&state.settings.public_url, &secret))
}

fn owners_only(by: &SignedIn) -> Result<(), PageError> {
    if by.is_owner() { Ok(()) } else { Err(PageError::OwnersOnly) }
}

/// `POST /admin/team/{id}/{verb}`
pub(crate) async fn act(
    State(state): State<PortalState>,
    Path((id, verb)): Path<(String, String)>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    owners_only(&by)?;
    let id: AdminId = id.parse().map_err(|_| PageError::NotFound)?;
    let mut admin = state.storage.admin(id).await?.ok_or(PageError::NotFound)?;
    if verb == "link" {
        let url = link(&state, id).await?;
        return team(&state, &by, Some((admin.email.as_str().to_owned(), url)), Typed::default()).await;
    }
    match verb.as_str() {
        "role" => admin.role = fields.get("role").parse().map_err(|()| PageError::NotFound)?,
        "duty" => admin.on_duty = fields.get("on_duty") == "1",
        "disable" => admin.disabled_at = Some(admin.disabled_at.unwrap_or_else(|| state.clock.now())),
        "enable" => admin.disabled_at = None,
        _ => return Err(PageError::NotFound),
    }
    if leaves_no_owner(&state, &admin).await? {
        by.flash(Flash::refused("last_owner")).await?;
    } else {
        state.storage.update_admin(&admin).await?;
        state.desk.rights_changed();
        tracing::info!(admin.id = %id, by = %by.admin.id, verb, "admin changed");
        by.flash(Flash::good("saved")).await?;
    }
    Ok(Redirect::to("/admin/team").into_response())
}

/// Whether nobody could add or restore anything any more.
async fn leaves_no_owner(state: &PortalState, changed: &Admin) -> Result<bool, PageError> {
    let owner = |admin: &Admin| admin.enabled() && admin.role == Role::Owner;
    let others = state.storage.admins().await?;
    Ok(!owner(changed) && !others.iter().any(|other| other.id != changed.id && owner(other)))
}
