//! What an admin does in a room, by form.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::id::ConversationId;
use domain::text::{Body, ClientId};

use crate::PortalState;
use crate::auth::form::{Fields, Posted};
use crate::error::PageError;

/// `POST /admin/conversations/{id}/{verb}`
pub(crate) async fn act(
    State(state): State<PortalState>,
    Path((id, verb)): Path<(String, String)>,
    Posted { by, fields }: Posted,
) -> Result<Response, PageError> {
    let id: ConversationId = id.parse().map_err(|_| PageError::NotFound)?;
    let caller = by.caller();
    let done = match verb.as_str() {
        "join" => state.desk.join(&caller, id).await,
        "leave" => state.desk.leave(&caller, id).await,
        "close" => state.desk.close(&caller, id).await,
        "move" => state.desk.move_to_board(&caller, id).await,
        "promise" => {
            let minutes = fields.get("minutes").parse().unwrap_or(0);
            state.desk.promise(&caller, id, minutes).await
        }
        "messages" => match message(&state, &fields) {
            Ok((client_id, body)) if fields.get("kind") == "note" => {
                state.desk.note(&caller, id, client_id, body).await
            }
            Ok((client_id, body)) => state.desk.say(&caller, id, client_id, body).await,
            Err(PageError::Refused(flash)) => {
                by.flash(flash).await?;
                return Ok(back(id));
            }
            Err(error) => return Err(error),
        },
        _ => return Err(PageError::NotFound),
    };
    match done.map_err(PageError::from) {
        Ok(_) => Ok(back(id)),
        Err(PageError::Refused(flash)) => {
            by.flash(flash).await?;
            Ok(back(id))
        }
        Err(error) => Err(error),
    }
}

fn message(state: &PortalState, fields: &Fields) -> Result<(ClientId, Body), PageError> {
    let client_id = ClientId::new(fields.get("id"))?;
    let body = Body::new(fields.text("body").trim_end(), state.desk.settings().policy.limits.message_bytes)?;
    Ok((client_id, body))
}

fn back(id: ConversationId) -> Response {
    Redirect::to(&format!("/admin/conversations/{id}")).into_response()
}
