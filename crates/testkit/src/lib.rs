//! A desk in a box for tests: SQLite of its own, a clock that stands still until it is told to move, the same ids again.

use std::sync::Arc;

use bus::{Bus, InProcessBus};
use desk::{Desk, Settings, Source};
use domain::Timestamp;
use domain::clock::{Clock, ManualClock};
use storage::{Storage, StorageError};
use storage_sqlite::SqliteStorage;

/// Where the box's clock stands at first: 2026-11-21T05:00:00Z.
pub const START: Timestamp = Timestamp(1_795_237_200_000);

/// A desk with everything it works with within reach.
#[derive(Clone)]
pub struct DeskInABox {
    /// The desk.
    pub desk: Desk,
    /// What it remembers.
    pub storage: Arc<dyn Storage>,
    /// What it rings.
    pub bus: Arc<dyn Bus>,
    /// Its clock, to be moved.
    pub clock: Arc<ManualClock>,
}

impl DeskInABox {
    /// A desk with the default policy.
    pub async fn open() -> Result<Self, StorageError> {
        Self::with(Settings::default()).await
    }

    /// A desk with these settings.
    pub async fn with(settings: Settings) -> Result<Self, StorageError> {
        let clock = Arc::new(ManualClock::at(START));
        let storage: Arc<dyn Storage> = Arc::new(SqliteStorage::in_memory().await?);
        let bus: Arc<dyn Bus> = Arc::new(InProcessBus::default());
        let source = Source::seeded(Arc::clone(&clock) as Arc<dyn Clock>, 7);
        let parts = desk::Parts {
            storage: Arc::clone(&storage),
            bus: Arc::clone(&bus),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            source,
        };
        Ok(Self { desk: Desk::new(parts, settings), storage, bus, clock })
    }

    /// The box's clock as those see it who only read it.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }
}
