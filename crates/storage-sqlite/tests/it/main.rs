//! What SQLite promises: the suite of every backend, and what is its own.

#![expect(clippy::unwrap_used, reason = "where a test's helper fails, the test fails")]

mod conformance;
mod durability;
mod file;
mod lock;
mod to_read;
mod unreadable;
mod upgrades;
