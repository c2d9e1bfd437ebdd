//! The chores of this repository: `cargo xtask test` runs every check there is, `cargo xtask tidy` the house rules.

mod faults;
mod properties;
mod release;
mod repo;
mod settings;
mod test;
mod tidy;

use std::process::ExitCode;

use repo::Repo;

const USAGE: &str = "\
cargo xtask test [STEP]...   every check, or only the steps named; installs what the tests need and this machine lacks
                             autobahn, the suite of WebSocket, runs only when it is named: it needs Python 2.7
cargo xtask faults [ID]...   throws what docs/reliability.md lists at the real program, and counts what is lost
                             --list: what there is; --seed N: other choices; --count N, --long: how often; --release
cargo xtask properties       a million and more random texts for each of what reads or shows them
cargo xtask tidy             the house rules that no compiler checks
cargo xtask release          an archive to install, with the list of what is in the program
                             --dry-run: whether all is ready; --trial: although it is not; sbom: that list; dump: see migrations/README.md
cargo xtask settings         writes the table of docs/settings.md from config/deskbell.toml and the code
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", steps @ ..] => Repo::here().and_then(|repo| test::run(&repo, steps)),
        ["faults", words @ ..] => Repo::here().and_then(|repo| faults::run(&repo, words)),
        ["properties"] => Repo::here().and_then(|repo| properties::run(&repo)),
        ["release", words @ ..] => Repo::here().and_then(|repo| release::run(&repo, words)),
        ["settings"] => Repo::here().and_then(|repo| settings::run(&repo)).map(|()| true),
        ["tidy"] => Repo::here().and_then(|repo| Ok(tidy::run(&repo)?.1 == 0)),
        _ => {
            eprint!("{USAGE}");
            eprintln!("\nsteps: {}", test::step_names().join(" "));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
