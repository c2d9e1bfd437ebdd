//! A desk in a box for tests: SQLite on a temporary file, a clock that obeys, and clients that speak to a listener.

pub mod event_stream;
pub mod http;
mod in_a_box;
pub mod routes;
pub mod shape;
pub mod socket;
mod world;

pub use in_a_box::{DeskInABox, START, body, client_id, email, title};
pub use world::World;
