//! What a transport has to be for a connection: a way in for what the page says, and a way out for frames.

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use web::Problem;
use web::socket::{Ended, Wire, id_of};

use crate::socket::frames::Frame;

/// One transport's end of a connection. Whatever it is made of, it carries the frames of the contract, section 6.
pub(crate) trait Mouth: Send {
    /// What comes in, as it came.
    type Heard: Heard;

    /// What operators call it.
    const TRANSPORT: &'static str;

    /// The next thing that the page says. May be dropped and called again: nothing is lost.
    fn recv(&mut self) -> impl Future<Output = Result<Self::Heard, Ended>> + Send;

    /// Sends one frame.
    fn send(&mut self, frame: &(impl Serialize + Sync)) -> impl Future<Output = Result<(), Ended>> + Send;

    /// Takes a frame that goes out with the next [`Mouth::flush`] at the latest.
    fn queue(&mut self, frame: &(impl Serialize + Sync)) -> impl Future<Output = Result<(), Ended>> + Send;

    /// Sends what was queued.
    fn flush(&mut self) -> impl Future<Output = Result<(), Ended>> + Send;
}

/// Something that a page has said.
pub(crate) trait Heard: Send + Sync {
    /// What it asks for.
    fn frame(&self) -> Result<Frame, Problem>;

    /// The id that it carries, however wrong the rest of it is.
    fn id(&self) -> Option<String>;
}

impl Heard for Utf8Bytes {
    fn frame(&self) -> Result<Frame, Problem> {
        web::tagged::parse(self.as_bytes())
    }

    fn id(&self) -> Option<String> {
        id_of(self)
    }
}

impl Mouth for Wire {
    type Heard = Utf8Bytes;

    const TRANSPORT: &'static str = "websocket";

    fn recv(&mut self) -> impl Future<Output = Result<Utf8Bytes, Ended>> + Send {
        Self::recv(self)
    }

    fn send(&mut self, frame: &(impl Serialize + Sync)) -> impl Future<Output = Result<(), Ended>> + Send {
        Self::send(self, frame)
    }

    fn queue(&mut self, frame: &(impl Serialize + Sync)) -> impl Future<Output = Result<(), Ended>> + Send {
        Self::queue(self, frame)
    }

    fn flush(&mut self) -> impl Future<Output = Result<(), Ended>> + Send {
        Self::flush(self)
    }
}
