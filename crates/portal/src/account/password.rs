//! One's own password: to be changed, and to be asked for again before anything that an unlocked machine must not do.

use axum::extract::State;
use axum::response::Response;
use domain::deed::DeedKind;

use super::answer;
use crate::PortalState;
use crate::auth::device::Device;
use crate::auth::form::{Fields, Posted};
use crate::auth::throttle::Rates;
use crate::auth::{Passwords, SignedIn, begin};
use crate::error::PageError;
use crate::flash::Flash;
use web::rate_limit::Rate;

/// `POST /admin/account/password`: asks for the present one, ends every other session, renews this one.
pub(crate) async fn change(
    State(state): State<PortalState>,
    device: Device,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let done = change_password(&state, &by, &fields).await;
    if done.is_ok() {
        begin(&by.handle, &state, &by.admin, &device).await?;
        state.desk.rights_changed();
    }
    answer(&by, done.map(|()| "saved"), "/admin/account").await
}

async fn change_password(state: &PortalState, by: &SignedIn, fields: &Fields) -> Result<(), PageError> {
    let new = fields.get("password");
    if new != fields.get("password_again") {
        return Err(PageError::Refused(Flash::fault("password_differs")));
    }
    let words = [state.settings.site_name.as_str(), by.admin.name.as_str(), by.admin.email.as_str()];
    Passwords::check(new, &words)?;
    confirm(state, by, fields.get("current")).await?;
    let hash = state.passwords.hash(new).await?;
    let deed = by.deed(state, DeedKind::PasswordChanged);
    state.storage.set_password(by.admin.id, &hash, None, &deed).await?;
    tracing::info!(admin.id = %by.admin.id, "password changed");
    Ok(())
}

/// Holds that whoever asks knows the password. They get no more tries than at the sign-in.
pub(super) async fn confirm(state: &PortalState, by: &SignedIn, password: &str) -> Result<(), PageError> {
    let email = by.admin.email.folded();
    let rates = Rates { account: state.settings.sign_ins_per_account, address: Rate::OFF };
    state.throttle.try_one(&email, None, rates, state.clock.now()).map_err(PageError::TooMany)?;
    let hash = state.storage.admin_by_email(&email).await?.and_then(|(_, hash)| hash);
    if !state.passwords.verify(password, hash.as_deref()).await? {
        return Err(PageError::Refused(Flash::fault("password_wrong")));
    }
    state.throttle.was_right(&email, None);
    Ok(())
}
