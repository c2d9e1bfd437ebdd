//! Texts by rule: every mark that turns or hides in every place of a word, heaps of marks, letters that look like others, figures of
//! many characters, both forms of what has two, and every way of being no text at all (S43).

use unicode_normalization::UnicodeNormalization;

use super::{LINES, REFUSED};

/// What turns its surroundings round, or asks for it.
const TURNING: &str =
    "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}";
/// What leaves nothing on the screen.
const HIDDEN: &str = "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{34f}\u{180e}\u{2061}\u{2062}\u{2063}\u{2064}\u{206a}\u{206f}\u{115f}\u{1160}\
    \u{3164}\u{ffa0}\u{fe0f}\u{e0101}\u{e0061}\u{17b4}";
/// What is blank, or ends a line for somebody.
const BLANK: &str = "\u{2028}\u{2029}\u{a0}\u{3000}\u{2003}\u{2800}";

/// Each word with one letter that looks like it, one after another.
const LOOKALIKES: &[(&str, &str)] =
    &[("admin", "аԁⅿіո"), ("Kim", "Кіⅿ"), ("Owner", "Оԝոег"), ("Deskbell", "Ⅾеѕκᖯеӏⅼ"), ("System", "Ѕуѕтеⅿ")];

/// Figures that are put together of several characters.
const FIGURES: &[&str] = &[
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}",
    "\u{1f469}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f48b}\u{200d}\u{1f468}",
    "\u{1f469}\u{1f3fd}\u{200d}\u{1f680}",
    "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    "\u{1f9d1}\u{200d}\u{1f9af}",
    "\u{1f408}\u{200d}\u{2b1b}",
    "\u{200d}\u{1f469}\u{200d}",
];

/// At least 500 texts that are to be kept to the letter, each one line of at most 80 characters, with what it is.
pub fn kept() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut put = |what: &str, text: String| all.push((format!("{what}: {}", text.escape_unicode()), text));
    for (what, text) in LINES {
        put(what, (*text).to_owned());
    }
    for m in TURNING.chars().chain(HIDDEN.chars()) {
        for text in [
            format!("{m}Kim"),
            format!("Ki{m}m"),
            format!("Kim{m}"),
            format!("{m}{m}{m}Kim 12"),
            format!("김{m}민지"),
            format!("שלום{m} 12"),
            format!("a{m}{m}b (c){m}"),
        ] {
            put("a mark", text);
        }
    }
    for m in BLANK.chars() {
        put("a blank", format!("Ki{m}m"));
        put("a blank", format!("Ki{m}{m}m {m}x"));
        put("a blank", format!("שלום{m}12"));
    }
    let marks = |n: u32| (0..n).filter_map(move |i| char::from_u32(0x300 + (i * 7 + n) % 0x70));
    for n in 1..=40 {
        put("a heap of marks", "Kim".chars().take(1).chain(marks(n)).chain("im".chars()).collect());
    }
    for (word, likes) in LOOKALIKES {
        for (at, (own, like)) in word.chars().zip(likes.chars()).enumerate() {
            let (wide, bold) = (wide(own), bold(own));
            for other in [like, wide, bold] {
                put(
                    "a letter that looks so",
                    word.chars().enumerate().map(|(i, c)| if i == at { other } else { c }).collect(),
                );
            }
        }
    }
    for figure in figures() {
        put("a figure", figure);
    }
    for c in ('\u{c0}'..='\u{17f}').step_by(3).chain(('\u{ac00}'..='\u{d7a3}').step_by(617)) {
        put("composed", c.to_string());
        put("taken apart", c.nfd().collect());
    }
    for plane in 0..=16_u32 {
        for last in [0xfffe, 0xffff] {
            put(
                "the end of a plane",
                char::from_u32(plane * 0x10000 + last).into_iter().chain(['x']).collect(),
            );
        }
    }
    all
}

/// Figures of several characters: tones, flags, keys, families.
fn figures() -> Vec<String> {
    let mut all = Vec::new();
    for tone in '\u{1f3fb}'..='\u{1f3ff}' {
        all.extend(['\u{1f44d}', '\u{1f44b}', '\u{1f590}', '\u{1f9d1}'].map(|hand| format!("{hand}{tone}")));
    }
    all.extend(('\u{1f1e6}'..='\u{1f1ff}').map(|second| format!("\u{1f1f0}{second}\u{1f1f7}")));
    all.extend("0123456789#*".chars().map(|key| format!("{key}\u{fe0f}\u{20e3}")));
    all.extend(FIGURES.iter().map(|figure| format!("{figure} {figure}{figure}")));
    all
}

/// What may stand between the quotes of a JSON string and is to be refused, with what it is.
pub fn refused() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> =
        REFUSED.iter().map(|(what, text)| ((*what).to_owned(), text.to_vec())).collect();
    let mut put = |what: &str, middle: &[u8]| {
        all.push((format!("{what}: {middle:x?}"), [b"a", middle, b"b"].concat()));
    };
    for control in (0..0x20_u32).chain(0x7f..0xa0).filter(|c| !matches!(c, 0x9 | 0xa)) {
        put("a control character, escaped", format!("\\u{control:04x}").as_bytes());
        put("a control character", char::from_u32(control).map(String::from).unwrap_or_default().as_bytes());
    }
    for half in (0xd800..0xe000).step_by(0x40) {
        put("half a surrogate, escaped", format!("\\u{half:04X}").as_bytes());
        put("half a surrogate in UTF-8", &of_three(half));
    }
    for byte in *b"/<\"'\0.\\A" {
        let c = u32::from(byte);
        put("two bytes where one would do", &[0xc0 | low(c >> 6), 0x80 | low(c & 0x3f)]);
        put("three bytes where one would do", &of_three(c));
        put("four bytes where one would do", &[0xf0, 0x80, 0x80 | low(c >> 6), 0x80 | low(c & 0x3f)]);
    }
    for first in 0xf5..=0xff_u8 {
        put("a byte that begins nothing", &[first, 0x80, 0x80, 0x80]);
    }
    for part in ["\u{1f600}", "\u{ac00}", "\u{e9}"] {
        for kept in 1..part.len() {
            put("a part of a character", &part.as_bytes()[..kept]);
        }
    }
    all
}

/// A code as three bytes, whether it has a right to them or not.
fn of_three(code: u32) -> [u8; 3] {
    [0xe0 | low(code >> 12), 0x80 | low((code >> 6) & 0x3f), 0x80 | low(code & 0x3f)]
}

fn low(bits: u32) -> u8 {
    u8::try_from(bits).expect("the bits of one byte")
}

/// The letter as wide as a Korean one.
fn wide(letter: char) -> char {
    char::from_u32(u32::from(letter) + 0xfee0).expect("a Latin letter has a wide form")
}

/// The letter as mathematicians write it.
fn bold(letter: char) -> char {
    let (first, of) = if letter.is_ascii_uppercase() { (0x1_d400, 'A') } else { (0x1_d41a, 'a') };
    char::from_u32(first + u32::from(letter) - u32::from(of)).expect("a Latin letter has a bold form")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_is_large_and_each_text_is_there_once() {
        let all = kept();
        let texts: HashSet<&str> = all.iter().map(|(_, text)| text.as_str()).collect();
        assert!(texts.len() >= 500, "{}", texts.len());
        assert!(all.iter().all(|(_, text)| text.chars().count() <= 80 && text.trim() == text));
        assert!(refused().len() >= 200, "{}", refused().len());
    }
}
