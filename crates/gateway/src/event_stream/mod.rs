//! Server-sent events for visitors whose network lets no WebSocket through (contract, section 4): what a WebSocket
//! says, as one answer that does not end. What a page has to say goes by POST.

mod mouth;

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::Seq;
use domain::id::ConversationId;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::mpsc;
use web::Problem;
use web::client_ip::ClientIp;
use web::socket::Ended;

use crate::event_stream::mouth::{EventStream, Ids};
use crate::socket::{Guest, Hello, going_away, run_for};
use crate::state::Gateway;
use crate::visitor::Asking;

/// Where a browser says what it has when it comes back by itself.
const LAST_EVENT_ID: &str = "last-event-id";

/// What `hello` has, as far as it is not secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreamIn {
    conversation_id: Option<String>,
    after: Option<u64>,
    epoch: Option<String>,
}

/// Whether a request asks for a stream instead of a page of events.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.to_ascii_lowercase().contains("text/event-stream"))
}

/// `GET /events`: the visitor's open or last conversation, whichever that is by and by.
pub(crate) async fn own(
    State(gateway): State<Gateway>,
    asking: Asking,
    headers: HeaderMap,
    query: Result<Query<StreamIn>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|error| Problem::field("query", "wrong_type", error.body_text()))?;
    let mut hello = Hello {
        conversation: query.conversation_id,
        after: query.after.map(Seq),
        epoch: query.epoch,
        ..Hello::default()
    };
    if let Some(last) = last_event_id(&headers)? {
        let (conversation, seq) = match last.split_once('/') {
            Some((conversation, seq)) => (Some(conversation), seq),
            None => (None, last),
        };
        hello.after = Some(place(seq)?);
        hello.conversation = conversation.map(str::to_owned).or(hello.conversation);
    }
    open(&gateway, asking, hello, Ids::WithConversation)
}

/// `GET /conversations/{id}/events` with `Accept: text/event-stream`: this conversation and no other.
pub(crate) async fn of_conversation(
    gateway: &Gateway,
    asking: Asking,
    id: ConversationId,
    known: (Option<u64>, Option<String>),
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    // What is not there, or not theirs, is said with a status.
    gateway.desk().conversation(&asking.caller(), id).await?;
    let after = match last_event_id(headers)? {
        Some(last) => Some(place(last)?),
        None => known.0.map(Seq),
    };
    let hello = Hello {
        conversation: Some(id.to_string()),
        after,
        epoch: known.1,
        only_this: true,
        ..Hello::default()
    };
    open(gateway, asking, hello, Ids::SeqOnly)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let text = value.to_str().map_err(|_| no_place())?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn place(text: &str) -> Result<Seq, Problem> {
    text.parse().map(Seq).map_err(|_| no_place())
}

fn no_place() -> Problem {
    Problem::field("Last-Event-ID", "wrong_type", "must be an id that this stream has given")
}

fn open(gateway: &Gateway, asking: Asking, hello: Hello, ids: Ids) -> Result<Response, Problem> {
    let Asking { visitor, client } = asking;
    let seat = gateway.seat(visitor.id).ok_or_else(|| Problem::too_many(30))?;
    let (sender, mut receiver) = mpsc::channel(1);
    let guest = Guest { visitor, token: None, seat };
    gateway.tracker().spawn(converse(gateway.clone(), client, guest, hello, EventStream::new(sender, ids)));
    let bytes = stream::poll_fn(move |cx| receiver.poll_recv(cx).map(|next| next.map(Ok::<_, Infallible>)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // Nobody on the way may keep it, nor hold it back to compress it (or nginx, to fill its buffers).
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}

async fn converse(gateway: Gateway, client: ClientIp, guest: Guest, hello: Hello, mut out: EventStream) {
    let stop = gateway.stop().clone();
    let ended = tokio::select! {
        ended = run_for(&gateway, client, &mut out, guest, &hello) => ended,
        () = stop.cancelled() => going_away(),
    };
    if let Ended::Close(close) = ended {
        out.close(close).await;
    }
}
