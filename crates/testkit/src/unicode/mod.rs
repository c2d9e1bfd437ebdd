//! Texts that people write, or send, to see what becomes of them.

mod table;

pub use table::{kept, refused};

/// Each is one line that can be seen, within 150 characters: to be kept to the letter.
pub const LINES: &[(&str, &str)] = &[
    ("right to left", "\u{202e}gpj.exe\u{202c} invoice"),
    ("right to left, left open", "invoice \u{202e}fdp.exe"),
    ("isolates left open", "a \u{2066}b \u{2067}c \u{2068}d"),
    ("isolates closed that were not open", "a\u{2069}\u{2069}\u{202c}b"),
    ("marks of direction", "Kim\u{200e}\u{200f}\u{61c} Harper"),
    ("Arabic and Hebrew beside Latin", "السعر 12 USD: מחיר (1) abc"),
    ("zero width inside a word", "ad\u{200b}m\u{200c}i\u{200d}n\u{2060}\u{feff}!"),
    ("a soft hyphen", "ad\u{ad}min"),
    ("invisible operators", "a\u{2061}\u{2062}\u{2063}\u{2064}b"),
    ("tag characters", "flag \u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"),
    ("variation selectors", "\u{2764}\u{fe0f} \u{2764}\u{fe0e} \u{845b}\u{e0100}"),
    (
        "marks upon marks",
        "Z\u{335}\u{321}\u{31b}\u{30d}\u{300}a\u{336}\u{322}\u{315}\u{30a}l\u{337}\u{323}\u{31b}g\u{338}\u{324}o",
    ),
    ("Cyrillic that looks Latin", "\u{410}dm\u{456}n \u{41a}\u{456}m"),
    ("Greek and mathematical that look Latin", "\u{391}dmin \u{1d40a}\u{1d422}\u{1d426} \u{ff21}dmin"),
    ("a dotless i and a sharp s", "\u{131}\u{130} stra\u{df}e STRA\u{1e9e}E"),
    ("composed", "caf\u{e9} \u{ac01} \u{c5}"),
    ("decomposed", "cafe\u{301} \u{1100}\u{1161}\u{11a8} A\u{30a}"),
    ("singletons that NFC would replace", "\u{212b} \u{2126} \u{f900} \u{2f800}"),
    ("ligatures that NFKC would take apart", "\u{fb01}le \u{2460} \u{3392} \u{fdfa}"),
    ("four bytes", "\u{1f600} \u{20000} \u{10400} \u{1d11e}"),
    (
        "a family",
        "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466} \u{1f1f0}\u{1f1f7} \u{1f44d}\u{1f3fd}",
    ),
    ("half a flag", "\u{1f1f0}x"),
    ("the last of all, and non-characters", "\u{10ffff}\u{fffe}\u{ffff}\u{fdd0}x"),
    ("private use", "\u{e000}\u{f8ff}\u{f0000}x"),
    ("the replacement character", "a\u{fffd}b"),
    ("separators of lines and paragraphs", "a\u{2028}b\u{2029}c"),
    ("blanks of all widths", "a\u{a0}b\u{2003}c\u{3000}d\u{202f}e"),
    ("a byte order mark first", "\u{feff}a"),
    ("quotes that look like quotes", "\u{2018}a\u{2019} \u{201c}b\u{201d} \u{ff02}c\u{ff1c}d\u{ff1e}"),
    ("markup in wide letters", "\u{ff1c}script\u{ff1e}alert(1)\u{ff1c}/script\u{ff1e}"),
    ("words of templates and of SQL", "{{7*7}} ${7*7} '; DROP TABLE events; -- %s %00 \\u0000"),
    ("Korean in old letters", "\u{113c}\u{1163}\u{11f0} 훈민정음"),
    ("Thai and Devanagari", "ก็ำ क्षि"),
    ("combining first", "\u{301}a"),
    ("an interlinear note", "\u{fff9}a\u{fffa}b\u{fffb}"),
];

/// What may stand between the quotes of a JSON string, and is to be refused: no text at all, or with control characters.
pub const REFUSED: &[(&str, &[u8])] = &[
    ("a high surrogate alone", b"a\\ud800b"),
    ("a low surrogate alone", b"a\\udc00b"),
    ("surrogates the wrong way round", b"a\\ude00\\ud83db"),
    ("a high surrogate at the end", b"a\\ud83d"),
    ("a surrogate in UTF-8", b"a\xed\xa0\x80b"),
    ("both surrogates in UTF-8 (CESU-8)", b"a\xed\xa0\xbd\xed\xb8\x80b"),
    ("an overlong slash", b"a\xc0\xafb"),
    ("an overlong NUL", b"a\xc0\x80b"),
    ("beyond the last character", b"a\xf4\x90\x80\x80b"),
    ("a byte of nothing", b"a\xffb"),
    ("half a character", b"a\xf0\x9f\x98"),
    ("a continuation alone", b"a\x80b"),
    ("Latin-1", b"caf\xe9"),
    ("NUL, escaped", b"a\\u0000b"),
    ("NUL, bare", b"a\0b"),
    ("escape, escaped", b"a\\u001b[31mb"),
    ("delete", b"a\x7fb"),
    ("a control of C1", b"a\\u009bb"),
    ("a carriage return", b"a\\rb"),
    ("nothing that can be seen", b"\\u200b\\u2060\\ufeff\\u202e"),
];
