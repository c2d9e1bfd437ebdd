//! What is sent, row by row.

use super::Comes;
use crate::raw::{self, TEXT, frame};

/// Frames that no client may send, and some that look wrong and are not (RFC 6455, sections 5 and 7).
pub(super) fn frames() -> Vec<(String, Vec<u8>, Comes)> {
    let ping = br#"{"type":"ping"}"#;
    let hello = br#"{"type":"hello"}"#;
    let length = |bytes: [u8; 8]| [&[TEXT, 0xFF][..], &bytes, &[0; 4]].concat();
    let mut table = vec![
        ("a length of 2^63", length((1_u64 << 63).to_be_bytes()), Comes::Gone),
        ("a length of 2^64 - 1", length(u64::MAX.to_be_bytes()), Comes::Gone),
        ("a length of 4 GiB", length((1_u64 << 32).to_be_bytes()), Comes::Gone),
        ("a frame one byte too big", raw::text(&[b' '; 65_537]), Comes::Closed(1009)),
        ("unmasked", [&[TEXT, 15][..], ping].concat(), Comes::Gone),
        ("half a frame of HTTP", b"GET / HTTP/1.1\r\n\r\n".to_vec(), Comes::Gone),
        ("text that is not UTF-8", raw::text(b"\xff\xfe"), Comes::Closed(1007)),
        ("half a character", raw::text(b"{\"type\":\"ping\xc3\"}"), Comes::Closed(1007)),
        ("a surrogate as bytes", raw::text(b"\"\xed\xa0\x80\""), Comes::Closed(1007)),
        ("binary", frame(0x82, hello), Comes::Closed(1003)),
        ("a ping of 126 bytes", frame(0x89, &[0; 126]), Comes::Gone),
        ("a fragmented ping", frame(0x09, b"x"), Comes::Gone),
        ("a fragmented close", frame(0x08, b"\x03\xe8"), Comes::Gone),
        ("a continuation of nothing", frame(0x80, hello), Comes::Gone),
        ("a text within a text", [frame(0x01, b"{"), frame(TEXT, hello)].concat(), Comes::Gone),
        ("fragments that are too big together", flood(1_400, 100), Comes::Closed(1009)),
        ("a message of one-byte fragments", small_pieces(hello), Comes::Answer("welcome")),
        ("100,000 fragments of nothing", nothings(hello, 100_000), Comes::Answer("welcome")),
        ("pings between fragments", with_pings(hello), Comes::Answer("welcome")),
        (
            "100,000 pings",
            [frame(0x89, b"x").repeat(100_000), raw::text(hello)].concat(),
            Comes::Answer("welcome"),
        ),
        (
            "pongs that nobody asked for",
            [frame(0x8A, b"x").repeat(1_000), raw::text(hello)].concat(),
            Comes::Answer("welcome"),
        ),
    ]
    .into_iter()
    .map(|(what, bytes, comes)| (what.to_owned(), bytes, comes))
    .collect::<Vec<_>>();
    for bits in 1..8_u8 {
        table.push((format!("reserved bits {bits:03b}"), frame(TEXT | bits << 4, hello), Comes::Gone));
    }
    for opcode in (0x3..=0x7).chain(0xB..=0xF) {
        table.push((format!("reserved opcode {opcode:X}"), frame(0x80 | opcode, hello), Comes::Gone));
    }
    for code in
        [0, 1, 999, 1000, 1001, 1004, 1005, 1006, 1011, 1015, 1016, 2999, 3000, 4999, 5000, 65_535_u16]
    {
        table.push((format!("a close with {code}"), frame(0x88, &code.to_be_bytes()), Comes::Gone));
    }
    table.push(("a close of one byte".to_owned(), frame(0x88, b"x"), Comes::Gone));
    table.push(("a close whose reason is not UTF-8".to_owned(), frame(0x88, b"\x03\xe8\xff"), Comes::Gone));
    table.push(("a close without a code".to_owned(), frame(0x88, b""), Comes::Gone));
    table
}

