//! Where log lines go: standard error, so that standard output stays for what a command has to say.

use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` chooses what; else info and above.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
