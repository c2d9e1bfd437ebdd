//! What a visitor or an admin does, whatever carries it.
//!
//! A [`Person`] gives commands, keeps what it sent and was told, and comes back after every cut as the widget does:
//! with the place it has, and with what was not acknowledged under the same ids. A [`Line`] is one connection of
//! theirs, in the frames of the contract's section 6, whatever the transport makes of them.
//!
//! How to add a transport: a file with its `open`, a word in [`Transport`], its arm in [`open`].

pub(crate) mod errands;
mod event_stream;
pub(crate) mod http;
pub(crate) mod person;
pub(crate) mod record;
mod rest;
mod socket_io;
mod web_socket;

use std::net::SocketAddr;

use async_trait::async_trait;
use serde_json::Value;

pub(crate) use person::Person;
pub(crate) use record::{Answer, Record};

/// What carries a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Transport {
    /// WebSocket, the widget's own.
    WebSocket,
    /// Server-sent events and POST.
    EventStream,
    /// Socket.IO v4.
    SocketIo,
    /// REST, with questions for what is new.
    Rest,
}

impl Transport {
    /// All there are.
    pub(crate) const ALL: [Self; 4] = [Self::WebSocket, Self::EventStream, Self::SocketIo, Self::Rest];

    /// The word for it in lines that people read.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "WebSocket",
            Self::EventStream => "SSE",
            Self::SocketIo => "Socket.IO",
            Self::Rest => "REST",
        }
    }
}

/// Which side of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Who asks.
    Visitor,
    /// Who answers.
    Admin,
}

impl Side {
    /// Where its part of the API begins.
    pub(crate) const fn api(self) -> &'static str {
        match self {
            Self::Visitor => "/api/v1/widget",
            Self::Admin => "/api/v1/admin",
        }
    }
}

/// Why a connection cannot be used any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Cut {
    /// The server has closed it, and said why.
    #[error("closed with {0}")]
    Closed(u16),
    /// It ended without a word, or never began.
    #[error("broken: {0}")]
    Broken(String),
    /// It is open, and nothing has come for longer than anything may take.
    #[error("nothing came for longer than anything may take: {0}")]
    Silent(String),
}

impl Cut {
    /// A connection that broke.
    pub(crate) fn broken(why: impl std::fmt::Display) -> Self {
        Self::Broken(why.to_string())
    }
}

/// With what somebody begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hello {
    /// Theirs, if they have one yet.
    pub(crate) token: Option<String>,
    /// The conversation of which they have something.
    pub(crate) conversation: Option<String>,
    /// The last place of it that they have.
    pub(crate) after: u64,
}

/// One connection. Its first frame is `welcome`. Frames that name a conversation do so on both sides of the desk;
/// a line leaves out what its transport does not take.
#[async_trait]
pub(crate) trait Line: Send {
    /// Hands a frame to the server.
    async fn send(&mut self, frame: &Value) -> Result<(), Cut>;

    /// The next frame from the server. May be dropped and called again: nothing is lost by it.
    async fn recv(&mut self) -> Result<Value, Cut>;
}

/// A visitor's frame as it goes over a socket. What ends a call says which one, as the widget does; words go to the
/// conversation that is followed, as those of simple clients do. On the REST ways everything has a conversation in its path.
fn of_visitor(frame: &Value) -> Value {
    let mut frame = frame.clone();
    if let Some(fields) = frame.as_object_mut()
        && (fields["type"] == "say" || fields.get("conversation_id") == Some(&Value::Null))
    {
        fields.remove("conversation_id");
    }
    frame
}

/// Opens a connection and says hello.
pub(crate) async fn open(
    transport: Transport,
    side: Side,
    to: SocketAddr,
    hello: &Hello,
) -> Result<Box<dyn Line>, Cut> {
    Ok(match transport {
        // Admins have WebSocket and REST.
        Transport::EventStream if side == Side::Visitor => Box::new(event_stream::open(to, hello).await?),
        Transport::SocketIo if side == Side::Visitor => Box::new(socket_io::open(to, hello).await?),
        Transport::WebSocket | Transport::EventStream | Transport::SocketIo => {
            Box::new(web_socket::open(side, to, hello).await?)
        }
        Transport::Rest => Box::new(rest::open(side, to, hello).await?),
    })
}
