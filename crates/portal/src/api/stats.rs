//! A few figures of the moment.

use axum::extract::State;
use domain::conversation::State as Stands;
use serde_json::{Value, json};
use web::{Json, Problem};

use crate::PortalState;
use crate::api::Asking;

pub(crate) async fn show(State(state): State<PortalState>, _asking: Asking) -> Result<Json<Value>, Problem> {
    let queue = state.desk.queue().await?;
    let waiting =
        queue.iter().filter(|view| matches!(view.row.conversation.state, Stands::Waiting(_))).count();
    let [open, answered, resolved] = state.desk.inquiry_counts().await?;
    Ok(Json(json!({
        "stats": {
            "conversations": { "waiting": waiting, "active": queue.len() - waiting },
            "inquiries": { "open": open, "answered": answered, "resolved": resolved },
        }
    })))
}
