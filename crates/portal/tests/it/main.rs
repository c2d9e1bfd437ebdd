//! The portal as a browser sees it: real pages over a real database, a clock that stands still.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod conversations;
mod csrf;
mod figures;
mod hostile;
mod inquiries;
mod links;
mod mails;
mod pages;
mod sign_in;
mod team;
