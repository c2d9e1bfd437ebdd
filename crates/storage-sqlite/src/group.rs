//! Group commit: all the appends that wait are one transaction, so that they share one wait for the disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::Seq;
use domain::conversation::Event;
use domain::text::ClientId;
use fault_point::Point;
use serde::Serialize;
use storage::event_record::ActorRecord;
use storage::{Appended, Change, StorageError, event_record, state_record};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::columns::{count, integer, json, since};
use crate::error::{backend, is_constraint};
use crate::inquiries::insert_inquiries;
use crate::outbox::insert_notices;
use crate::writer::{Write, Writer};

/// How many appends share one transaction at most.
const GROUP: usize = 256;

/// An append that waits for its turn.
pub(crate) struct Append {
    pub(crate) change: Change,
    pub(crate) reply: oneshot::Sender<Result<Appended, StorageError>>,
}

/// What becomes of one change of a group.
#[derive(Clone, Copy)]
enum Verdict {
    /// Nothing has been found out about it; at the end that means a conflict.
    Open,
    Repeated(Seq),
    /// With the conversation's number.
    Stored(i64),
}

/// A whole group failed; each of its appends is told why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the transaction failed")]
struct GroupFailed(#[source] Arc<sqlx::Error>);

/// Stores appends until nobody can send any more, or until `stop` and the queue is empty.
pub(crate) async fn run(writer: Arc<Writer>, mut queue: mpsc::Receiver<Append>, stop: CancellationToken) {
    let mut waiting = Vec::with_capacity(GROUP);
    loop {
        if waiting.is_empty() {
            tokio::select! {
                biased;
                taken = queue.recv_many(&mut waiting, GROUP) => if taken == 0 { return },
                () = stop.cancelled(), if !queue.is_closed() => queue.close(),
            }
        } else {
            while waiting.len() < GROUP
                && let Ok(append) = queue.try_recv()
            {
                waiting.push(append);
            }
        }
        let (group, later) = first_of_each(waiting);
        waiting = later;
        store(&writer, group).await;
    }
}

/// The first change of each conversation. A second one of the same conversation builds upon it, and one
/// statement cannot move a row twice.
fn first_of_each(waiting: Vec<Append>) -> (Vec<Append>, Vec<Append>) {
    let mut seen = HashSet::with_capacity(waiting.len());
    waiting.into_iter().partition(|append| seen.insert(append.change.conversation.id))
}

/// Stores a group and answers everyone in it. Who does not wait for the answer any more finds out by sending the
/// same client id again.
async fn store(writer: &Writer, group: Vec<Append>) {
    let (changes, replies): (Vec<_>, Vec<_>) = group.into_iter().map(|a| (a.change, a.reply)).unzip();
    let begun = Instant::now();
    let written = write_group(writer, &changes).await;
    metrics::counter!("deskbell_appends_total").increment(changes.len() as u64);
    metrics::histogram!("deskbell_group_size").record(u32::try_from(changes.len()).unwrap_or(u32::MAX));
    metrics::histogram!("deskbell_commit_seconds").record(begun.elapsed());
    match written {
        Ok(verdicts) => {
            for (reply, verdict) in replies.into_iter().zip(verdicts) {
                let _ = reply.send(answer(verdict));
            }
        }
        // One of them breaks a rule of the schema: it must not take the others with it.
        Err(error) if changes.len() > 1 && is_constraint(&error) => {
            for (change, reply) in changes.iter().zip(replies) {
                let _ = reply.send(store_alone(writer, change).await);
            }
        }
        Err(error) => {
            let failed = GroupFailed(Arc::new(error));
            for reply in replies {
                let _ = reply.send(Err(StorageError::backend(failed.clone())));
            }
        }
    }
}

async fn store_alone(writer: &Writer, change: &Change) -> Result<Appended, StorageError> {
    let verdicts = write_group(writer, std::slice::from_ref(change)).await.map_err(backend)?;
    verdicts.into_iter().next().map_or(Err(StorageError::Conflict), answer)
}

fn answer(verdict: Verdict) -> Result<Appended, StorageError> {
    match verdict {
        Verdict::Open => Err(StorageError::Conflict),
        Verdict::Repeated(seq) => Ok(Appended::Repeated { seq }),
        Verdict::Stored(number) => Ok(Appended::Stored { number: count(number)? }),
    }
}

/// One transaction. Its statements take whole lists as JSON, for the driver's price is by the statement.
async fn write_group(writer: &Writer, changes: &[Change]) -> Result<Vec<Verdict>, sqlx::Error> {
    let mut hold = writer.hold().await?;
    let mut write = hold.begin().await?;
    fault_point::pass(Point::GroupBegun);
    let mut group = Group::of(changes);
    group.find_repeated(&mut write).await?;
    // What closes comes before what opens, so that a visitor's next call can be in the same group.
    group.move_seq(&mut write).await?;
    group.move_state(&mut write).await?;
    group.begin_new(&mut write).await?;
    if group.stored().next().is_some() {
        group.insert_events(&mut write).await?;
        insert_inquiries(&mut write, group.stored().filter_map(|(change, _)| change.inquiry.as_ref()))
            .await?;
        insert_notices(&mut write, group.stored().flat_map(|(change, _)| &change.notices)).await?;
        fault_point::pass(Point::GroupWritten);
        write.commit().await?;
        fault_point::pass(Point::GroupCommitted);
    }
    Ok(group.verdicts)
}

/// The changes of one transaction and what has been found out about them.
struct Group<'a> {
    changes: &'a [Change],
    verdicts: Vec<Verdict>,
}

