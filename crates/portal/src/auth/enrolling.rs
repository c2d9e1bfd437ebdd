//! Where codes are required (`portal.require_codes`): who has none yet sets them up, and can do nothing else until then.

use axum::response::{IntoResponse, Redirect, Response};
use domain::admin::Admin;
use domain::id::AdminId;
use storage::StorageError;
use tower_sessions::Session;

use super::{codes, next};
use crate::PortalState;
use crate::error::PageError;

/// Where a session keeps a secret that no code was given for yet.
pub(crate) const FRESH: &str = "fresh-secret";
/// Where it keeps whither its owner wanted to go.
const NEXT: &str = "after-codes";

/// The page of the set-up.
pub(crate) const PAGE: &str = "/admin/account/codes";
/// What is open to whoever is at it: the set-up, and the way out.
const OPEN: [&str; 4] =
    [PAGE, "/admin/account/codes/begin", "/admin/account/codes/confirm", "/admin/sign-out"];

/// Whether a page is open before the codes are set up.
pub(crate) fn may_go_to(path: &str) -> bool {
    OPEN.contains(&path)
}

/// Whether they have to have codes and have none.
pub(crate) async fn owes_codes(state: &PortalState, admin: AdminId) -> Result<bool, StorageError> {
    Ok(state.settings.require_codes && state.storage.second_factor(admin).await?.is_none())
}

/// Leads somebody who has given their password this moment to the set-up; it need not be asked for again.
pub(crate) async fn lead(
    state: &PortalState,
    session: &Session,
    admin: &Admin,
    asked: &str,
) -> Result<Response, PageError> {
    session.insert(FRESH, codes::fresh(state.desk.source()).0).await?;
    session.insert(NEXT, next::safe(asked).unwrap_or_default()).await?;
    tracing::info!(admin.id = %admin.id, "codes have to be set up first");
    Ok(Redirect::to(PAGE).into_response())
}

/// Where whoever is done wanted to go.
pub(crate) async fn wanted(session: &Session) -> Result<Option<String>, PageError> {
    let asked = session.get::<String>(NEXT).await?;
    Ok(asked.as_deref().and_then(next::safe).map(str::to_owned))
}
