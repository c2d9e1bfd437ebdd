//! Other people's words on their way into a mail.

use std::borrow::Cow;
use std::fmt;

use askama::filters::HtmlSafe;
use domain::text::isolated;

/// What somebody else wrote: cleaned of what a mail cannot carry, and marked, so that a template chooses how to
/// show it. Printed as it is, it is plain text, which an HTML template escapes like everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    text: String,
    /// Whether it stands on a line with words of ours, which it must not turn round. Several lines have an element of their own.
    beside_ours: bool,
}

impl Foreign {
    /// On one line, at most `limit` characters.
    pub(crate) fn line(text: &str, limit: usize) -> Self {
        Self { text: one_line(text, limit), beside_ours: true }
    }

    /// Several lines, at most `limit` characters.
    pub(crate) fn block(text: &str, limit: usize) -> Self {
        let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
        let text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_harmful(*c)).collect();
        Self { text: cut(text.trim_end(), limit), beside_ours: false }
    }

    /// For an HTML part.
    pub(crate) fn html(&self) -> ForeignHtml<'_> {
        ForeignHtml(self.shown())
    }

    fn shown(&self) -> Cow<'_, str> {
        if self.beside_ours { isolated(&self.text) } else { Cow::Borrowed(&self.text) }
    }

    /// For a plain part: every line marked as somebody else's.
    pub(crate) fn quoted(&self) -> String {
        self.text.split('\n').map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Somebody else's words as HTML: escaped, with line breaks, and without a stretch of text that a mail program
/// would turn into a link. Copying them gives the words as they were written.
#[derive(Debug)]
pub(crate) struct ForeignHtml<'a>(Cow<'a, str>);

impl From<String> for ForeignHtml<'static> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl HtmlSafe for ForeignHtml<'_> {}

impl fmt::Display for ForeignHtml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = ' ';
        let mut rest = self.0.chars().peekable();
        while let Some(c) = rest.next() {
            let after = rest.peek().copied().unwrap_or(' ');
            let inside = !before.is_whitespace() && !after.is_whitespace();
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' => f.write_str("<br>\n")?,
                // Mail programs look for `https://…`, `www.…` and `name@host` in runs of text.
                ':' | '.' | '@' if inside => write!(f, "<span>{c}</span>")?,
                c => fmt::Write::write_char(f, c)?,
            }
            before = c;
        }
        Ok(())
    }
}

/// Any text as one line without control characters, at most `limit` characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    cut(&unbroken(text, |c| !is_harmful(c)), limit)
}

/// A rendered subject as one line. The isolates in it are those that [`super::Words`] has put around what is foreign; where one is
/// cut off, it is closed.
pub(crate) fn subject_line(text: &str, limit: usize) -> String {
    let mut line = cut(&unbroken(text, |c| !is_harmful(c) || matches!(c, ISOLATE | POP_ISOLATE)), limit);
    let open = line.chars().fold(0_usize, |open, c| match c {
        ISOLATE => open + 1,
        POP_ISOLATE => open.saturating_sub(1),
        _ => open,
    });
    line.extend(std::iter::repeat_n(POP_ISOLATE, open));
    line
}

const ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

fn unbroken(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() || c == '\u{85}' { ' ' } else { c });
    let spaced: String = spaced.filter(|c| keeps(*c)).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Control characters, and those that turn the direction of what follows: `gpj.exe` would read `exe.jpg`.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn cut(text: &str, limit: usize) -> String {
    if text.char_indices().nth(limit).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_no_control_characters_and_an_end() {
        assert_eq!(one_line("a\r\nBcc: x@y.example\0\u{1b}[31m", 80), "a Bcc: x@y.example[31m");
        assert_eq!(one_line("a\u{85}b\u{2028}c\u{2029}d\u{b}e", 80), "a b c d e");
        assert_eq!(one_line("  many   blanks\t here ", 80), "many blanks here");
        assert_eq!(one_line("\u{202e}gpj.exe", 80), "gpj.exe");
        assert_eq!(one_line("가나다라마", 4), "가나다…");
        assert_eq!(one_line("가나다라", 4), "가나다라");
    }

    /// S43.
    #[test]
    fn a_subject_keeps_the_marks_around_a_name_and_closes_what_is_cut() {
        let subject = "\u{2068}שלום\u{2069} is calling\r\nBcc: x";
        assert_eq!(subject_line(subject, 80), "\u{2068}שלום\u{2069} is calling Bcc: x");
        assert_eq!(subject_line("\u{2068}\u{202e}שלום\u{2069}!", 4), "\u{2068}של…\u{2069}");
        assert_eq!(subject_line("a\u{2069}b", 80), "a\u{2069}b", "what closes nothing does nothing");
    }

    /// S43.
    #[test]
    fn a_line_that_runs_from_right_to_left_stands_isolated() {
        let name = Foreign::line("\u{202e}שלום 12", 80);
        assert_eq!(name.to_string(), "\u{2068}שלום 12\u{2069}");
        assert_eq!(name.html().to_string(), "\u{2068}שלום 12\u{2069}");
        assert_eq!(name.as_str(), "שלום 12");
        assert_eq!(Foreign::line("Minji 12", 80).to_string(), "Minji 12");
        assert_eq!(
            Foreign::block("שלום 12", 80).html().to_string(),
            "שלום 12",
            "it has an element of its own"
        );
    }

    #[test]
    fn a_block_keeps_its_lines_and_nothing_else_that_breaks_one() {
        let block = Foreign::block("a\r\nb\rc\nd\u{2028}e\0\u{1b}\n\n", 80);
        assert_eq!(block.as_str(), "a\nb\nc\nd\ne");
        assert_eq!(block.quoted(), "> a\n> b\n> c\n> d\n> e");
    }

    /// S27.
    #[test]
    fn html_is_escaped_and_offers_no_link() {
        let html = Foreign::block("<a href='x'>https://evil.example/?a=1&b</a>\n\"me@evil.example\"", 200);
        assert_eq!(
            html.html().to_string(),
            "&lt;a href=&#39;x&#39;&gt;https<span>:</span>//evil<span>.</span>example/?a=1&amp;b&lt;/a&gt;<br>\n\
             &quot;me<span>@</span>evil<span>.</span>example&quot;"
        );
    }

    #[test]
    fn a_sentence_is_left_alone() {
        assert_eq!(
            Foreign::line("It broke. Why? At 5: no idea.", 200).html().to_string(),
            "It broke. Why? At 5: no idea."
        );
    }
}
