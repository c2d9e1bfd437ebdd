//! A small HTTP/1.1 client that sends exactly the bytes that it is told to send.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// Nothing in a test takes longer than this, unless it hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A request, one connection of its own.
#[derive(Debug, Clone)]
pub struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    /// `GET`, or any other method, without a body.
    pub fn new(method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        Self { head, body: Vec::new() }
    }

    /// With a header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// With `Authorization: Bearer …`, unless the token is empty.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        if token.is_empty() { self } else { self.header("Authorization", &format!("Bearer {token}")) }
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string().as_bytes())
    }

    /// With any body.
    #[must_use]
    pub fn bytes(mut self, content_type: &str, body: &[u8]) -> Self {
        self = self.header("Content-Type", content_type);
        body.clone_into(&mut self.body);
        self
    }

    /// Sends it, and reads the answer.
    pub async fn send(self, to: SocketAddr) -> Answer {
        exchange(to, &self.into_bytes()).await
    }

    /// Sends it over a line that is there already, and reads the answer.
    pub async fn send_over(self, line: impl AsyncRead + AsyncWrite + Unpin) -> Answer {
        exchange_over(line, &self.into_bytes()).await
    }

    fn into_bytes(self) -> Vec<u8> {
        let mut bytes = self.head;
        if !self.body.is_empty() || bytes.contains("Content-Type") {
            bytes.extend(["Content-Length: ", &self.body.len().to_string(), "\r\n"]);
        }
        bytes.push_str("\r\n");
        [bytes.as_bytes(), &self.body].concat()
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status; 0 when the connection was closed without one.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's first value, or nothing at all.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The cookie of this name that the answer sets, as `name=value`; empty if it sets none.
    pub fn cookie(&self, name: &str) -> &str {
        let set = self.headers.iter().filter(|(known, _)| known == "set-cookie");
        let mut pairs = set.filter_map(|(_, value)| value.split(';').next());
        pairs.find(|pair| pair.split_once('=').is_some_and(|(known, _)| known == name)).unwrap_or_default()
    }

    /// The body as JSON; `null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends these bytes, and reads until the server closes.
pub async fn exchange(to: SocketAddr, bytes: &[u8]) -> Answer {
    exchange_over(TcpStream::connect(to).await.expect("the server listens"), bytes).await
}

/// The same, over a line that is there already.
pub async fn exchange_over(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> Answer {
    // A server that has heard enough may close while we still write: its answer is read all the same.
    let written = stream.write_all(bytes).await;
    let mut got = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut got)).await;
    let read = read.expect("the server answers and closes in time");
    assert!(read.is_ok() || written.is_err() || !got.is_empty(), "the connection broke: {read:?}");
    answer(&got)
}

/// Reads an answer that has come whole.
pub fn answer(got: &[u8]) -> Answer {
    let end = got.windows(4).position(|four| four == b"\r\n\r\n");
    let Some(end) = end else { return Answer { status: 0, headers: Vec::new(), body: got.to_vec() } };
    let head = String::from_utf8_lossy(&got[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunk(&got[end + 4..]) } else { got[end + 4..].to_vec() };
    Answer { status, headers, body }
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|two| two == b"\r\n") {
        let size =
            std::str::from_utf8(&rest[..line]).ok().and_then(|hex| usize::from_str_radix(hex, 16).ok());
        let Some(size @ 1..) = size else { break };
        let from = line + 2;
        body.extend_from_slice(&rest[from..from + size]);
        rest = &rest[from + size + 2..];
    }
    body
}
