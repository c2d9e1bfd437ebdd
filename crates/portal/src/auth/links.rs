//! One-time links with which somebody chooses a password.

use std::time::Duration;

use desk::{Secret, Source};
use domain::clock::Clock;
use domain::id::AdminId;
use storage::{Link, LinkPurpose, Links, StorageError};

/// How long a link is good for.
const LIFE: Duration = Duration::from_hours(24);

/// Makes a link for `admin`, or for the first owner when there is nobody yet. Earlier ones for the same person
/// are worth nothing from then on.
pub async fn make<S: Links + ?Sized>(
    storage: &S,
    source: &Source,
    clock: &dyn Clock,
    admin: Option<AdminId>,
) -> Result<Secret, StorageError> {
    let secret = source.secret();
    let link = Link {
        secret: secret.hash(),
        purpose: LinkPurpose::Password,
        admin,
        conversation: None,
        notice: None,
        expires_at: clock.now().plus(LIFE),
    };
    storage.add_links(&[link]).await?;
    Ok(secret)
}

/// Where the link leads.
pub fn url(public_url: &str, secret: &Secret) -> String {
    format!("{}/admin/welcome/{}", public_url.trim_end_matches('/'), secret.reveal())
}
