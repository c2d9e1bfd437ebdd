//! Requests that two servers may read in two ways: refused and closed, and no second request is found in them (S38), nor in
//! HTTP/2 (S40).

use std::time::{Duration, Instant};

use testkit::http::PATIENCE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stage::Stage;

/// What follows each of them on the same connection: whoever answers it has taken the bytes before it for a whole request.
const SMUGGLED: &str = "GET /help HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const POST: &str =
    "POST /api/v1/widget/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

/// Everything that comes back until the server closes.
async fn said(stage: &Stage, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(stage.at).await.unwrap();
    // It may be closed while we still write.
    let _cut = stream.write_all(bytes).await;
    let mut got = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut got)).await;
    // What was refused unread is reset, after its answer.
    let _reset = read.expect("the server closes");
    String::from_utf8_lossy(&got).into_owned()
}

/// The status of every answer.
fn statuses(said: &str) -> Vec<u16> {
    let heads = said.split("HTTP/1.1 ").skip(1);
    heads.filter_map(|head| head.get(..3)?.parse().ok()).collect()
}

fn table() -> Vec<(&'static str, String)> {
    let chunked = |header: &str, body: &str| format!("{POST}{header}\r\n\r\n{body}");
    let fine = "2\r\n{}\r\n0\r\n\r\n";
    let te = "Transfer-Encoding: chunked";
    vec![
        ("two different lengths", format!("{POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}")),
        ("two lengths in one header", format!("{POST}Content-Length: 2, 3\r\n\r\n{{}}")),
        ("a length with a sign", format!("{POST}Content-Length: +2\r\n\r\n{{}}")),
        ("a length in hexadecimal", format!("{POST}Content-Length: 0x2\r\n\r\n{{}}")),
        ("a length beyond numbers", format!("{POST}Content-Length: 99999999999999999999999\r\n\r\n{{}}")),
        ("a length that is empty", format!("{POST}Content-Length: \r\n\r\n{{}}")),
        ("a coding that is not chunked", chunked("Transfer-Encoding: identity", fine)),
        ("a coding that is nearly chunked", chunked("Transfer-Encoding: xchunked", fine)),
        ("a coding after chunked", chunked("Transfer-Encoding: chunked, identity", fine)),
        ("a coding with a blank before the colon", chunked("Transfer-Encoding : chunked", fine)),
        ("a coding behind a vertical tab", chunked("Transfer-Encoding: \u{b}chunked", fine)),
        ("a coding on a folded line", chunked("Transfer-Encoding:\r\n chunked", fine)),
        ("a header that is folded", "GET /help HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n".to_owned()),
        ("a chunk's size that is none", chunked(te, "xx\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's size with a sign", chunked(te, "-2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's size with 0x", chunked(te, "0x2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's size beyond numbers", chunked(te, "fffffffffffffffff\r\n{}\r\n0\r\n\r\n")),
        ("a chunk that is longer than it says", chunked(te, "1\r\n{}\r\n0\r\n\r\n")),
        ("a chunk's line that ends with a bare LF", chunked(te, "2\n{}\r\n0\r\n\r\n")),
        ("chunks for HTTP/1.0", chunked(te, fine).replace("HTTP/1.1", "HTTP/1.0")),
        ("a bare CR in a header", "GET /help HTTP/1.1\r\nHost: localhost\r\nX: a\rY: b\r\n\r\n".to_owned()),
        ("a NUL in a header", "GET /help HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n".to_owned()),
        ("a header without a colon", "GET /help HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n".to_owned()),
        ("a header without a name", "GET /help HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n".to_owned()),
        ("a blank before the first header", "GET /help HTTP/1.1\r\n Host: localhost\r\n\r\n".to_owned()),
        ("a version that is none", "GET /help HTTP/1.2\r\nHost: localhost\r\n\r\n".to_owned()),
        ("a blank in the path", "GET /help me HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned()),
        (
            "a header of 1 MB",
            format!("GET /help HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(1 << 20)),
        ),
        (
            "10,000 headers",
            format!("GET /help HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(10_000)),
        ),
    ]
}

#[tokio::test]
async fn s38_what_may_be_read_in_two_ways_is_refused_and_closed_and_smuggles_nothing() {
    let stage = Stage::open().await;
    let mut faults = Vec::new();
    for (what, request) in table() {
        let begun = Instant::now();
        let said = said(&stage, format!("{request}{SMUGGLED}").as_bytes()).await;
        let statuses = statuses(&said);
        // One answer, or none where hyper cannot read who asks what.
        let refused = statuses.len() <= 1 && statuses.iter().all(|status| matches!(status, 400 | 431));
        if !refused || begun.elapsed() > Duration::from_secs(5) {
            faults.push(format!("{what}: {statuses:?} after {:?}", begun.elapsed()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(stage.stored().await, "[] [] 0");
    // The trap works: of a request that can be read in one way only, the next one is seen.
    let fine = format!("{POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}");
    assert_eq!(statuses(&said(&stage, fine.as_bytes()).await), [201, 200]);
}

#[tokio::test]
async fn s38_a_length_beside_chunks_ends_the_connection() {
    let stage = Stage::open().await;
    for lengths in
        ["Content-Length: 2\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 2"]
    {
        let request = format!("{POST}{lengths}\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n{SMUGGLED}");
        let said = said(&stage, request.as_bytes()).await;
        assert!(statuses(&said).len() <= 1, "RFC 9112, section 6.1: {said}");
    }
}

#[tokio::test]
async fn s38_a_line_that_ends_with_a_bare_lf_is_one_line_and_one_request() {
    let stage = Stage::open().await;
    // RFC 9112, section 2.2, lets a server take it; that it hides no header and no request is what counts.
    let request = "GET /help HTTP/1.1\nHost: localhost\nConnection: close\n\n";
    let said = said(&stage, format!("{request}{SMUGGLED}").as_bytes()).await;
    assert_eq!(statuses(&said).len(), 1, "{said}");
}

#[tokio::test]
async fn s40_http_2_is_not_spoken_and_nothing_in_it_is_read() {
    let stage = Stage::open().await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // Headers and reset, again and again; frames of settings and of pings without end; one that never ends.
    let reset: Vec<u8> = (0..1000_u32)
        .flat_map(|n| {
            let stream = (2 * n + 1).to_be_bytes();
            let headers = [&[0, 0, 1, 1, 5], &stream[..], &[0x82]].concat();
            [headers, [&[0, 0, 4, 3, 0], &stream[..], &[0, 0, 0, 8]].concat()].concat()
        })
        .collect();
    let pings = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8].repeat(10_000);
    let floods =
        [Vec::new(), settings.to_vec(), settings.repeat(10_000), [&settings[..], &reset].concat(), pings];
    for frames in floods {
        let said = said(&stage, &[&preface[..], &frames, SMUGGLED.as_bytes()].concat()).await;
        let refused = statuses(&said);
        assert!(refused.len() <= 1 && refused.iter().all(|status| matches!(status, 400 | 505)), "{said:?}");
        assert!(!said.contains("HTTP/2") && !said.starts_with("\0\0"), "{said:?}");
    }
    // Whoever asks to change to it is answered as if they had not asked.
    let upgrade =
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    let ask = format!("GET /help HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n{SMUGGLED}");
    assert_eq!(statuses(&said(&stage, ask.as_bytes()).await), [200, 200]);
}
