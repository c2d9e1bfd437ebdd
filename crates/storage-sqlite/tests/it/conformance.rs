//! The suite of every backend.

use std::sync::Arc;

use storage::Storage;
use storage_sqlite::SqliteStorage;

async fn fresh() -> Arc<dyn Storage> {
    Arc::new(SqliteStorage::in_memory().await.unwrap())
}

storage::conformance::suite!(super::fresh);
