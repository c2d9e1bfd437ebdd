//! The admins' API and socket as programs meet them: a real listener, a real database.

mod access;
mod bad_input;
mod lists;
mod socket;
mod socket_frames;
mod socket_rights;
mod stage;
mod verbs;
