//! WebSocket and HTTP against their own rules, byte by byte: ended without harm to anybody else (S36, S37, S38).

use std::net::SocketAddr;

use serde_json::json;
use testkit::http::{PATIENCE, exchange};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stage::{SOCKET, Stage};

fn handshake(extra: &str) -> String {
    format!(
        "GET {SOCKET} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extra}\r\n"
    )
}

async fn upgraded(at: SocketAddr, extra: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream.write_all(handshake(extra).as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    (stream, head)
}

/// A masked frame (RFC 6455, section 5.2) with the mask 0: its payload stands as it is.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 126);
    [&[first, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn a_broken_frame_ends_its_own_connection_and_nothing_else() {
    let stage = Stage::open().await;
    let (mut other, _) = stage.hello(json!({})).await;
    let ping = br#"{"type":"ping"}"#;
    let unmasked = [&[0x81, 15][..], ping].concat();
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("unmasked", unmasked),
        ("RSV1", frame(0xC1, ping)),
        ("RSV2", frame(0xA1, ping)),
        ("RSV3", frame(0x91, ping)),
        ("reserved opcode 3", frame(0x83, ping)),
        ("reserved opcode 7", frame(0x87, ping)),
        ("reserved control opcode B", frame(0x8B, b"")),
        ("reserved control opcode F", frame(0x8F, b"")),
        ("a continuation of nothing", frame(0x80, ping)),
        ("a fragmented ping", frame(0x09, b"x")),
        ("a ping of 126 bytes", [&[0x89, 0xFE, 0, 126, 0, 0, 0, 0][..], &[0; 126]].concat()),
        ("a length of 2^63", vec![0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("a length of 2^63 - 1", vec![0x81, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
        ("a length of 4 GiB", vec![0x81, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("a close of one byte", frame(0x88, b"x")),
        ("a close with code 0", frame(0x88, &[0, 0])),
        ("a close with code 1005", frame(0x88, &[3, 237])),
        ("a close whose reason is not UTF-8", frame(0x88, &[3, 232, 0xFF])),
        ("two texts in one message", [frame(0x01, b"{"), frame(0x81, b"}")].concat()),
        ("fragments too big in all", frames_of_a_flood()),
        ("HTTP instead of a frame", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
        ("zeros", vec![0; 1000]),
        ("ones", vec![255; 1000]),
    ];
    for (what, bytes) in table {
        let (mut stream, _) = upgraded(stage.at, "").await;
        // It may be closed while we still write.
        let written = stream.write_all(&bytes).await;
        let mut rest = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(read.is_ok(), "{what}: the connection stays open ({written:?})");
        assert!(rest.len() < 200, "{what}: {} bytes came back", rest.len());
    }
    other.settle().await;
    assert_eq!(stage.stored().await, "[] [] 0");
}

#[tokio::test]
async fn a_close_is_answered_with_its_code_before_the_connection_ends() {
    let stage = Stage::open().await;
    for (what, payload, answer) in [
        ("1000", &[3, 232][..], &[0x88, 2, 3, 232][..]),
        ("3000 and a reason", &[11, 184, b'x'], &[0x88, 3, 11, 184, b'x']),
        ("no code", &[], &[0x88, 0]),
    ] {
        let (mut stream, _) = upgraded(stage.at, "").await;
        stream.write_all(&frame(0x88, payload)).await.unwrap();
        let mut rest = Vec::new();
        let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(matches!(read, Ok(Ok(_))), "{what}: {read:?}");
        assert_eq!(rest, answer, "{what}");
    }
}

#[tokio::test]
async fn a_control_frame_that_is_too_big_is_not_told_that_a_message_was() {
    let stage = Stage::open().await;
    let (mut stream, _) = upgraded(stage.at, "").await;
    let close = [&[0x88, 0xFE, 0, 126, 0, 0, 0, 0, 3, 232][..], &[b'x'; 124]].concat();
    stream.write_all(&close).await.unwrap();
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "the connection stays open");
    assert!(rest.is_empty(), "against the rules of WebSocket itself there is no code: {rest:?}");
}

/// One message of many fragments, each of them small, all of them larger than a frame may be.
fn frames_of_a_flood() -> Vec<u8> {
    let mut all = frame(0x01, &[b' '; 100]);
    for _ in 0..700 {
        all.extend(frame(0x00, &[b' '; 100]));
    }
    all
}

#[tokio::test]
async fn a_message_in_fragments_with_pings_between_them_is_one_message() {
    let stage = Stage::open().await;
    let (mut stream, _) = upgraded(stage.at, "").await;
    let mut bytes = frame(0x01, br#"{"type":"#);
    for _ in 0..1000 {
        bytes.extend(frame(0x00, b""));
    }
    bytes.extend(frame(0x89, b"still there?"));
    bytes.extend(frame(0x00, br#""hel"#));
    bytes.extend(frame(0x80, br#"lo"}"#));
    stream.write_all(&bytes).await.unwrap();
    let mut got = String::new();
    let read = async {
        while !got.contains("\"welcome\"") {
            let mut piece = [0; 2048];
            let count = stream.read(&mut piece).await.unwrap();
            assert_ne!(count, 0, "closed; got {got}");
            got.push_str(&String::from_utf8_lossy(&piece[..count]));
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    assert!(got.contains("still there?"), "the ping between the fragments was answered");
}

#[tokio::test]
async fn compression_is_not_offered() {
    let stage = Stage::open().await;
    let (_, head) =
        upgraded(stage.at, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n").await;
    assert!(!head.to_ascii_lowercase().contains("sec-websocket-extensions"), "{head}");
}

#[tokio::test]
async fn a_handshake_that_is_none_is_told_what_is_wrong() {
    let stage = Stage::open().await;
    let good = handshake("");
    for (what, request, status) in [
        ("plain GET", format!("GET {SOCKET} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), 426),
        ("no upgrade", good.replace("Upgrade: websocket\r\n", ""), 426),
        ("another protocol", good.replace("Upgrade: websocket", "Upgrade: h2c"), 426),
        ("version 8", good.replace("Version: 13", "Version: 8"), 400),
        ("no version", good.replace("Sec-WebSocket-Version: 13\r\n", ""), 400),
        ("no key", good.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400),
        ("POST", good.replacen("GET", "POST", 1), 405),
    ] {
        let request = request.replace("Connection: Upgrade", "Connection: Upgrade, close");
        let answer = exchange(stage.at, request.as_bytes()).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    }
}

#[tokio::test]
async fn a_request_against_the_rules_of_http_is_refused_and_smuggles_nothing() {
    let stage = Stage::open().await;
    let body = "{}";
    let post = "POST /api/v1/widget/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let table = [
        (
            "a header of 1 MB",
            format!("GET /help HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(1 << 20)),
            431,
        ),
        (
            "10,000 headers",
            format!("GET /help HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(10_000)),
            431,
        ),
        (
            "a line of 100 kB",
            format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000)),
            431,
        ),
        ("two lengths", format!("{post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{body}"), 400),
        ("a length that is none", format!("{post}Content-Length: +2\r\n\r\n{body}"), 400),
        ("a negative length", format!("{post}Content-Length: -1\r\n\r\n{body}"), 400),
        ("a blank in a name", "GET /help HTTP/1.1\r\nHost : localhost\r\n\r\n".to_owned(), 400),
        ("a NUL in a header", "GET /help HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n".to_owned(), 400),
        ("no version", "GET /help\r\n\r\n".to_owned(), 400),
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400),
        ("nonsense", "\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), 400),
        ("no host", "GET /help HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 421),
        (
            "two hosts",
            "GET /help HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .to_owned(),
            421,
        ),
        (
            "another host",
            "GET /help HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".to_owned(),
            421,
        ),
        (
            "another host, absolute",
            "GET http://evil.example/help HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .to_owned(),
            421,
        ),
    ];
    for (what, request, status) in table {
        let answer = exchange(stage.at, request.as_bytes()).await;
        // hyper closes on what it cannot read at all; either way nobody is served.
        assert!(
            answer.status == status || (answer.status == 0 && status == 400),
            "{what}: {} {}",
            answer.status,
            answer.text()
        );
    }
    let both = format!(
        "{post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    );
    let answer = exchange(stage.at, both.as_bytes()).await;
    assert!(!answer.text().contains("HTTP/1.1"), "one answer at most: {}", answer.text());
    assert_eq!(stage.stored().await, "[] [] 0");
}
