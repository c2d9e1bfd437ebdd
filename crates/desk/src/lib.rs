//! Turns a wish into a recorded fact: load, decide, append, ring; and lets anyone follow a log.
//!
//! The desk is the one door: whatever the transport, a verb comes in with the identity of its caller, and
//! nobody but the desk appends to a log. [`Desk`] is a handle that everyone clones.

mod by_the_way;
mod caller;
mod carry_out;
mod conversations;
mod error;
mod figures;
mod inquiries;
mod notices;
mod presence;
mod rooms;
mod source;
mod tail;
mod tick;
mod view;
mod visitors;

use std::fmt;
use std::sync::Arc;

use bus::Bus;
use domain::Timestamp;
use domain::admin::Locale;
use domain::clock::Clock;
use domain::id::ConversationId;
use domain::policy::Policy;
use storage::Storage;
use tokio_util::task::TaskTracker;

pub use bus::{Bell, News, Topic, Whisper};
pub use caller::Caller;
pub use carry_out::Done;
pub use conversations::{CallRequest, Called};
pub use error::DeskError;
pub use inquiries::{EditedInquiry, NewInquiry};
pub use presence::PresenceGuard;
pub use source::{Secret, Source, hash_secret};
pub use storage::{ConversationFilter, InquiryFilter, Page, Paged};
pub use tail::{Followed, Follower};
pub use view::{ConversationView, InquiryView};
pub use visitors::{Admitted, Identity};

/// What the desk is told by the settings.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The rules' policy.
    pub policy: Policy,
    /// The language of those of whom we know none.
    pub locale: Locale,
}

/// What the desk works with.
#[derive(Clone)]
pub struct Parts {
    /// Where it is remembered.
    pub storage: Arc<dyn Storage>,
    /// What is rung.
    pub bus: Arc<dyn Bus>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and secrets come from.
    pub source: Source,
}

/// The one door in and the one log out.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    parts: Parts,
    settings: Settings,
    rooms: rooms::Rooms,
    presence: presence::Presence,
    /// Commands under way: they run to their end even when who asked has hung up.
    commands: TaskTracker,
}

impl Desk {
    /// A desk of these parts.
    pub fn new(parts: Parts, settings: Settings) -> Self {
        let presence = presence::Presence::new(Arc::clone(&parts.bus));
        let rooms = rooms::Rooms::default();
        Self(Arc::new(Inner { parts, settings, rooms, presence, commands: TaskTracker::new() }))
    }

    /// What time it is here.
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// Where ids and secrets come from.
    pub fn source(&self) -> &Source {
        &self.0.parts.source
    }

    /// What is rung.
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.0.parts.bus
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The name of the log's history; a client that knew another one starts over.
    pub async fn epoch(&self) -> Result<String, DeskError> {
        Ok(self.storage().epoch().await?)
    }

    /// Tells who watches a call that what they see of it has changed, though its log has not.
    pub fn view_changed(&self, conversation: ConversationId) {
        self.bus().ring(Topic::Conversation(conversation), News::VIEW);
        self.bus().ring(Topic::Queue, News::VIEW);
    }

    /// Tells who is connected with a sign-in that it may have lost its right.
    pub fn rights_changed(&self) {
        self.bus().ring(Topic::Rights, News::VIEW);
    }

    /// Tells the mailer that a notice may be due.
    pub fn notices_changed(&self) {
        self.bus().ring(Topic::Outbox, News::VIEW);
    }

    /// Waits until the commands under way are done. New ones may still be given.
    pub async fn finish(&self) {
        self.0.commands.close();
        self.0.commands.wait().await;
    }

    fn storage(&self) -> &dyn Storage {
        &*self.0.parts.storage
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
