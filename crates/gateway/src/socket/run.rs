//! One visitor's connection: reads their frames, and pumps a cursor.

use std::time::Duration;

use desk::{Bell, Topic};
use desk::{Caller, Followed, PresenceGuard};
use domain::conversation::What;
use domain::id::{ConversationId, InquiryId};
use domain::visitor::Visitor;
use domain::{Seq, Timestamp};
use futures_util::FutureExt;
use serde_json::{Value, json};
use web::Problem;
use web::client_ip::ClientIp;
use web::line::{Line, Turn};
use web::open_socket::OpenSocket;
use web::socket::{Close, Ended, close};
use web::wire::{self, EventFrame};

use crate::socket::frames::Hello;
use crate::socket::hello::{self, Start};
use crate::socket::mouth::Mouth;
use crate::state::{Gateway, Seat};

/// Everything that one connection holds.
pub(crate) struct Connection<'a, W> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) client: ClientIp,
    pub(crate) visitor: Visitor,
    pub(crate) caller: Caller,
    pub(crate) wire: &'a mut W,
    pub(crate) line: Option<Line>,
    presence: PresenceGuard,
    /// Rings when another tab calls, or an inquiry changes.
    own: Bell,
    /// The newest change of an inquiry that the page was told of.
    inquiries_at: Timestamp,
    /// Those of that moment: nobody is told of one twice.
    inquiries_told: Vec<(InquiryId, u64)>,
    /// When the visitor's being there was written down last.
    heard_at: Timestamp,
    /// Whether newer conversations of the visitor are left alone.
    only_this: bool,
    _seat: Seat,
}

/// Somebody who has been let in.
pub(crate) struct Guest {
    pub(crate) visitor: Visitor,
    /// The token that was made for them just now, if one was.
    pub(crate) token: Option<String>,
    pub(crate) seat: Seat,
}

/// How often a connected visitor's being there is written down.
const HEARD: Duration = Duration::from_secs(30);

/// The server is going away: the page reconnects.
pub(crate) fn going_away() -> Ended {
    Close(close::GOING_AWAY, "going away").into()
}

/// Runs a connection to its end: who it is comes as its first frame.
pub(crate) async fn run<W: Mouth>(gateway: &Gateway, client: ClientIp, wire: &mut W) -> Ended {
    let open = OpenSocket::of(W::TRANSPORT);
    // What happens once or now and then is boxed, so that a silent connection does not hold room for it.
    match Box::pin(greet(gateway, client, wire)).await {
        Ok(connection) => last(connection, open).await,
        Err(ended) => {
            open.ended(ended, client, None);
            ended
        }
    }
}

/// Runs the connection of somebody who is known already to its end.
pub(crate) async fn run_for<W: Mouth>(
    gateway: &Gateway,
    client: ClientIp,
    wire: &mut W,
    guest: Guest,
    hello: &Hello,
) -> Ended {
    let open = OpenSocket::of(W::TRANSPORT);
    match Box::pin(arrive(gateway, client, wire, guest, hello)).await {
        Ok(connection) => last(connection, open).await,
        Err(ended) => {
            open.ended(ended, client, None);
            ended
        }
    }
}

async fn last<W: Mouth>(mut connection: Connection<'_, W>, open: OpenSocket) -> Ended {
    let ended = match connection.pump().await {
        Ok(never) => match never {},
        Err(ended) => ended,
    };
    open.ended(ended, connection.client, Some(&connection.visitor.id));
    ended
}

async fn greet<'a, W: Mouth>(
    gateway: &'a Gateway,
    client: ClientIp,
    wire: &'a mut W,
) -> Result<Connection<'a, W>, Ended> {
    let hello = hello::hello(wire).await?;
    let (visitor, token) = match hello::identify(gateway, client, &hello).await {
        Ok(known) => known,
        Err(problem) => return Err(turned_away(wire, &problem).await),
    };
    let seat = gateway.seat(visitor.id).ok_or(Close(close::TOO_MANY, "too many sockets"))?;
    arrive(gateway, client, wire, Guest { visitor, token, seat }, &hello).await
}

async fn arrive<'a, W: Mouth>(
    gateway: &'a Gateway,
    client: ClientIp,
    wire: &'a mut W,
    guest: Guest,
    hello: &Hello,
) -> Result<Connection<'a, W>, Ended> {
    let Guest { visitor, token, seat } = guest;
    let caller = Caller::Visitor(visitor.clone());
    // The bell hangs before the first look, so that what happens between the two is not missed.
    let own = gateway.desk().bus().listen(Topic::Visitor(visitor.id));
    let presence = gateway.desk().is_here(&caller);
    let inquiries_at = gateway.desk().now();
    let epoch = gateway.desk().epoch().await.map_err(|error| failed(&error.into()))?;
    let start = hello::start(gateway, &caller, hello, &epoch).await.map_err(|problem| failed(&problem))?;
    wire.send(&hello::welcome(&visitor, token, &start, &epoch)).await?;
    tracing::debug!(visitor.id = %visitor.id, client.ip = %client.0, "visitor connected");
    let new = hello.conversation.is_none() && hello.after.is_none();
    let result = if new {
        "new"
    } else if start.recovered {
        "recovered"
    } else {
        "started over"
    };
    metrics::counter!("deskbell_resumes_total", "result" => result).increment(1);
    let mut connection = Connection {
        gateway,
        client,
        visitor,
        caller,
        wire,
        line: None,
        presence,
        own,
        inquiries_at,
        inquiries_told: Vec::new(),
        heard_at: Timestamp(0),
        only_this: hello.only_this,
        _seat: seat,
    };
    connection.follow(start).await?;
    Ok(connection)
}

