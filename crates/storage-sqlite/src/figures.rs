//! What has been, for those who look back.

use async_trait::async_trait;
use domain::Timestamp;
use storage::{CallFigure, CallOutcome, Figures, MailFigure, NoticeState, StorageError};

use crate::SqliteStorage;
use crate::columns::unreadable;
use crate::error::backend;

/// By time and not by number, so that an index gives the range: what is older is not read.
pub(crate) const CALLS_SINCE: &str = "SELECT c.called_at, e.kind, e.at, e.by_name FROM conversations c LEFT JOIN events e ON e.id = \
     (SELECT first.id FROM events first WHERE first.conversation = c.number \
     AND first.kind IN ('joined', 'moved', 'cancelled') ORDER BY first.seq LIMIT 1) \
     WHERE c.called_at >= ?1 ORDER BY c.called_at DESC, c.number DESC LIMIT ?2";

/// The same of mails.
pub(crate) const MAILS_SINCE: &str = "SELECT created_at, kind = 'call', state, sent_at FROM notices WHERE created_at >= ?1 \
     ORDER BY created_at DESC, number DESC LIMIT ?2";

#[async_trait]
impl Figures for SqliteStorage {
    async fn calls_since(&self, from: Timestamp, limit: u32) -> Result<Vec<CallFigure>, StorageError> {
        let rows: Vec<(i64, Option<String>, Option<i64>, Option<String>)> = sqlx::query_as(CALLS_SINCE)
            .bind(from.0)
            .bind(limit)
            .fetch_all(self.readers())
            .await
            .map_err(backend)?;
        let call = |(called_at, kind, at, by): (i64, Option<String>, Option<i64>, Option<String>)| {
            let outcome = match kind.as_deref() {
                Some("joined") => Some(CallOutcome::Answered),
                Some("moved") => Some(CallOutcome::Moved),
                Some("cancelled") => Some(CallOutcome::Cancelled),
                _ => None,
            };
            let ended = outcome.zip(at).map(|(outcome, at)| (outcome, Timestamp(at)));
            let by = by.filter(|_| outcome == Some(CallOutcome::Answered));
            CallFigure { called_at: Timestamp(called_at), ended, by }
        };
        Ok(rows.into_iter().map(call).collect())
    }

    async fn mails_since(&self, from: Timestamp, limit: u32) -> Result<Vec<MailFigure>, StorageError> {
        let rows: Vec<(i64, bool, String, Option<i64>)> = sqlx::query_as(MAILS_SINCE)
            .bind(from.0)
            .bind(limit)
            .fetch_all(self.readers())
            .await
            .map_err(backend)?;
        let mail = |(created_at, of_call, state, sent_at): (i64, bool, String, Option<i64>)| {
            let state = NoticeState::from_word(&state).ok_or_else(unreadable)?;
            Ok(MailFigure {
                created_at: Timestamp(created_at),
                of_call,
                state,
                sent_at: sent_at.map(Timestamp),
            })
        };
        rows.into_iter().map(mail).collect()
    }
}
