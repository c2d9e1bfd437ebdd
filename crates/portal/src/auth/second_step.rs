//! The second step of a sign-in: the password was right, and a code is asked for.

use std::time::Duration;

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::admin::Admin;
use domain::conversation::Actor;
use domain::deed::{Deed, DeedKind};
use domain::id::AdminId;
use serde::{Deserialize, Serialize};
use storage::SecondFactor;
use tower_sessions::Session;

use super::codes::{self, Proof};
use super::device::Device;
use super::form::Unchecked;
use super::throttle::Rates;
use super::{enrolling, let_in, next, sign_in};
use crate::PortalState;
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::{Reader, render};
use crate::shell::{Said, Shell};

/// Where a session keeps who has given the right password and still owes a code.
const HALFWAY: &str = "halfway";
/// For so long.
const PATIENCE: Duration = Duration::from_mins(10);

/// Somebody who still owes a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Halfway {
    admin: String,
    since: i64,
    csrf: String,
    next: String,
}

#[derive(Template)]
#[template(path = "portal/second_step.html")]
struct CodePage {
    s: Shell,
}

/// What comes after the right password: the second step for whoever has one, else the session begins.
pub(crate) async fn after_password(
    state: &PortalState,
    session: &Session,
    admin: &Admin,
    device: &Device,
    next: &str,
) -> Result<Response, PageError> {
    if state.storage.second_factor(admin.id).await?.is_none() {
        let_in(session, state, admin, device).await?;
        let mut response = if state.settings.require_codes {
            enrolling::lead(state, session, admin, next).await?
        } else {
            Redirect::to(next::safe(next).unwrap_or("/admin")).into_response()
        };
        device.remember(state, admin, &mut response).await?;
        return Ok(response);
    }
    let halfway = Halfway {
        admin: admin.id.to_string(),
        since: state.clock.now().millis(),
        csrf: state.desk.source().secret().reveal().to_owned(),
        next: next::safe(next).unwrap_or_default().to_owned(),
    };
    // A new id: whoever knew the one before knows nothing of what is asked here.
    session.cycle_id().await?;
    session.clear().await;
    session.insert(HALFWAY, halfway).await?;
    Ok(Redirect::to("/admin/sign-in/code").into_response())
}

/// Who is on this step, if it has not taken too long.
async fn who(
    state: &PortalState,
    session: &Session,
) -> Result<Option<(Halfway, Admin, SecondFactor)>, PageError> {
    let Some(halfway) = session.get::<Halfway>(HALFWAY).await? else { return Ok(None) };
    let age = state.clock.now().since(domain::Timestamp(halfway.since));
    let Some(id) = halfway.admin.parse::<AdminId>().ok().filter(|_| age < PATIENCE) else { return Ok(None) };
    let admin = state.storage.admin(id).await?.filter(Admin::enabled);
    let factor = state.storage.second_factor(id).await?;
    Ok(admin.zip(factor).map(|(admin, factor)| (halfway, admin, factor)))
}

fn form(
    state: &PortalState,
    reader: &Reader,
    csrf: &str,
    said: Option<String>,
) -> Result<Response, PageError> {
    let mut s = Shell::plain(state, reader.words());
    csrf.clone_into(&mut s.csrf);
    s.notice = said.map(|text| Said { text, bad: true });
    render(&CodePage { s })
}

/// `GET /admin/sign-in/code`
pub(crate) async fn page(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    session: Session,
) -> Result<Response, PageError> {
    match who(&state, &session).await? {
        Some((halfway, admin, _)) => {
            reader.is(admin.locale);
            form(&state, &reader, &halfway.csrf, None)
        }
        None => Ok(Redirect::to("/admin/sign-in").into_response()),
    }
}

/// `POST /admin/sign-in/code`: counted with the passwords of the account, so that a stolen password buys no free tries.
pub(crate) async fn submit(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    device: Device,
    session: Session,
    Unchecked(fields): Unchecked,
) -> Result<Response, PageError> {
    let Some((halfway, admin, factor)) = who(&state, &session).await? else {
        return Ok(Redirect::to("/admin/sign-in").into_response());
    };
    reader.is(admin.locale);
    let csrf = fields.get("csrf");
    if !bool::from(subtle::ConstantTimeEq::ct_eq(halfway.csrf.as_bytes(), csrf.as_bytes())) {
        return Err(PageError::Csrf);
    }
    let again = |status: StatusCode, said: String| {
        form(&state, &reader, &halfway.csrf, Some(said)).map(|page| (status, page).into_response())
    };
    let counted = device.throttle_key(&state, &admin.email.folded()).await?;
    let rates =
        Rates { account: state.settings.sign_ins_per_account, address: state.settings.sign_ins_per_ip };
    if let Err(wait) = state.throttle.try_one(&counted, device.address, rates, state.clock.now()) {
        let said = reader.words().with("sign-in-throttled", "n", sign_in::minutes(wait));
        let page = again(StatusCode::TOO_MANY_REQUESTS, said)?;
        return Ok(([(header::RETRY_AFTER, (wait.as_secs() + 1).to_string())], page).into_response());
    }
    let actor = Actor::Admin { id: admin.id, name: admin.name.clone() };
    let recovery = codes::recovery_deed(state.clock.now(), actor, device.line());
    let proof = codes::prove(&*state.storage, admin.id, &factor, fields.get("code"), recovery).await?;
    let Some(proof) = proof else {
        let failed = Deed::new(state.clock.now(), Actor::System, DeedKind::SignInFailed);
        state.storage.note_deed(&failed.to_admin(admin.id).with(device.line())).await?;
        return again(StatusCode::UNAUTHORIZED, reader.words().get("code-wrong"));
    };
    state.throttle.was_right(&counted, device.address);
    let_in(&session, &state, &admin, &device).await?;
    if proof == Proof::RecoveryCode {
        let left = factor.recovery_codes.saturating_sub(1);
        let key = if left == 0 { "recovery-none" } else { "recovery-used" };
        session.insert(super::FLASH, Flash::good(key)).await?;
    }
    let mut response = Redirect::to(next::safe(&halfway.next).unwrap_or("/admin")).into_response();
    device.remember(&state, &admin, &mut response).await?;
    Ok(response)
}
