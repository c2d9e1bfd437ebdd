//! `deskbell config check`

use std::process::ExitCode;

use crate::cli::Place;
use crate::settings::{self, Settings};

/// Prints the settings in force, or every fault.
pub(crate) fn check(place: &Place) -> ExitCode {
    match Settings::load(place.config.as_deref(), &place.data, settings::environment()) {
        Ok(settings) => {
            print!("{}", settings.shown);
            for warning in settings.warnings {
                eprintln!("deskbell: warning: {warning}");
            }
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in faults {
                eprintln!("deskbell: {} {}", fault.key, fault.detail);
            }
            ExitCode::FAILURE
        }
    }
}
