//! The commands of the command line.

mod admin;
mod backup;
mod config;
mod doctor;
mod health;
mod restore;
mod serve;
mod token;

pub(crate) use doctor::resolver_address;
pub(crate) use health::patience;

use std::process::ExitCode;

use crate::cli::{Cli, Command, Place};
use crate::listening::Address;
use crate::settings::{self, Settings};

/// Runs one.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Config(crate::cli::Config::Check) => return Ok(config::check(&cli.place)),
        Command::Doctor(doctor) => return doctor::run(&cli.place, &doctor).await,
        Command::Health(health) => health::run(&cli.place, &health).await?,
        Command::Serve(serve) => serve::run(&cli.place, serve).await?,
        Command::Admin(admin) => admin::run(&cli.place, admin).await?,
        Command::Token(token) => token::run(&cli.place, token).await?,
        Command::Backup { file } => backup::run(&cli.place, &file).await?,
        Command::Restore { file } => restore::run(&cli.place, &file).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn load(place: &Place) -> anyhow::Result<Settings> {
    Settings::load(place.config.as_deref(), &place.data, settings::environment())
        .map_err(|faults| settings::describe(&faults))
}

/// What `--listen` says goes before `server.listen`.
fn listen_at(settings: &mut Settings, listen: &[Address]) {
    if !listen.is_empty() {
        settings.server.listen = listen.to_vec();
        settings.server.listen_chosen = true;
    }
}
