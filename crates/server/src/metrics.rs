//! Figures for operators, in Prometheus' text format at `/metrics` of the operator's listener.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::clock::Clock;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use storage::Storage;
use tokio_util::sync::CancellationToken;

use crate::telemetry;

/// How often what was recorded is added up.
const KEEP_UP: Duration = Duration::from_secs(5);
/// Bounds of what takes moments: requests and commits, in seconds.
const MOMENTS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Bounds of what people wait for, in seconds.
const WAITS: [f64; 12] = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 180.0, 300.0, 1800.0];
/// Bounds of a group of appends.
const GROUPS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What is counted from now on can be read by the handle.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let full = |name: &str| Matcher::Full(name.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(full("deskbell_http_request_seconds"), &MOMENTS)?
        .set_buckets_for_metric(full("deskbell_commit_seconds"), &MOMENTS)?
        .set_buckets_for_metric(full("deskbell_deadline_lateness_seconds"), &WAITS)?
        .set_buckets_for_metric(full("deskbell_call_wait_seconds"), &WAITS)?
        .set_buckets_for_metric(full("deskbell_call_to_mail_seconds"), &WAITS)?
        .set_buckets_for_metric(full("deskbell_group_size"), &GROUPS)?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).context("figures are counted already")?;
    describe();
    Ok(handle)
}

/// Adds up what was recorded, until `stop`. What is recorded is kept one by one until then, and nobody may ever ask.
pub(crate) async fn keep_up(handle: PrometheusHandle, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(KEEP_UP) => handle.run_upkeep(),
        }
    }
}

fn describe() {
    let version = env!("CARGO_PKG_VERSION");
    describe_gauge!("deskbell_build_info", "1, with the version as a label");
    metrics::gauge!("deskbell_build_info", "version" => version).set(1);
    describe_counter!("deskbell_calls_total", "Presses of the bell that made a call");
    describe_counter!(
        "deskbell_call_outcomes_total",
        "Waits that ended: answered, moved to the board, cancelled"
    );
    describe_histogram!("deskbell_call_wait_seconds", Unit::Seconds, "From the press to the end of the wait");
    describe_histogram!(
        "deskbell_call_to_mail_seconds",
        Unit::Seconds,
        "From the press to the mail server's yes"
    );
    describe_histogram!(
        "deskbell_deadline_lateness_seconds",
        Unit::Seconds,
        "How late offers and moves came"
    );
    describe_counter!("deskbell_messages_total", "What was said, by visitors and by admins");
    describe_counter!("deskbell_mails_total", "Tries of mails, by what came of them");
    describe_gauge!("deskbell_calls_waiting", "Calls that wait now");
    describe_gauge!("deskbell_calls_active", "Calls that are answered and not closed now");
    describe_gauge!("deskbell_mails_unsent", "Mails that are still to leave");
    describe_gauge!(
        "deskbell_mail_oldest_unsent_seconds",
        Unit::Seconds,
        "Age of the oldest of them; 0 without any"
    );
    describe_gauge!("deskbell_connections", "Connections at all listeners");
    describe_counter!("deskbell_connections_refused_total", "Connections turned away at a cap");
    describe_gauge!(
        "deskbell_certificate_end_timestamp_seconds",
        Unit::Seconds,
        "When the certificate that is shown ends, since 1970"
    );
    describe_gauge!("deskbell_sockets", "Open sockets and streams, by transport");
    describe_counter!("deskbell_resumes_total", "Visitors' sockets: new, recovered, or started over");
    describe_counter!("deskbell_http_requests_total", "Requests, by method, route and status");
    describe_histogram!(
        "deskbell_http_request_seconds",
        Unit::Seconds,
        "From a request's head to its answer's"
    );
    describe_counter!("deskbell_appends_total", "Steps of conversations that were to be stored");
    describe_histogram!("deskbell_group_size", "How many of them shared one commit");
    describe_histogram!(
        "deskbell_commit_seconds",
        Unit::Seconds,
        "How long such a commit took, waiting included"
    );
    describe_counter!("deskbell_log_lines_dropped_total", "Lines of the log that nobody read in time");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Memory of this process");
}

#[derive(Clone)]
struct Figures {
    handle: PrometheusHandle,
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
}

/// `/metrics`
pub(crate) fn router(handle: PrometheusHandle, storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(Figures { handle, storage, clock })
}

async fn show(State(figures): State<Figures>) -> Response {
    // What the database cannot tell now is left as it was: that it does not answer is `/readyz`'s to say.
    if let Ok(load) = figures.storage.load().await {
        let oldest = load.oldest_unsent.map_or(0.0, |at| figures.clock.now().since(at).as_secs_f64());
        metrics::gauge!("deskbell_calls_waiting").set(load.waiting);
        metrics::gauge!("deskbell_calls_active").set(load.active);
        metrics::gauge!("deskbell_mails_unsent").set(load.unsent);
        metrics::gauge!("deskbell_mail_oldest_unsent_seconds").set(oldest);
    }
    metrics::counter!("deskbell_log_lines_dropped_total").absolute(telemetry::dropped());
    if let Some(bytes) = memory() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.handle.render())
        .into_response()
}

/// The memory of this process in bytes (proc(5), `/proc/self/status`); nothing where there is no such file.
fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0)
}
