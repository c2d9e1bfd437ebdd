//! What a visitor's page may send.

use domain::Seq;
use serde::Deserialize;
use web::Object;
use web::fields::ContextIn;

use crate::rest::MessageIn;

/// A frame from the client, for [`web::tagged`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Frame {
    Hello {
        token: Option<String>,
        identity: Option<String>,
        conversation_id: Option<String>,
        after: Option<u64>,
        epoch: Option<String>,
    },
    Call {
        id: String,
        message: Option<Object<MessageIn>>,
        context: Option<Object<ContextIn>>,
    },
    Say {
        id: String,
        conversation_id: Option<String>,
        body: String,
    },
    Typing {
        on: bool,
    },
    Read {
        seq: u64,
    },
    Cancel {
        id: String,
        conversation_id: Option<String>,
    },
    Close {
        id: String,
        conversation_id: Option<String>,
    },
    Ping {},
    /// Words that are a call when nothing is open. No frame says this: Socket.IO's `"chat message"` does.
    #[serde(skip)]
    Chat {
        id: String,
        body: String,
    },
}

/// The first frame: who, and from where in the log.
#[derive(Debug, Default)]
pub(crate) struct Hello {
    pub(crate) token: Option<String>,
    pub(crate) identity: Option<String>,
    pub(crate) conversation: Option<String>,
    pub(crate) after: Option<Seq>,
    /// The history of which the page has something.
    pub(crate) epoch: Option<String>,
    /// Whether the page wants that conversation and no other, newer ones included.
    pub(crate) only_this: bool,
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn the_protocol_page_shows_frames_that_we_take() {
        let page = include_str!("../../../../docs/protocol.md");
        let examples = testkit::routes::fenced(page, "json visitor");
        assert!(examples.len() >= 9, "{}", examples.len());
        for example in examples {
            if let Err(problem) = web::tagged::parse::<Frame>(example.as_bytes()) {
                panic!("{example}: {}", problem.detail);
            }
        }
    }
}
