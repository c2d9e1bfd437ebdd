//! Spans on their way to a collector (OTLP over HTTP): taken in a bounded queue, sent by a thread of its own.
//!
//! A collector that is down, slow or unwilling costs spans and nothing else.

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::{Layer, Registry};

use super::collector::Collector;
use crate::settings::Telemetry;

/// The target of the spans that are exported; they are not for the log.
pub(super) const TARGET: &str = "deskbell::span";
/// So many spans may wait to be sent; more are not recorded.
const WAITING: usize = 2048;
/// So many are sent at a time.
const BATCH: usize = 512;
/// How long a span waits for others at the most.
const EVERY: Duration = Duration::from_secs(2);
/// How long a process that ends gives its last spans.
const FAREWELL: Duration = Duration::from_secs(2);

/// Sends spans until it is finished. Nothing, where there is no collector.
#[derive(Debug)]
pub(crate) struct Export(Option<SdkTracerProvider>);

/// Starts sending, if there is somebody to send to; returns what makes the spans, too.
pub(super) fn start(settings: &Telemetry) -> (Export, Option<Box<dyn Layer<Registry> + Send + Sync>>) {
    let Some(target) = &settings.collector else { return (Export(None), None) };
    // Everything is said here, because what is not is taken from OpenTelemetry's own variables of the environment.
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(EVERY)
        .build();
    let collector = Collector::new(target.clone(), settings.headers.0.clone());
    let resource = Resource::builder_empty()
        .with_service_name(settings.service_name.clone())
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.trace_ratio))))
        .with_resource(resource)
        .with_span_processor(BatchSpanProcessor::builder(collector).with_batch_config(batches).build())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("deskbell"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_context_activation(false)
        .with_filter(Targets::new().with_target(TARGET, Level::INFO));
    (Export(Some(provider)), Some(layer.boxed()))
}

impl Export {
    /// Sends what is left, if that can be done soon.
    pub(crate) async fn finish(self) {
        let Some(provider) = self.0 else { return };
        let finish = move || provider.shutdown_with_timeout(FAREWELL);
        match tokio::task::spawn_blocking(finish).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "the last spans were not sent");
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the last spans are lost");
            }
        }
    }
}
