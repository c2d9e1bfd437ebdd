//! Texts that were fine until somebody got at them.

use proptest::prelude::*;

/// What tends to be read wrong.
const PIECES: &[&str] = &[
    "",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "\u{feff}",
    "null",
    "true",
    "-0",
    "1e400",
    "NaN",
    "9007199254740993",
    "99999999999999999999",
    "\"type\":\"call\",",
    "\"id\":\"a\"",
    "\"body\":",
    "{\"a\":{\"a\":",
    "[[[[[[[[",
    "é",
    "가",
    "\u{1f514}",
    "//",
    "/,",
    "0",
    "2",
    "5",
    "9-",
    " x",
    "\n",
];

/// One of these, changed in up to four places.
pub(super) fn spoiled(fine: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let place = any::<prop::sample::Index>;
    let change = prop_oneof![
        // A piece in the place of a few bytes.
        4 => (place(), 0_usize..4, prop::sample::select(PIECES)).prop_map(|(at, gone, piece)| (at, gone, piece.as_bytes().to_vec())),
        2 => (place(), Just(1), any::<u8>()).prop_map(|(at, gone, byte)| (at, gone, vec![byte])),
        1 => (place(), 0_usize..200, Just(Vec::new())),
        1 => (place(), Just(0), (1_usize..200, prop::sample::select(&[b'[', b'{', b'"', b'9', b' '][..]))
            .prop_map(|(times, byte)| vec![byte; times])),
    ]
    .prop_map(|change| change);
    (prop::sample::select(fine), prop::collection::vec(change, 0..=4)).prop_map(|(text, changes)| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, gone, piece) in changes {
            let from = at.index(bytes.len() + 1);
            let to = (from + gone).min(bytes.len());
            bytes.splice(from..to, piece);
        }
        bytes
    })
}
