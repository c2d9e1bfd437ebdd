//! The mailer at work: a real database, a real bus, a mail server on a real socket that does what a test says.

mod account;
mod addresses;
mod delivery;
mod digests;
mod floods;
mod leases;
mod mailbox;
mod matrix;
mod outage;
mod server_faults;
mod skipping;
mod slow;
mod tls;
mod wire;
mod world;
