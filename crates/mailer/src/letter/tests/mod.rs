//! Letters as they are read.

mod by_chance;
mod fixtures;
mod injection;
mod rendering;
mod words;
