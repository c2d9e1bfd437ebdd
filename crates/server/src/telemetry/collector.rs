//! A collector of traces, as we speak with it: a POST of protobuf for each batch, and few words in the log when it fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;
use tokio::runtime::Handle;

use crate::outward::Target;

/// How long a batch may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// What fails again and again is told once in so long.
const TELL_EVERY: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Collector {
    way: Arc<Way>,
    resource: ResourceAttributesWithSchema,
    /// Whoever exports is a thread outside the runtime.
    runtime: Handle,
    complaints: Mutex<Complaints>,
}

#[derive(Debug)]
struct Way {
    target: Target,
    headers: HeaderMap,
}

impl Collector {
    pub(super) fn new(target: Target, mut headers: HeaderMap) -> Self {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        let agent = HeaderValue::from_static(concat!("deskbell/", env!("CARGO_PKG_VERSION")));
        headers.insert(header::USER_AGENT, agent);
        Self {
            way: Arc::new(Way { target, headers }),
            resource: ResourceAttributesWithSchema::default(),
            runtime: Handle::current(),
            complaints: Mutex::default(),
        }
    }

    /// Says how it went, where that is worth a line.
    fn tell(&self, sent: &anyhow::Result<()>, spans: u64) {
        let mut complaints = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        match sent {
            Ok(()) if complaints.end() => tracing::info!("the collector takes spans again"),
            Ok(()) => {}
            Err(error) => {
                if let Some(lost) = complaints.lost(Instant::now(), spans) {
                    let error = format!("{error:#}");
                    tracing::warn!(error, spans.lost = lost, "the collector does not take spans");
                }
            }
        }
    }
}

impl SpanExporter for Collector {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let way = Arc::clone(&self.way);
        let sending = self.runtime.spawn(async move {
            let sent = tokio::time::timeout(PATIENCE, way.send(body)).await;
            sent.with_context(|| format!("no answer within {} s", PATIENCE.as_secs()))?
        });
        let sent = sending.await.map_err(anyhow::Error::from).flatten();
        self.tell(&sent, spans);
        sent.map_err(|error| OTelSdkError::InternalFailure(format!("{error:#}")))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl Way {
    async fn send(&self, spans: Vec<u8>) -> anyhow::Result<()> {
        let mut request = Request::post(format!("{}/v1/traces", self.target.base)).body(Body::from(spans))?;
        *request.headers_mut() = self.headers.clone();
        let host = HeaderValue::from_str(&self.target.authority)?;
        request.headers_mut().insert(header::HOST, host);
        let status = self.target.send(request).await?.status();
        if !status.is_success() {
            bail!("it answers {status}");
        }
        Ok(())
    }
}

/// When it is to be said that spans are lost: at once, and then once a minute.
#[derive(Debug, Default)]
struct Complaints {
    told: Option<Instant>,
    /// Spans that nobody was told of.
    lost: u64,
    /// Whether the last that was told is that it fails.
    failing: bool,
}

impl Complaints {
    /// How many were lost, when that is to be said now.
    fn lost(&mut self, now: Instant, spans: u64) -> Option<u64> {
        self.lost += spans;
        if self.told.is_some_and(|told| now.duration_since(told) < TELL_EVERY) {
            return None;
        }
        self.told = Some(now);
        self.failing = true;
        Some(std::mem::take(&mut self.lost))
    }

    /// It went well; whether that is to be said, for the last that was said is that it does not.
    fn end(&mut self) -> bool {
        std::mem::take(&mut self.failing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_told_at_once_and_then_once_a_minute_whatever_happens_between() {
        let (mut complaints, start) = (Complaints::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(complaints.lost(at(0), 5), Some(5));
        assert_eq!(complaints.lost(at(2), 7), None);
        assert!(complaints.end() && !complaints.end());
        assert_eq!(complaints.lost(at(59), 1), None);
        assert!(!complaints.end(), "nobody was told of it");
        assert_eq!(complaints.lost(at(60), 1), Some(9));
        assert_eq!(complaints.lost(at(61), 1), None);
    }
}
