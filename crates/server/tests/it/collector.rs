//! A collector of traces that does as it is told, and keeps what it was sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::process::until;

/// What it does with the next batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Takes,
    Refuses,
    SaysNothing,
}

/// It ends when it is dropped.
pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    state: Kept,
    _task: JoinSet<()>,
}

type Kept = Arc<Mutex<Inside>>;

struct Inside {
    mood: Mood,
    batches: Vec<(HeaderMap, Bytes)>,
    asked: usize,
}

impl Collector {
    pub(crate) async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(Inside { mood, batches: Vec::new(), asked: 0 }));
        let router = Router::new().route("/otlp/v1/traces", post(take)).with_state(Arc::clone(&state));
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, state, _task: task }
    }

    /// As it stands in the settings.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/otlp", self.address)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.state.lock().unwrap()
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        self.inside().mood = mood;
    }

    /// How often it was asked, whatever it did then.
    pub(crate) fn asked(&self) -> usize {
        self.inside().asked
    }

    /// What it was sent, and with which headers.
    pub(crate) fn batches(&self) -> Vec<(HeaderMap, Bytes)> {
        self.inside().batches.clone()
    }

    /// What it was sent, read, with the attributes of whoever sent it.
    pub(crate) fn spans(&self) -> Vec<(Vec<KeyValue>, Span)> {
        let batches = self.batches();
        let requests = batches.into_iter().map(|(_, body)| ExportTraceServiceRequest::decode(body).unwrap());
        let resources = requests.flat_map(|request| request.resource_spans);
        let spans = resources.flat_map(|spans| {
            let of = spans.resource.unwrap().attributes;
            spans.scope_spans.into_iter().flat_map(|scope| scope.spans).map(move |span| (of.clone(), span))
        });
        spans.collect()
    }

    /// Waits for a span of this name about which this holds.
    pub(crate) async fn span(&self, name: &str, wanted: impl Fn(&Span) -> bool) -> Span {
        until(name, async || {
            self.spans().into_iter().map(|(_, span)| span).find(|span| span.name == name && wanted(span))
        })
        .await
    }
}

async fn take(State(state): State<Kept>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mood = {
        let mut inside = state.lock().unwrap();
        inside.asked += 1;
        if inside.mood == Mood::Takes {
            inside.batches.push((headers, body));
        }
        inside.mood
    };
    match mood {
        Mood::Takes => StatusCode::OK,
        Mood::Refuses => StatusCode::SERVICE_UNAVAILABLE,
        Mood::SaysNothing => std::future::pending().await,
    }
}

/// An attribute as text; empty when it is not there.
pub(crate) fn text(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}
