//! A mail server that does at each step what a script says, and keeps what it was given: for tests and for the fault harness.
//!
//! It speaks enough of RFC 5321 for a client that sends mail, over a plain line, over TLS from the first byte, or
//! over STARTTLS (RFC 3207), with certificates made on the spot. What a client sends that no mail server should
//! have to take (a bare CR or LF, a NUL, a line of more than 998 bytes) is noted in [`Sink::violations`]; nothing
//! that a client does makes it panic.
//!
//! ```
//! # async fn example() {
//! use testkit::smtp::{Answer, Sink, Step};
//!
//! let sink = Sink::scripted(|at| match at.step {
//!     Step::Rcpt if at.line.contains("gone@") => Answer::say("550 5.1.1 no such user"),
//!     Step::Dot if at.before == 0 => Answer::HangUp,
//!     _ => Answer::Fine,
//! })
//! .await;
//! // … send mails to `sink.address` …
//! sink.behave(|_| Answer::Fine); // from now on
//! # }
//! ```

mod dialogue;
mod identity;
mod record;
mod script;
mod server;
mod wire;

pub use identity::Identity;
pub use record::Received;
pub use script::{Answer, Reached, Script, Step};
pub use server::{Protection, Sink};
