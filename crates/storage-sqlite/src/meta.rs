//! What the database knows about itself.

use async_trait::async_trait;
use storage::{Meta, StorageError};

use crate::SqliteStorage;
use crate::error::backend;

#[async_trait]
impl Meta for SqliteStorage {
    async fn epoch(&self) -> Result<String, StorageError> {
        sqlx::query_scalar("SELECT epoch FROM meta").fetch_one(self.readers()).await.map_err(backend)
    }

    async fn renew_epoch(&self) -> Result<String, StorageError> {
        // As the migration makes it.
        self.write(sqlx::query("UPDATE meta SET epoch = lower(hex(randomblob(8)))")).await?;
        self.epoch().await
    }

    async fn data_version(&self) -> Result<i64, StorageError> {
        let mut watcher = self.inner.watcher.lock().await;
        let connection = watcher.as_mut().ok_or_else(|| StorageError::backend("the store is closed"))?;
        sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await.map_err(backend)
    }
}
