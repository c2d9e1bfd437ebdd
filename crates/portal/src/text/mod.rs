//! What people wrote, as pieces that a page may show: text, and web addresses as links.

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Shown as it is.
    Text(String),
    /// A web address; `http` and `https` only.
    Link(String),
}

/// Cuts a text into text and links. Nothing but a plain `http(s)://` address becomes a link.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = next_address(rest) {
        let (before, from) = rest.split_at(at);
        let end = from.find(ends_address).unwrap_or(from.len());
        let address = from[..end].trim_end_matches(is_closing);
        if address.len() <= address.find("//").map_or(0, |slashes| slashes + 2) {
            // A lone `http://`: plain text.
            push_text(&mut pieces, &rest[..at + end]);
            rest = &from[end..];
            continue;
        }
        push_text(&mut pieces, before);
        pieces.push(Piece::Link(address.to_owned()));
        rest = &from[address.len()..];
    }
    push_text(&mut pieces, rest);
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Text(last)) = pieces.last_mut() {
        last.push_str(text);
    } else {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

fn next_address(text: &str) -> Option<usize> {
    text.match_indices("://").find_map(|(at, _)| {
        let scheme = ["https", "http"].into_iter().find(|scheme| {
            at.checked_sub(scheme.len())
                .and_then(|start| text.get(start..at))
                .is_some_and(|found| found.eq_ignore_ascii_case(scheme))
        })?;
        let start = at - scheme.len();
        let glued = text[..start].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        (!glued).then_some(start)
    })
}

/// Blanks, quotes, angle brackets, and marks that would turn the direction of what follows.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '\'' | '`' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '…' | '、' | '。' | '」' | '』')
}

/// The first visible line, cut for a list.
pub(crate) fn preview(text: &str, chars: usize) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= chars {
        return joined;
    }
    let mut cut: String = joined.chars().take(chars.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests;
