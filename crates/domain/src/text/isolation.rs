//! A foreign text within a sentence of ours, where no element can hold it: a tab's title, a subject, a label.

use std::borrow::Cow;

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// The text so that it turns nothing around it: between FSI and PDI (UAX #9) where a letter or a mark in it runs from right to
/// left. A text that cannot turn anything stays as it is, so that no invisible letters are added to what needs none.
///
/// Isolates within it are closed, and what would close ours is left out: `a\u{2069}\u{202e}b` would get out otherwise.
pub fn isolated(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| turns(c) || ends_a_paragraph(c)) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::with_capacity(text.len() + 6);
    whole.push(FIRST_STRONG_ISOLATE);
    let mut open = 0_usize;
    for c in text.chars() {
        match c {
            '\u{2066}'..=FIRST_STRONG_ISOLATE => open += 1,
            POP_ISOLATE if open == 0 => continue,
            POP_ISOLATE => open -= 1,
            _ => {}
        }
        // An isolate ends with its paragraph, wherever that is.
        whole.push(if ends_a_paragraph(c) { ' ' } else { c });
    }
    whole.extend(std::iter::repeat_n(POP_ISOLATE, open + 1));
    Cow::Owned(whole)
}

/// Whether a letter or mark may change the direction of what stands beside it: what is written from right to left, by the blocks
/// that Unicode keeps for it, and the marks that demand a direction.
const fn turns(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

const fn ends_a_paragraph(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_bidi::BidiClass::{AL, AN, FSI, LRE, LRI, LRO, PDF, PDI, R, RLE, RLI, RLO};
    use unicode_bidi::{BidiInfo, Level, bidi_class};

    use super::*;

    /// Whether the words before and after, and the number, are where a reader of English expects them.
    fn holds(name: &str) -> bool {
        let (before, after) = ("from ", " calls · Shop #12");
        let line = format!("{before}{name}{after}");
        let info = BidiInfo::new(&line, Some(Level::ltr()));
        let Some(paragraph) = info.paragraphs.first().filter(|_| info.paragraphs.len() == 1) else {
            return false;
        };
        let shown = info.reorder_line(paragraph, paragraph.range.clone());
        shown.starts_with(before) && shown.ends_with(after)
    }

    #[test]
    fn a_sentence_stays_as_it_was_around_every_name() {
        for name in [
            "\u{202e}gpj.exe",
            "a\u{2069}\u{2069}\u{202e}b",
            "a \u{2066}b \u{2067}c \u{2068}d",
            "\u{202b}\u{202a}\u{202d}x\u{202c}",
            "שלום 12",
            "السعر 12 USD",
            "\u{200f}!",
            "x\u{2029}\u{202e}y",
        ] {
            assert!(holds(&isolated(name)), "{name:?}");
            assert!(
                holds(&isolated(&format!("{}, {}", isolated(name), isolated("Kim")))),
                "{name:?} in a list"
            );
        }
        assert!(!holds("\u{202e}gpj.exe"), "as it is it turns the sentence, or this test could not fail");
        assert!(!holds("\u{2068}a\u{2069}\u{2069}\u{202e}b\u{2069}"), "marks around it alone do not hold it");
    }

    #[test]
    fn what_turns_nothing_is_left_alone_and_what_turns_keeps_its_letters() {
        for name in ["Minji Kim", "김민지", "O'Neil (12)", "a\u{200d}b\u{301}", "\u{feff}a"] {
            assert!(matches!(isolated(name), Cow::Borrowed(_)), "{name:?}");
            assert!(holds(name), "{name:?}");
        }
        assert_eq!(isolated("\u{202e}gpj"), "\u{2068}\u{202e}gpj\u{2069}");
        assert_eq!(isolated("a\u{2069}\u{2067}b"), "\u{2068}a\u{2067}b\u{2069}\u{2069}");
    }

    #[test]
    fn every_character_that_may_turn_its_neighbours_is_known() {
        for c in '\0'..=char::MAX {
            let class = bidi_class(c);
            if matches!(class, R | AL | AN | LRE | RLE | LRO | RLO | PDF | LRI | RLI | FSI | PDI) {
                assert!(turns(c), "{c:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn no_text_turns_what_stands_around_it(
            name in "[ab1 .(א١ش\u{200e}\u{200f}\u{61c}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{2028}\u{2029}\u{1e900}]{0,12}",
        ) {
            prop_assert!(holds(&isolated(&name)), "{:?}", name);
        }
    }
}
