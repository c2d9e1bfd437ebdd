//! The page behind a one-time link: choose a password, and for the first owner a name and an address, too.

use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use desk::hash_secret;
use domain::admin::{Admin, Role};
use domain::conversation::Actor;
use domain::deed::{Deed, DeedKind};
use domain::id::AdminId;
use domain::text::{Email, Name};
use storage::{Link, LinkPurpose, NewAdmin, SecretHash, StorageError};
use tower_sessions::Session;

use super::device::Device;
use super::form::{Fields, Unchecked};
use super::pre_session::PreSession;
use super::{Passwords, second_step};
use crate::PortalState;
use crate::error::PageError;
use crate::flash::Flash;
use crate::namesakes::name_in_team;
use crate::page::{Reader, render};
use crate::shell::Shell;

#[derive(Template)]
#[template(path = "portal/welcome.html")]
struct WelcomePage {
    s: Shell,
    secret: String,
    /// Whose password is chosen; `None`: the first owner's.
    whose: Option<String>,
    email: String,
    name: String,
}

/// Whom a link is for.
enum For {
    FirstOwner,
    Admin(Box<Admin>),
}

/// `GET /admin/welcome/{secret}`: shows the form and uses nothing up, for mail scanners follow links.
pub(crate) async fn page(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let whom = whom(&state, hash_secret(&secret)).await?;
    form(&state, &reader, &headers, (secret, &whom, &Fields::default()), None)
}

fn form(
    state: &PortalState,
    reader: &Reader,
    headers: &HeaderMap,
    (secret, whom, fields): (String, &For, &Fields),
    said: Option<Flash>,
) -> Result<Response, PageError> {
    let whose = match whom {
        For::FirstOwner => None,
        For::Admin(admin) => {
            reader.is(admin.locale);
            Some(admin.email.as_str().to_owned())
        }
    };
    let pre = PreSession::of(headers, state);
    let mut s = Shell::plain(state, reader.words());
    s.csrf.clone_from(&pre.token);
    s.notice = said.map(|flash| flash.said(s.words));
    let (email, name) = (fields.get("email").to_owned(), fields.get("name").to_owned());
    let mut response = render(&WelcomePage { s, secret, whose, email, name })?;
    if let Some(cookie) = pre.set_cookie(state) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whom the link is for, if it is still good. The first owner's link is worth nothing once there is somebody.
async fn whom(state: &PortalState, secret: SecretHash) -> Result<For, PageError> {
    let link = state.storage.link(secret, state.clock.now()).await?;
    let Some(link) = link.filter(|link| link.purpose == LinkPurpose::Password) else {
        let nobody = state.storage.admins().await?.is_empty();
        return Err(if nobody { PageError::FirstLinkGone } else { PageError::LinkGone });
    };
    match link.admin {
        None if state.storage.admins().await?.is_empty() => Ok(For::FirstOwner),
        None => Err(PageError::LinkGone),
        Some(id) => {
            let admin = state.storage.admin(id).await?.filter(Admin::enabled).ok_or(PageError::LinkGone)?;
            Ok(For::Admin(Box::new(admin)))
        }
    }
}

/// `POST /admin/welcome/{secret}`: everything is checked before the link is used up.
pub(crate) async fn submit(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    Path(secret): Path<String>,
    (device, headers): (Device, HeaderMap),
    session: Session,
    Unchecked(fields): Unchecked,
) -> Result<Response, PageError> {
    let whom = whom(&state, hash_secret(&secret)).await?;
    let again = |status: StatusCode, said: Flash| {
        let filled = (secret.clone(), &whom, &fields);
        form(&state, &reader, &headers, filled, Some(said)).map(|page| (status, page).into_response())
    };
    if !PreSession::of(&headers, &state).confirms(fields.get("csrf")) {
        return again(StatusCode::FORBIDDEN, Flash::bad("sign-in-expired"));
    }
    match choose(&state, &reader, &secret, &whom, &fields).await {
        Ok(admin) => {
            state.desk.rights_changed();
            // A link proves that one reads the mail, and no more: whoever has codes is asked for one.
            second_step::after_password(&state, &session, &admin, &device, "").await
        }
        Err(PageError::Refused(flash)) => again(StatusCode::UNPROCESSABLE_ENTITY, flash),
        Err(error) => Err(error),
    }
}

async fn choose(
    state: &PortalState,
    reader: &Reader,
    secret: &str,
    whom: &For,
    fields: &Fields,
) -> Result<Admin, PageError> {
    let password = fields.get("password");
    if password != fields.get("password_again") {
        return Err(PageError::Refused(Flash::fault("password_differs")));
    }
    let check = |name: &Name, email: &Email| {
        Passwords::check(password, &[&state.settings.site_name, name.as_str(), email.as_str()])
    };
    match whom {
        For::Admin(admin) => {
            check(&admin.name, &admin.email)?;
            let hash = state.passwords.hash(password).await?;
            use_up(state, secret).await?;
            let by = Actor::Admin { id: admin.id, name: admin.name.clone() };
            let deed = Deed::new(state.clock.now(), by, DeedKind::PasswordChosen);
            state.storage.set_password(admin.id, &hash, None, &deed).await?;
            Ok((**admin).clone())
        }
        For::FirstOwner => {
            let email = Email::new(fields.get("email"))?;
            let limit = state.desk.settings().policy.limits.name_chars;
            let name = name_in_team(fields.get("name"), limit, None, &[])?;
            check(&name, &email)?;
            let hash = state.passwords.hash(password).await?;
            use_up(state, secret).await?;
            let admin = Admin {
                id: AdminId(state.desk.source().id()),
                email,
                name,
                role: Role::Owner,
                on_duty: true,
                locale: reader.words().0,
                disabled_at: None,
                created_at: state.clock.now(),
            };
            let by = Actor::Admin { id: admin.id, name: admin.name.clone() };
            let deed = Deed::new(state.clock.now(), by, DeedKind::AdminAdded).to_admin(admin.id);
            let new = NewAdmin { admin: admin.clone(), password_hash: Some(hash), notices: Vec::new() };
            match state.storage.add_admin(new, &deed).await {
                Ok(()) => Ok(admin),
                Err(StorageError::Taken) => Err(PageError::LinkGone),
                Err(error) => Err(error.into()),
            }
        }
    }
}

/// Of those who come with the same link at once, one gets it.
async fn use_up(state: &PortalState, secret: &str) -> Result<Link, PageError> {
    let used = state.storage.use_link(hash_secret(secret), state.clock.now()).await?;
    used.ok_or(PageError::LinkGone)
}
