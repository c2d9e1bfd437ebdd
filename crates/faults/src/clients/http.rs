//! Requests with a bearer token, over one connection that is kept.

use std::fmt::Display;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::http::request::Builder;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Cut;
use crate::house::PATIENCE;

/// A connection that is opened when it is needed.
pub(crate) struct Http {
    to: SocketAddr,
    /// Whose requests they are.
    pub(crate) token: Option<String>,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// Reads and writes for `sender`; ends with it.
    driver: JoinSet<()>,
}

/// A step of a request takes less, or never ends: whoever waits for the whole request would not learn which step it was.
const NEVER: Duration = PATIENCE.saturating_sub(Duration::from_secs(5));

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// In how many seconds it may be asked again, if that was said.
    pub(crate) retry_after: Option<u64>,
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
        let mut request = self.request(method, path);
        let bytes = match body {
            Some(body) => {
                request = request.header("Content-Type", "application/json");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let answer = self.exchange(request, bytes).await?;
        let retry_after =
            answer.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok());
        let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        Ok(Reply { status: answer.status().as_u16(), retry_after, body })
    }

    /// Sends what a page's form sends, with a cookie.
    pub(crate) async fn post_form(
        &mut self,
        path: &str,
        cookie: &str,
        fields: String,
    ) -> Result<Response<Bytes>, Cut> {
        let request = self.request("POST", path).header("Cookie", cookie);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        self.exchange(request, Bytes::from(fields)).await
    }

    /// Asks for a page.
    pub(crate) async fn page(&mut self, path: &str) -> Result<Response<Bytes>, Cut> {
        let request = self.request("GET", path);
        self.exchange(request, Bytes::new()).await
    }

    async fn exchange(&mut self, request: Builder, body: Bytes) -> Result<Response<Bytes>, Cut> {
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        let request = request.body(Full::new(body)).map_err(Cut::broken)?;
        self.step("the connection is ready", sender.ready()).await?;
        let answer = self.step("the head of an answer", sender.send_request(request)).await?;
        let (head, body) = answer.into_parts();
        let bytes = self.step("the rest of an answer", body.collect()).await?.to_bytes();
        self.sender = Some(sender);
        Ok(Response::from_parts(head, bytes))
    }

    /// Waits for a step of a request, or for the end of the connection. hyper alone does not say when the two meet: a request
    /// that is handed over at the moment in which its connection ends lies between them, and is never answered.
    async fn step<T, E: Display>(
        &mut self,
        what: &str,
        step: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Cut> {
        let ended = async { while self.driver.join_next().await.is_some() {} };
        let mut step = pin!(step);
        let done = timeout(NEVER, async {
            tokio::select! {
                biased;
                done = &mut step => Some(done),
                // What came before the end has come by now.
                () = ended => step.now_or_never(),
            }
        });
        match done.await {
            Ok(Some(done)) => done.map_err(Cut::broken),
            Ok(None) => Err(Cut::broken("the connection ended")),
            Err(_) => Err(Cut::Silent(what.to_owned())),
        }
    }

    /// Asks for a stream of events: the answer's body, which does not end. Nothing else goes over this connection.
    pub(crate) async fn stream(&mut self, path: &str) -> Result<Incoming, Cut> {
        let mut sender = self.connect().await?;
        let request = self.request("GET", path).header("Accept", "text/event-stream");
        let request = request.body(Full::new(Bytes::new())).map_err(Cut::broken)?;
        let answer = self.step("the head of a stream", sender.send_request(request)).await?;
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
        let stream = timeout(NEVER, TcpStream::connect(self.to)).await;
        let stream = stream.map_err(|_| Cut::Silent("a connection".to_owned()))?.map_err(Cut::broken)?;
        stream.set_nodelay(true).map_err(Cut::broken)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(Cut::broken)?;
        self.driver.abort_all();
        // How the connection ended is told to whoever waits for an answer on it.
        self.driver.spawn(async move { connection.await.unwrap_or_default() });
        Ok(sender)
    }
}
