//! A reader of server-sent events that remembers everything it was told.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::{self, Answer, PATIENCE};

/// What bytes come and go through.
trait Bytes: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Bytes for T {}

/// An answer of server-sent events that goes on.
pub struct EventStream {
    stream: Box<dyn Bytes>,
    chunked: bool,
    /// What has come and is not read yet, as HTTP carries it.
    raw: Vec<u8>,
    text: String,
    /// The answer's head.
    pub head: Answer,
    /// Every frame so far, with its `type`.
    pub heard: Vec<Value>,
    /// Every `id:` so far.
    pub ids: Vec<String>,
    /// How many comments came.
    pub beats: usize,
    read: usize,
}

impl EventStream {
    /// Asks for a stream; or gives the answer that was none.
    pub async fn open(to: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, Answer> {
        let stream = TcpStream::connect(to).await.expect("the server listens");
        Self::over(stream, path, headers).await
    }

    /// The same over a connection that is there already.
    pub async fn over(
        mut stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, Answer> {
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n");
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.expect("the server takes a request");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match timeout(PATIENCE, stream.read_u8()).await.expect("the server answers in time") {
                Ok(byte) => head.push(byte),
                Err(_) => break,
            }
        }
        let mut answer = http::answer(&head);
        if answer.header("content-type") != "text/event-stream" {
            let length = answer.header("content-length").parse().unwrap_or(0);
            answer.body = vec![0; length];
            let read = timeout(PATIENCE, stream.read_exact(&mut answer.body)).await;
            read.expect("the body comes in time").expect("the body is as long as it says");
            return Err(answer);
        }
        Ok(Self {
            stream: Box::new(stream),
            chunked: answer.header("transfer-encoding") == "chunked",
            raw: Vec::new(),
            text: String::new(),
            head: answer,
            heard: Vec::new(),
            ids: Vec::new(),
            beats: 0,
            read: 0,
        })
    }

    /// The next frame of this type; what comes before it is passed over, and stays in `heard`.
    pub async fn next(&mut self, kind: &str) -> Value {
        self.find(kind, |frame| frame["type"] == kind).await
    }

    /// The next frame that `wanted` says yes to.
    pub async fn find(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            while let Some(frame) = self.heard.get(self.read) {
                self.read += 1;
                if wanted(frame) {
                    return frame.clone();
                }
            }
            assert!(self.hear().await, "ended instead of {what}; heard {:?}", self.heard);
        }
    }

    /// Waits for a comment more.
    pub async fn beat(&mut self) {
        let before = self.beats;
        while self.beats == before {
            assert!(self.hear().await, "ended; heard {:?}", self.heard);
        }
    }

    /// Reads until the server ends it; the code that it gave last, or 0 without one.
    pub async fn ended(&mut self) -> u64 {
        while self.hear().await {}
        let close = self.heard.iter().rev().find(|frame| frame["type"] == "close");
        close.map_or(0, |frame| frame["code"].as_u64().unwrap_or(0))
    }

    /// The sequence numbers of the events so far.
    pub fn seqs(&self) -> Vec<u64> {
        let events = self.heard.iter().filter(|frame| frame["type"] == "event");
        events.filter_map(|frame| frame["event"]["seq"].as_u64()).collect()
    }

    /// Reads more; false at the end.
    async fn hear(&mut self) -> bool {
        let mut piece = [0; 4096];
        let read = timeout(PATIENCE, self.stream.read(&mut piece)).await;
        match read.unwrap_or_else(|_| panic!("nothing came; heard {:?}", self.heard)) {
            Ok(0) | Err(_) => return false,
            Ok(count) => self.raw.extend_from_slice(&piece[..count]),
        }
        let last = self.unwrap_chunks();
        while let Some(end) = self.text.find("\n\n") {
            let block: String = self.text.drain(..end + 2).collect();
            self.take(&block);
        }
        !last
    }

    /// Moves what has come whole out of its chunks; true when the last one was among them.
    fn unwrap_chunks(&mut self) -> bool {
        if !self.chunked {
            self.text.push_str(std::str::from_utf8(&self.raw).expect("frames are UTF-8"));
            self.raw.clear();
            return false;
        }
        while let Some(line) = self.raw.windows(2).position(|two| two == b"\r\n") {
            let size = std::str::from_utf8(&self.raw[..line]).expect("a chunk's size is text");
            let size = usize::from_str_radix(size, 16).expect("a chunk has a size");
            if self.raw.len() < line + 2 + size + 2 {
                return false;
            }
            let chunk = &self.raw[line + 2..line + 2 + size];
            self.text.push_str(std::str::from_utf8(chunk).expect("frames are UTF-8"));
            self.raw.drain(..line + 2 + size + 2);
            if size == 0 {
                return true;
            }
        }
        false
    }

    fn take(&mut self, block: &str) {
        let (mut kind, mut data) = ("message", String::new());
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("", _)) => self.beats += 1,
                Some(("event", value)) => kind = value,
                Some(("id", value)) => self.ids.push(value.to_owned()),
                Some(("data", value)) => data.push_str(value),
                _ => assert!(line.is_empty(), "not a line of an event: {line}"),
            }
        }
        if !data.is_empty() {
            let mut frame: Value = serde_json::from_str(&data).expect("the server sends JSON");
            assert!(frame.get("type").is_none(), "the type is the event's name: {frame}");
            frame["type"] = kind.into();
            self.heard.push(frame);
        }
    }
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream").field("heard", &self.heard).finish_non_exhaustive()
    }
}
