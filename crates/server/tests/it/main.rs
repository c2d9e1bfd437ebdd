//! The real binary, as its operator meets it: started, asked, stopped, killed.

#![expect(clippy::unwrap_used, reason = "where a test's helper fails, the test fails")]

mod answers;
mod backup;
mod caches;
mod collector;
mod crash;
mod doctor;
mod dump;
mod forged;
mod health;
mod hsts;
mod listening;
mod log_lines;
mod mail_domain;
mod people;
mod process;
mod proxies;
mod roles;
mod serve;
mod settings;
mod sign_in;
mod tls;
mod traces;
mod unread;
mod watching;