impl<'a> Group<'a> {
    fn of(changes: &'a [Change]) -> Self {
        Self { changes, verdicts: vec![Verdict::Open; changes.len()] }
    }

    /// Those about which nothing has been found out yet, with their places.
    fn open(&self) -> impl Iterator<Item = (usize, &'a Change)> {
        let open = self.changes.iter().zip(&self.verdicts).enumerate();
        open.filter(|(_, (_, verdict))| matches!(verdict, Verdict::Open))
            .map(|(at, (change, _))| (at, change))
    }

    /// Those that are stored, with their conversations' numbers.
    fn stored(&self) -> impl Iterator<Item = (&'a Change, i64)> {
        self.changes.iter().zip(&self.verdicts).filter_map(|(change, verdict)| match verdict {
            Verdict::Stored(number) => Some((change, *number)),
            _ => None,
        })
    }

    /// Notes those whose rows a statement has returned.
    fn mark_stored(&mut self, rows: &[(Uuid, i64)]) {
        let numbers: HashMap<Uuid, i64> = rows.iter().copied().collect();
        for (change, verdict) in self.changes.iter().zip(&mut self.verdicts) {
            if let Some(number) = numbers.get(&change.conversation.id.0) {
                *verdict = Verdict::Stored(*number);
            }
        }
    }

