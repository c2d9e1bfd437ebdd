//! Who answers: the list for everyone, and for owners who is in it and what they may do.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Timestamp;
use domain::admin::{Admin, Role};
use domain::deed::DeedKind;
use domain::id::{AdminId, NoticeId};
use domain::notice::NoticeKind;
use domain::text::Email;
use storage::{NewAdmin, NewNotice, Recipient, StorageError};

use crate::PortalState;
use crate::api::kind_of_change;
use crate::auth::form::{Fields, Posted};
use crate::auth::{SignedIn, links};
use crate::error::PageError;
use crate::flash::Flash;
use crate::namesakes::name_in_team;
use crate::page::render;
use crate::people::Person;
use crate::shell::Shell;

#[derive(Template)]
#[template(path = "portal/team.html")]
struct TeamPage {
    s: Shell,
    rows: Vec<Row>,
    /// Whose one-time link was just made, and the link: shown once.
    link: Option<(String, String)>,
    /// Whether mails leave the house, so that an invitation can be one.
    mails: bool,
    /// What was typed into the form for a new admin, when it was not taken.
    typed: (String, String),
}

#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that the template asks")]
struct Row {
    id: String,
    person: Person,
    email: String,
    owner: bool,
    on_duty: bool,
    disabled_at: Option<Timestamp>,
    /// Whether they have not chosen a password yet.
    invited: bool,
    /// Whether a code is asked for at their sign-in.
    codes: bool,
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
        s.notice = Some(fault.said(s.words));
    }
    let mut rows = Vec::new();
    for admin in state.storage.admins().await? {
        let known = state.storage.admin_by_email(&admin.email.folded()).await?;
        rows.push(Row {
            id: admin.id.to_string(),
            person: Person::admin(&admin),
            email: admin.email.as_str().to_owned(),
            owner: admin.role == Role::Owner,
            on_duty: admin.on_duty,
            disabled_at: admin.disabled_at,
            invited: known.is_some_and(|(_, password)| password.is_none()),
            codes: state.storage.second_factor(admin.id).await?.is_some(),
            me: admin.id == by.admin.id,
        });
    }
    let mails = !state.settings.mail_is_built_in;
    render(&TeamPage { s, rows, link, mails, typed: (typed.email, typed.name) })
}

