//! The second proof at an admin's sign-in.

use std::fmt::Write;

use async_trait::async_trait;
use domain::deed::Deed;
use domain::id::AdminId;
use sqlx::{FromRow, SqliteConnection};
use storage::{SecondFactor, SecondFactors, SecretHash, SharedSecret, StorageError};

use crate::SqliteStorage;
use crate::columns::{integer, json};
use crate::deeds::insert_deed;
use crate::error::backend;
use crate::sessions::end_sessions;

#[derive(FromRow)]
struct Columns {
    totp_secret: Option<Vec<u8>>,
    recovery_codes: u32,
}

async fn replace_codes(
    connection: &mut SqliteConnection,
    admin: AdminId,
    codes: &[SecretHash],
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM recovery_codes WHERE admin = ?1")
        .bind(admin.0)
        .execute(&mut *connection)
        .await?;
    let codes: Vec<String> = codes.iter().map(|code| hex(code)).collect();
    sqlx::query("INSERT INTO recovery_codes (secret, admin) SELECT unhex(value), ?2 FROM json_each(?1)")
        .bind(json(&codes))
        .bind(admin.0)
        .execute(connection)
        .await?;
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[async_trait]
impl SecondFactors for SqliteStorage {
    async fn second_factor(&self, admin: AdminId) -> Result<Option<SecondFactor>, StorageError> {
        let row: Option<Columns> = sqlx::query_as(
            "SELECT totp_secret, (SELECT count(*) FROM recovery_codes WHERE admin = ?1) AS recovery_codes \
             FROM admins WHERE id = ?1",
        )
        .bind(admin.0)
        .fetch_optional(self.readers())
        .await
        .map_err(backend)?;
        Ok(row.and_then(|row| {
            let secret = SharedSecret(row.totp_secret?);
            Some(SecondFactor { secret, recovery_codes: row.recovery_codes })
        }))
    }

    async fn set_second_factor(
        &self,
        admin: AdminId,
        new: Option<(&SharedSecret, &[SecretHash])>,
        keep: Option<SecretHash>,
        deed: &Deed,
    ) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        sqlx::query("UPDATE admins SET totp_secret = ?2, totp_step = 0 WHERE id = ?1")
            .bind(admin.0)
            .bind(new.map(|(secret, _)| secret.0.as_slice()))
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        let codes = new.map_or(&[] as &[SecretHash], |(_, codes)| codes);
        replace_codes(&mut write, admin, codes).await.map_err(backend)?;
        end_sessions(&mut write, admin, keep).await.map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn set_recovery_codes(
        &self,
        admin: AdminId,
        codes: &[SecretHash],
        deed: &Deed,
    ) -> Result<(), StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        replace_codes(&mut write, admin, codes).await.map_err(backend)?;
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)
    }

    async fn use_step(&self, admin: AdminId, step: u64) -> Result<bool, StorageError> {
        let query = sqlx::query(
            "UPDATE admins SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2 AND totp_secret IS NOT NULL",
        )
        .bind(admin.0)
        .bind(integer(step));
        Ok(self.write(query).await? > 0)
    }

    async fn use_recovery_code(
        &self,
        admin: AdminId,
        code: SecretHash,
        deed: &Deed,
    ) -> Result<bool, StorageError> {
        let mut hold = self.writer().hold().await.map_err(backend)?;
        let mut write = hold.begin().await.map_err(backend)?;
        let used = sqlx::query("DELETE FROM recovery_codes WHERE admin = ?1 AND secret = ?2")
            .bind(admin.0)
            .bind(&code[..])
            .execute(&mut *write)
            .await
            .map_err(backend)?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        insert_deed(&mut write, deed).await.map_err(backend)?;
        write.commit().await.map_err(backend)?;
        Ok(true)
    }
}
