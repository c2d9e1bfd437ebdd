//! Runs another program in plain sight and keeps what it says, so that its closing lines can be read again at the end.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// What a program said on its standard output, and whether it was content.
pub(crate) struct Outcome {
    pub(crate) lines: Vec<String>,
    pub(crate) success: bool,
}

/// Runs the command to its end, showing its output as it comes.
pub(crate) fn show(command: &mut Command) -> Result<Outcome> {
    println!("$ {}", spell(command));
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot run {}", spell(command)))?;
    let output = child.stdout.take().context("the child was started with a pipe")?;
    let mut lines = Vec::new();
    let mut stdout = std::io::stdout();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        writeln!(stdout, "{line}")?;
        lines.push(line);
    }
    Ok(Outcome { lines, success: child.wait()?.success() })
}

/// The command as one would type it.
pub(super) fn spell(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
