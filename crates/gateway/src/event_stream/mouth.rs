//! Frames as server-sent events (WHATWG HTML, section 9.2), with a sign of life when there is nothing to say.

use std::time::Duration;

use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use web::Problem;
use web::socket::{Close, Ended, SEND_WITHIN, close};

use crate::socket::{Frame, Heard, Mouth};

/// How often a silent stream says that it is there: proxies give up on one after 60 s, many a mobile network after 30.
const BEAT_EVERY: Duration = Duration::from_secs(15);
/// What is due in one turn goes out together, up to so many bytes.
const TOGETHER: usize = 16 * 1024;

/// What the `id:` of an event is, and so what a browser that comes back says in `Last-Event-ID`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ids {
    /// The place in the log: the address names the conversation.
    SeqOnly,
    /// `conversation/seq`: the stream goes along to the visitor's next conversation.
    WithConversation,
}

/// The end of a stream that writes. At most one piece waits for the reader, so a slow one costs no more memory.
#[derive(Debug)]
pub(super) struct EventStream {
    out: mpsc::Sender<Bytes>,
    waiting: Vec<u8>,
    beat: Instant,
    ids: Ids,
}

impl EventStream {
    pub(super) fn new(out: mpsc::Sender<Bytes>, ids: Ids) -> Self {
        Self { out, waiting: Vec::new(), beat: Instant::now() + BEAT_EVERY, ids }
    }

    /// Says why, and ends the stream.
    pub(super) async fn close(mut self, Close(code, reason): Close) {
        let frame = json!({ "type": "close", "code": code, "reason": reason });
        if let Err(Ended::Gone) = self.send(&frame).await {
            tracing::debug!(code, "a stream's reader had gone before it was closed");
        }
    }

    fn write(&mut self, frame: &impl Serialize) -> Result<(), Ended> {
        let not_written = |error: serde_json::Error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a frame could not be written as JSON");
            Ended::from(Close(close::INTERNAL, "internal error"))
        };
        let mut frame = serde_json::to_value(frame).map_err(not_written)?;
        let kind = frame.as_object_mut().and_then(|fields| fields.remove("type"));
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("message");
        let id = match (frame["event"]["seq"].as_u64(), frame["conversation_id"].as_str(), self.ids) {
            (Some(seq), Some(_), Ids::SeqOnly) => format!("id: {seq}\n"),
            (Some(seq), Some(id), Ids::WithConversation) => format!("id: {id}/{seq}\n"),
            _ => String::new(),
        };
        self.waiting.extend_from_slice(format!("event: {kind}\n{id}data: ").as_bytes());
        // JSON has no line breaks of its own, so it is one `data:` line.
        serde_json::to_writer(&mut self.waiting, &frame).map_err(not_written)?;
        self.waiting.extend_from_slice(b"\n\n");
        Ok(())
    }

    async fn push(&mut self) -> Result<(), Ended> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.waiting));
        self.beat = Instant::now() + BEAT_EVERY;
        match timeout(SEND_WITHIN, self.out.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Ended::Gone),
        }
    }
}

impl Mouth for EventStream {
    type Heard = Nothing;

    const TRANSPORT: &'static str = "sse";

    async fn recv(&mut self) -> Result<Nothing, Ended> {
        loop {
            tokio::select! {
                () = self.out.closed() => return Err(Ended::Gone),
                () = sleep_until(self.beat) => {
                    self.waiting.extend_from_slice(b": here\n\n");
                    self.push().await?;
                }
            }
        }
    }

    async fn send(&mut self, frame: &(impl Serialize + Sync)) -> Result<(), Ended> {
        self.write(frame)?;
        self.push().await
    }

    async fn queue(&mut self, frame: &(impl Serialize + Sync)) -> Result<(), Ended> {
        self.write(frame)?;
        if self.waiting.len() >= TOGETHER { self.push().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), Ended> {
        self.push().await
    }
}

/// Nothing comes in on a stream that goes out.
#[derive(Debug)]
pub(crate) enum Nothing {}

impl Heard for Nothing {
    fn frame(&self) -> Result<Frame, Problem> {
        match *self {}
    }

    fn id(&self) -> Option<String> {
        match *self {}
    }
}
