//! The mailer at work: a real database, a real bus, a mail server on a real socket that does what a test says.

mod delivery;
mod mailbox;
mod server_faults;
mod skipping;
mod tls;
mod world;
