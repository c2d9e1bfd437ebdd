//! Letters as they are read.

mod fixtures;
mod injection;
mod rendering;
mod words;