/// One message of so many fragments of so many blanks.
fn flood(count: usize, length: usize) -> Vec<u8> {
    let piece = vec![b' '; length];
    [frame(0x01, &piece), frame(0x00, &piece).repeat(count)].concat()
}

fn small_pieces(text: &[u8]) -> Vec<u8> {
    let (first, rest) = text.split_at(1);
    let (middle, last) = rest.split_at(rest.len() - 1);
    let middle = middle.iter().flat_map(|byte| frame(0x00, &[*byte]));
    frame(0x01, first).into_iter().chain(middle).chain(frame(0x80, last)).collect()
}

fn nothings(text: &[u8], count: usize) -> Vec<u8> {
    [frame(0x01, text), frame(0x00, b"").repeat(count), frame(0x80, b"")].concat()
}

fn with_pings(text: &[u8]) -> Vec<u8> {
    let (first, rest) = text.split_at(5);
    let pings = frame(0x89, b"still there?").repeat(50);
    [frame(0x01, first), pings.clone(), frame(0x00, b""), pings, frame(0x80, rest)].concat()
}

/// The beginning of something large that never ends.
pub(super) fn unfinished(n: u64) -> Vec<u8> {
    let mut whole = match n % 3 {
        0 => raw::text(&vec![b' '; 65_536]),
        1 => flood(600, 100),
        _ => [frame(0x01, b"["), frame(0x00, b"").repeat(20_000), frame(0x00, &vec![b'['; 60_000])].concat(),
    };
    if n.is_multiple_of(3) {
        whole.pop();
    }
    whole
}

/// Texts that are no JSON, or not what anything here takes.
pub(super) fn json() -> Vec<(&'static str, Vec<u8>)> {
    let say = |body: &str| format!("{{\"type\":\"say\",\"id\":\"a\",\"body\":{body}}}").into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("a blank", b" ".to_vec()),
        ("depth 10,000", say(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))),
        ("depth 10,000 without an end", "[".repeat(10_000).into_bytes()),
        ("objects 5,000 deep", format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000)).into_bytes()),
        ("a key twice", br#"{"message":null,"message":null,"type":"say","type":"call"}"#.to_vec()),
        ("1e400", br#"{"type":"read","seq":1e400}"#.to_vec()),
        ("-1e400", br#"{"type":"read","seq":-1e400}"#.to_vec()),
        (
            "a number of 10,000 digits",
            format!("{{\"type\":\"read\",\"seq\":{}}}", "9".repeat(10_000)).into_bytes(),
        ),
        ("NaN", br#"{"type":"read","seq":NaN}"#.to_vec()),
        ("Infinity", br#"{"type":"read","seq":Infinity}"#.to_vec()),
        ("a lone surrogate", say(r#""\ud800""#)),
        ("a surrogate the wrong way round", say(r#""\udc00\ud800""#)),
        ("a byte-order mark", "\u{feff}{\"type\":\"ping\"}".into()),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec()),
        ("data behind it", b"{\"type\":\"ping\"} {}".to_vec()),
        ("a comment", b"{\"type\":\"ping\"/**/}".to_vec()),
        ("a comma too many", b"{\"type\":\"ping\",}".to_vec()),
        ("single quotes", b"{'type':'ping'}".to_vec()),
        ("a NUL as it is", b"{\"type\":\"say\",\"id\":\"a\",\"body\":\"\0\"}".to_vec()),
        ("a NUL in words", say(r#""\u0000""#)),
        ("an array", b"[]".to_vec()),
        ("a text", b"\"ping\"".to_vec()),
        ("null", b"null".to_vec()),
        ("__proto__", br#"{"__proto__":{"type":"ping"}}"#.to_vec()),
        ("a type that is no text", br#"{"type":{"type":"ping"}}"#.to_vec()),
    ]
}
