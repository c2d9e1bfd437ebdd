//! `deskbell`: reads the settings, builds the parts, runs the chosen roles, stops them in order.

mod cli;
mod clock;
mod commands;
mod compose;
mod doors;
mod health;
mod listening;
mod lock;
mod metrics;
mod new_file;
mod outward;
mod service_manager;
mod settings;
mod telemetry;
mod tls;

use std::process::ExitCode;

use clap::Parser;

/// argon2 leaves hundreds of MiB behind in glibc's allocator; this one gives them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Comes last, also when this unwinds.
    let _farewell = telemetry::Farewell;
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            telemetry::say(&format!("deskbell: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands::run(cli))
}