/// `POST /admin/team`: adds an admin and mails them a link. Without a mail server the link is shown, to be passed on.
pub(crate) async fn add(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    owners_only(&by)?;
    match add_admin(&state, &by, &fields).await {
        Ok(_) if !state.settings.mail_is_built_in => {
            state.desk.notices_changed();
            by.flash(Flash::good("invited")).await?;
            Ok(Redirect::to("/admin/team").into_response())
        }
        Ok(admin) => {
            let url = link(&state, &by, admin.id).await?;
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
    let limit = state.desk.settings().policy.limits.name_chars;
    let admin = Admin {
        id: AdminId(state.desk.source().id()),
        email: Email::new(fields.get("email"))?,
        name: name_in_team(fields.get("name"), limit, None, &state.storage.admins().await?)?,
        role: fields.get("role").parse().unwrap_or(Role::Admin),
        on_duty: true,
        locale: fields.get("locale").parse().unwrap_or(by.admin.locale),
        disabled_at: None,
        created_at: state.clock.now(),
    };
    let mut notices = Vec::new();
    if !state.settings.mail_is_built_in {
        notices.push(personal(state, &admin, NoticeKind::Invitation));
    }
    let deed = by.deed(state, DeedKind::AdminAdded).to_admin(admin.id).with(admin.role.as_str());
    let new = NewAdmin { admin: admin.clone(), password_hash: None, notices };
    match state.storage.add_admin(new, &deed).await {
        Ok(()) => {
            tracing::info!(admin.id = %admin.id, by = %by.admin.id, "admin added");
            Ok(admin)
        }
        Err(StorageError::Taken) => Err(PageError::Refused(Flash::fault("email_taken"))),
        Err(error) => Err(error.into()),
    }
}

/// A notice about an admin's own sign-in.
pub(crate) fn personal(state: &PortalState, admin: &Admin, kind: NoticeKind) -> NewNotice {
    let now = state.clock.now();
    NewNotice {
        id: NoticeId(state.desk.source().id()),
        kind,
        to: Recipient { admin: Some(admin.id), address: admin.email.clone(), locale: admin.locale },
        conversation: None,
        inquiry: None,
        comment: None,
        created_at: now,
        due_at: now,
    }
}

/// Mails a link with which they choose a password: their first, or another.
async fn invite(state: &PortalState, by: &SignedIn, admin: &Admin) -> Result<(), PageError> {
    let known = state.storage.admin_by_email(&admin.email.folded()).await?;
    let first = known.is_some_and(|(_, password)| password.is_none());
    let kind = if first { NoticeKind::Invitation } else { NoticeKind::Reset };
    let deed = by.deed(state, DeedKind::Invited).to_admin(admin.id);
    state.storage.queue_notices(&[personal(state, admin, kind)], &deed).await?;
    state.desk.notices_changed();
    tracing::info!(admin.id = %admin.id, by = %by.admin.id, "invited");
    Ok(())
}

async fn link(state: &PortalState, by: &SignedIn, admin: AdminId) -> Result<String, PageError> {
    state.storage.note_deed(&by.deed(state, DeedKind::LinkMade).to_admin(admin)).await?;
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
    // One's own is changed in one's settings, where the password is asked for.
    if id == by.admin.id && matches!(verb.as_str(), "link" | "codes-off") {
        return Err(PageError::NotFound);
    }
    if verb == "link" {
        let url = link(&state, &by, id).await?;
        return team(&state, &by, Some((admin.email.as_str().to_owned(), url)), Typed::default()).await;
    }
    let before = admin.clone();
    match verb.as_str() {
        "invite" if admin.enabled() && !state.settings.mail_is_built_in => {
            invite(&state, &by, &admin).await?;
            return done(&by, "invited").await;
        }
        "codes-off" => {
            let deed = by.deed(&state, DeedKind::CodesOff).to_admin(id);
            state.storage.set_second_factor(id, None, None, &deed).await?;
            state.desk.rights_changed();
            tracing::info!(admin.id = %id, by = %by.admin.id, verb, "admin changed");
            return done(&by, "saved").await;
        }
        "role" => admin.role = fields.get("role").parse().map_err(|()| PageError::NotFound)?,
        "duty" => admin.on_duty = fields.get("on_duty") == "1",
        "disable" => admin.disabled_at = Some(admin.disabled_at.unwrap_or_else(|| state.clock.now())),
        "enable" => admin.disabled_at = None,
        _ => return Err(PageError::NotFound),
    }
    if leaves_no_owner(&state, &admin).await? {
        by.flash(Flash::refused("last_owner")).await?;
    } else {
        let kind = kind_of_change(&before, &admin);
        let deed = by.deed(&state, kind).to_admin(id).with(admin.role.as_str());
        state.storage.update_admin(&admin, &deed).await?;
        state.desk.rights_changed();
        tracing::info!(admin.id = %id, by = %by.admin.id, verb, "admin changed");
        by.flash(Flash::good("saved")).await?;
    }
    Ok(Redirect::to("/admin/team").into_response())
}

async fn done(by: &SignedIn, key: &str) -> Result<Response, PageError> {
    by.flash(Flash::good(key)).await?;
    Ok(Redirect::to("/admin/team").into_response())
}

/// Whether nobody could add or restore anything any more.
async fn leaves_no_owner(state: &PortalState, changed: &Admin) -> Result<bool, PageError> {
    let owner = |admin: &Admin| admin.enabled() && admin.role == Role::Owner;
    let others = state.storage.admins().await?;
    Ok(!owner(changed) && !others.iter().any(|other| other.id != changed.id && owner(other)))
}
