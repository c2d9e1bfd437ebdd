//! One's own name, language, duty and password.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::text::Name;

use crate::PortalState;
use crate::auth::form::{Fields, Posted};
use crate::auth::throttle::Rates;
use crate::auth::{Passwords, SignedIn, begin, next};
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::render;
use crate::shell::Shell;
use web::rate_limit::Rate;

#[derive(Template)]
#[template(path = "portal/account.html")]
struct AccountPage {
    s: Shell,
    name: String,
    email: String,
    owner: bool,
    on_duty: bool,
}

/// `GET /admin/account`
pub(crate) async fn page(State(state): State<PortalState>, by: SignedIn) -> Result<Response, PageError> {
    let s = Shell::of(&state, &by, "account").await?;
    render(&AccountPage {
        s,
        name: by.admin.name.as_str().to_owned(),
        email: by.admin.email.as_str().to_owned(),
        owner: by.is_owner(),
        on_duty: by.admin.on_duty,
    })
}

/// Goes back with what there is to say.
async fn answer(by: &SignedIn, done: Result<(), PageError>, to: &str) -> Result<Response, PageError> {
    match done {
        Ok(()) => by.flash(Flash::good("saved")).await?,
        Err(PageError::Refused(flash)) => by.flash(flash).await?,
        Err(error) => return Err(error),
    }
    Ok(Redirect::to(to).into_response())
}

/// `POST /admin/account`
pub(crate) async fn save(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let mut admin = by.admin.clone();
    let done = match Name::new(fields.get("name"), state.desk.settings().policy.limits.name_chars) {
        Ok(name) => {
            admin.name = name;
            admin.locale = fields.get("locale").parse().unwrap_or(admin.locale);
            state.storage.update_admin(&admin).await.map_err(PageError::from)
        }
        Err(fault) => Err(fault.into()),
    };
    answer(&by, done, "/admin/account").await
}

/// `POST /admin/account/duty`
pub(crate) async fn duty(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let mut admin = by.admin.clone();
    admin.on_duty = fields.get("on_duty") == "1";
    state.storage.update_admin(&admin).await?;
    let flash = Flash::good(if admin.on_duty { "on-duty" } else { "off-duty" });
    by.flash(flash).await?;
    Ok(Redirect::to(next::safe(fields.get("back")).unwrap_or("/admin/account")).into_response())
}

/// `POST /admin/account/language`
pub(crate) async fn language(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let mut admin = by.admin.clone();
    if let Ok(locale) = fields.get("locale").parse() {
        admin.locale = locale;
        state.storage.update_admin(&admin).await?;
    }
    Ok(Redirect::to(next::safe(fields.get("back")).unwrap_or("/admin")).into_response())
}

/// `POST /admin/account/password`: asks for the present one, ends every other session, renews this one.
pub(crate) async fn password(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let done = change_password(&state, &by, &fields).await;
    if done.is_ok() {
        begin(&by.handle, &state, &by.admin).await?;
        state.desk.rights_changed();
    }
    answer(&by, done, "/admin/account").await
}

async fn change_password(state: &PortalState, by: &SignedIn, fields: &Fields) -> Result<(), PageError> {
    let new = fields.get("password");
    if new != fields.get("password_again") {
        return Err(PageError::Refused(Flash::fault("password_differs")));
    }
    Passwords::check(new)?;
    // Whoever sits down at an unlocked machine gets no more tries than at the sign-in.
    let email = by.admin.email.folded();
    let rates = Rates { account: state.settings.sign_ins_per_account, address: Rate::OFF };
    state.throttle.try_one(&email, None, rates, state.clock.now()).map_err(PageError::TooMany)?;
    let hash = state.storage.admin_by_email(&email).await?.and_then(|(_, hash)| hash);
    if !state.passwords.verify(fields.get("current"), hash.as_deref()).await? {
        return Err(PageError::Refused(Flash::fault("password_wrong")));
    }
    state.throttle.was_right(&email, None);
    let hash = state.passwords.hash(new).await?;
    state.storage.set_password(by.admin.id, &hash, None).await?;
    tracing::info!(admin.id = %by.admin.id, "password changed");
    Ok(())
}
