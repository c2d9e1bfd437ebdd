//! Ends the process at the moment that the harness has written into a file.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Point;

/// Names the file. It holds the point's name and at which of its passes the process ends: `group-written 2`. While it
/// is not there, nothing is counted.
const FILE: &str = "DESKBELL_FAULT_POINT_FILE";

static ASKED_IN: OnceLock<Option<PathBuf>> = OnceLock::new();
static PASSES: AtomicU64 = AtomicU64::new(0);

pub(crate) fn pass(point: Point) {
    if asked(point).is_some_and(|at| PASSES.fetch_add(1, Ordering::SeqCst) + 1 == at) {
        eprintln!("fault point {} reached", point.name());
        std::process::abort();
    }
}

/// At which pass of this point the process ends, if it is this point that was asked for.
#[expect(clippy::disallowed_methods, reason = "not a setting: only builds for the fault harness look for it")]
fn asked(point: Point) -> Option<u64> {
    let file = ASKED_IN.get_or_init(|| std::env::var(FILE).ok().map(PathBuf::from)).as_ref()?;
    let text = std::fs::read_to_string(file).ok()?;
    let (name, at) = text.trim().split_once(' ')?;
    if name == point.name() { at.parse().ok() } else { None }
}
