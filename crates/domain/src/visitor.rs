//! The person who asks.

use crate::clock::Timestamp;
use crate::id::VisitorId;
use crate::text::{Email, Name};

/// A person on the host site, known by a signed identity token of that site, or anonymous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Our id for them.
    pub id: VisitorId,
    /// The host site's id for them (`sub` of its token); `None` for an anonymous visitor.
    pub subject: Option<String>,
    /// What the host site calls them.
    pub name: Option<Name>,
    /// Their address, as the host site vouches for it.
    pub email: Option<Email>,
    /// When they first came.
    pub created_at: Timestamp,
}

impl Visitor {
    /// Whether the host site vouches for who they are.
    pub const fn verified(&self) -> bool {
        self.subject.is_some()
    }
}
