//! Ends or stops the process at the moment that the harness has written into a file.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::Point;

/// Names the file. It holds the point's name, at which of its passes the process ends, and the number of the wish:
/// `group-written 2 end 17`; with `stop` in place of `end` it only stops, until it is told to go on. Whoever makes the file with
/// that number as its extension has the wish: of several processes one, and none once the harness has taken it back that way.
/// While there is no file, nothing is counted. Without the prefix of the settings: it is none, and unknown ones are refused.
const FILE: &str = "FAULT_POINT_FILE";

static ASKED_IN: OnceLock<Option<PathBuf>> = OnceLock::new();
/// The wish that is counted for, and how often its point was passed.
static PASSES: Mutex<(String, u64)> = Mutex::new((String::new(), 0));

/// Within this time a signal has stopped every thread, on however busy a machine; most of it passes while they are stopped.
const SETTLES: Duration = Duration::from_secs(1);

/// What happens at a pass.
enum Fate {
    Ends,
    Stops,
}

pub(crate) fn pass(point: Point) {
    let Some(fate) = fate(point) else { return };
    eprintln!("fault point {} reached", point.name());
    match fate {
        Fate::Ends => std::process::abort(),
        Fate::Stops => stop(),
    }
}

/// Stops all of the process, as a debugger or a machine that sleeps would. At once: what else goes on in it might take the
/// database into its hands meanwhile, and keep it.
fn stop() {
    use rustix::process::{Signal, getpid, kill_process};
    if kill_process(getpid(), Signal::STOP).is_err() {
        eprintln!("the process could not be stopped");
        std::process::abort();
    }
    // The signal is the process's, and another thread may take it, a moment later: this one does not go on meanwhile.
    std::thread::sleep(SETTLES);
}

/// What is to happen now; nothing when it is not this pass of this point that was asked for.
#[expect(clippy::disallowed_methods, reason = "not a setting: only builds for the fault harness look for it")]
fn fate(point: Point) -> Option<Fate> {
    let file = ASKED_IN.get_or_init(|| std::env::var(FILE).ok().map(PathBuf::from)).as_ref()?;
    let wish = std::fs::read_to_string(file).ok()?;
    let mut words = wish.split_whitespace();
    let (name, at) = (words.next()?, words.next()?.parse::<u64>().ok()?);
    let fate = if words.next()? == "stop" { Fate::Stops } else { Fate::Ends };
    let claim = file.with_extension(words.next()?);
    if name != point.name() {
        return None;
    }
    let mut passes = PASSES.lock().unwrap_or_else(PoisonError::into_inner);
    if passes.0 != wish {
        *passes = (wish.clone(), 0);
    }
    passes.1 += 1;
    let here = passes.1 == at && std::fs::File::create_new(claim).is_ok();
    here.then_some(fate)
}
