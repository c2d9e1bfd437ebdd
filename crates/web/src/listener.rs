//! The accept loop: a cap on connections, time limits for slow, silent, idle and never-reading ones, a drain at the end.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::client_ip::ClientIp;
use crate::stalled::Stalled;

/// How long a request's head may take, and how long a connection may be idle between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// The largest head of a request.
const HEAD_BYTES: usize = 16 * 1024;

/// How many connections are held.
#[derive(Debug, Clone)]
pub struct Caps {
    all: Arc<Semaphore>,
    per_address: usize,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    proxies: Arc<[IpAddr]>,
}

impl Caps {
    /// So many in all, so many for each address (or /64); trusted proxies speak for many and are not counted.
    pub fn new(all: usize, per_address: usize, proxies: &[IpAddr]) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS))),
            per_address,
            by_address: Arc::default(),
            proxies: proxies.into(),
        }
    }

    fn enter(&self, peer: IpAddr) -> Option<Place> {
        let permit = Arc::clone(&self.all).try_acquire_owned().ok()?;
        let key = (!self.proxies.contains(&peer)).then(|| ClientIp(peer).key());
        if let Some(key) = key {
            let mut counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(key).or_insert(0);
            if *count >= self.per_address {
                return None;
            }
            *count += 1;
        }
        Some(Place { key, by_address: Arc::clone(&self.by_address), _permit: permit })
    }
}

/// A connection's place among the allowed ones.
struct Place {
    key: Option<IpAddr>,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        let mut counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&key);
            }
        }
    }
}

/// Accepts until `stop`; then lets the requests in flight finish. Connections run in `tracker`, upgraded ones
/// too: they hear `stop` by themselves.
pub async fn serve(
    listener: TcpListener,
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
            Ok((stream, peer)) => match caps.enter(peer.ip()) {
                Some(place) => {
                    tracker.spawn(connection(stream, peer, router.clone(), place, stop.clone()));
                }
                None => {
                    tracker.spawn(refuse(stream));
                }
            },
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
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
    stop: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = &error as &dyn std::error::Error, "nodelay was not taken");
    }
    // The place is held by the service, and so by an upgraded connection's last request: dropped with it.
    let place = Arc::new(place);
    let held = Arc::clone(&place);
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Held(Arc::clone(&held)));
        request.map(axum::body::Body::new)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_BYTES);
    let connection = builder
        .serve_connection(TokioIo::new(Stalled::watch(stream)), TowerToHyperService::new(service))
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

/// Keeps a connection's place as long as a handler that has taken the connection over holds it.
#[derive(Clone)]
pub struct Held(#[expect(dead_code, reason = "held, never looked at")] Arc<Place>);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// An honest no, instead of a connection that hangs.
async fn refuse(mut stream: TcpStream) {
    use tokio::io::AsyncWriteExt;
    let answer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let write = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    };
    // Whoever does not take the answer within a moment does not get it.
    if !matches!(tokio::time::timeout(Duration::from_secs(1), write).await, Ok(Ok(()))) {
        tracing::debug!("a refused connection did not take its answer");
    }
}
