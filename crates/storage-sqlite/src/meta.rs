//! What the database knows about itself.

use async_trait::async_trait;
use domain::Timestamp;
use storage::{Load, Meta, StorageError};

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

    async fn load(&self) -> Result<Load, StorageError> {
        let (waiting, active, unsent, oldest): (u32, u32, u32, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM conversations WHERE state = 'waiting'), \
             (SELECT count(*) FROM conversations WHERE state = 'active'), count(*), min(created_at) \
             FROM notices WHERE state IN ('queued', 'retrying')",
        )
        .fetch_one(self.readers())
        .await
        .map_err(backend)?;
        Ok(Load { waiting, active, unsent, oldest_unsent: oldest.map(Timestamp) })
    }

    async fn data_version(&self) -> Result<i64, StorageError> {
        let mut watcher = self.inner.watcher.lock().await;
        let connection = watcher.as_mut().ok_or_else(|| StorageError::backend("the store is closed"))?;
        sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await.map_err(backend)
    }

    async fn faults(&self) -> Result<Vec<String>, StorageError> {
        let said: Vec<String> =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_all(self.readers()).await.map_err(backend)?;
        let mut faults: Vec<String> = said.into_iter().filter(|line| line != "ok").collect();
        let astray: Vec<(String, Option<i64>, String)> =
            sqlx::query_as("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")
                .fetch_all(self.readers())
                .await
                .map_err(backend)?;
        faults.extend(astray.into_iter().map(|(table, row, parent)| {
            let row = row.map_or_else(String::new, |row| format!(" {row}"));
            format!("row{row} of {table} points to a row of {parent} that is not there")
        }));
        Ok(faults)
    }
}
