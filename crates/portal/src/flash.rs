//! What the page after a form says about it, once.

use serde::{Deserialize, Serialize};

use crate::shell::Said;
use crate::words::Words;

/// Something to say: a key of the words, whom it is about, and whether it is bad news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whom: Option<String>,
    bad: bool,
}

impl Flash {
    /// It went well.
    pub(crate) fn good(key: &str) -> Self {
        Self { key: format!("flash-{key}"), whom: None, bad: false }
    }

    /// Something went wrong, in these words.
    pub(crate) fn bad(key: &str) -> Self {
        Self { key: key.to_owned(), whom: None, bad: true }
    }

    /// The rules say no.
    pub(crate) fn refused(code: &str) -> Self {
        Self::bad(&format!("refusal-{code}"))
    }

    /// A field was not taken.
    pub(crate) fn fault(code: &str) -> Self {
        Self::bad(&format!("fault-{code}"))
    }

    /// A field was not taken because of somebody.
    pub(crate) fn fault_by(code: &str, whom: &str) -> Self {
        Self { whom: Some(whom.to_owned()), ..Self::fault(code) }
    }

    /// In the reader's language.
    pub(crate) fn said(&self, words: Words) -> Said {
        let text = match &self.whom {
            Some(whom) => words.with(&self.key, "v", whom.as_str()),
            None => words.get(&self.key),
        };
        Said { text, bad: self.bad }
    }
}
