//! The portal as a browser sees it: real pages over a real database, a clock that stands still.

mod browser;
mod conversations;
mod csrf;
mod hostile;
mod inquiries;
mod links;
mod mails;
mod pages;
mod sign_in;
mod team;
