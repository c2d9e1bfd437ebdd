//! What visitors may send, made by chance, against everything of ours that reads it (S35, S36, S41): nothing panics, and what
//! is taken is what it is taken for. `PROPTEST_CASES` says how often; `cargo xtask faults --long` says ten million times.

mod spoiled;

use std::io::{Cursor, Read, Write};

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::Value;
use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use web::Problem;

use crate::rest::CallIn;
use crate::socket::{Frame, Heard};
use crate::socket_io::{Packet, Said, event};
use spoiled::spoiled;

/// The limits of `web::socket::configure`, and a frame that fills them.
const FRAME_BYTES: usize = 64 * 1024;

const BODIES: &[&str] = &[
    r#"{"message":{"id":"m1","body":"help \u2603"},"context":{"url":"https://a.example/","errors":[{"status":500}]}}"#,
    r#"{"id":"c1","context":{"title":"결제","release":"1.2","user_agent":"x","viewport":"390x844","errors":[]}}"#,
    "{}",
];

const FRAMES: &[&str] = &[
    r#"{"type":"hello","token":"t","conversation_id":"0193","after":7,"epoch":"e"}"#,
    r#"{"type":"call","id":"c1","message":{"id":"m1","body":"x"},"context":{"url":"https://a.example/"}}"#,
    r#"{"type":"say","id":"m2","body":"\ud83d\udd14 안녕"}"#,
    r#"{"type":"typing","on":true}"#,
    r#"{"type":"read","seq":18446744073709551615}"#,
    r#"{"type":"ping"}"#,
];

const PACKETS: &[&str] = &[
    r#"0{"token":"t","serverOffset":3}"#,
    "0/admin,{}",
    "1",
    r#"217["say",{"id":"m1","body":"x"}]"#,
    r#"2["chat message","hello","aBc-0"]"#,
    r#"51-["say",{"_placeholder":true,"num":0}]"#,
    "31[null]",
];

/// A refusal is one of those that the contract has for what was sent.
fn is_told_why(problem: &Problem) -> bool {
    matches!(problem.status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY)
}

proptest! {
    #[test]
    fn a_body_that_is_taken_is_json_and_any_other_is_told_why(text in spoiled(BODIES)) {
        match web::json::parse::<CallIn>(&text) {
            Ok(_) => prop_assert!(serde_json::from_slice::<Value>(&text).is_ok_and(|value| value.is_object())),
            Err(problem) => prop_assert!(is_told_why(&problem), "{problem:?}"),
        }
    }

    #[test]
    fn a_frame_that_is_taken_is_json_and_any_other_is_told_why(text in spoiled(FRAMES)) {
        match web::tagged::parse::<Frame>(&text) {
            Ok(_) => prop_assert!(serde_json::from_slice::<Value>(&text).is_ok_and(|value| value["type"].is_string())),
            Err(problem) => prop_assert!(is_told_why(&problem), "{problem:?}"),
        }
    }

    #[test]
    fn a_packet_of_socket_io_is_a_frame_of_its_name_or_none(bytes in spoiled(PACKETS)) {
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        let Ok(Packet::Event { arguments, .. }) = Packet::read(text) else { return Ok(()) };
        let Ok((name, arguments)) = event(arguments) else { return Ok(()) };
        match Said::of(&name, arguments.first().copied()).frame() {
            Ok(frame) => {
                let said = format!("{frame:?}").to_lowercase();
                prop_assert!(said.starts_with(&name), "{name} became {said}");
            }
            Err(problem) => prop_assert!(is_told_why(&problem), "{problem:?}"),
        }
    }

    #[test]
    fn what_a_websocket_makes_of_bytes_is_within_its_limits(bytes in any_frames()) {
        let config = WebSocketConfig::default()
            .read_buffer_size(1024)
            .write_buffer_size(4096)
            .max_write_buffer_size(FRAME_BYTES * 8)
            .max_message_size(Some(FRAME_BYTES))
            .max_frame_size(Some(FRAME_BYTES));
        let mut socket = WebSocket::from_raw_socket(Wire(Cursor::new(bytes)), Role::Server, Some(config));
        while let Ok(message) = socket.read() {
            prop_assert!(message.len() <= FRAME_BYTES);
        }
    }
}

/// Bytes that somebody has sent, and nobody who listens.
struct Wire(Cursor<Vec<u8>>);

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(into)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A few frames in a row (RFC 6455, section 5.2), most of them with something wrong.
fn any_frames() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        6 => (0_u8..126).prop_map(|n| vec![n]),
        1 => any::<u16>().prop_map(|n| [&[126][..], &n.to_be_bytes()].concat()),
        1 => any::<u64>().prop_map(|n| [&[127][..], &n.to_be_bytes()].concat()),
    ];
    let first = prop_oneof![4 => prop::sample::select(vec![0x81_u8, 0x01, 0x80, 0x00, 0x82, 0x88, 0x89, 0x8a]), 1 => any::<u8>()];
    let frame = (
        first,
        prop::bool::weighted(0.9),
        length,
        any::<[u8; 4]>(),
        prop::collection::vec(any::<u8>(), 0..32),
    );
    let frame = frame.prop_map(|(first, masked, mut length, mask, payload)| {
        if length.len() == 1 {
            length[0] = u8::try_from(payload.len()).unwrap_or(0);
        }
        if masked {
            length[0] |= 0x80;
        }
        [&[first][..], &length, if masked { &mask } else { &[] }, &payload].concat()
    });
    prop::collection::vec(frame, 1..4).prop_map(|frames| frames.concat())
}
