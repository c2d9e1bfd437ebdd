//! Times as the pages show them: UTC text from the server, rewritten into the reader's zone by the script.

use std::fmt;
use std::time::Duration;

use askama::filters::HtmlSafe;
use domain::Timestamp;

/// How the script words a time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    /// The hour: 14:02.
    Clock,
    /// The day and the hour.
    Full,
    /// How long ago, for lists.
    Ago,
    /// How long since, ticking.
    Running,
    /// How long until, ticking.
    Left,
}

/// A `<time>` element. Nothing in it comes from people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    pub(crate) at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) style: Style,
}

impl HtmlSafe for Time {}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.style {
            Style::Clock => "clock",
            Style::Full => "full",
            Style::Ago => "ago",
            Style::Running => "running",
            Style::Left => "left",
        };
        write!(f, "<time datetime=\"{}\" data-time=\"{word}\">", self.at)?;
        match self.style {
            Style::Running => write_span(f, self.now.since(self.at).as_secs())?,
            Style::Left => write_span(f, self.at.since(self.now).as_secs())?,
            Style::Clock => {
                let at = self.at.to_utc();
                write!(f, "{:02}:{:02} UTC", at.hour(), at.minute())?;
            }
            Style::Full | Style::Ago => write!(f, "{}", Plain(self.at))?,
        }
        f.write_str("</time>")
    }
}

/// How long something took, in words that are the same in every language.
pub(crate) fn span(took: Duration) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write_span(&mut text, took.as_secs());
    text
}

/// Minutes and seconds, with hours only when there are some.
fn write_span(f: &mut impl fmt::Write, seconds: u64) -> fmt::Result {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        write!(f, "{hours}:{minutes:02}:{seconds:02}")
    } else {
        write!(f, "{minutes}:{seconds:02}")
    }
}

/// `2026-11-21 05:30 UTC`.
pub(crate) struct Plain(pub(crate) Timestamp);

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.to_utc();
        let (month, day) = (u8::from(at.month()), at.day());
        write!(f, "{:04}-{month:02}-{day:02} {:02}:{:02} UTC", at.year(), at.hour(), at.minute())
    }
}
