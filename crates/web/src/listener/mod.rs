//! The accept loop: a cap on connections, time limits for slow, silent, idle and never-reading ones, a drain at the end.

mod caps;
mod certificate;
mod ear;
mod tls;
mod validity;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

pub use caps::{Caps, Held};
pub use certificate::{Certificate, CertificateFault};
pub use ear::Ear;
pub use tls::Tls;

use crate::client_ip::Peer;
use crate::in_time::InTime;
use crate::stalled::{Stalled, Streams};
use caps::Place;
use ear::Accept;

/// How long a request's head may take, and how long a connection may be idle between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The largest head of a request.
const HEAD_BYTES: usize = 16 * 1024;

/// Accepts until `stop`; then lets the requests in flight finish. Connections run in `tracker`, upgraded ones
/// too: they hear `stop` by themselves.
pub async fn serve(ear: Ear, router: Router, caps: Caps, stop: CancellationToken, tracker: TaskTracker) {
    match ear {
        Ear::Tcp(listener) => accept(listener, router, caps, stop, tracker).await,
        Ear::Tls(listener, tls) => accept((listener, tls), router, caps, stop, tracker).await,
        Ear::Unix(listener) => accept(listener, router, caps, stop, tracker).await,
    }
}

async fn accept<L: Accept>(
    listener: L,
    router: Router,
    caps: Caps,
    stop: CancellationToken,
    tracker: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = caps.enter(peer) {
                    let line = listener.open(stream);
                    tracker.spawn(connection(line, peer, router.clone(), place, stop.clone()));
                } else {
                    metrics::counter!("deskbell_connections_refused_total").increment(1);
                    tracker.spawn(refuse(stream, L::REFUSAL));
                }
            }
            Err(error) => {
                // Out of file descriptors, most likely: a pause lets some go, a busy loop would not.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a connection could not be accepted"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(
    line: impl Future<Output = io::Result<impl AsyncRead + AsyncWrite + Unpin + Send + 'static>>,
    peer: Peer,
    router: Router,
    place: Place,
    stop: CancellationToken,
) {
    let opened = tokio::select! {
        opened = line => opened,
        () = stop.cancelled() => return,
    };
    let stream = match opened {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection was not protected");
            return;
        }
    };
    // The place is held by the service, and so by an upgraded connection's last request: dropped with it.
    let place = Arc::new(place);
    let (held, streams) = (Arc::clone(&place), Streams::default());
    let begun = streams.clone();
    let service = router
        .map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(Held::of(&held));
            request.map(|body| axum::body::Body::new(InTime::of(body)))
        })
        .map_response(move |response: axum::response::Response| {
            if goes_on(&response) {
                begun.begin();
            }
            response
        });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_BYTES);
    let connection = builder
        .serve_connection(TokioIo::new(Stalled::watch(stream, streams)), TowerToHyperService::new(service))
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
    }
    drop(place);
}

/// Whether an answer is the beginning of a socket or an event stream.
fn goes_on(response: &axum::response::Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    response.status() == StatusCode::SWITCHING_PROTOCOLS || kind == Some(b"text/event-stream")
}

/// An honest no, instead of a connection that hangs.
async fn refuse(mut stream: impl AsyncWrite + Unpin, answer: &'static str) {
    use tokio::io::AsyncWriteExt;
    let write = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    };
    // Whoever does not take the answer within a moment does not get it.
    if !matches!(tokio::time::timeout(Duration::from_secs(1), write).await, Ok(Ok(()))) {
        tracing::debug!("a refused connection did not take its answer");
    }
}
