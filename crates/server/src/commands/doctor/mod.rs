//! `deskbell doctor`: tries what can break, and says what to do about it.

mod certificate;
mod data;
mod mail;
mod mail_domain;
mod reach;

use std::fmt;
use std::process::ExitCode;

pub(crate) use mail_domain::resolver_address;

use crate::cli::{Doctor, Place};
use crate::settings::Settings;
use crate::telemetry;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    /// As it should be.
    Fine,
    /// It works, and is hardly meant so.
    Doubtful,
    /// It does not work.
    Broken,
}

/// What one look has found, and what to do.
#[derive(Debug)]
struct Finding {
    grade: Grade,
    /// What was looked at.
    about: &'static str,
    /// How it is.
    what: String,
    /// What would help; nothing where nothing has to.
    advice: String,
}

impl Finding {
    fn fine(about: &'static str, what: impl Into<String>) -> Self {
        Self { grade: Grade::Fine, about, what: what.into(), advice: String::new() }
    }

    fn doubtful(about: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { grade: Grade::Doubtful, about, what: what.into(), advice: advice.into() }
    }

    fn broken(about: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { grade: Grade::Broken, about, what: what.into(), advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Fine => "ok",
            Grade::Doubtful => "look",
            Grade::Broken => "BROKEN",
        };
        write!(f, "{grade:<7} {:<12} {}", self.about, self.what)?;
        if !self.advice.is_empty() {
            write!(f, "\n{:20} -> {}", "", self.advice)?;
        }
        Ok(())
    }
}

/// Prints a finding for each thing as soon as it is known; fails when something is broken.
pub(crate) async fn run(place: &Place, doctor: &Doctor) -> anyhow::Result<ExitCode> {
    let settings = super::load(place)?;
    let mut broken = 0;
    let mut tell = |findings: Vec<Finding>| {
        for finding in findings {
            broken += usize::from(finding.grade == Grade::Broken);
            telemetry::tell(&finding.to_string());
        }
    };
    tell(about_settings(&settings));
    tell(data::folder(place, &settings));
    let (findings, newest) = data::database(&settings).await;
    tell(findings);
    tell(certificate::own(&settings).into_iter().collect());
    let (findings, theirs) = reach::public_url(&settings).await;
    tell(findings);
    tell(data::clock(newest, theirs));
    tell(mail::server(&settings, doctor.mail_to.as_deref()).await);
    tell(mail_domain::look(&settings, doctor.resolver).await);
    match broken {
        0 => Ok(ExitCode::SUCCESS),
        1 => anyhow::bail!("one thing is broken; see above"),
        some => anyhow::bail!("{some} things are broken; see above"),
    }
}

fn about_settings(settings: &Settings) -> Vec<Finding> {
    if settings.warnings.is_empty() {
        return vec![Finding::fine("settings", "can be used; `deskbell config check` shows them")];
    }
    let doubtful = |warning: &String| Finding::doubtful("settings", warning, "see config/deskbell.toml");
    settings.warnings.iter().map(doubtful).collect()
}
