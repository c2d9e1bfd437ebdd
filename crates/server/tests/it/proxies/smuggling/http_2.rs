//! HTTP/2 that becomes two requests where a proxy writes it down as HTTP/1.1 without looking.

use super::{HIDDEN, PAST, Row};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const HEADERS: u8 = 1;
const DATA: u8 = 0;
const END_HEADERS: u8 = 4;
const END_STREAM: u8 = 1;

/// A frame of stream 1 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, 1], payload].concat()
}

/// A length with its first seven bits in this byte (RFC 7541, section 5.1).
fn length(of: &str) -> Vec<u8> {
    let mut rest = of.len();
    if rest < 127 {
        return vec![u8::try_from(rest).unwrap()];
    }
    let mut bytes = vec![127];
    rest -= 127;
    while rest > 127 {
        bytes.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}

/// A request whose headers are all written out (RFC 7541, section 6.2.2).
fn request(headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let block = headers.iter().flat_map(|(name, value)| {
        [&[0][..], &length(name), name.as_bytes(), &length(value), value.as_bytes()].concat()
    });
    let block: Vec<u8> = block.collect();
    let end = if body.is_empty() { END_STREAM } else { 0 };
    let head = frame(HEADERS, END_HEADERS | end, &block);
    let body = if body.is_empty() { Vec::new() } else { frame(DATA, END_STREAM, body.as_bytes()) };
    [PREFACE, &head, &body].concat()
}

/// A POST with these headers more, or with others in place of its own.
fn posted(more: &[(&str, &str)], body: &str) -> Vec<u8> {
    let own = [
        (":method", "POST"),
        (":scheme", "https"),
        (":path", "/api/v1/widget/sessions"),
        (":authority", "desk.example"),
        ("content-type", "application/json"),
    ];
    let replaced = |name: &str| name.starts_with(':') && more.iter().any(|(other, _)| *other == name);
    let kept = own.iter().filter(|(name, _)| !replaced(name));
    let (pseudo, usual): (Vec<_>, Vec<_>) = kept.chain(more).partition(|(name, _)| name.starts_with(':'));
    request(&[pseudo, usual].concat(), body)
}

/// One that is as it should be.
pub(super) fn alive() -> Vec<u8> {
    posted(&[(":method", "GET"), (":path", "/healthz")], "")
}

pub(super) fn table() -> Vec<Row> {
    let all = format!("0\r\n\r\n{HIDDEN}");
    let n = HIDDEN.len().to_string();
    let past = format!("a\r\nX-Forwarded-For: {PAST}");
    let whole = format!("a\r\n\r\n{HIDDEN}");
    let path = format!("/help HTTP/1.1\r\nHost: desk.example\r\n\r\n{HIDDEN}");
    let method = format!("GET /demo HTTP/1.1\r\nHost: desk.example\r\nX-Forwarded-For: {PAST}\r\nX:");
    let chunked = "a\r\nTransfer-Encoding: chunked";
    let rows: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![("transfer-encoding", "chunked")], &all),
        (vec![("transfer-encoding", "chunked"), ("content-length", "0")], &all),
        (vec![("te", "chunked")], &all),
        (vec![("content-length", "0")], HIDDEN),
        (vec![("content-length", "2")], &all),
        (vec![("content-length", "0"), ("content-length", &n)], HIDDEN),
        (vec![("content-length", &n), ("content-length", "0")], HIDDEN),
        (vec![("content-length", "0,0")], HIDDEN),
        (vec![("content-length", "+0")], HIDDEN),
        (vec![("content-length", "99999999999999999999")], HIDDEN),
        (vec![("x", chunked)], &all),
        (vec![("x", "a\nTransfer-Encoding: chunked")], &all),
        (vec![("x", "a\rTransfer-Encoding: chunked")], &all),
        (vec![("x", "a\0")], &all),
        (vec![("x", &past)], ""),
        (vec![("x", &whole)], ""),
        (vec![("cookie", chunked)], &all),
        (vec![("user-agent", &whole)], ""),
        (vec![("x: y\r\ntransfer-encoding", "chunked")], &all),
        (vec![("x\r\n\r\n", "y")], ""),
        (vec![("transfer-encoding:", "chunked")], &all),
        (vec![("transfer-encoding ", "chunked")], &all),
        (vec![("transfer-encoding: chunked\r\nx", "y")], &all),
        (vec![("Transfer-Encoding", "chunked")], &all),
        (vec![("connection", "transfer-encoding, x-forwarded-for"), ("x-forwarded-for", PAST)], ""),
        (vec![("connection", "upgrade"), ("upgrade", "websocket")], HIDDEN),
        (vec![("x-forwarded-for", PAST)], "{}"),
        (vec![("host", "evil.example")], "{}"),
        (vec![(":path", &path)], ""),
        (vec![(":path", "/help HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: y")], &all),
        (vec![(":path", "/help HTTP/1.1\nTransfer-Encoding: chunked\nX: y")], &all),
        (vec![(":path", "/help HTTP/1.1")], ""),
        (vec![(":path", "http://evil.example/help")], ""),
        (vec![(":path", "")], ""),
        (vec![(":method", &method)], ""),
        (vec![(":method", "POST /help HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX:")], &all),
        (vec![(":method", "GET"), ("content-length", &n)], HIDDEN),
        (vec![(":method", "HEAD")], HIDDEN),
        (vec![(":authority", "desk.example\r\nTransfer-Encoding: chunked")], &all),
        (vec![(":authority", &whole)], ""),
        (vec![(":scheme", "http://evil.example/")], ""),
        (vec![(":scheme", "https\r\nTransfer-Encoding: chunked")], &all),
        (vec![(":method", "CONNECT"), (":protocol", "websocket"), (":path", "/help")], HIDDEN),
        (
            vec![(":method", "CONNECT"), (":protocol", "websocket"), (":path", "/api/v1/widget/socket")],
            HIDDEN,
        ),
        (vec![(":method", "CONNECT"), (":protocol", "x\r\nX: y"), (":path", "/help")], HIDDEN),
        (vec![(":method", "CONNECT"), (":authority", "desk.example:443")], HIDDEN),
    ];
    rows.into_iter().map(|(more, body)| (format!("h2 {more:?}"), posted(&more, body))).collect()
}
