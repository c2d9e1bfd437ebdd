//! Keeps sign-in sessions in the database, under the hash of their id: a dump of it signs nobody in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use desk::hash_secret;
use domain::Timestamp;
use domain::clock::Clock;
use domain::id::AdminId;
use serde_json::Value;
use storage::{SecretHash, SessionRecord, Storage};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{ExpiredDeletion, SessionStore};

/// A session ends when it was not used for so long …
pub(crate) const IDLE: Duration = Duration::from_hours(8);
/// … and in any case after so long.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// Where a session keeps who has signed in.
pub(super) const ADMIN: &str = "admin";
/// Where it keeps since when.
pub(crate) const SINCE: &str = "since";

/// Sessions in our storage.
#[derive(Clone)]
pub struct Store {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
}

impl Store {
    pub(crate) fn new(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Self {
        Self { storage, clock }
    }

    fn row(&self, record: &Record) -> Result<SessionRecord> {
        let now = self.clock.now();
        let since = record.data.get(SINCE).and_then(Value::as_i64).map_or(now, Timestamp);
        let admin = record.data.get(ADMIN).and_then(Value::as_str).and_then(|id| id.parse::<AdminId>().ok());
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        Ok(SessionRecord {
            id: stored_id(record.id),
            admin,
            data,
            expires_at: now.plus(IDLE).min(since.plus(LONGEST)),
        })
    }
}

/// What is kept of a session's id.
pub(super) fn stored_id(id: Id) -> SecretHash {
    hash_secret(&id.to_string())
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.storage.create_session(&self.row(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session that was ended meanwhile (signed out elsewhere, password changed) is not brought back.
    async fn save(&self, record: &Record) -> Result<()> {
        let row = self.row(record)?;
        if self.storage.session(row.id, self.clock.now()).await.map_err(backend)?.is_some() {
            self.storage.save_session(&row).await.map_err(backend)?;
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.storage.session(stored_id(*id), self.clock.now()).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: row.expires_at.to_utc() }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.storage.delete_session(stored_id(*id)).await.map_err(backend)
    }
}

#[async_trait]
impl ExpiredDeletion for Store {
    async fn delete_expired(&self) -> Result<()> {
        self.storage.purge_sessions(self.clock.now()).await.map(drop).map_err(backend)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
