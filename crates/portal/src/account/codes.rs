//! Codes at one's own sign-in: set up, switched off, and the recovery codes.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::deed::DeedKind;
use storage::SharedSecret;

use super::{answer, password};
use crate::PortalState;
use crate::auth::device::Device;
use crate::auth::form::{Fields, Posted};
use crate::auth::throttle::Rates;
use crate::auth::{SignedIn, begin, codes};
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::render;
use crate::shell::Shell;
use web::rate_limit::Rate;

/// Where a session keeps a secret that no code was given for yet.
const FRESH: &str = "fresh-secret";

#[derive(Template)]
#[template(path = "portal/codes.html")]
struct CodesPage {
    s: Shell,
    /// The picture's path, and its width.
    picture: Option<(String, i32)>,
    secret: String,
    address: String,
}

#[derive(Template)]
#[template(path = "portal/recovery.html")]
struct RecoveryPage {
    s: Shell,
    codes: Vec<String>,
}

async fn fresh(by: &SignedIn) -> Result<Option<SharedSecret>, PageError> {
    Ok(by.handle.get::<Vec<u8>>(FRESH).await?.map(SharedSecret))
}

/// `GET /admin/account/codes`: what the app has to know.
pub(crate) async fn page(State(state): State<PortalState>, by: SignedIn) -> Result<Response, PageError> {
    let Some(secret) = fresh(&by).await? else { return Ok(Redirect::to("/admin/account").into_response()) };
    let s = Shell::of(&state, &by, "account").await?;
    let address = codes::address(&secret, &state.settings.site_name, by.admin.email.as_str());
    render(&CodesPage { s, picture: codes::picture(&address), secret: codes::typed(&secret), address })
}

/// `POST /admin/account/codes/{verb}`
pub(crate) async fn act(
    State(state): State<PortalState>,
    Path(verb): Path<String>,
    device: Device,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    match verb.as_str() {
        "begin" => match password::confirm(&state, &by, fields.get("current")).await {
            Ok(()) => {
                by.handle.insert(FRESH, codes::fresh(state.desk.source()).0).await?;
                Ok(Redirect::to("/admin/account/codes").into_response())
            }
            refused => answer(&by, refused.map(|()| ""), "/admin/account").await,
        },
        "confirm" => confirm(&state, &by, &device, &fields).await,
        "recovery" => match renew(&state, &by, &fields).await {
            Ok(codes) => show(&state, &by, codes).await,
            refused => answer(&by, refused.map(|_| ""), "/admin/account").await,
        },
        "off" => {
            let done = switch_off(&state, &by, &device, &fields).await;
            answer(&by, done.map(|()| "codes-off"), "/admin/account").await
        }
        _ => Err(PageError::NotFound),
    }
}

/// The first code shows that the app has the secret; only then is one asked for at the sign-in.
async fn confirm(
    state: &PortalState,
    by: &SignedIn,
    device: &Device,
    fields: &Fields,
) -> Result<Response, PageError> {
    let Some(secret) = fresh(by).await? else { return Ok(Redirect::to("/admin/account").into_response()) };
    let rates = Rates { account: state.settings.sign_ins_per_account, address: Rate::OFF };
    let email = by.admin.email.folded();
    state.throttle.try_one(&email, None, rates, state.clock.now()).map_err(PageError::TooMany)?;
    let Some(step) = codes::step_of(&secret, fields.get("code"), state.clock.now()) else {
        by.flash(Flash::fault("code_wrong")).await?;
        return Ok(Redirect::to("/admin/account/codes").into_response());
    };
    state.throttle.was_right(&email, None);
    let (shown, kept) = codes::recovery_codes(state.desk.source());
    let deed = by.deed(state, DeedKind::CodesOn);
    state.storage.set_second_factor(by.admin.id, Some((&secret, &kept)), None, &deed).await?;
    state.storage.use_step(by.admin.id, step).await?;
    begin(&by.handle, state, &by.admin, device).await?;
    state.desk.rights_changed();
    tracing::info!(admin.id = %by.admin.id, "codes at the sign-in switched on");
    show(state, by, shown).await
}

async fn renew(state: &PortalState, by: &SignedIn, fields: &Fields) -> Result<Vec<String>, PageError> {
    password::confirm(state, by, fields.get("current")).await?;
    if state.storage.second_factor(by.admin.id).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let (shown, kept) = codes::recovery_codes(state.desk.source());
    let deed = by.deed(state, DeedKind::RecoveryCodesMade);
    state.storage.set_recovery_codes(by.admin.id, &kept, &deed).await?;
    Ok(shown)
}

async fn switch_off(
    state: &PortalState,
    by: &SignedIn,
    device: &Device,
    fields: &Fields,
) -> Result<(), PageError> {
    password::confirm(state, by, fields.get("current")).await?;
    let deed = by.deed(state, DeedKind::CodesOff).to_admin(by.admin.id);
    state.storage.set_second_factor(by.admin.id, None, None, &deed).await?;
    begin(&by.handle, state, &by.admin, device).await?;
    state.desk.rights_changed();
    tracing::info!(admin.id = %by.admin.id, "codes at the sign-in switched off");
    Ok(())
}

/// The recovery codes, once: after this page only their hashes are left.
async fn show(state: &PortalState, by: &SignedIn, codes: Vec<String>) -> Result<Response, PageError> {
    let mut s = Shell::of(state, by, "account").await?;
    // The session was renewed, and its token with it.
    s.csrf = by.handle.get(crate::auth::CSRF).await?.unwrap_or_default();
    render(&RecoveryPage { s, codes })
}
