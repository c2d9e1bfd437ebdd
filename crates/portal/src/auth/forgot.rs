//! A forgotten password: whoever asks gets the same answer, and an admin gets a mail.

use std::time::Duration;

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::conversation::Actor;
use domain::deed::{Deed, DeedKind};
use domain::notice::NoticeKind;
use web::rate_limit::Rate;

use super::device::Device;
use super::form::Unchecked;
use super::pre_session::PreSession;
use super::sign_in;
use super::throttle::Rates;
use crate::PortalState;
use crate::error::PageError;
use crate::page::{Reader, render};
use crate::shell::{Said, Shell};
use crate::team;

/// So often may a mail be asked for by one account: nobody's mailbox is filled by strangers.
const MAILS: Rate = Rate::new(3, Duration::from_hours(1));

#[derive(Template)]
#[template(path = "portal/forgot.html")]
struct ForgotPage {
    s: Shell,
    email: String,
    asked: bool,
    /// Whether no mail leaves the house: then it would be waited for in vain.
    mails_stay: bool,
}

fn form(
    state: &PortalState,
    reader: &Reader,
    headers: &HeaderMap,
    (email, asked): (String, bool),
    said: Option<String>,
) -> Result<Response, PageError> {
    let pre = PreSession::of(headers, state);
    let mut s = Shell::plain(state, reader.words());
    s.csrf.clone_from(&pre.token);
    s.notice = said.map(|text| Said { text, bad: true });
    let mut response = render(&ForgotPage { s, email, asked, mails_stay: state.settings.mail_is_built_in })?;
    if let Some(cookie) = pre.set_cookie(state) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /admin/forgot`
pub(crate) async fn page(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    form(&state, &reader, &headers, (String::new(), false), None)
}

/// `POST /admin/forgot`: what comes of it happens after the answer, so that neither its words nor its time tell whether
/// somebody is an admin.
pub(crate) async fn submit(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    device: Device,
    headers: HeaderMap,
    Unchecked(fields): Unchecked,
) -> Result<Response, PageError> {
    let email: String = fields.get("email").trim().chars().take(254).collect();
    if !PreSession::of(&headers, &state).confirms(fields.get("csrf")) {
        let said = reader.words().get("sign-in-expired");
        let page = form(&state, &reader, &headers, (email, false), Some(said))?;
        return Ok((StatusCode::FORBIDDEN, page).into_response());
    }
    let rates = Rates { account: MAILS, address: state.settings.sign_ins_per_ip };
    let key = format!("forgot {}", email.to_ascii_lowercase());
    if let Err(wait) = state.throttle.try_one(&key, device.address, rates, state.clock.now()) {
        let said = reader.words().with("sign-in-throttled", "n", sign_in::minutes(wait));
        let page = form(&state, &reader, &headers, (email, false), Some(said))?;
        let headers = [(header::RETRY_AFTER, (wait.as_secs() + 1).to_string())];
        return Ok((StatusCode::TOO_MANY_REQUESTS, headers, page).into_response());
    }
    let (asker, address) = (state.clone(), email.clone());
    state.tracker.spawn(async move {
        if let Err(error) = mail(&asker, &address, &device).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a mail for a new password was not queued"
            );
        }
    });
    form(&state, &reader, &headers, (email, true), None)
}

async fn mail(state: &PortalState, email: &str, device: &Device) -> Result<(), storage::StorageError> {
    let found = state.storage.admin_by_email(&email.to_ascii_lowercase()).await?;
    let Some((admin, _)) = found.filter(|(admin, _)| admin.enabled()) else { return Ok(()) };
    let now = state.clock.now();
    let notice = team::personal(state, &admin, NoticeKind::Reset);
    let deed = Deed::new(now, Actor::System, DeedKind::ResetAsked).to_admin(admin.id).with(device.line());
    state.storage.queue_notices(&[notice], &deed).await?;
    state.desk.notices_changed();
    tracing::info!(admin.id = %admin.id, "a new password was asked for");
    Ok(())
}
