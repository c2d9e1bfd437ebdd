//! What the process tells of itself while it runs: lines of its log, and words for whoever started it.

mod lines;
mod log;

pub(crate) use log::{Farewell, Format, dropped, say, start, tell};
