//! How an event is written down. These names are for ever: logs hold them.

use domain::Timestamp;
use domain::context::{CallContext, PageError};
use domain::conversation::{Actor, What};
use domain::notice::Audience;
use domain::text::{Body, Name};
use serde::{Deserialize, Serialize};

use crate::state_record::{PlanRecord, Unreadable};

/// An event's matter, as its row holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// The word of the design's table.
    pub kind: &'static str,
    /// What was said or noted.
    pub body: Option<String>,
    /// The rest, as JSON.
    pub data: Option<String>,
}

#[derive(Serialize, Deserialize, Default)]
struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<ContextRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notify: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inquiry: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct ContextRecord {
    url: Option<String>,
    title: Option<String>,
    release: Option<String>,
    user_agent: Option<String>,
    viewport: Option<String>,
    #[serde(default)]
    errors: Vec<ErrorRecord>,
}

#[derive(Serialize, Deserialize)]
struct ErrorRecord {
    at: Option<String>,
    kind: Option<String>,
    message: Option<String>,
    source: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
}

/// Who did something, as a row holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ActorRecord {
    /// `visitor`, `admin` or `system`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whose id.
    pub id: Option<String>,
    /// The name they had.
    pub name: Option<String>,
}

impl From<&Actor> for ActorRecord {
    fn from(actor: &Actor) -> Self {
        let (kind, id, name) = match actor {
            Actor::Visitor { id, name } => ("visitor", Some(id.to_string()), name.clone()),
            Actor::Admin { id, name } => ("admin", Some(id.to_string()), Some(name.clone())),
            Actor::System => ("system", None, None),
        };
        Self { kind: kind.to_owned(), id, name: name.map(String::from) }
    }
}

impl TryFrom<ActorRecord> for Actor {
    type Error = Unreadable;

    fn try_from(record: ActorRecord) -> Result<Self, Unreadable> {
        let id = record.id.unwrap_or_default();
        let name = record.name.map(Name::from_stored);
        match record.kind.as_str() {
            "visitor" => Ok(Self::Visitor { id: id.parse().map_err(|_| Unreadable)?, name }),
            "admin" => {
                Ok(Self::Admin { id: id.parse().map_err(|_| Unreadable)?, name: name.ok_or(Unreadable)? })
            }
            "system" => Ok(Self::System),
            _ => Err(Unreadable),
        }
    }
}

/// The word for an audience.
pub(crate) const fn audience_word(audience: Audience) -> &'static str {
    match audience {
        Audience::OnDuty => "on-duty",
        Audience::Everyone => "everyone",
        Audience::Author => "author",
    }
}

pub(crate) fn audience(word: &str) -> Result<Audience, Unreadable> {
    [Audience::OnDuty, Audience::Everyone, Audience::Author]
        .into_iter()
        .find(|audience| audience_word(*audience) == word)
        .ok_or(Unreadable)
}

/// Writes an event's matter down.
pub fn write(what: &What) -> EventRecord {
    let mut data = Data::default();
    let mut body = None;
    match what {
        What::Called { plan, context } => {
            data.plan = Some(plan.into());
            data.context = Some(context.into());
        }
        What::Said { body: words } | What::Noted { body: words } => body = Some(words.as_str().to_owned()),
        What::Escalated { notify } => data.notify = Some(audience_word(*notify).to_owned()),
        What::Promised { until, plan } => {
            data.until = Some(until.0);
            data.plan = Some(plan.into());
        }
        What::Left { wait } => data.plan = wait.as_ref().map(PlanRecord::from),
        What::Moved { inquiry } => data.inquiry = Some(inquiry.to_string()),
        What::Offered | What::Joined | What::Closed | What::Cancelled => {}
    }
    let json = serde_json::to_string(&data).expect("a record of strings and numbers is always JSON");
    EventRecord { kind: what.kind(), body, data: (json != "{}").then_some(json) }
}

/// Reads an event's matter back.
pub fn read(kind: &str, body: Option<String>, data: Option<&str>) -> Result<What, Unreadable> {
    let data: Data =
        data.map_or(Ok(Data::default()), |json| serde_json::from_str(json).map_err(|_| Unreadable))?;
    let words = || body.map(Body::from_stored).ok_or(Unreadable);
    Ok(match kind {
        "called" => What::Called {
            plan: data.plan.ok_or(Unreadable)?.try_into()?,
            context: data.context.map(CallContext::from).unwrap_or_default(),
        },
        "said" => What::Said { body: words()? },
        "noted" => What::Noted { body: words()? },
        "escalated" => What::Escalated { notify: audience(data.notify.as_deref().unwrap_or_default())? },
        "offered" => What::Offered,
        "promised" => What::Promised {
            until: Timestamp(data.until.ok_or(Unreadable)?),
            plan: data.plan.ok_or(Unreadable)?.try_into()?,
        },
        "joined" => What::Joined,
        "left" => What::Left { wait: data.plan.map(TryInto::try_into).transpose()? },
        "moved" => What::Moved {
            inquiry: data.inquiry.as_deref().unwrap_or_default().parse().map_err(|_| Unreadable)?,
        },
        "closed" => What::Closed,
        "cancelled" => What::Cancelled,
        _ => return Err(Unreadable),
    })
}

impl From<&CallContext> for ContextRecord {
    fn from(context: &CallContext) -> Self {
        let context = context.clone();
        Self {
            url: context.url,
            title: context.title,
            release: context.release,
            user_agent: context.user_agent,
            viewport: context.viewport,
            errors: context.errors.into_iter().map(ErrorRecord::from).collect(),
        }
    }
}

impl From<ContextRecord> for CallContext {
    fn from(record: ContextRecord) -> Self {
        Self {
            url: record.url,
            title: record.title,
            release: record.release,
            user_agent: record.user_agent,
            viewport: record.viewport,
            errors: record.errors.into_iter().map(PageError::from).collect(),
        }
    }
}

impl From<PageError> for ErrorRecord {
    fn from(e: PageError) -> Self {
        let PageError { at, kind, message, source, status, request_id } = e;
        Self { at, kind, message, source, status, request_id }
    }
}

impl From<ErrorRecord> for PageError {
    fn from(e: ErrorRecord) -> Self {
        let ErrorRecord { at, kind, message, source, status, request_id } = e;
        Self { at, kind, message, source, status, request_id }
    }
}

#[cfg(test)]
mod tests;
