//! One canonical line per request, with its id.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use desk::Source;
use tracing::Instrument;

use crate::client_ip::ClientIp;
use crate::span;

/// The header under which a request's id goes out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What machines ask for every few seconds. While all is well it is no news: the figures count it, `debug` has its lines.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Gives each request an id, and writes its line when it has been answered. The path is the route's pattern:
/// what stands in a URL is not for the log.
pub async fn layer(
    axum::extract::State(source): axum::extract::State<Source>,
    request: Request,
    next: Next,
) -> Response {
    let id = source.id().simple().to_string();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let client = request.extensions().get::<ClientIp>().map(|client| client.0);
    let method = request.method().clone();
    let span = tracing::info_span!("http.request", request.id = %id);
    let traced = span::request(span::name_of(&method), &route, &id);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).instrument(traced.clone()).await;
    span::answered(&traced, response.status());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    count(&method, &route, status, took);
    let client = client.map(tracing::field::display);
    span.in_scope(|| {
        if status < 400 && WATCHED.contains(&route.as_str()) {
            tracing::debug!(http.method = %method, http.route = route, http.status = status, duration_us, client.ip = client, "request");
        } else {
            tracing::info!(http.method = %method, http.route = route, http.status = status, duration_us, client.ip = client, "request");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// What operators see of it (docs/operations.md): methods and routes are ours, so there are only so many.
fn count(method: &Method, route: &str, status: u16, took: Duration) {
    let method = span::name_of(method);
    let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("deskbell_http_requests_total", &labels).increment(1);
    metrics::histogram!("deskbell_http_request_seconds", "route" => route.to_owned()).record(took);
}
