//! Ids as newtypes over UUIDv7 (RFC 9562, section 5.7): time-ordered, never a secret.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Reads the one spelling we write: 36 characters, lower case, hyphenated.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if text.len() == 36 { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }
    )*};
}

id! {
    /// One conversation.
    ConversationId;
    /// One visitor.
    VisitorId;
    /// One admin.
    AdminId;
    /// One post on the board.
    InquiryId;
    /// One comment below an inquiry.
    CommentId;
    /// One thing that somebody must be told outside the page.
    NoticeId;
    /// One API token of an admin.
    ApiTokenId;
    /// One mail kept in the built-in mailbox.
    MailId;
}

/// The text is not the hyphenated spelling of a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;
