//! `POST /sessions`: a visitor and the token that only their browser knows.

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use web::client_ip::ClientIp;
use web::{Json, Problem, wire};

use crate::state::Gateway;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    identity: Option<String>,
}

pub(crate) async fn create(
    State(gateway): State<Gateway>,
    Extension(client): Extension<ClientIp>,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let admitted = crate::socket::admit(&gateway, client, new.identity.as_deref()).await?;
    let body = json!({ "visitor": wire::visitor(&admitted.visitor), "token": admitted.token.reveal() });
    Ok((StatusCode::CREATED, Json(body)))
}
