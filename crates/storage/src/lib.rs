//! Says what must be remembered, as traits shaped by acts, and proves any backend with one suite.
//!
//! How to add one more method: write it into the trait of its matter with a sentence that says what is
//! promised; add its promise to `conformance`; implement it in every `storage-*` crate. A method that writes
//! is one transaction; absence is `Ok(None)`, never an error.

mod admins;
mod allowance;
#[cfg(test)]
mod any_record;
mod change;
mod claim;
#[cfg(feature = "conformance")]
pub mod conformance;
mod conversations;
mod deeds;
mod error;
mod event_log;
pub mod event_record;
mod figures;
mod inquiries;
mod links;
mod meta;
mod outbox;
mod page;
mod second_factor;
mod sessions;
pub mod state_record;
mod visitors;

pub use admins::{Admins, ApiToken, NewAdmin};
pub use allowance::{Allowance, Had, Pace};
pub use change::{Appended, Change, NewNotice, Recipient};
pub use claim::{Claim, Claimed, Lease, Spared, Turn};
pub use conversations::{ConversationFilter, ConversationRow, Conversations};
pub use deeds::{Deeds, RecordFilter, Recorded, RecordedWhat};
pub use error::StorageError;
pub use event_log::EventLog;
pub use figures::{CallFigure, CallOutcome, Figures, MailFigure};
pub use inquiries::{Inquiries, InquiryChange, InquiryFilter, InquiryRow};
pub use links::{Link, LinkPurpose, Links};
pub use meta::{Load, Meta};
pub use outbox::{Delivery, Mail, Mailbox, Notice, NoticeFilter, NoticeState, Outbox, Told};
pub use page::{Page, Paged};
pub use second_factor::{SecondFactor, SecondFactors, SharedSecret};
pub use sessions::{SessionRecord, Sessions};
pub use visitors::Visitors;

/// Everything that is remembered. Handed out as narrower traits by upcasting, so that who only reads cannot write.
pub trait Storage:
    EventLog
    + Conversations
    + Inquiries
    + Visitors
    + Admins
    + SecondFactors
    + Links
    + Sessions
    + Deeds
    + Outbox
    + Mailbox
    + Figures
    + Meta
{
}

impl<T> Storage for T where
    T: EventLog
        + Conversations
        + Inquiries
        + Visitors
        + Admins
        + SecondFactors
        + Links
        + Sessions
        + Deeds
        + Outbox
        + Mailbox
        + Figures
        + Meta
{
}

/// A secret as it is kept: its SHA-256. A dump of the database yields no usable token.
pub type SecretHash = [u8; 32];
