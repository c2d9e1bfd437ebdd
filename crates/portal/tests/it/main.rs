//! The portal as a browser sees it: real pages over a real database, a clock that stands still.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod call_links;
mod conversations;
mod csrf;
mod figures;
mod forgot;
mod guessing;
mod hashing;
mod hostile;
mod inquiries;
mod link_secrets;
mod links;
mod mails;
mod matrix;
mod namesakes;
mod open_redirect;
mod pages;
mod password_flood;
mod record;
mod require_codes;
mod second_step;
mod sessions;
mod sign_in;
mod team;
mod unicode;
