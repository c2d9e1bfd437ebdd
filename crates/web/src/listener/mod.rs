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
/// How long whoever has just come is waited for at the end. Closed before their first word was read, they could not know whether
/// it was: a request that is on its way is answered, by this process or none.
const FIRST_WORD: Duration = Duration::from_secs(1);
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
        () = a_while_after(&stop) => return,
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
    let heard = CancellationToken::new();
    let first = heard.clone();
    let service = router
        .map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
            first.cancel();
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
    let last_call = async {
        stop.cancelled().await;
        tokio::select! { () = heard.cancelled() => (), () = a_while_after(&stop) => () }
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = last_call => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
    }
    drop(place);
}

async fn a_while_after(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(FIRST_WORD).await;
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

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    use super::*;
    use crate::client_ip::TrustedProxies;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: desk.example\r\n\r\n";

    /// What comes back over a connection on which `words` are said when the end has begun, `late` after it, and how long it lasts.
    async fn at_the_end(before: &[u8], words: &[u8], late: Duration) -> (String, Duration) {
        let (near, mut far) = tokio::io::duplex(4096);
        let peer = Peer::Address(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let place = Caps::new(1, 1, &TrustedProxies::default()).enter(peer).unwrap();
        let router = Router::new().route("/", get(|| async { "here" }));
        let stop = CancellationToken::new();
        let tracker = TaskTracker::new();
        tracker.spawn(connection(async { Ok(near) }, peer, router, place, stop.clone()));
        tracker.close();
        if !before.is_empty() {
            far.write_all(before).await.unwrap();
            far.read_exact(&mut [0; 15]).await.unwrap();
        }
        tokio::task::yield_now().await;
        stop.cancel();
        let begun = Instant::now();
        tokio::time::sleep(late).await;
        // Whoever is gone takes nothing any more.
        _ = far.write_all(words).await;
        let mut answer = String::new();
        _ = far.read_to_string(&mut answer).await;
        tracker.wait().await;
        (answer, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_request_that_is_on_its_way_at_the_end_is_answered() {
        let (answer, _) = at_the_end(b"", REQUEST, FIRST_WORD / 2).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("here"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_holds_the_end_up_for_a_second() {
        let (answer, took) = at_the_end(b"", b"", Duration::ZERO).await;
        assert_eq!((answer.as_str(), took.as_secs()), ("", FIRST_WORD.as_secs()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_been_answered_is_let_go_at_once() {
        let (_, took) = at_the_end(REQUEST, b"", Duration::ZERO).await;
        assert!(took < FIRST_WORD, "{took:?}");
    }
}
