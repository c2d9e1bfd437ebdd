//! What the page after a form says about it, once.

use serde::{Deserialize, Serialize};

/// Something to say: a key of the words, and whether it is bad news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub(crate) key: String,
    pub(crate) bad: bool,
}

impl Flash {
    /// It went well.
    pub(crate) fn good(key: &str) -> Self {
        Self { key: format!("flash-{key}"), bad: false }
    }

    /// The rules say no.
    pub(crate) fn refused(code: &str) -> Self {
        Self { key: format!("refusal-{code}"), bad: true }
    }

    /// A field was not taken.
    pub(crate) fn fault(code: &str) -> Self {
        Self { key: format!("fault-{code}"), bad: true }
    }
}