async fn turned_away(wire: &mut impl Mouth, problem: &Problem) -> Ended {
    if let Err(ended) = wire.send(&web::socket::error_frame(None, problem)).await {
        return ended;
    }
    match problem.status.as_u16() {
        401 => Close(close::UNAUTHORIZED, "token or identity not accepted").into(),
        429 => Close(close::TOO_MANY, "too many new visitors").into(),
        _ => failed(problem),
    }
}

fn failed(problem: &Problem) -> Ended {
    Close(close::INTERNAL, problem.code).into()
}

impl<W: Mouth> Connection<'_, W> {
    async fn follow(&mut self, start: Start) -> Result<(), Ended> {
        let Some(view) = start.view else { return Ok(()) };
        self.follow_from(view.row.conversation.id, start.after, &wire::conversation(&view)).await
    }

    async fn follow_from(&mut self, id: ConversationId, after: Seq, shown: &Value) -> Result<(), Ended> {
        let line = Line::open(self.gateway.desk(), &self.caller, id, after, shown).await;
        self.line = Some(line.map_err(|error| failed(&error.into()))?);
        self.presence.watches(id);
        Ok(())
    }

    /// Follows the visitor's open conversation, if it is not the one followed already: they called just now,
    /// here or in another tab.
    pub(crate) async fn follow_open(&mut self) -> Result<(), Ended> {
        if self.only_this {
            return Ok(());
        }
        let view = self.gateway.desk().conversation_of(&self.caller).await;
        let Some(view) = view.map_err(|error| failed(&error.into()))? else { return Ok(()) };
        let id = view.row.conversation.id;
        let followed = self.line.as_ref().map(Line::conversation);
        let open = view.row.conversation.state.is_open();
        if followed.is_none() || (open && followed != Some(id)) {
            let shown = wire::conversation(&view);
            self.wire.send(&json!({ "type": "conversation", "conversation": &shown })).await?;
            self.follow_from(id, Seq::START, &shown).await?;
        }
        Ok(())
    }

    async fn pump(&mut self) -> Result<std::convert::Infallible, Ended> {
        loop {
            tokio::select! {
                heard = self.wire.recv() => {
                    let heard = heard?;
                    Box::pin(async {
                        self.heard().await;
                        self.command(&heard).await?;
                        self.catch_up().await
                    })
                    .await?;
                }
                turn = turn_of(&mut self.line) => {
                    let turn = turn?;
                    Box::pin(self.take(turn)).await?;
                }
                () = self.own.changed() => {
                    self.own.mark();
                    Box::pin(async {
                        self.follow_open().await?;
                        self.inquiries().await
                    })
                    .await?;
                }
            }
            self.wire.flush().await?;
        }
    }

    /// What a command has led to goes out in one write with its acknowledgement.
    async fn catch_up(&mut self) -> Result<(), Ended> {
        let Some(line) = &mut self.line else { return Ok(()) };
        match line.turn().now_or_never() {
            Some(turn) => self.take(turn.map_err(|error| failed(&error.into()))?).await,
            None => Ok(()),
        }
    }

    async fn take(&mut self, turn: Turn) -> Result<(), Ended> {
        match turn {
            Turn::Followed(followed) => self.deliver(followed).await,
            Turn::Whisper(whisper) => {
                let me = self.caller.actor();
                match self.line.as_ref().and_then(|line| line.whispered(&whisper, &me)) {
                    Some(frame) => self.wire.queue(&frame).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// That the visitor is there is written down now and then, for the other processes.
    async fn heard(&mut self) {
        let now = self.gateway.desk().now();
        if now.since(self.heard_at) < HEARD {
            return;
        }
        self.heard_at = now;
        if let Err(error) = self.gateway.desk().heard_of(self.visitor.id).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a visitor's presence was not stored");
        }
    }

    /// The view goes before the events that have changed it, and a post before the move that made it: whoever reads in
    /// order knows everybody and everything that an event names.
    async fn deliver(&mut self, followed: Followed) -> Result<(), Ended> {
        let Some(id) = self.line.as_ref().map(Line::conversation) else { return Ok(()) };
        if followed.events.iter().any(|event| matches!(event.what, What::Moved { .. })) {
            self.inquiries().await?;
        }
        if followed.view_changed {
            let view = self.gateway.desk().conversation(&self.caller, id).await;
            let shown = wire::conversation(&view.map_err(|error| failed(&error.into()))?);
            if let Some(frame) = self.line.as_mut().and_then(|line| line.show(shown)) {
                self.wire.queue(&frame).await?;
            }
        }
        for event in &followed.events {
            self.wire.queue(&EventFrame::of(id, event)).await?;
        }
        Ok(())
    }

    /// Tells the page of its inquiries that have changed.
    async fn inquiries(&mut self) -> Result<(), Ended> {
        let page = desk::Page::first(20);
        let found = self.gateway.desk().inquiries(&self.caller, desk::InquiryFilter::default(), page).await;
        let mut changed = found.map_err(|error| failed(&error.into()))?.items;
        changed.retain(|view| {
            let post = &view.row.inquiry;
            post.updated_at >= self.inquiries_at && !self.inquiries_told.contains(&(post.id, post.version))
        });
        for view in changed.iter().rev() {
            let post = &view.row.inquiry;
            if post.updated_at > self.inquiries_at {
                self.inquiries_at = post.updated_at;
                self.inquiries_told.clear();
            }
            self.inquiries_told.push((post.id, post.version));
            self.wire.send(&json!({ "type": "inquiry", "inquiry": wire::inquiry(view) })).await?;
        }
        Ok(())
    }
}

async fn turn_of(line: &mut Option<Line>) -> Result<Turn, Ended> {
    match line {
        Some(line) => line.turn().await.map_err(|error| failed(&error.into())),
        None => std::future::pending().await,
    }
}
