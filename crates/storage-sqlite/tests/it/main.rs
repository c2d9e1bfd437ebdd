//! What SQLite promises: the suite of every backend, and what is its own.

mod conformance;