    async fn find_repeated(&mut self, write: &mut Write<'_>) -> Result<(), sqlx::Error> {
        let mut keys = Vec::new();
        for (at, change) in self.open() {
            let client_ids = change.events.iter().filter_map(|event| event.client_id.as_ref());
            keys.extend(client_ids.map(|id| (at, change.conversation.id.to_string(), id.as_str())));
        }
        if keys.is_empty() {
            return Ok(());
        }
        // CROSS JOIN holds the order: the short list first, then one look-up for each.
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT n.value ->> 0, min(e.seq) FROM jsonb_each(?1) n \
             CROSS JOIN conversations c ON c.id = unhex(n.value ->> 1, '-') \
             CROSS JOIN events e ON e.conversation = c.number AND e.client_id = n.value ->> 2 \
             GROUP BY 1",
        )
        .bind(json(&keys))
        .fetch_all(&mut **write)
        .await?;
        for (at, seq) in rows {
            let verdict = usize::try_from(at).ok().and_then(|at| self.verdicts.get_mut(at));
            if let (Some(verdict), Ok(seq)) = (verdict, u64::try_from(seq)) {
                *verdict = Verdict::Repeated(Seq(seq));
            }
        }
        Ok(())
    }

    /// Moves the rows whose log grows and nothing else: by far the most, and no index but the key is touched.
    async fn move_seq(&mut self, write: &mut Write<'_>) -> Result<(), sqlx::Error> {
        let moved = self.open().filter(|(_, change)| change.expected != Seq::START && !changes_state(change));
        let rows: Vec<_> = moved
            .map(|(_, c)| {
                (c.conversation.id.to_string(), integer(c.expected.0), integer(c.conversation.seq.0))
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let moved: Vec<(Uuid, i64)> = sqlx::query_as(
            "UPDATE conversations SET seq = n.value ->> 2 FROM jsonb_each(?1) n \
             WHERE conversations.id = unhex(n.value ->> 0, '-') AND conversations.seq = n.value ->> 1 \
             RETURNING id, number",
        )
        .bind(json(&rows))
        .fetch_all(&mut **write)
        .await?;
        self.mark_stored(&moved);
        Ok(())
    }

    /// Moves the rows whose state changes. One that becomes open while its visitor has another open call would
    /// break the index on open calls: `OR IGNORE` leaves out that one row, and so it is a conflict.
    async fn move_state(&mut self, write: &mut Write<'_>) -> Result<(), sqlx::Error> {
        let moved = self.open().filter(|(_, change)| change.expected != Seq::START && changes_state(change));
        let rows: Vec<_> = moved.map(|(_, c)| (integer(c.expected.0), StateRow::of(c))).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let moved: Vec<(Uuid, i64)> = sqlx::query_as(
            "UPDATE OR IGNORE conversations SET seq = n.value ->> '$[1].seq', state = n.value ->> '$[1].state', \
             state_json = n.value ->> '$[1].state_json', since = n.value ->> '$[1].since', \
             deadline = n.value ->> '$[1].deadline', inquiry = unhex(n.value ->> '$[1].inquiry', '-') \
             FROM jsonb_each(?1) n \
             WHERE conversations.id = unhex(n.value ->> '$[1].id', '-') AND conversations.seq = n.value ->> 0 \
             RETURNING id, number",
        )
        .bind(json(&rows))
        .fetch_all(&mut **write)
        .await?;
        self.mark_stored(&moved);
        Ok(())
    }

    /// Inserts the rows of new conversations. Of a visitor who has an open one, none is returned.
    async fn begin_new(&mut self, write: &mut Write<'_>) -> Result<(), sqlx::Error> {
        let new = self.open().filter(|(_, change)| change.expected == Seq::START);
        let rows: Vec<_> = new.map(|(_, change)| StateRow::of(change)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let begun: Vec<(Uuid, i64)> = sqlx::query_as(
            "INSERT INTO conversations \
             (id, visitor, seq, state, state_json, since, called_at, deadline, inquiry) \
             SELECT unhex(value ->> 'id', '-'), unhex(value ->> 'visitor', '-'), value ->> 'seq', \
             value ->> 'state', value ->> 'state_json', value ->> 'since', value ->> 'called_at', \
             value ->> 'deadline', unhex(value ->> 'inquiry', '-') \
             FROM jsonb_each(?1) WHERE true ON CONFLICT DO NOTHING RETURNING id, number",
        )
        .bind(json(&rows))
        .fetch_all(&mut **write)
        .await?;
        self.mark_stored(&begun);
        Ok(())
    }

    async fn insert_events(&self, write: &mut Write<'_>) -> Result<(), sqlx::Error> {
        let mut rows = Vec::new();
        for (change, number) in self.stored() {
            rows.extend(change.events.iter().map(|event| EventRow::of(number, event)));
        }
        sqlx::query(
            "INSERT INTO events \
             (conversation, seq, at, by_type, by_id, by_name, client_id, kind, body, data) \
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, unhex(value ->> 4, '-'), value ->> 5, \
             value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM jsonb_each(?1)",
        )
        .bind(json(&rows))
        .execute(&mut **write)
        .await?;
        Ok(())
    }
}

fn changes_state(change: &Change) -> bool {
    change.events.iter().any(|event| event.what.changes_state())
}

/// A conversation's row, by name.
#[derive(Serialize)]
struct StateRow {
    id: String,
    visitor: String,
    seq: i64,
    state: &'static str,
    state_json: String,
    since: i64,
    called_at: i64,
    deadline: Option<i64>,
    inquiry: Option<String>,
}

impl StateRow {
    fn of(change: &Change) -> Self {
        let conversation = &change.conversation;
        Self {
            id: conversation.id.to_string(),
            visitor: conversation.visitor.to_string(),
            seq: integer(conversation.seq.0),
            state: conversation.state.as_str(),
            state_json: state_record::write(&conversation.state),
            since: since(&conversation.state).0,
            called_at: conversation.called_at.0,
            deadline: conversation.deadline().map(|at| at.0),
            inquiry: conversation.inquiry.map(|id| id.to_string()),
        }
    }
}

/// An event's row, by place.
#[derive(Serialize)]
struct EventRow<'a>(
    i64,
    i64,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<&'a str>,
    &'static str,
    Option<String>,
    Option<String>,
);

impl<'a> EventRow<'a> {
    fn of(conversation: i64, event: &'a Event) -> Self {
        let by = ActorRecord::from(&event.by);
        let what = event_record::write(&event.what);
        Self(
            conversation,
            integer(event.seq.0),
            event.at.0,
            by.kind,
            by.id,
            by.name,
            event.client_id.as_ref().map(ClientId::as_str),
            what.kind,
            what.body,
            what.data,
        )
    }
}
