//! One's own name, language, duty, password, codes and sign-ins.

pub(crate) mod codes;
pub(crate) mod password;
pub(crate) mod profile;
pub(crate) mod sessions;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::render;
use crate::shell::Shell;
use sessions::SessionRow;

#[derive(Template)]
#[template(path = "portal/account.html")]
struct AccountPage {
    s: Shell,
    name: String,
    email: String,
    owner: bool,
    on_duty: bool,
    /// How many recovery codes are left, of somebody who is asked for codes.
    codes: Option<u32>,
    /// Whether they could be switched off.
    codes_required: bool,
    sessions: Vec<SessionRow>,
}

/// `GET /admin/account`
pub(crate) async fn page(State(state): State<PortalState>, by: SignedIn) -> Result<Response, PageError> {
    let s = Shell::of(&state, &by, "account").await?;
    let factor = state.storage.second_factor(by.admin.id).await?;
    render(&AccountPage {
        s,
        name: by.admin.name.as_str().to_owned(),
        email: by.admin.email.as_str().to_owned(),
        owner: by.is_owner(),
        on_duty: by.admin.on_duty,
        codes: factor.map(|factor| factor.recovery_codes),
        codes_required: state.settings.require_codes,
        sessions: sessions::rows(&state, &by).await?,
    })
}

/// Goes back with what there is to say.
async fn answer(by: &SignedIn, done: Result<&str, PageError>, to: &str) -> Result<Response, PageError> {
    match done {
        Ok(key) => by.flash(Flash::good(key)).await?,
        Err(PageError::Refused(flash)) => by.flash(flash).await?,
        Err(error) => return Err(error),
    }
    Ok(Redirect::to(to).into_response())
}
