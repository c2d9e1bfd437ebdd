//! What the server does at which step.

use std::borrow::Cow;
use std::time::Duration;

/// A step of the dialogue, in the words of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The client has connected and waits for the greeting.
    Greeting,
    /// `EHLO`.
    Ehlo,
    /// `STARTTLS`.
    StartTls,
    /// The handshake of TLS, at either of its two places. Only [`Answer::Fine`], [`Answer::HangUp`] and
    /// [`Answer::Stall`] mean something here.
    Handshake,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`, once for each recipient.
    Rcpt,
    /// `DATA`.
    Data,
    /// The mail was received to its lone dot; it is kept whatever the answer is.
    Dot,
    /// `NOOP`, by which clients find out whether an idle line still works.
    Noop,
    /// `RSET`.
    Rset,
}

impl Step {
    /// The steps of a mail over a plain line without signing in, in their order.
    pub const PLAIN: [Self; 6] = [Self::Greeting, Self::Ehlo, Self::Mail, Self::Rcpt, Self::Data, Self::Dot];
}

/// A step that was reached: what a script decides by.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'a> {
    /// Which step.
    pub step: Step,
    /// The line that led here; the recipient's address is in that of [`Step::Rcpt`].
    pub line: &'a str,
    /// How often this step was reached before, over all connections.
    pub before: usize,
    /// Which connection: 0, 1, 2 …
    pub connection: usize,
    /// Who has been accepted as recipients of this mail so far.
    pub to: &'a [String],
    /// The mail, at [`Step::Dot`]: its lines with `\n`, the stuffed dots taken away.
    pub data: &'a str,
}

/// What the server does at a step.
#[derive(Debug, Clone)]
pub enum Answer {
    /// What it should.
    Fine,
    /// It says this instead, without its line break; several lines are parted by CRLF.
    Say(Cow<'static, str>),
    /// It hangs up without a word.
    HangUp,
    /// It says this and hangs up, as with 421.
    SayAndHangUp(Cow<'static, str>),
    /// It says nothing more, and keeps the line.
    Stall,
    /// It says what it should, one byte at a time, with so long a pause before each.
    Drip(Duration),
}

impl Answer {
    /// Shorthand for [`Answer::Say`].
    pub fn say(words: impl Into<Cow<'static, str>>) -> Self {
        Self::Say(words.into())
    }

    /// Shorthand for [`Answer::SayAndHangUp`].
    pub fn say_and_hang_up(words: impl Into<Cow<'static, str>>) -> Self {
        Self::SayAndHangUp(words.into())
    }
}

/// Decides what happens at each step.
pub type Script = dyn Fn(Reached<'_>) -> Answer + Send + Sync;
