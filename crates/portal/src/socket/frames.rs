//! What an admin's page may send.

use serde::Deserialize;

/// A frame from the client, for [`web::tagged`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Frame {
    Hello {
        token: Option<String>,
        conversation_id: Option<String>,
        after: Option<u64>,
        epoch: Option<String>,
    },
    Follow {
        conversation_id: String,
        after: Option<u64>,
    },
    Unfollow {
        conversation_id: String,
    },
    Say {
        id: String,
        conversation_id: String,
        body: String,
    },
    Note {
        id: String,
        conversation_id: String,
        body: String,
    },
    Join {
        id: String,
        conversation_id: String,
    },
    Leave {
        id: String,
        conversation_id: String,
    },
    Close {
        id: String,
        conversation_id: String,
    },
    Promise {
        id: String,
        conversation_id: String,
        minutes: u32,
    },
    Typing {
        conversation_id: String,
        on: bool,
    },
    Read {
        conversation_id: String,
        seq: u64,
    },
    Ping {},
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn the_protocol_page_shows_frames_that_we_take() {
        let page = include_str!("../../../../docs/protocol.md");
        let examples = testkit::routes::fenced(page, "json admin");
        assert!(examples.len() >= 12, "{}", examples.len());
        for example in examples {
            if let Err(problem) = web::tagged::parse::<Frame>(example.as_bytes()) {
                panic!("{example}: {}", problem.detail);
            }
        }
    }
}
