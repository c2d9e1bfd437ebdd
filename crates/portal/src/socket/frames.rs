//! What an admin's page may send.

use serde::Deserialize;

/// A frame from the client, for [`web::tagged`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Frame {
    Hello { token: Option<String>, conversation_id: Option<String>, after: Option<u64> },
    Follow { conversation_id: String, after: Option<u64> },
    Unfollow { conversation_id: String },
    Say { id: String, conversation_id: String, body: String },
    Note { id: String, conversation_id: String, body: String },
    Join { id: String, conversation_id: String },
    Leave { id: String, conversation_id: String },
    Close { id: String, conversation_id: String },
    Promise { id: String, conversation_id: String, minutes: u32 },
    Typing { conversation_id: String, on: bool },
    Read { conversation_id: String, seq: u64 },
    Ping {},
}
