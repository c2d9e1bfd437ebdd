//! Who is signed in: sessions, passwords, one-time links, and what keeps others from using them.

pub(crate) mod codes;
mod common;
pub(crate) mod device;
pub(crate) mod enrolling;
pub(crate) mod forgot;
pub(crate) mod form;
pub mod links;
pub(crate) mod next;
mod passwords;
pub(crate) mod pre_session;
pub(crate) mod second_step;
pub(crate) mod session_store;
pub(crate) mod sign_in;
pub(crate) mod throttle;
pub(crate) mod welcome;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, Method};
use desk::Caller;
use domain::admin::{Admin, Role};
use domain::deed::{Deed, DeedKind};
use domain::id::AdminId;
use storage::SecretHash;
use tower_sessions::Session;

pub use passwords::{LEAST_BYTES, MOST_BYTES, PasswordFault, Passwords};

use crate::PortalState;
use crate::error::PageError;
use crate::flash::Flash;
use crate::page::Reader;
use device::Device;
use session_store::{ADMIN, SINCE, stored_id};

/// Where a session keeps its CSRF token.
pub(crate) const CSRF: &str = "csrf";
/// Where it keeps when it was used last, to a few minutes.
pub(crate) const SEEN: &str = "seen";
/// Where it keeps from where it was begun: a network address and a browser in one line.
pub(crate) const FROM: &str = "from";
/// How old that may become before it is written down again: a write in five minutes, not one a request.
const SEEN_MILLIS: i64 = 5 * 60 * 1000;
/// Where it keeps what the next page has to say.
const FLASH: &str = "flash";

/// Somebody who has signed in with a session cookie.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who, as they stand in the database at this moment.
    pub admin: Admin,
    /// What every form and every changing API call has to carry.
    pub csrf: String,
    /// The session's id as it is stored.
    pub session: SecretHash,
    pub(crate) handle: Session,
    /// Whether they have to set codes up before they can do anything else.
    pub(crate) owes_codes: bool,
    /// Whether the page's script asks, and not a person: then nothing is used up that a person has to see.
    live: bool,
}

impl SignedIn {
    /// Who asks, for the desk.
    pub fn caller(&self) -> Caller {
        Caller::Admin(self.admin.clone())
    }

    /// Whether `token` is this session's CSRF token; takes the same time whatever it is.
    pub fn csrf_is(&self, token: &str) -> bool {
        bool::from(subtle::ConstantTimeEq::ct_eq(self.csrf.as_bytes(), token.as_bytes()))
    }

    /// Something they do now, for the record.
    pub(crate) fn deed(&self, state: &PortalState, kind: DeedKind) -> Deed {
        Deed::new(state.clock.now(), self.caller().actor(), kind)
    }

    pub(crate) fn is_owner(&self) -> bool {
        self.admin.role == Role::Owner
    }

    /// Lets the next page say something.
    pub(crate) async fn flash(&self, flash: Flash) -> Result<(), PageError> {
        Ok(self.handle.insert(FLASH, flash).await?)
    }

    /// What this page has to say, once.
    pub(crate) async fn take_flash(&self) -> Result<Option<Flash>, PageError> {
        if self.live || self.handle.get_value(FLASH).await?.is_none() {
            return Ok(None);
        }
        Ok(self.handle.remove(FLASH).await?)
    }
}

/// Who has signed in with the session of this request. `Ok(None)`: nobody, or somebody who was disabled. Whoever owes
/// codes is told apart by the caller.
///
/// The router must stand inside the portal's session layer.
pub async fn signed_in(
    extensions: &Extensions,
    state: &PortalState,
) -> Result<Option<SignedIn>, tower_sessions::session::Error> {
    let Some(session) = extensions.get::<Session>() else { return Ok(None) };
    let Some(id) = session.get::<String>(ADMIN).await? else { return Ok(None) };
    let (Ok(id), Some(csrf), Some(session_id)) =
        (id.parse::<AdminId>(), session.get::<String>(CSRF).await?, session.id())
    else {
        return Ok(None);
    };
    let found = state.storage.admin(id).await;
    let found = found.map_err(|error| tower_sessions::session_store::Error::Backend(error.to_string()))?;
    let Some(admin) = found.filter(Admin::enabled) else { return Ok(None) };
    let now = state.clock.now().millis();
    if session.get::<i64>(SEEN).await?.is_none_or(|seen| (now - seen).abs() >= SEEN_MILLIS) {
        session.insert(SEEN, now).await?;
    }
    let owes_codes = enrolling::owes_codes(state, id).await;
    let owes_codes =
        owes_codes.map_err(|error| tower_sessions::session_store::Error::Backend(error.to_string()))?;
    let (session, handle) = (stored_id(session_id), session.clone());
    Ok(Some(SignedIn { admin, csrf, session, handle, owes_codes, live: false }))
}

/// Begins a session for somebody who has given all the proof that is asked for.
pub(crate) async fn let_in(
    session: &Session,
    state: &PortalState,
    admin: &Admin,
    device: &Device,
) -> Result<(), PageError> {
    let by = Caller::Admin(admin.clone()).actor();
    let deed = Deed::new(state.clock.now(), by, DeedKind::SignedIn).with(device.line());
    state.storage.note_deed(&deed).await?;
    begin(session, state, admin, device).await?;
    tracing::info!(admin.id = %admin.id, "signed in");
    Ok(())
}

/// Begins a session under a new id for `admin`; what the browser had before is worth nothing.
pub(crate) async fn begin(
    session: &Session,
    state: &PortalState,
    admin: &Admin,
    device: &Device,
) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.clear().await;
    let now = state.clock.now().millis();
    session.insert(ADMIN, admin.id.to_string()).await?;
    session.insert(CSRF, state.desk.source().secret().reveal()).await?;
    session.insert(SINCE, now).await?;
    session.insert(SEEN, now).await?;
    session.insert(FROM, device.line()).await?;
    Ok(())
}

impl FromRequestParts<PortalState> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, PageError> {
        let Some(mut signed_in) = signed_in(&parts.extensions, state).await? else {
            let asked = (parts.method == Method::GET).then(|| parts.uri.path_and_query()).flatten();
            let next = asked.and_then(|asked| next::safe(asked.as_str())).map(str::to_owned);
            return Err(PageError::SignIn { next });
        };
        if signed_in.owes_codes && !enrolling::may_go_to(parts.uri.path()) {
            return Err(PageError::CodesFirst);
        }
        signed_in.live = parts.headers.contains_key("x-deskbell-live");
        if let Some(reader) = parts.extensions.get::<Reader>() {
            reader.is(signed_in.admin.locale);
        }
        Ok(signed_in)
    }
}
