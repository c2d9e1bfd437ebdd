//! Where log lines go: standard error, so that standard output stays for what a command has to say.

use std::io::IsTerminal;
use std::str::FromStr;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

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

/// Starts logging. `RUST_LOG` goes before the filter of the settings.
pub(crate) fn start(format: Format, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new(filter));
    let filter = filter.context("log.filter cannot be read")?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = tracing_subscriber::registry().with(filter);
    match format {
        Format::Json => log.with(lines.json().flatten_event(true)).init(),
        // Colours are for a terminal; in a file or a journal they are noise.
        Format::Text => log.with(lines.with_ansi(std::io::stderr().is_terminal())).init(),
    }
    Ok(())
}
