//! Links that work once: to choose a password, and those of a call mail.

use async_trait::async_trait;
use domain::Timestamp;
use domain::id::{AdminId, ConversationId, NoticeId};

use crate::SecretHash;
use crate::error::StorageError;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// To choose a password.
    Password,
    /// To tell a caller that one is on the way.
    OnMyWay,
    /// To tell a caller to wait for some minutes more.
    MoreTime,
    /// To move a call to the board.
    ToBoard,
    /// To be told from strangers at the sign-in: a browser that somebody has signed in with before.
    Device,
}

impl LinkPurpose {
    /// Those of a call mail, in the order in which it has them.
    pub const OF_CALL: [Self; 3] = [Self::OnMyWay, Self::MoreTime, Self::ToBoard];

    /// The word for it in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OnMyWay => "on_my_way",
            Self::MoreTime => "more_time",
            Self::ToBoard => "to_board",
            Self::Device => "device",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Password, Self::OnMyWay, Self::MoreTime, Self::ToBoard, Self::Device];
        all.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// A link that works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The hash of its secret.
    pub secret: SecretHash,
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// For whom; `None` for the first owner, who does not exist yet.
    pub admin: Option<AdminId>,
    /// The call it is about.
    pub conversation: Option<ConversationId>,
    /// The notice whose mail it stands in.
    pub notice: Option<NoticeId>,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Writes and reads links.
#[async_trait]
pub trait Links: Send + Sync {
    /// Stores links. With one to choose a password that stands in no mail, earlier ones of the same person are worth nothing
    /// from then on. One that stands in a mail leaves them as they are: the first copy of a mail may be the one that is read,
    /// and a stranger who asks for a mail must not take an invitation away.
    async fn add_links(&self, links: &[Link]) -> Result<(), StorageError>;

    /// The link, unless it has expired or was used.
    async fn link(&self, secret: SecretHash, now: Timestamp) -> Result<Option<Link>, StorageError>;

    /// Uses the link up: of those who ask at once, one gets it. With one to choose a password, its copies are worth
    /// nothing from then on.
    async fn use_link(&self, secret: SecretHash, now: Timestamp) -> Result<Option<Link>, StorageError>;

    /// Forgets those that expired before `before`; returns how many.
    async fn purge_links(&self, before: Timestamp) -> Result<u64, StorageError>;
}
