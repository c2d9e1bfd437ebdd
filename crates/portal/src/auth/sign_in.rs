//! Signing in and out.

use std::time::Duration;

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::admin::{Admin, Locale};
use domain::conversation::Actor;
use domain::deed::{Deed, DeedKind};
use serde::Deserialize;
use tower_sessions::Session;

use super::device::Device;
use super::form::{Posted, Unchecked};
use super::pre_session::PreSession;
use super::throttle::Rates;
use super::{next, second_step, signed_in};
use crate::PortalState;
use crate::error::PageError;
use crate::page::{Reader, language_cookie, render};
use crate::shell::{Said, Shell};

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInPage {
    s: Shell,
    email: String,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
    lang: Option<String>,
}

/// `GET /admin/sign-in`
pub(crate) async fn page(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    Query(asked): Query<Asked>,
    session: Session,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let mut extensions = axum::http::Extensions::new();
    extensions.insert(session);
    if signed_in(&extensions, &state).await?.is_some() {
        return Ok(Redirect::to(next::safe(&asked.next).unwrap_or("/admin")).into_response());
    }
    let chosen: Option<Locale> = asked.lang.as_deref().and_then(|lang| lang.parse().ok());
    if let Some(locale) = chosen {
        reader.is(locale);
    }
    let mut response = form(&state, &reader, &headers, (String::new(), asked.next), None)?;
    if let Some(locale) = chosen {
        let name = language_cookie(&state);
        let secure = if state.settings.secure_cookies { "; Secure" } else { "" };
        let kept = format!("{name}={locale}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}");
        if let Ok(kept) = HeaderValue::from_str(&kept) {
            response.headers_mut().append(header::SET_COOKIE, kept);
        }
    }
    Ok(response)
}

/// The form, with what to say above it.
fn form(
    state: &PortalState,
    reader: &Reader,
    headers: &HeaderMap,
    (email, asked): (String, String),
    said: Option<String>,
) -> Result<Response, PageError> {
    let pre = PreSession::of(headers, state);
    let mut s = Shell::plain(state, reader.words());
    s.csrf.clone_from(&pre.token);
    s.notice = said.map(|text| Said { text, bad: true });
    let next = next::safe(&asked).unwrap_or_default().to_owned();
    let mut response = render(&SignInPage { s, email, next })?;
    if let Some(cookie) = pre.set_cookie(state) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /admin/sign-in`: a wrong password and an unknown address get the same answer after the same time.
pub(crate) async fn submit(
    State(state): State<PortalState>,
    Extension(reader): Extension<Reader>,
    device: Device,
    session: Session,
    headers: HeaderMap,
    Unchecked(fields): Unchecked,
) -> Result<Response, PageError> {
    let words = reader.words();
    let typed = || (fields.get("email").chars().take(254).collect(), fields.get("next").to_owned());
    let again = |status: StatusCode, said: String| {
        form(&state, &reader, &headers, typed(), Some(said)).map(|page| (status, page).into_response())
    };
    if !PreSession::of(&headers, &state).confirms(fields.get("csrf")) {
        return again(StatusCode::FORBIDDEN, words.get("sign-in-expired"));
    }
    let email = fields.get("email").trim().to_ascii_lowercase();
    let rates =
        Rates { account: state.settings.sign_ins_per_account, address: state.settings.sign_ins_per_ip };
    let counted = device.throttle_key(&state, &email).await?;
    if let Err(wait) = state.throttle.try_one(&counted, device.address, rates, state.clock.now()) {
        tracing::warn!("too many sign-ins for one account or from one address");
        let page = again(StatusCode::TOO_MANY_REQUESTS, words.with("sign-in-throttled", "n", minutes(wait)))?;
        return Ok(([(header::RETRY_AFTER, (wait.as_secs() + 1).to_string())], page).into_response());
    }
    let Some(admin) = whose(&state, &email, fields.get("password"), &device).await? else {
        return again(StatusCode::UNAUTHORIZED, words.get("sign-in-wrong"));
    };
    // Whoever still owes a code has not been right yet: a stolen password must not set the count of tries back.
    if state.storage.second_factor(admin.id).await?.is_none() {
        state.throttle.was_right(&counted, device.address);
    }
    second_step::after_password(&state, &session, &admin, &device, fields.get("next")).await
}

/// Whose address and password these are. A wrong password for somebody who is there goes into the record.
async fn whose(
    state: &PortalState,
    email: &str,
    password: &str,
    device: &Device,
) -> Result<Option<Admin>, PageError> {
    let found = state.storage.admin_by_email(email).await?;
    let (admin, hash) = match found {
        Some((admin, hash)) if admin.enabled() => (Some(admin), hash),
        _ => (None, None),
    };
    let right = state.passwords.verify(password, hash.as_deref()).await?;
    if let (Some(admin), false) = (&admin, right) {
        let (state, admin, line) = (state.clone(), admin.id, device.line());
        // After the answer, or its time would tell that there is such an admin.
        state.tracker.clone().spawn(async move {
            let failed = Deed::new(state.clock.now(), Actor::System, DeedKind::SignInFailed);
            if let Err(error) = state.storage.note_deed(&failed.to_admin(admin).with(line)).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a failed sign-in was not recorded"
                );
            }
        });
    }
    Ok(admin.filter(|_| right))
}

pub(crate) fn minutes(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs().div_ceil(60)).unwrap_or(i64::MAX)
}

/// `POST /admin/sign-out`
pub(crate) async fn sign_out(
    State(state): State<PortalState>,
    posted: Posted,
) -> Result<Response, PageError> {
    state.storage.note_deed(&posted.by.deed(&state, DeedKind::SignedOut)).await?;
    posted.by.handle.flush().await?;
    state.desk.rights_changed();
    tracing::info!(admin.id = %posted.by.admin.id, "signed out");
    // What the browser still has of our pages is not to be seen by whoever sits down next.
    Ok(([("clear-site-data", "\"cache\"")], Redirect::to("/admin/sign-in")).into_response())
}
