//! Packets of the Socket.IO protocol, version 5, as text: what clients of Socket.IO 3 and 4 speak above Engine.IO.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use web::socket::{Close, close};

/// What came. Everything that the protocol has and a visitor's page has no use for is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    /// Asks to come in, with what the page calls `auth`.
    Connect { auth: Option<&'a str> },
    /// Asks to come in somewhere else than `/`.
    Elsewhere { namespace: &'a str },
    /// Says goodbye.
    Disconnect,
    /// Says something, perhaps with a callback to be answered.
    Event { callback: Option<u64>, arguments: &'a str },
    /// Answers a question that nobody asked.
    Answer,
}

const NOT_A_PACKET: Close = Close(close::NOT_JSON, "not a packet of Socket.IO");
const BINARY: Close = Close(close::BINARY, "text only");

impl<'a> Packet<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Close> {
        let mut letters = text.chars();
        let kind = letters.next().ok_or(NOT_A_PACKET)?;
        let rest = letters.as_str();
        let (namespace, rest) = match rest.strip_prefix('/') {
            Some(_) => rest.split_once(',').unwrap_or((rest, "")),
            None => ("/", rest),
        };
        let own = namespace == "/";
        match kind {
            '0' if !own => Ok(Self::Elsewhere { namespace }),
            '0' => Ok(Self::Connect { auth: Some(rest).filter(|auth| !auth.is_empty()) }),
            '1' if own => Ok(Self::Disconnect),
            '2' if own => {
                let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
                let (callback, arguments) = rest.split_at(digits);
                let callback = if callback.is_empty() { None } else { Some(callback) };
                let callback = callback.map(str::parse).transpose().map_err(|_| NOT_A_PACKET)?;
                Ok(Self::Event { callback, arguments })
            }
            '3' if own => Ok(Self::Answer),
            '5' | '6' => Err(BINARY),
            _ => Err(NOT_A_PACKET),
        }
    }
}

/// The name of an event, and what stands beside it.
pub(crate) fn event(arguments: &str) -> Result<(String, Vec<&RawValue>), Close> {
    let mut all: Vec<&RawValue> = serde_json::from_str(arguments).map_err(|_| NOT_A_PACKET)?;
    if all.is_empty() {
        return Err(NOT_A_PACKET);
    }
    let name = serde_json::from_str(all.remove(0).get()).map_err(|_| NOT_A_PACKET)?;
    Ok((name, all))
}

/// Lets in, under this name.
pub(super) fn connect(id: &str) -> String {
    format!("0{}", json!({ "sid": id }))
}

/// Lets nobody in, and says why: the client hears `connect_error`, and finds the rest in its `data`.
pub(super) fn connect_error(namespace: &str, message: &str, data: &Value) -> String {
    let error = json!({ "message": message, "data": data });
    if namespace == "/" { format!("4{error}") } else { format!("4{namespace},{error}") }
}

/// Shows out.
pub(super) const DISCONNECT: &str = "1";

/// An event of this name.
pub(super) fn said(name: &str, arguments: impl Serialize) -> String {
    format!("2{}", json!([name, arguments]))
}

/// The answer to a callback.
pub(super) fn answer(callback: u64, arguments: &Value) -> String {
    format!("3{callback}{arguments}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_read_as_the_protocol_writes_them() {
        let table = [
            ("0", Packet::Connect { auth: None }),
            ("0{\"token\":\"t\"}", Packet::Connect { auth: Some("{\"token\":\"t\"}") }),
            ("0/,{}", Packet::Connect { auth: Some("{}") }),
            ("0/admin,{\"a\":1}", Packet::Elsewhere { namespace: "/admin" }),
            ("0/admin", Packet::Elsewhere { namespace: "/admin" }),
            ("1", Packet::Disconnect),
            ("2[\"say\",{}]", Packet::Event { callback: None, arguments: "[\"say\",{}]" }),
            ("217[\"say\",{}]", Packet::Event { callback: Some(17), arguments: "[\"say\",{}]" }),
            ("2/,0[\"say\"]", Packet::Event { callback: Some(0), arguments: "[\"say\"]" }),
            ("31[]", Packet::Answer),
        ];
        for (text, packet) in table {
            assert_eq!(Packet::read(text), Ok(packet), "{text}");
        }
    }

    #[test]
    fn what_is_no_packet_or_binary_is_refused() {
        for text in [
            "",
            "é",
            "7",
            "8[]",
            "4{\"message\":\"x\"}",
            "2/admin,[\"say\"]",
            "1/admin",
            "299999999999999999999[\"x\"]",
        ] {
            assert_eq!(Packet::read(text), Err(NOT_A_PACKET), "{text}");
        }
        for text in ["51-[\"say\",{\"_placeholder\":true,\"num\":0}]", "59999999-[]", "5-", "60-[]", "5"] {
            assert_eq!(Packet::read(text), Err(BINARY), "{text}");
        }
        for text in
            ["", "[", "[]", "{}", "[1]", "[null,1]", "[\"say\"", "[\"say\"] x", "\"say\"", "[\"\\ud800\"]"]
        {
            assert!(event(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_is_no_way_to_write_another_packet() {
        assert_eq!(said("a\"],\n", 1), "2[\"a\\\"],\\n\",1]");
        assert_eq!(connect_error("/x", "no\"", &Value::Null), "4/x,{\"data\":null,\"message\":\"no\\\"\"}");
    }
}
