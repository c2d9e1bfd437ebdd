//! How a conversation's state is written down. These names are for ever: rows hold them.

use domain::Timestamp;
use domain::conversation::{Promised, Seat, State, Wait};
use domain::id::AdminId;
use domain::policy::{Plan, PlannedStep};
use domain::text::Name;
use serde::{Deserialize, Serialize};

use crate::event_record::{ActorRecord, audience, audience_word};

/// The state was written by something that we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record that this version cannot read")]
pub struct Unreadable;

#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum StateRecord {
    Waiting { since: i64, plan: PlanRecord, offered: bool, promised: Option<PromisedRecord> },
    Active { since: i64, admins: Vec<SeatRecord> },
    Moved { at: i64 },
    Closed { at: i64, by: ActorRecord, admins: Vec<SeatRecord> },
    Cancelled { at: i64 },
}

#[derive(Serialize, Deserialize)]
struct SeatRecord {
    admin: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct PromisedRecord {
    by: SeatRecord,
    until: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PlanRecord {
    steps: Vec<StepRecord>,
    offer_at: i64,
    move_at: i64,
}

#[derive(Serialize, Deserialize)]
struct StepRecord {
    at: i64,
    notify: String,
}

impl From<&Plan> for PlanRecord {
    fn from(plan: &Plan) -> Self {
        let steps = plan.steps.iter();
        Self {
            steps: steps
                .map(|s| StepRecord { at: s.at.0, notify: audience_word(s.notify).to_owned() })
                .collect(),
            offer_at: plan.offer_at.0,
            move_at: plan.move_at.0,
        }
    }
}

impl TryFrom<PlanRecord> for Plan {
    type Error = Unreadable;

    fn try_from(record: PlanRecord) -> Result<Self, Unreadable> {
        let steps = record.steps.into_iter();
        Ok(Self {
            steps: steps
                .map(|s| Ok(PlannedStep { at: Timestamp(s.at), notify: audience(&s.notify)? }))
                .collect::<Result<_, Unreadable>>()?,
            offer_at: Timestamp(record.offer_at),
            move_at: Timestamp(record.move_at),
        })
    }
}

impl From<&Seat> for SeatRecord {
    fn from(seat: &Seat) -> Self {
        Self { admin: seat.admin.to_string(), name: seat.name.as_str().to_owned() }
    }
}

impl TryFrom<SeatRecord> for Seat {
    type Error = Unreadable;

    fn try_from(record: SeatRecord) -> Result<Self, Unreadable> {
        let admin: AdminId = record.admin.parse().map_err(|_| Unreadable)?;
        Ok(Self { admin, name: Name::from_stored(record.name) })
    }
}

fn seats(records: Vec<SeatRecord>) -> Result<Vec<Seat>, Unreadable> {
    records.into_iter().map(Seat::try_from).collect()
}

/// Writes a state down as JSON.
pub fn write(state: &State) -> String {
    let record = match state {
        State::Waiting(wait) => StateRecord::Waiting {
            since: wait.since.0,
            plan: (&wait.plan).into(),
            offered: wait.offered,
            promised: wait
                .promised
                .as_ref()
                .map(|promised| PromisedRecord { by: (&promised.by).into(), until: promised.until.0 }),
        },
        State::Active { since, admins } => {
            StateRecord::Active { since: since.0, admins: admins.iter().map(SeatRecord::from).collect() }
        }
        State::Moved { at } => StateRecord::Moved { at: at.0 },
        State::Closed { at, by, admins } => StateRecord::Closed {
            at: at.0,
            by: by.into(),
            admins: admins.iter().map(SeatRecord::from).collect(),
        },
        State::Cancelled { at } => StateRecord::Cancelled { at: at.0 },
    };
    serde_json::to_string(&record).expect("a record of strings and numbers is always JSON")
}

/// Reads a state back.
pub fn read(json: &str) -> Result<State, Unreadable> {
    let record: StateRecord = serde_json::from_str(json).map_err(|_| Unreadable)?;
    Ok(match record {
        StateRecord::Waiting { since, plan, offered, promised } => State::Waiting(Wait {
            since: Timestamp(since),
            plan: plan.try_into()?,
            offered,
            promised: promised
                .map(|p| Ok(Promised { by: p.by.try_into()?, until: Timestamp(p.until) }))
                .transpose()?,
        }),
        StateRecord::Active { since, admins } => {
            State::Active { since: Timestamp(since), admins: seats(admins)? }
        }
        StateRecord::Moved { at } => State::Moved { at: Timestamp(at) },
        StateRecord::Closed { at, by, admins } => {
            State::Closed { at: Timestamp(at), by: by.try_into()?, admins: seats(admins)? }
        }
        StateRecord::Cancelled { at } => State::Cancelled { at: Timestamp(at) },
    })
}

#[cfg(test)]
mod tests;
