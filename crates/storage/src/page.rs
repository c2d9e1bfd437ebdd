//! Keyset pages, newest first.

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this key; `None` begins with the newest.
    pub before: Option<u64>,
    /// At most so many, 1–200.
    pub limit: u32,
}

impl Page {
    /// The newest `limit`.
    pub const fn first(limit: u32) -> Self {
        Self { before: None, limit }
    }
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The key with which the next page begins, if there is one.
    pub next: Option<u64>,
}
