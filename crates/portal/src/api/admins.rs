//! The team.

use axum::extract::State;
use axum::http::StatusCode;
use desk::DeskError;
use desk::{News, Topic};
use domain::admin::{Admin, Role};
use domain::deed::DeedKind;
use domain::id::AdminId;
use domain::text::Email;
use serde::Deserialize;
use serde_json::{Value, json};
use storage::{NewAdmin, StorageError};
use web::{Json, Path, Problem, wire};

use crate::PortalState;
use crate::api::{Asking, id};
use crate::auth::links;
use crate::namesakes::name_or_address;

type Answer = Result<(StatusCode, Json<Value>), Problem>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIn {
    email: String,
    name: Option<String>,
    role: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeIn {
    on_duty: Option<bool>,
    locale: Option<String>,
    role: Option<String>,
    disabled: Option<bool>,
}

pub(crate) async fn list(State(state): State<PortalState>, _asking: Asking) -> Result<Json<Value>, Problem> {
    let admins = state.storage.admins().await.map_err(DeskError::from)?;
    Ok(Json(json!({ "admins": admins.iter().map(wire::admin).collect::<Vec<_>>(), "next_cursor": null })))
}

fn role(word: &str) -> Result<Role, Problem> {
    word.parse().map_err(|()| Problem::field("role", "unknown_value", "must be owner or admin"))
}

/// Adds an admin; the link with which they choose a password is in the answer, once.
pub(crate) async fn add(State(state): State<PortalState>, asking: Asking, Json(new): Json<NewIn>) -> Answer {
    asking.owner()?;
    let email = Email::new(&new.email).map_err(|fault| Problem::text("email", fault))?;
    let team = state.storage.admins().await.map_err(DeskError::from)?;
    let limit = state.desk.settings().policy.limits.name_chars;
    let name = name_or_address(new.name.as_deref(), &new.email, limit, &team)
        .map_err(|fault| Problem::field("name", fault.code(), fault.to_string()))?;
    let admin = Admin {
        id: AdminId(state.desk.source().id()),
        email,
        name,
        role: new.role.as_deref().map_or(Ok(Role::Admin), role)?,
        on_duty: true,
        locale: state.settings.locale,
        disabled_at: None,
        created_at: state.clock.now(),
    };
    let new = NewAdmin { admin: admin.clone(), password_hash: None, notices: Vec::new() };
    let deed = asking.deed(&state, DeedKind::AdminAdded).to_admin(admin.id);
    match state.storage.add_admin(new, &deed).await {
        Ok(()) => {}
        Err(StorageError::Taken) => {
            let detail = "Somebody with this address is an admin already.";
            return Err(Problem::new(StatusCode::CONFLICT, "taken", detail));
        }
        Err(error) => return Err(DeskError::from(error).into()),
    }
    let made = asking.deed(&state, DeedKind::LinkMade).to_admin(admin.id);
    state.storage.note_deed(&made).await.map_err(DeskError::from)?;
    let secret =
        links::make(&*state.storage, state.desk.source(), state.clock.as_ref(), Some(admin.id)).await;
    let link = links::url(&state.settings.public_url, &secret.map_err(DeskError::from)?);
    Ok((StatusCode::CREATED, Json(json!({ "admin": wire::admin(&admin), "link": link }))))
}

/// Anybody may say whether they are on duty, and in which language; the rest is for owners.
pub(crate) async fn change(
    State(state): State<PortalState>,
    asking: Asking,
    path: Path<String>,
    Json(change): Json<ChangeIn>,
) -> Answer {
    let id: AdminId = if path.0 == "me" { asking.admin.id } else { id(path)? };
    if id != asking.admin.id || change.role.is_some() || change.disabled.is_some() {
        asking.owner()?;
    }
    let before = state.storage.admin(id).await.map_err(DeskError::from)?.ok_or_else(Problem::not_found)?;
    let mut admin = before.clone();
    if let Some(word) = change.role.as_deref() {
        admin.role = role(word)?;
    }
    if let Some(tag) = change.locale.as_deref() {
        admin.locale =
            tag.parse().map_err(|()| Problem::field("locale", "unknown_value", "must be ko or en"))?;
    }
    admin.on_duty = change.on_duty.unwrap_or(admin.on_duty);
    admin.disabled_at = match change.disabled {
        Some(true) => admin.disabled_at.or_else(|| Some(state.clock.now())),
        Some(false) => None,
        None => admin.disabled_at,
    };
    keep_an_owner(&state, &before, &admin).await?;
    let kind = kind_of_change(&before, &admin);
    let deed = asking.deed(&state, kind).to_admin(id);
    state.storage.update_admin(&admin, &deed).await.map_err(DeskError::from)?;
    state.desk.bus().ring(Topic::Rights, News::VIEW);
    Ok((StatusCode::OK, Json(json!({ "admin": wire::admin(&admin) }))))
}

/// What a change comes to, by the weightiest of its parts.
pub(crate) fn kind_of_change(before: &Admin, after: &Admin) -> DeedKind {
    if before.enabled() != after.enabled() {
        if after.enabled() { DeedKind::AdminEnabled } else { DeedKind::AdminDisabled }
    } else if before.role != after.role {
        DeedKind::RoleChanged
    } else if before.on_duty != after.on_duty {
        if after.on_duty { DeedKind::DutyTaken } else { DeedKind::DutyLeft }
    } else {
        DeedKind::ProfileChanged
    }
}

/// The last owner stays one: nobody could let anybody in again.
async fn keep_an_owner(state: &PortalState, before: &Admin, after: &Admin) -> Result<(), Problem> {
    let is_owner = |admin: &Admin| admin.role == Role::Owner && admin.enabled();
    if !is_owner(before) || is_owner(after) {
        return Ok(());
    }
    let all = state.storage.admins().await.map_err(DeskError::from)?;
    if all.iter().any(|admin| admin.id != after.id && is_owner(admin)) {
        return Ok(());
    }
    let detail = "This is the last owner. Make somebody else an owner first.";
    Err(Problem::new(StatusCode::CONFLICT, "last_owner", detail))
}
