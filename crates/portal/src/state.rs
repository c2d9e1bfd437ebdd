//! What the pages work with.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use desk::Desk;
use domain::admin::Locale;
use domain::clock::Clock;
use storage::Storage;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web::rate_limit::Rate;

use crate::auth::Passwords;
use crate::auth::throttle::Throttle;

/// What the portal is told by the settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base of every link that leaves the browser.
    pub public_url: String,
    /// What the host site is called.
    pub site_name: String,
    /// The language of those of whom we know none.
    pub locale: Locale,
    /// Whether mails are kept here instead of being sent.
    pub mail_is_built_in: bool,
    /// Whether every admin has codes at the sign-in: who has none sets them up before anything else.
    pub require_codes: bool,
    /// Whether cookies travel over https only: when the public URL is https.
    pub secure_cookies: bool,
    /// How often one account may be tried with a wrong password.
    pub sign_ins_per_account: Rate,
    /// How often one address may try.
    pub sign_ins_per_ip: Rate,
    /// The longest frame on the admin socket.
    pub frame_bytes: usize,
    /// The longest body of an API call.
    pub body_bytes: usize,
}

/// What the portal is made of.
pub struct Parts {
    /// The one door for everything that happens to conversations and inquiries.
    pub desk: Desk,
    /// Admins, sessions, the outbox; of the rest, reading only.
    pub storage: Arc<dyn Storage>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The settings.
    pub settings: Settings,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Tells sockets to go.
    pub stop: CancellationToken,
    /// Waits for them.
    pub tracker: TaskTracker,
}

/// The portal's parts, for its handlers; cloning it shares everything.
#[derive(Clone)]
pub struct PortalState {
    parts: Arc<Parts>,
    pub(crate) throttle: Arc<Throttle>,
}

impl PortalState {
    /// A portal of these parts.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), throttle: Arc::default() }
    }
}

impl Deref for PortalState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl fmt::Debug for PortalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalState").field("settings", &self.settings).finish_non_exhaustive()
    }
}
