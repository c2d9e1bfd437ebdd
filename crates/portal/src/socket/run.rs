//! One admin's connection: reads their frames, and pumps a cursor for each conversation that they follow.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use desk::{Bell, Topic};
use desk::{Caller, Followed, PresenceGuard, hash_secret};
use domain::Seq;
use domain::id::{AdminId, ConversationId};
use futures_util::future::select_all;
use serde_json::json;
use tokio::time::{Instant, timeout};
use web::Problem;
use web::line::{Line, Turn};
use web::socket::{Close, Ended, HELLO_WITHIN, Wire, close, error_frame};
use web::wire::{self, EventFrame};

use crate::PortalState;
use crate::api::{Asking, Credential};
use crate::socket::frames::Frame;
use crate::socket::queue::Shown;

/// How often the queue is read again at the most, however often it changes.
const QUEUE_EVERY: Duration = Duration::from_millis(250);
/// How often the right to be here is looked at when nobody rings.
const RIGHTS_EVERY: Duration = Duration::from_secs(20);
/// How many conversations one socket may follow.
const LINES: usize = 32;

/// Everything that one connection holds.
pub(crate) struct Connection<'a> {
    pub(crate) state: &'a PortalState,
    pub(crate) asking: Asking,
    pub(crate) caller: Caller,
    pub(crate) wire: &'a mut Wire,
    pub(crate) lines: BTreeMap<ConversationId, Line>,
    presence: PresenceGuard,
    queue: Shown,
    queue_bell: Bell,
    rights: Bell,
    rights_due: Instant,
}

