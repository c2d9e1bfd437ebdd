//! HTTP/1.1 that may be read in two ways.

use super::{HIDDEN, Row};

const POST: &str =
    "POST /api/v1/widget/sessions HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\n";
const GET: &str = "GET /help HTTP/1.1\r\nHost: desk.example\r\n";

/// Ways to write that chunks follow, which one reader takes for that and another one does not.
const CHUNKED: [&str; 32] = [
    "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding\t: chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunkedx",
    "Transfer-Encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: \u{b}chunked",
    "Transfer-Encoding: \u{c}chunked",
    "Transfer-Encoding: chunked\u{b}",
    "Transfer-Encoding: \0chunked",
    "Transfer-Encoding: chunked\0",
    "Transfer-Encoding\0: chunked",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: CHUNKED",
    "TRANSFER-ENCODING: chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding: x\r\n chunked",
    " Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "X: y\r\r\nTransfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer-Encoding: chunked\u{a0}",
];

/// Ways to write two lengths, of which the first one is nothing and N all that is hidden.
const LENGTHS: [&str; 24] = [
    "Content-Length: 0\r\nContent-Length: N",
    "Content-Length: N\r\nContent-Length: 0",
    "Content-Length: 0, N",
    "Content-Length: N, 0",
    "Content-Length: 0\r\ncontent-length: N",
    "Content-Length: 0\r\nContent-Length : N",
    "Content-Length: 0\r\nContent_Length: N",
    "Content-Length: 0\r\nContent-Length\0: N",
    "Content-Length: 0\r\n Content-Length: N",
    "Content-Length: 0\r\n N",
    "Content-Length:\r\n N",
    "Content-Length: 0\nContent-Length: N",
    "Content-Length: 0\rContent-Length: N",
    "Content-Length: +N",
    "Content-Length: -N",
    "Content-Length: 0xN",
    "Content-Length: 0N",
    "Content-Length: N\u{b}",
    "Content-Length: 0 N",
    "Content-Length: \"N\"",
    "Content-Length: N.0",
    "Content-Length: 18446744073709551616",
    "Content-Length: ",
    "X: y\nContent-Length: N",
];

/// Sizes of a chunk, S in truth, that one reader may take for another size.
const SIZES: [&str; 16] = [
    "0xS",
    "0XS",
    "+S",
    "-S",
    " S",
    "S ",
    "S\t",
    "S;x",
    "S;x=\"y",
    "S;\nx",
    "S\n",
    "S;x\n",
    "S\r",
    "S\u{b}",
    "10000000000000000S",
    "0000000000000000000000000S",
];

/// Ends of a body in chunks.
const ENDS: [&str; 9] = [
    "0\r\n\r\n",
    "0\r\n\n",
    "0\n\r\n",
    "0\n\n",
    "0\r\r\n\r\n",
    "0\r\nX: y\r\n\r\n",
    "0\r\nX: y\n\n",
    "0;x\r\n\r\n",
    "0\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n",
];

pub(super) fn table() -> Vec<Row> {
    let rows = [by_both(), by_lengths(), by_chunks(), by_heads(), by_upgrades()];
    rows.into_iter().flatten().map(|(what, text)| (what, text.into_bytes())).collect()
}

/// A length and chunks: what one reader takes for the body's rest is a request to the other.
fn by_both() -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for chunked in CHUNKED {
        let all = format!("0\r\n\r\n{HIDDEN}");
        let chunk = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
        let first = chunk.find('\n').map_or(0, |end| end + 1);
        for (length, body) in [(all.len(), &all), (first, &chunk)] {
            let length = format!("Content-Length: {length}");
            for headers in [format!("{length}\r\n{chunked}"), format!("{chunked}\r\n{length}")] {
                rows.push((format!("{headers:?}"), format!("{POST}{headers}\r\n\r\n{body}")));
            }
        }
        rows.push((format!("{chunked:?} alone"), format!("{POST}{chunked}\r\n\r\n{all}")));
        let old = POST.replace("HTTP/1.1", "HTTP/1.0");
        rows.push((format!("{chunked:?} for HTTP/1.0"), format!("{old}{chunked}\r\n\r\n{all}")));
    }
    rows
}

fn by_lengths() -> Vec<(String, String)> {
    let n = HIDDEN.len().to_string();
    let mut rows = Vec::new();
    for lengths in LENGTHS {
        let lengths = lengths.replace('N', &n).replace(&format!("Co{n}"), "CoN");
        rows.push((format!("{lengths:?}"), format!("{POST}{lengths}\r\n\r\n{HIDDEN}")));
    }
    // A body where none is looked for.
    for method in ["GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "CONNECT"] {
        let head = GET.replacen("GET", method, 1);
        rows.push((format!("a body of {method}"), format!("{head}Content-Length: {n}\r\n\r\n{HIDDEN}")));
    }
    let expect = format!("{POST}Expect: 100-continue\r\nContent-Length: {n}\r\n\r\n{HIDDEN}");
    rows.push(("Expect".to_owned(), expect));
    rows
}

