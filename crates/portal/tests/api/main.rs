//! The admins' API and socket as programs meet them: a real listener, a real database.
#![expect(clippy::unwrap_used, reason = "what is not as expected fails its test")]
#![expect(clippy::too_many_lines, reason = "a table is as long as what it covers")]

mod access;
mod bad_input;
mod frames;
mod lists;
mod socket;
mod socket_frames;
mod socket_rights;
mod stage;
mod verbs;
