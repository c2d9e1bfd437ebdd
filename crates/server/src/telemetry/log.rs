//! Where log lines go: standard error, so that standard output stays for what a command has to say.
//!
//! Nobody waits for either of them to be read: see [`super::lines`].

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::panic::PanicHookInfo;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::export::{self, Export};
use super::lines::Lines;
use crate::settings;

/// How long a process that ends waits for its last lines to be read.
const FAREWELL: Duration = Duration::from_secs(1);

static LOG: Lines = Lines::new();
static WORDS: Lines = Lines::new();
static STARTED: AtomicBool = AtomicBool::new(false);

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: a JSON object a line.
    Json,
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json"),
        }
    }
}

/// Starts logging, and sending spans. `RUST_LOG` goes before the filter of the settings.
pub(crate) fn start(log: &settings::Log, telemetry: &settings::Telemetry) -> anyhow::Result<Export> {
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(&log.filter));
    let filter = filter.context("log.filter cannot be read")?;
    let filter = filter.add_directive(format!("{}=off", export::TARGET).parse()?);
    // Not by way of std's streams: whoever is held up in there holds their lock, and with it everybody else.
    LOG.start("log", File::from(io::stderr().as_fd().try_clone_to_owned()?), |lines| {
        tracing::warn!(lines, "lines of the log were dropped, for nobody read them");
    })?;
    WORDS.start("words", File::from(io::stdout().as_fd().try_clone_to_owned()?), |_| {})?;
    STARTED.store(true, Ordering::Release);
    let lines = tracing_subscriber::fmt::layer().with_writer(|| Pen);
    let lines = match log.format {
        Format::Json => lines.json().flatten_event(true).boxed(),
        // Colours are for a terminal; in a file or a journal they are noise.
        Format::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
    };
    let (export, spans) = export::start(telemetry);
    let layers: Vec<_> = [Some(lines.with_filter(filter).boxed()), spans].into_iter().flatten().collect();
    tracing_subscriber::registry().with(layers).init();
    std::panic::set_hook(Box::new(panicked));
    Ok(export)
}

/// What std's own hook writes by itself, and waits for.
fn panicked(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
    tracing::error!(
        thread = std::thread::current().name(),
        location = panic.location().map(tracing::field::display),
        panic = panic.payload_as_str(),
        backtrace = backtrace.map(tracing::field::display),
        "something panicked"
    );
}

/// Where the lines of the log are put down.
struct Pen;

impl Write for Pen {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOG.offer(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many lines of the log were dropped.
pub(crate) fn dropped() -> u64 {
    LOG.dropped()
}

/// Says something at standard error that is no line of the log.
pub(crate) fn say(line: &str) {
    if STARTED.load(Ordering::Acquire) {
        LOG.insist(format!("{line}\n").as_bytes());
    } else {
        _ = writeln!(io::stderr(), "{line}");
    }
}

/// Tells whoever started the server, or ran a command, something at standard output. Whoever has stopped reading (`| head`) ends
/// nothing by it: what was asked for is done.
pub(crate) fn tell(line: &str) {
    if STARTED.load(Ordering::Acquire) {
        WORDS.insist(format!("{line}\n").as_bytes());
    } else {
        _ = writeln!(io::stdout(), "{line}");
    }
}

/// When this is dropped, what was said still goes out, if somebody reads it.
pub(crate) struct Farewell;

impl Drop for Farewell {
    fn drop(&mut self) {
        WORDS.flush(FAREWELL);
        LOG.flush(FAREWELL);
    }
}