fn by_chunks() -> Vec<(String, String)> {
    let post = format!("{POST}Transfer-Encoding: chunked\r\n\r\n");
    let size = format!("{:x}", HIDDEN.len());
    let sizes = SIZES.iter().map(|written| {
        let written = written.replace('S', &size);
        (format!("a chunk's size {written:?}"), format!("{post}{written}\r\n{HIDDEN}\r\n0\r\n\r\n"))
    });
    let ends =
        ENDS.iter().map(|end| (format!("the end {end:?}"), format!("{post}2\r\n{{}}\r\n{end}{HIDDEN}")));
    let lies = ["1\r\n{}", "3\r\n{}", "2\r\n{}\n", "2\r\n{}xx", "2\n{}\r\n"]
        .iter()
        .map(|chunk| (format!("the chunk {chunk:?}"), format!("{post}{chunk}\r\n0\r\n\r\n{HIDDEN}")));
    sizes.chain(ends).chain(lies).collect()
}

/// Lines that end, go on, or begin where they should not.
fn by_heads() -> Vec<(String, String)> {
    let hidden = HIDDEN.trim_end();
    let escaped = HIDDEN.replace("\r\n", "%0d%0a").replace(' ', "%20");
    let rows = [
        format!("{}{HIDDEN}", GET.replace("\r\n", "\n") + "\n"),
        format!("{GET}X: a\n\n{HIDDEN}"),
        format!("{GET}X: a\r\r{HIDDEN}"),
        format!("{GET}X: a\r\n {hidden}\r\n\r\n"),
        format!("{GET}X: a\r\n\t{hidden}\r\n\r\n"),
        format!("{GET}X: a\0\r\n\r\n{HIDDEN}"),
        format!("{GET}\0\r\n\r\n{HIDDEN}"),
        format!("{GET}: x\r\n\r\n{HIDDEN}"),
        format!("{GET}nonsense\r\n\r\n{HIDDEN}"),
        format!("\r\n\r\n{GET}\r\n"),
        format!("GET /help\r\n{hidden}\r\n\r\n"),
        format!("GET /help HTTP/0.9\r\n\r\n{HIDDEN}"),
        format!("GET /help HTTP/1.1 HTTP/1.1\r\nHost: desk.example\r\n\r\n{HIDDEN}"),
        format!(
            "GET /help HTTP/1.1\nX-Forwarded-For: {}\nX: HTTP/1.1\r\nHost: desk.example\r\n\r\n",
            super::PAST
        ),
        format!("GET /help HTTP/1.10\r\nHost: desk.example\r\n\r\n{HIDDEN}"),
        format!("GET /help HTTP/2.0\r\nHost: desk.example\r\n\r\n{HIDDEN}"),
        format!("GET\t/help\tHTTP/1.1\r\nHost: desk.example\r\n\r\n{HIDDEN}"),
        format!(
            "GET /help%20HTTP/1.1%0d%0aHost:%20desk.example%0d%0a%0d%0a{escaped} HTTP/1.1\r\nHost: desk.example\r\n\r\n"
        ),
        format!("GET /help?{escaped} HTTP/1.1\r\nHost: desk.example\r\n\r\n"),
        format!(
            "GET http://desk.example/help HTTP/1.1\r\nHost: desk.example\r\nContent-Length: 0\r\n\r\n{HIDDEN}"
        ),
        format!("GET http://desk.example\r\n{hidden}\r\n\r\n"),
        format!("{GET}Connection: close, X-Forwarded-For\r\nX-Forwarded-For: {}\r\n\r\n", super::PAST),
        format!("{GET}Connection: X-Forwarded-For\r\nX-Forwarded-For: {}\r\n\r\n", super::PAST),
        format!("{GET}X_Forwarded_For: {0}\r\nX-Forwarded-For : {0}\r\n\r\n", super::PAST),
        format!("{GET}X: y\nX-Forwarded-For: {}\r\n\r\n", super::PAST),
        format!("{GET}X-Forwarded-For:\r\n {}\r\n\r\n", super::PAST),
        format!("{GET}X: {}\r\n\r\n{HIDDEN}", "a".repeat(1 << 15)),
        format!("{GET}{}\r\n{HIDDEN}", "X: y\r\n".repeat(1000)),
    ];
    rows.map(|row| (row.chars().take(120).collect::<String>().escape_debug().to_string(), row)).into()
}

/// Whoever asks to change the protocol and is not let, and then goes on as if they were.
fn by_upgrades() -> Vec<(String, String)> {
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let mut rows = Vec::new();
    for path in
        ["/help", "/api/v1/widget/socket", "/api/v1/admin/socket", "/socket.io/?EIO=4&transport=websocket"]
    {
        for upgrade in [
            format!("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{key}"),
            format!("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\n{key}"),
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13".to_owned(),
            format!(
                "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket, h2c\r\nSec-WebSocket-Version: 13\r\n{key}"
            ),
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"
                .to_owned(),
            "Connection: Upgrade\r\nUpgrade: TLS/1.2".to_owned(),
        ] {
            for body in [String::new(), format!("Content-Length: {}\r\n", HIDDEN.len())] {
                let head = format!("GET {path} HTTP/1.1\r\nHost: desk.example\r\n{upgrade}\r\n{body}");
                rows.push((head.escape_debug().to_string(), format!("{head}\r\n{HIDDEN}")));
            }
        }
    }
    rows
}