/// Runs a connection to its end.
///
/// `who` is set as soon as they are known.
pub(crate) async fn run(
    state: &PortalState,
    known: Option<Asking>,
    wire: &mut Wire,
    who: &mut Option<AdminId>,
) -> Ended {
    match converse(state, known, wire, who).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

pub(crate) fn failed(problem: &Problem) -> Ended {
    Close(close::INTERNAL, problem.code).into()
}

const UNAUTHORIZED: Close = Close(close::UNAUTHORIZED, "session or token no longer valid");

async fn converse(
    state: &PortalState,
    signed_in: Option<Asking>,
    wire: &mut Wire,
    who: &mut Option<AdminId>,
) -> Result<Infallible, Ended> {
    let no_hello = Close(close::NO_HELLO, "no hello");
    let text = timeout(HELLO_WITHIN, wire.recv()).await.map_err(|_| no_hello)??;
    let (token, conversation, after, known) = match web::tagged::parse(text.as_bytes()) {
        Ok(Frame::Hello { token, conversation_id, after, epoch }) => (token, conversation_id, after, epoch),
        Ok(_) => return Err(no_hello.into()),
        Err(problem) if problem.code == "not_json" => return Err(Close(close::NOT_JSON, "not JSON").into()),
        Err(problem) => {
            wire.send(&error_frame(None, &problem)).await?;
            return Err(no_hello.into());
        }
    };
    let asking = match token {
        Some(token) => by_token(state, &token).await?,
        None => signed_in.ok_or(UNAUTHORIZED)?,
    };
    *who = Some(asking.admin.id);
    let desk = &state.desk;
    let (queue_bell, rights) = (desk.bus().listen(Topic::Queue), desk.bus().listen(Topic::Rights));
    let caller = asking.caller();
    let presence = desk.is_here(&caller);
    let mut connection = Connection {
        state,
        asking,
        caller,
        wire,
        lines: BTreeMap::new(),
        presence,
        queue: Shown::default(),
        queue_bell,
        rights,
        rights_due: Instant::now() + RIGHTS_EVERY,
    };
    connection.greet(conversation, after.map(Seq), known).await?;
    connection.pump().await
}

async fn by_token(state: &PortalState, token: &str) -> Result<Asking, Ended> {
    let credential = Credential::Token(hash_secret(token));
    let admin = credential.admin(state).await.map_err(|problem| failed(&problem))?;
    Ok(Asking { admin: admin.ok_or(UNAUTHORIZED)?, credential })
}

impl Connection<'_> {
    async fn greet(
        &mut self,
        conversation: Option<String>,
        after: Option<Seq>,
        known: Option<String>,
    ) -> Result<(), Ended> {
        let desk = &self.state.desk;
        let epoch = desk.epoch().await.map_err(|error| failed(&error.into()))?;
        let after = after.unwrap_or_default();
        let asked: Option<ConversationId> = conversation.as_deref().and_then(|id| id.parse().ok());
        let view = match asked {
            Some(id) => desk.conversation(&self.caller, id).await.ok(),
            None => None,
        };
        let recovered = known.is_none_or(|known| known == epoch)
            && match &view {
                Some(view) => after <= view.row.conversation.seq,
                None => conversation.is_none(),
            };
        let welcome = json!({
            "type": "welcome",
            "admin": wire::admin(&self.asking.admin),
            "conversation": view.as_ref().map(wire::conversation_for_admins),
            "recovered": recovered,
            "epoch": epoch,
        });
        self.wire.send(&welcome).await?;
        tracing::info!(admin.id = %self.asking.admin.id, "admin connected");
        self.queue_bell.mark();
        let queue = self.queue.whole(desk).await.map_err(|error| failed(&error.into()))?;
        self.wire.send(&queue).await?;
        match view {
            Some(view) => {
                let from = if recovered { after } else { Seq::START };
                let shown = wire::conversation_for_admins(&view);
                self.open(view.row.conversation.id, from, &shown).await.map_err(|problem| failed(&problem))
            }
            None => Ok(()),
        }
    }

    /// Follows a conversation; one that is followed already goes on as it is.
    pub(crate) async fn follow(&mut self, id: ConversationId, after: Seq) -> Result<(), Problem> {
        if self.lines.contains_key(&id) {
            return Ok(());
        }
        let view = self.state.desk.conversation(&self.caller, id).await?;
        let last = view.row.conversation.seq;
        let shown = wire::conversation_for_admins(&view);
        let frame = json!({ "type": "conversation", "conversation": shown });
        self.wire.send(&frame).await.map_err(|_| Problem::unavailable())?;
        self.open(id, if after > last { Seq::START } else { after }, &shown).await
    }

    async fn open(
        &mut self,
        id: ConversationId,
        after: Seq,
        shown: &serde_json::Value,
    ) -> Result<(), Problem> {
        self.has_room_for(id)?;
        let line = Line::open(&self.state.desk, &self.caller, id, after, shown).await?;
        self.lines.insert(id, line);
        self.presence.watches(id);
        Ok(())
    }

    /// Whether this socket follows the conversation, or could.
    pub(crate) fn has_room_for(&self, id: ConversationId) -> Result<(), Problem> {
        if self.lines.len() < LINES || self.lines.contains_key(&id) {
            return Ok(());
        }
        let detail = format!("One socket follows at most {LINES} conversations. Unfollow some.");
        Err(Problem::new(axum::http::StatusCode::CONFLICT, "too_many_lines", detail))
    }

    async fn pump(&mut self) -> Result<Infallible, Ended> {
        let mut queue_due: Option<Instant> = None;
        loop {
            tokio::select! {
                text = self.wire.recv() => {
                    let text = text?;
                    // What ended a moment ago does nothing more, however soon the frame comes after it.
                    if self.rights.is_rung() {
                        self.check_rights().await?;
                    }
                    self.command(&text).await?;
                }
                turn = turn_of(&mut self.lines) => {
                    let (id, turn) = turn?;
                    self.take(id, turn).await?;
                }
                // Changes that come close together are told together.
                () = self.queue_bell.changed(), if queue_due.is_none() => {
                    queue_due = Some(Instant::now() + QUEUE_EVERY);
                    self.show_queue().await?;
                }
                () = at(queue_due), if queue_due.is_some() => queue_due = None,
                () = self.rights.changed() => self.check_rights().await?,
                () = tokio::time::sleep_until(self.rights_due) => self.check_rights().await?,
            }
        }
    }

    async fn show_queue(&mut self) -> Result<(), Ended> {
        self.queue_bell.mark();
        let changes = self.queue.changes(&self.state.desk).await;
        match changes.map_err(|error| failed(&error.into()))? {
            Some(frame) => self.wire.send(&frame).await,
            None => Ok(()),
        }
    }

    /// Whoever has signed out, was disabled, or whose token was revoked, is shown out.
    async fn check_rights(&mut self) -> Result<(), Ended> {
        self.rights.mark();
        self.rights_due = Instant::now() + RIGHTS_EVERY;
        let admin = self.asking.credential.admin(self.state).await.map_err(|problem| failed(&problem))?;
        self.asking.admin = admin.ok_or(UNAUTHORIZED)?;
        self.caller = self.asking.caller();
        Ok(())
    }

    async fn take(&mut self, id: ConversationId, turn: Turn) -> Result<(), Ended> {
        match turn {
            Turn::Followed(followed) => self.deliver(id, followed).await,
            Turn::Whisper(whisper) => {
                let me = self.caller.actor();
                match self.lines.get(&id).and_then(|line| line.whispered(&whisper, &me)) {
                    Some(frame) => self.wire.send(&frame).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// The view goes before the events that have changed it: whoever reads in order knows everybody whom an event names.
    async fn deliver(&mut self, id: ConversationId, followed: Followed) -> Result<(), Ended> {
        if followed.view_changed {
            let view = self.state.desk.conversation(&self.caller, id).await;
            let view = wire::conversation_for_admins(&view.map_err(|error| failed(&error.into()))?);
            if let Some(frame) = self.lines.get_mut(&id).and_then(|line| line.show(view)) {
                self.wire.queue(&frame).await?;
            }
        }
        for event in &followed.events {
            self.wire.queue(&EventFrame::of(id, event)).await?;
        }
        self.wire.flush().await
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

async fn turn_of(lines: &mut BTreeMap<ConversationId, Line>) -> Result<(ConversationId, Turn), Ended> {
    if lines.is_empty() {
        return std::future::pending().await;
    }
    let turns = lines.iter_mut().map(|(id, line)| {
        let id = *id;
        Box::pin(async move { line.turn().await.map(|turn| (id, turn)) })
    });
    let (turn, _, _) = select_all(turns).await;
    turn.map_err(|error| failed(&error.into()))
}
