//! Ends the process at the moment that the harness has written into a file.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::Point;

/// Names the file. It holds the point's name and at which of its passes the process ends: `group-written 2`. While it
/// is not there, nothing is counted. Without the prefix of the settings: it is none, and unknown ones are refused.
const FILE: &str = "FAULT_POINT_FILE";

static ASKED_IN: OnceLock<Option<PathBuf>> = OnceLock::new();
/// The wish that is counted for, and how often its point was passed.
static PASSES: Mutex<(String, u64)> = Mutex::new((String::new(), 0));

pub(crate) fn pass(point: Point) {
    if comes(point) == Some(true) {
        eprintln!("fault point {} reached", point.name());
        std::process::abort();
    }
}

/// Whether this is the pass at which the process ends; nothing when it is not this point that was asked for.
#[expect(clippy::disallowed_methods, reason = "not a setting: only builds for the fault harness look for it")]
fn comes(point: Point) -> Option<bool> {
    let file = ASKED_IN.get_or_init(|| std::env::var(FILE).ok().map(PathBuf::from)).as_ref()?;
    let wish = std::fs::read_to_string(file).ok()?;
    let (name, at) = wish.trim().split_once(' ')?;
    let at: u64 = at.parse().ok()?;
    if name != point.name() {
        return None;
    }
    let mut passes = PASSES.lock().unwrap_or_else(PoisonError::into_inner);
    if passes.0 != wish {
        *passes = (wish.clone(), 0);
    }
    passes.1 += 1;
    Some(passes.1 == at)
}
