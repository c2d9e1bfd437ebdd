//! Who is connected to this process right now. Presence never decides whether a call is taken.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bus::{Bus, News, Topic};
use domain::id::{AdminId, ConversationId, VisitorId};

use crate::by_the_way::by_the_way;
use crate::error::DeskError;
use crate::{Caller, Desk};

/// A visitor who was heard of within this time is there.
const THERE: Duration = Duration::from_mins(1);
/// How often a connected visitor's being there is written down.
const HEARD: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Visitor(VisitorId),
    Admin(AdminId),
}

/// Counts the connections of everybody.
pub(crate) struct Presence {
    connections: Arc<Mutex<HashMap<Who, usize>>>,
    bus: Arc<dyn Bus>,
}

impl Presence {
    pub(crate) fn new(bus: Arc<dyn Bus>) -> Self {
        Self { connections: Arc::default(), bus }
    }

    pub(crate) fn visitor_online(&self, visitor: VisitorId) -> bool {
        self.is_here(Who::Visitor(visitor))
    }

    pub(crate) fn admin_online(&self, admin: AdminId) -> bool {
        self.is_here(Who::Admin(admin))
    }

    fn is_here(&self, who: Who) -> bool {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&who)
    }
}

/// Somebody is here as long as this is held.
pub struct PresenceGuard {
    who: Who,
    connections: Arc<Mutex<HashMap<Who, usize>>>,
    bus: Arc<dyn Bus>,
    watched: Vec<ConversationId>,
}

impl PresenceGuard {
    /// From here on, those who watch this conversation are told when the guard's person comes or goes.
    pub fn watches(&mut self, conversation: ConversationId) {
        if !self.watched.contains(&conversation) {
            self.watched.push(conversation);
            self.tell(conversation);
        }
    }

    fn tell(&self, conversation: ConversationId) {
        self.bus.ring(Topic::Conversation(conversation), News::VIEW);
        if matches!(self.who, Who::Visitor(_)) {
            self.bus.ring(Topic::Queue, News::VIEW);
        }
    }
}

impl Drop for PresenceGuard {
    fn drop(&mut self) {
        let gone = {
            let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
            let left = connections.get(&self.who).map_or(0, |count| count.saturating_sub(1));
            if left == 0 {
                connections.remove(&self.who);
            } else {
                connections.insert(self.who, left);
            }
            left == 0
        };
        if gone {
            for conversation in std::mem::take(&mut self.watched) {
                self.tell(conversation);
            }
        }
    }
}

impl fmt::Debug for PresenceGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresenceGuard").field("who", &self.who).finish_non_exhaustive()
    }
}

impl Desk {
    /// Somebody has connected.
    pub fn is_here(&self, caller: &Caller) -> PresenceGuard {
        let who = match caller {
            Caller::Visitor(visitor) => Who::Visitor(visitor.id),
            Caller::Admin(admin) => Who::Admin(admin.id),
        };
        let presence = &self.0.presence;
        *presence.connections.lock().unwrap_or_else(PoisonError::into_inner).entry(who).or_insert(0) += 1;
        PresenceGuard {
            who,
            connections: Arc::clone(&presence.connections),
            bus: Arc::clone(&presence.bus),
            watched: Vec::new(),
        }
    }

    /// Notes that a visitor was heard of: by a request, or by a connection that lives.
    pub async fn heard_of(&self, visitor: VisitorId) -> Result<(), DeskError> {
        let now = self.now();
        let last = self.storage().visitor_last_seen(visitor).await?;
        if last.is_none_or(|last| now.since(last) >= HEARD || last > now) {
            by_the_way("that a visitor is there", self.storage().visitor_seen(visitor, now)).await;
        }
        Ok(())
    }

    /// Whether a visitor is connected, or was heard of within a minute.
    pub async fn visitor_there(&self, visitor: VisitorId) -> Result<bool, DeskError> {
        if self.0.presence.visitor_online(visitor) {
            return Ok(true);
        }
        let last = self.storage().visitor_last_seen(visitor).await?;
        Ok(last.is_some_and(|last| self.now().since(last) <= THERE))
    }
}
