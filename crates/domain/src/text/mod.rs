//! Text from outside, checked once and then carried as a type.

mod isolation;

use std::fmt;

pub use isolation::isolated;

/// Why a text was not taken. The field's name is added by whoever knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing, or nothing but blanks and invisible characters.
    #[error("must not be empty")]
    Blank,
    /// Longer than the limit, in bytes of UTF-8.
    #[error("is longer than {limit} bytes")]
    TooManyBytes {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Longer than the limit, in characters.
    #[error("is longer than {limit} characters")]
    TooManyChars {
        /// The limit, in Unicode scalar values.
        limit: usize,
    },
    /// A control character other than newline and tab (NUL included), or one where none at all may be.
    #[error("contains a control character")]
    Control,
    /// Not an e-mail address that we would send to.
    #[error("is not an e-mail address")]
    NotAnAddress,
    /// Not 1–64 of `A-Z a-z 0-9 _ -`.
    #[error("must be 1 to 64 of A-Z a-z 0-9 _ -")]
    NotAClientId,
}

impl TextFault {
    /// A stable code for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::TooManyBytes { .. } | Self::TooManyChars { .. } => "too_long",
            Self::Control => "control_character",
            Self::NotAnAddress => "not_an_email",
            Self::NotAClientId => "not_an_id",
        }
    }
}

/// Limits of texts. The defaults are those of the settings reference.
#[derive(Debug, Clone, Copy)]
pub struct TextLimits {
    /// A message, in bytes of UTF-8.
    pub message_bytes: usize,
    /// A name, in characters.
    pub name_chars: usize,
    /// A title, in characters.
    pub title_chars: usize,
    /// A post or a comment, in bytes of UTF-8.
    pub post_bytes: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self { message_bytes: 8192, name_chars: 80, title_chars: 150, post_bytes: 32_768 }
    }
}

macro_rules! text_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text as it was stored; it was checked when it came in.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Debug for $name {
            /// Shows the length only: what people write does not belong in logs.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }
    )*};
}

text_types! {
    /// Words of several lines: a message, a post, a comment.
    Body;
    /// One line: the title of an inquiry.
    Title;
    /// One line: what a person is called.
    Name;
    /// An address that we would send a mail to.
    Email;
    /// An id that a client made, so that what is sent twice is stored once.
    ClientId;
}

impl Body {
    /// Takes up to `limit` bytes of text that is not blank.
    pub fn new(text: &str, limit: usize) -> Result<Self, TextFault> {
        if text.len() > limit {
            return Err(TextFault::TooManyBytes { limit });
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(TextFault::Control);
        }
        if text.chars().all(is_invisible) { Err(TextFault::Blank) } else { Ok(Self(text.to_owned())) }
    }
}

impl Title {
    /// Takes up to `limit` characters on one line, without the blanks around them.
    pub fn new(text: &str, limit: usize) -> Result<Self, TextFault> {
        one_line(text, limit).map(Self)
    }

    /// The first line of any text, cut to `limit` characters; `None` when nothing visible is left.
    pub fn cut_from(text: &str, limit: usize) -> Option<Self> {
        cut_line(text, limit).map(Self)
    }
}

impl Name {
    /// Takes up to `limit` characters on one line, without the blanks around them.
    pub fn new(text: &str, limit: usize) -> Result<Self, TextFault> {
        one_line(text, limit).map(Self)
    }

    /// Makes the best of any text (a name from a host site's token): drops control characters, cuts to
    /// `limit` characters; `None` when nothing visible is left.
    pub fn cut_from(text: &str, limit: usize) -> Option<Self> {
        let kept: String = text.chars().filter(|c| !c.is_control()).collect();
        cut_line(&kept, limit).map(Self)
    }
}

impl Email {
    /// Takes `local@domain` in its plain form only: what some mail program might read differently (quotes,
    /// comments, address literals, blanks, a domain without a dot, the `%` and `!` by which old relays route on, an
    /// encoded word) is refused. At most 254 bytes (RFC 5321, section 4.5.3.1.3 with erratum 1690).
    pub fn new(text: &str) -> Result<Self, TextFault> {
        let text = text.trim_matches(' ');
        let (local, domain) = text.rsplit_once('@').ok_or(TextFault::NotAnAddress)?;
        let local_fits = (1..=64).contains(&local.len())
            && local.chars().all(|c| c.is_ascii_alphanumeric() || "#$&'*+-/=?^_`{|}~.".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            // It would be taken for an encoded word (RFC 2047) where the address stands in a header.
            && !local.contains("=?");
        let label_fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let labels: Vec<&str> = domain.split('.').collect();
        let top_is_a_word = labels.last().is_some_and(|top| !top.chars().all(|c| c.is_ascii_digit()));
        if text.len() <= 254
            && local_fits
            && labels.len() >= 2
            && labels.iter().all(|l| label_fits(l))
            && top_is_a_word
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextFault::NotAnAddress)
        }
    }

    /// The form under which an address is looked up: lower case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl ClientId {
    /// Takes 1–64 of `A-Z a-z 0-9 _ -`.
    pub fn new(text: &str) -> Result<Self, TextFault> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(TextFault::NotAClientId) }
    }
}

fn one_line(text: &str, limit: usize) -> Result<String, TextFault> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(TextFault::Control);
    }
    if text.chars().count() > limit {
        return Err(TextFault::TooManyChars { limit });
    }
    if text.chars().all(is_invisible) { Err(TextFault::Blank) } else { Ok(text.to_owned()) }
}

fn cut_line(text: &str, limit: usize) -> Option<String> {
    let mut lines = text.lines().map(|line| {
        let shown: String =
            line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control()).collect();
        shown.trim().to_owned()
    });
    let line = lines.find(|line| !line.chars().all(is_invisible))?;
    if line.chars().count() <= limit {
        return Some(line);
    }
    let mut cut: String = line.chars().take(limit.saturating_sub(1)).collect();
    cut.push('…');
    Some(cut)
}

/// Characters that leave nothing on the screen: white space, zero-width and formatting characters, the
/// Hangul fillers. A text of nothing else would look like an empty bubble.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests;
