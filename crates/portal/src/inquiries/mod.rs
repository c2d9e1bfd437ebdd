//! The inquiry board.

pub(crate) mod board;
pub(crate) mod post;
