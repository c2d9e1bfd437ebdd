//! What the process tells of itself while it runs: lines of its log, words for whoever started it, spans for a collector.

mod collector;
mod export;
mod lines;
mod log;

pub(crate) use log::{Farewell, Format, dropped, say, start, tell};
