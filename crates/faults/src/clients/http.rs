//! Requests with a bearer token, over one connection that is kept.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::http::request::Builder;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Cut;

/// A connection that is opened when it is needed.
pub(crate) struct Http {
    to: SocketAddr,
    /// Whose requests they are.
    pub(crate) token: Option<String>,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// Reads and writes for `sender`; ends with it.
    driver: JoinSet<()>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The body; `null` if it is not JSON.
    pub(crate) body: Value,
}

impl Reply {
    /// Whether what was asked for was done.
    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Http {
    /// For this server; nothing is opened yet.
    pub(crate) fn new(to: SocketAddr, token: Option<String>) -> Self {
        Self { to, token, sender: None, driver: JoinSet::new() }
    }

    /// Asks, and waits for the answer. Dropped before it has come, the next request opens a new connection.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Reply, Cut> {
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        let mut request = self.request(method, path);
        let bytes = match body {
            Some(body) => {
                request = request.header("Content-Type", "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let request = request.body(Full::new(bytes)).map_err(Cut::broken)?;
        sender.ready().await.map_err(Cut::broken)?;
        let answer = sender.send_request(request).await.map_err(Cut::broken)?;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.map_err(Cut::broken)?.to_bytes();
        self.sender = Some(sender);
        Ok(Reply { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }

    /// Asks for a stream of events: the answer's body, which does not end. Nothing else goes over this connection.
    pub(crate) async fn stream(&mut self, path: &str) -> Result<Incoming, Cut> {
        let mut sender = self.connect().await?;
        let request = self.request("GET", path).header("Accept", "text/event-stream");
        let request = request.body(Full::new(Bytes::new())).map_err(Cut::broken)?;
        let answer = sender.send_request(request).await.map_err(Cut::broken)?;
        let status = answer.status().as_u16();
        self.sender = Some(sender);
        if status == 200 { Ok(answer.into_body()) } else { Err(Cut::broken(format!("no stream: {status}"))) }
    }

    fn request(&self, method: &str, path: &str) -> Builder {
        let host = format!("localhost:{}", self.to.port());
        let request = Request::builder().method(method).uri(path).header("Host", host);
        match &self.token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    async fn connect(&mut self) -> Result<SendRequest<Full<Bytes>>, Cut> {
        let stream = TcpStream::connect(self.to).await.map_err(Cut::broken)?;
        stream.set_nodelay(true).map_err(Cut::broken)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(Cut::broken)?;
        self.driver.abort_all();
        // How the connection ended is told to whoever waits for an answer on it.
        self.driver.spawn(async move { connection.await.unwrap_or_default() });
        Ok(sender)
    }
}
