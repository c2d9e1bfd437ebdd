//! The links that a mail carries: made at the moment it is rendered, so that no secret of theirs is ever stored.

use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use domain::notice::NoticeKind;
use storage::{Link, LinkPurpose, Notice, SecretHash};

/// Makes a secret for a link (256 random bits as text) and the hash that is kept of it.
pub type Secrets = Arc<dyn Fn() -> (String, SecretHash) + Send + Sync>;

/// An invitation may lie in a mailbox over a weekend …
pub(crate) const INVITATION: Duration = Duration::from_hours(72);
/// … whoever has forgotten a password sits before the mail.
pub(crate) const RESET: Duration = Duration::from_mins(30);
/// So long after the call would have moved, the buttons of its mail are worth something: promises put the move off.
const CALL: Duration = Duration::from_mins(30);

/// Makes the links of one mail and remembers what has to be stored before it leaves.
pub(crate) struct LinkMaker<'a> {
    secrets: &'a Secrets,
    public_url: &'a str,
    made: Vec<Link>,
}

impl<'a> LinkMaker<'a> {
    pub(crate) fn new(secrets: &'a Secrets, public_url: &'a str) -> Self {
        Self { secrets, public_url: public_url.trim_end_matches('/'), made: Vec::new() }
    }

    /// The path below the public URL with which `notice`'s reader chooses a password.
    pub(crate) fn choose_password(&mut self, notice: &Notice, now: Timestamp) -> String {
        let life = if notice.kind == NoticeKind::Invitation { INVITATION } else { RESET };
        format!("admin/welcome/{}", self.make(notice, LinkPurpose::Password, now.plus(life)))
    }

    /// The addresses of the three buttons below a call that moves at `move_at`.
    pub(crate) fn of_call(
        &mut self,
        notice: &Notice,
        move_at: Timestamp,
        now: Timestamp,
    ) -> Vec<(LinkPurpose, String)> {
        let until = move_at.max(now).plus(CALL);
        let mut link = |purpose| {
            let secret = self.make(notice, purpose, until);
            (purpose, format!("{}/admin/answer/{secret}", self.public_url))
        };
        LinkPurpose::OF_CALL.into_iter().map(&mut link).collect()
    }

    /// What was made.
    pub(crate) fn made(self) -> Vec<Link> {
        self.made
    }

    fn make(&mut self, notice: &Notice, purpose: LinkPurpose, expires_at: Timestamp) -> String {
        let (text, secret) = (self.secrets)();
        self.made.push(Link {
            secret,
            purpose,
            admin: notice.to.admin,
            conversation: notice.conversation,
            notice: Some(notice.id),
            expires_at,
        });
        text
    }
}
