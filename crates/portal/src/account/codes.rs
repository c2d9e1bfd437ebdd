//! Codes at one's own sign-in: set up, switched off, and the recovery codes.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::deed::DeedKind;
use storage::SharedSecret;

use super::{answer, password};
use crate::PortalState;
use crate::auth::device::Device;
use crate::auth::enrolling::{self, FRESH, PAGE};
use crate::auth::form::{Fields, Posted};
use crate::auth::throttle::Rates;
use crate::auth::{SignedIn, begin, codes};
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::render;
use crate::shell::Shell;
use web::rate_limit::Rate;

/// What the app has to know.
struct Setup {
    /// The picture's path, and its width.
    picture: Option<(String, i32)>,
    secret: String,
    address: String,
}

#[derive(Template)]
#[template(path = "portal/codes.html")]
struct CodesPage {
    s: Shell,
    setup: Setup,
}

/// The same for somebody who has to, and can do nothing else before.
#[derive(Template)]
#[template(path = "portal/codes_first.html")]
struct CodesFirstPage {
    s: Shell,
    email: String,
    /// Nothing yet for whoever has not given their password a moment ago.
    setup: Option<Setup>,
}

#[derive(Template)]
#[template(path = "portal/recovery.html")]
struct RecoveryPage {
    s: Shell,
    codes: Vec<String>,
    next: String,
}

async fn fresh(by: &SignedIn) -> Result<Option<SharedSecret>, PageError> {
    Ok(by.handle.get::<Vec<u8>>(FRESH).await?.map(SharedSecret))
}

/// `GET /admin/account/codes`: what the app has to know.
pub(crate) async fn page(State(state): State<PortalState>, by: SignedIn) -> Result<Response, PageError> {
    let setup = fresh(&by).await?.map(|secret| {
        let address = codes::address(&secret, &state.settings.site_name, by.admin.email.as_str());
        Setup { picture: codes::picture(&address), secret: codes::typed(&secret), address }
    });
    if by.owes_codes {
        let s = Shell::before_codes(&state, &by).await?;
        return render(&CodesFirstPage { s, email: by.admin.email.as_str().to_owned(), setup });
    }
    let Some(setup) = setup else { return Ok(Redirect::to("/admin/account").into_response()) };
    render(&CodesPage { s: Shell::of(&state, &by, "account").await?, setup })
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
                Ok(Redirect::to(PAGE).into_response())
            }
            refused => {
                let back = if by.owes_codes { PAGE } else { "/admin/account" };
                answer(&by, refused.map(|()| ""), back).await
            }
        },
        "confirm" => confirm(&state, &by, &device, &fields).await,
        "recovery" => match renew(&state, &by, &fields).await {
            Ok(codes) => show(&state, &by, codes, None).await,
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
        return Ok(Redirect::to(PAGE).into_response());
    };
    state.throttle.was_right(&email, None);
    let (shown, kept) = codes::recovery_codes(state.desk.source());
    let deed = by.deed(state, DeedKind::CodesOn);
    state.storage.set_second_factor(by.admin.id, Some((&secret, &kept)), None, &deed).await?;
    state.storage.use_step(by.admin.id, step).await?;
    let next = enrolling::wanted(&by.handle).await?;
    begin(&by.handle, state, &by.admin, device).await?;
    state.desk.rights_changed();
    tracing::info!(admin.id = %by.admin.id, "codes at the sign-in switched on");
    show(state, by, shown, next).await
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
    if state.settings.require_codes {
        return Err(PageError::Refused(Flash::fault("codes_required")));
    }
    password::confirm(state, by, fields.get("current")).await?;
    let deed = by.deed(state, DeedKind::CodesOff).to_admin(by.admin.id);
    state.storage.set_second_factor(by.admin.id, None, None, &deed).await?;
    begin(&by.handle, state, &by.admin, device).await?;
    state.desk.rights_changed();
    tracing::info!(admin.id = %by.admin.id, "codes at the sign-in switched off");
    Ok(())
}

/// The recovery codes, once: after this page only their hashes are left.
async fn show(
    state: &PortalState,
    by: &SignedIn,
    codes: Vec<String>,
    next: Option<String>,
) -> Result<Response, PageError> {
    let mut s = Shell::of(state, by, "account").await?;
    // The session was renewed, and its token with it.
    s.csrf = by.handle.get(crate::auth::CSRF).await?.unwrap_or_default();
    let next = next.unwrap_or_else(|| "/admin/account".to_owned());
    render(&RecoveryPage { s, codes, next })
}
