//! Tells people outside the page what they must know: takes notices out of the outbox, renders them, sends them.
//!
//! A notice is rendered at the moment it is sent, from what is true then: a call that somebody has answered
//! meanwhile needs no mail, and a post that its author has just completed goes out once, whole. Each recipient
//! gets a message of their own. How every try ended is written back, so that the portal can show it.
//!
//! How to add a letter: a [`domain::notice::NoticeKind`], its templates in `templates/mail/<letter>`, its words
//! in both `templates/locales/*/mail.ftl`, an arm in `look` (what it is about, when it is not needed any more)
//! and one in `letter::render`.

mod addresses;
mod backoff;
mod browser;
mod digest;
mod letter;
mod links;
mod look;
mod message;
mod post;
mod run;
mod settings;
mod smtp;
mod smtp_url;
mod test_mail;

pub use links::Secrets;
pub use run::{Mailer, Parts};
pub use settings::{Sender, Settings, SettingsFault, Transport};
pub use smtp::probe;
pub use smtp_url::{SmtpUrl, Tls};
pub use test_mail::send_test;
