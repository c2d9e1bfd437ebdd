//! One's own name, language and duty.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::deed::DeedKind;

use super::answer;
use crate::PortalState;
use crate::auth::form::Posted;
use crate::auth::next;
use crate::error::PageError;
use crate::flash::Flash;
use crate::namesakes::name_in_team;

/// `POST /admin/account`
pub(crate) async fn save(
    State(state): State<PortalState>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let mut admin = by.admin.clone();
    let limit = state.desk.settings().policy.limits.name_chars;
    let team = state.storage.admins().await?;
    let done = match name_in_team(fields.get("name"), limit, Some(admin.id), &team) {
        Ok(name) => {
            admin.name = name;
            admin.locale = fields.get("locale").parse().unwrap_or(admin.locale);
            let deed = by.deed(&state, DeedKind::ProfileChanged).to_admin(admin.id);
            state.storage.update_admin(&admin, &deed).await.map(|()| "saved").map_err(PageError::from)
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
    let kind = if admin.on_duty { DeedKind::DutyTaken } else { DeedKind::DutyLeft };
    state.storage.update_admin(&admin, &by.deed(&state, kind).to_admin(admin.id)).await?;
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
        let deed = by.deed(&state, DeedKind::ProfileChanged).to_admin(admin.id);
        state.storage.update_admin(&admin, &deed).await?;
    }
    Ok(Redirect::to(next::safe(fields.get("back")).unwrap_or("/admin")).into_response())
}
