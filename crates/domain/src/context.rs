//! Where a caller was when they pressed the bell: the page, the browser, the last errors.

/// What the page told about itself with a call. Every part is the visitor's word, shown as text, never trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallContext {
    /// The page's address.
    pub url: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// The host site's release.
    pub release: Option<String>,
    /// The browser's own name for itself.
    pub user_agent: Option<String>,
    /// The size of the visible page, as `1280x800`.
    pub viewport: Option<String>,
    /// The last errors, oldest first.
    pub errors: Vec<PageError>,
}

/// One entry of the widget's ring of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageError {
    /// When, as the page wrote it.
    pub at: Option<String>,
    /// What sort: `error`, `rejection`, `request`, `route` …
    pub kind: Option<String>,
    /// What it said.
    pub message: Option<String>,
    /// Which script or request.
    pub source: Option<String>,
    /// The status of a failed request.
    pub status: Option<u16>,
    /// The id the host's server gave a failed request.
    pub request_id: Option<String>,
}

impl CallContext {
    /// Whether the page told nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
