//! Things as JSON: the shapes of the contract, section 3, the same in every transport.

use desk::{ConversationView, InquiryView};
use domain::Timestamp;
use domain::admin::Admin;
use domain::context::{CallContext, PageError};
use domain::conversation::{Actor, Event, Promised, Seat, State, What};
use domain::id::ConversationId;
use domain::inquiry::Comment;
use domain::visitor::Visitor;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// `{ id, name, verified }`
pub fn visitor(visitor: &Visitor) -> Value {
    json!({
        "id": visitor.id.to_string(),
        "name": visitor.name.as_ref().map(domain::text::Name::as_str),
        "verified": visitor.verified(),
    })
}

/// An admin as admins see them.
pub fn admin(admin: &Admin) -> Value {
    json!({
        "id": admin.id.to_string(),
        "name": admin.name.as_str(),
        "email": admin.email.as_str(),
        "role": admin.role.as_str(),
        "on_duty": admin.on_duty,
        "locale": admin.locale.as_str(),
        "disabled": !admin.enabled(),
        "created_at": time(admin.created_at),
    })
}

/// A conversation as its visitor sees it.
pub fn conversation(view: &ConversationView) -> Value {
    let conversation = &view.row.conversation;
    let wait = match &conversation.state {
        State::Waiting(wait) => json!({
            "since": time(wait.since),
            "offer_at": time(wait.plan.offer_at),
            "move_at": time(wait.plan.move_at),
            "offered": wait.offered,
            "promised": wait.promised.as_ref().map(promised),
        }),
        _ => Value::Null,
    };
    let admins: Vec<Value> = view.admins.iter().map(|(admin, online)| seat(admin, *online)).collect();
    json!({
        "id": conversation.id.to_string(),
        "number": view.row.number,
        "state": conversation.state.as_str(),
        "last_seq": conversation.seq.0,
        "called_at": time(conversation.called_at),
        "wait": wait,
        "admins": admins,
        "inquiry_id": conversation.inquiry.map(|id| id.to_string()),
        "told": {
            "mails": view.told.mails,
            "sent": view.told.sent,
            "sent_at": view.told.sent_at.map(time),
            "opened_by": view.told.opened_by,
        },
        "visitor_online": view.visitor_online,
    })
}

/// A conversation as admins see it: with its visitor.
pub fn conversation_for_admins(view: &ConversationView) -> Value {
    let mut value = conversation(view);
    value["visitor"] = visitor(&view.row.visitor);
    value
}

fn promised(promised: &Promised) -> Value {
    json!({ "by": seat(&promised.by, true), "until": time(promised.until) })
}

fn seat(seat: &Seat, online: bool) -> Value {
    json!({ "id": seat.admin.to_string(), "name": seat.name.as_str(), "online": online })
}

/// An inquiry with its comments, as its author and admins see it.
pub fn inquiry(view: &InquiryView) -> Value {
    let inquiry = &view.row.inquiry;
    json!({
        "id": inquiry.id.to_string(),
        "number": view.row.number,
        "kind": inquiry.kind.as_str(),
        "status": inquiry.status.as_str(),
        "title": inquiry.title.as_str(),
        "body": inquiry.body.as_str(),
        "email": inquiry.email.as_ref().map(domain::text::Email::as_str),
        "author": {
            "id": inquiry.author.to_string(),
            "name": inquiry.author_name.as_ref().map(domain::text::Name::as_str),
        },
        "conversation_id": inquiry.conversation.map(|id| id.to_string()),
        "created_at": time(inquiry.created_at),
        "updated_at": time(inquiry.updated_at),
        "comments": view.comments.iter().map(comment).collect::<Vec<_>>(),
    })
}

/// `{ id, at, by, body }`
pub fn comment(comment: &Comment) -> Value {
    json!({
        "id": comment.id.to_string(),
        "at": time(comment.at),
        "by": ActorOut(&comment.by),
        "body": comment.body.as_str(),
    })
}

/// RFC 3339, UTC, milliseconds.
pub fn time(at: Timestamp) -> String {
    at.to_string()
}

/// `{ type, id?, name? }`
#[derive(Debug)]
pub struct ActorOut<'a>(pub &'a Actor);

impl Serialize for ActorOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Actor::Visitor { id, name } => {
                map.serialize_entry("type", "visitor")?;
                map.serialize_entry("id", &id.to_string())?;
                if let Some(name) = name {
                    map.serialize_entry("name", name.as_str())?;
                }
            }
            Actor::Admin { id, name } => {
                map.serialize_entry("type", "admin")?;
                map.serialize_entry("id", &id.to_string())?;
                map.serialize_entry("name", name.as_str())?;
            }
            Actor::System => map.serialize_entry("type", "system")?,
        }
        map.end()
    }
}

/// `{ seq, at, kind, by, client_id?, body?, data? }`
#[derive(Debug)]
pub struct EventOut<'a>(pub &'a Event);

impl Serialize for EventOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &event.seq.0)?;
        map.serialize_entry("at", &time(event.at))?;
        map.serialize_entry("kind", event.what.kind())?;
        map.serialize_entry("by", &ActorOut(&event.by))?;
        if let Some(id) = &event.client_id {
            map.serialize_entry("client_id", id.as_str())?;
        }
        if let What::Said { body } | What::Noted { body } = &event.what {
            map.serialize_entry("body", body.as_str())?;
        }
        if let Some(data) = data(&event.what) {
            map.serialize_entry("data", &data)?;
        }
        map.end()
    }
}

fn data(what: &What) -> Option<Value> {
    match what {
        What::Called { plan, context } => Some(json!({
            "offer_at": time(plan.offer_at),
            "move_at": time(plan.move_at),
            "context": context_out(context),
        })),
        What::Promised { until, plan } => Some(json!({
            "until": time(*until),
            "offer_at": time(plan.offer_at),
            "move_at": time(plan.move_at),
        })),
        What::Left { wait: Some(plan) } => {
            Some(json!({ "offer_at": time(plan.offer_at), "move_at": time(plan.move_at) }))
        }
        What::Moved { inquiry } => Some(json!({ "inquiry_id": inquiry.to_string() })),
        _ => None,
    }
}

/// Where the caller was, in the shape in which it came.
pub fn context_out(context: &CallContext) -> Value {
    json!({
        "url": context.url,
        "title": context.title,
        "release": context.release,
        "user_agent": context.user_agent,
        "viewport": context.viewport,
        "errors": context.errors.iter().map(page_error).collect::<Vec<_>>(),
    })
}

fn page_error(error: &PageError) -> Value {
    json!({
        "at": error.at,
        "kind": error.kind,
        "message": error.message,
        "source": error.source,
        "status": error.status,
        "request_id": error.request_id,
    })
}

/// `{type:"event", conversation_id, event}`
#[derive(Debug, Serialize)]
pub struct EventFrame<'a> {
    r#type: &'static str,
    conversation_id: String,
    event: EventOut<'a>,
}

impl<'a> EventFrame<'a> {
    /// The frame of one event.
    pub fn of(id: ConversationId, event: &'a Event) -> Self {
        Self { r#type: "event", conversation_id: id.to_string(), event: EventOut(event) }
    }
}

/// The first characters of what was said, on one line.
pub fn preview(event: &Event, chars: usize) -> Option<String> {
    let What::Said { body } = &event.what else { return None };
    let line = body.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars {
        return Some(line);
    }
    Some(line.chars().take(chars.saturating_sub(1)).chain(['…']).collect())
}
