//! A desk in a box for tests: SQLite on a temporary file, a clock that obeys, clients that speak to a listener, and a mail server that does as it is told.

pub mod event_stream;
pub mod http;
mod in_a_box;
pub mod markup;
mod meddler;
pub mod origins;
pub mod ports;
pub mod routes;
pub mod shape;
pub mod smtp;
pub mod socket;
pub mod tls;
pub mod unicode;
mod world;

pub use in_a_box::{DeskInABox, START, body, client_id, deed, email, title};
pub use meddler::{Meddler, Point};
pub use world::World;
