//! The gateway as the outside meets it: a real listener, a real database, raw bytes.
#![expect(clippy::unwrap_used, reason = "what is not as expected fails its test")]
#![expect(clippy::too_many_lines, reason = "a table is as long as what it covers")]

mod access;
mod bad_frames;
mod bad_input;
mod bad_requests;
mod connections;
mod event_stream;
mod exposure;
mod files;
mod frames;
mod identity;
mod identity_by_rule;
mod limits;
mod logs;
mod nginx;
mod order;
mod origins;
mod raw_frames;
mod resume;
mod smuggling;
mod socket_io;
mod sockets;
mod stage;
mod unicode;
