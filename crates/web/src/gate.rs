//! A server listens before it can answer: who comes while it starts waits for a while, instead of being turned away.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;
use tower::{ServiceExt, service_fn};

use crate::problem::Problem;

/// How long a request waits for the server to be ready. Browsers and proxies are patient for longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// When to come again after that, in seconds.
const AGAIN: u64 = 5;

/// Opens the gate. Dropped without, everybody who waits is told to come again.
#[derive(Debug)]
pub struct Gatekeeper(watch::Sender<Option<Router>>);

impl Gatekeeper {
    /// From now on, this answers.
    pub fn open(self, router: Router) {
        self.0.send_replace(Some(router));
    }
}

/// A gate that is still closed: `meanwhile` answers its own routes at once, for those who ask how things stand; everything
/// else waits until there is somebody to answer it.
pub fn closed(meanwhile: Router) -> (Gatekeeper, Router) {
    let (keeper, open) = watch::channel(None);
    let waiting = {
        let open = open.clone();
        meanwhile.fallback_service(service_fn(move |request| wait(open.clone(), request)))
    };
    let gate = service_fn(move |request: Request| {
        let router = open.borrow().clone();
        router.unwrap_or_else(|| waiting.clone()).oneshot(request)
    });
    (Gatekeeper(keeper), Router::new().fallback_service(gate))
}

async fn wait(mut open: watch::Receiver<Option<Router>>, request: Request) -> Result<Response, Infallible> {
    let opened = tokio::time::timeout(PATIENCE, open.wait_for(Option::is_some)).await;
    let router = opened.ok().and_then(|opened| opened.ok()?.clone());
    match router {
        Some(router) => router.oneshot(request).await,
        None => Ok(not_yet()),
    }
}

fn not_yet() -> Response {
    let detail = "The server is starting. Try again in a few seconds.";
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "starting", detail);
    Problem { retry_after: Some(AGAIN), ..problem }.into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use tokio::time::Instant;
    use tokio_util::task::TaskTracker;

    use super::*;

    fn ask(path: &str) -> Request {
        Request::get(path).body(Body::empty()).unwrap()
    }

    fn meanwhile() -> Router {
        Router::new().route("/readyz", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "starting") }))
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_too_early_waits_and_is_answered() {
        let (keeper, gate) = closed(meanwhile());
        assert_eq!(gate.clone().oneshot(ask("/readyz")).await.unwrap().status(), 503);
        let early = TaskTracker::new().spawn(gate.clone().oneshot(ask("/page")));
        tokio::task::yield_now().await;
        assert!(!early.is_finished());
        let real =
            Router::new().route("/page", get(|| async { "here" })).route("/readyz", get(|| async { "yes" }));
        keeper.open(real);
        assert_eq!(early.await.unwrap().unwrap().status(), 200);
        assert_eq!(
            gate.clone().oneshot(ask("/readyz")).await.unwrap().status(),
            200,
            "the real one answers now"
        );
        assert_eq!(gate.oneshot(ask("/nothing")).await.unwrap().status(), 404);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let (keeper, gate) = closed(meanwhile());
        let begun = Instant::now();
        let told = gate.clone().oneshot(ask("/page")).await.unwrap();
        assert_eq!((told.status().as_u16(), told.headers()["retry-after"].to_str().unwrap()), (503, "5"));
        assert_eq!(begun.elapsed(), PATIENCE);
        // Nor for somebody who will not come.
        drop(keeper);
        assert_eq!(gate.oneshot(ask("/page")).await.unwrap().status(), 503);
        assert_eq!(begun.elapsed(), PATIENCE);
    }
}
