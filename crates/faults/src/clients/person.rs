//! Somebody who is connected now and then, and keeps at it.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::record::Record;
use super::{Answer, Cut, Hello, Line, Side, Transport, open};
use crate::house::{Owner, PATIENCE};

/// A visitor's browser or an admin's.
pub(crate) struct Person {
    /// What carries their next connection.
    pub(crate) transport: Transport,
    /// What they sent and were told.
    pub(crate) record: Record,
    pub(super) token: Option<String>,
    pub(super) to: SocketAddr,
    line: Option<Box<dyn Line>>,
    /// A visitor's conversation.
    current: Option<String>,
    minted: u64,
}

impl Person {
    /// A new, anonymous visitor. Every name is given once: words and ids begin with it.
    pub(crate) fn visitor(name: &str, transport: Transport) -> Self {
        Self::new(name, Side::Visitor, transport, None)
    }

    /// An admin.
    pub(crate) fn admin(name: &str, transport: Transport, owner: &Owner) -> Self {
        let mut admin = Self::new(name, Side::Admin, transport, Some(owner.token.clone()));
        // Over REST nobody tells them.
        admin.record.id = Some(owner.id.clone());
        admin
    }

    fn new(name: &str, side: Side, transport: Transport, token: Option<String>) -> Self {
        let record = Record::new(name, side);
        let (to, line) = (([127, 0, 0, 1], 0).into(), None);
        Self { transport, record, token, to, line, current: None, minted: 0 }
    }

    /// A visitor's conversation: the open one, or the last.
    pub(crate) fn conversation(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// A visitor's token, once they have one.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Somebody who has this token and nothing of this conversation yet: another of the visitor's pages.
    pub(crate) fn become_visitor(&mut self, token: &str, conversation: &str) {
        (self.token, self.current) = (Some(token.to_owned()), Some(conversation.to_owned()));
    }

    /// Words that nobody has said before.
    pub(crate) fn words(&mut self) -> String {
        let word = self.mint("w");
        format!("{word} 할 말")
    }

    pub(super) fn mint(&mut self, kind: &str) -> String {
        self.minted += 1;
        format!("{}-{kind}{}", self.record.name, self.minted)
    }

    /// Whether there is a connection, as far as is known.
    pub(crate) fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// Connects, from the place that they have, and sends again what was not answered.
    pub(crate) async fn connect(&mut self, to: SocketAddr) -> Result<(), Cut> {
        self.to = to;
        self.line = None;
        let hello = Hello {
            token: self.token.clone(),
            conversation: self.current.clone(),
            after: self.current.as_deref().map_or(0, |current| self.record.last(current)),
        };
        let (by, of) = (self.transport.as_str(), self.current.as_deref().unwrap_or("nothing"));
        self.record.note(format!("came by {by} with {} of {of}", hello.after));
        let opening = timeout(PATIENCE, open(self.transport, self.record.side, to, &hello)).await;
        self.line = Some(opening.map_err(|_| self.silence("a connection opens"))??);
        loop {
            let frame = self.hear().await?;
            if let Some(token) = frame["token"].as_str() {
                self.token = Some(token.to_owned());
            }
            if frame["type"] == "welcome" {
                break;
            }
        }
        if self.record.side == Side::Admin {
            for conversation in self.record.follows.clone() {
                self.ask_to_follow(&conversation).await?;
            }
        }
        let by = self.transport;
        let open = self.record.sent.iter_mut().filter(|sent| sent.answer.is_none());
        let again: Vec<Value> = open
            .map(|sent| {
                (sent.by, sent.times) = (by, sent.times + 1);
                sent.frame.clone()
            })
            .collect();
        for frame in again {
            self.send(&frame).await?;
        }
        Ok(())
    }

    /// Cuts the connection without a word.
    pub(crate) fn cut(&mut self) {
        self.line = None;
    }

    /// Gives a command, and does not wait for its answer. The id is the command's, for [`Person::answered`].
    pub(crate) async fn give(&mut self, mut frame: Value) -> Result<String, Cut> {
        let id = match frame["id"].as_str() {
            Some(id) => id.to_owned(),
            None => self.mint("c"),
        };
        frame["id"] = id.as_str().into();
        if self.record.side == Side::Visitor && frame["type"] != "call" {
            frame["conversation_id"] = self.current.clone().into();
        }
        self.record.give(&frame, self.transport);
        self.send(&frame).await?;
        Ok(id)
    }

    /// Gives a command and waits for its answer.
    pub(crate) async fn ask(&mut self, frame: Value) -> Result<Answer, Cut> {
        let id = self.give(frame).await?;
        self.answered(&id).await
    }

    /// Presses the bell, with a first message if there are words.
    pub(crate) async fn call(&mut self, words: Option<String>) -> Result<String, Cut> {
        let frame = self.call_frame(words);
        self.give(frame).await
    }

    /// The frame of a press, not given yet.
    pub(crate) fn call_frame(&mut self, words: Option<String>) -> Value {
        let mut frame = json!({ "type": "call", "context": { "url": "https://shop.example/pay" } });
        if let Some(words) = words {
            frame["message"] = json!({ "id": self.mint("m"), "body": words });
        }
        frame
    }

    /// Says something: a visitor in their conversation, an admin in the one named.
    pub(crate) async fn say(&mut self, conversation: Option<&str>, words: String) -> Result<String, Cut> {
        let mut frame = json!({ "type": "say", "body": words });
        if let Some(conversation) = conversation {
            frame["conversation_id"] = conversation.into();
        }
        self.give(frame).await
    }

    /// Gives a command that has no words: `join`, `leave`, `close`, `cancel`.
    pub(crate) async fn verb(&mut self, verb: &str, conversation: Option<&str>) -> Result<String, Cut> {
        let mut frame = json!({ "type": verb });
        if let Some(conversation) = conversation {
            frame["conversation_id"] = conversation.into();
        }
        self.give(frame).await
    }

    /// Follows a conversation from the place that they have of it, from now on and after every reconnect.
    pub(crate) async fn follow(&mut self, conversation: &str) -> Result<(), Cut> {
        let new = self.record.follows.insert(conversation.to_owned());
        if new { self.ask_to_follow(conversation).await } else { Ok(()) }
    }

    async fn ask_to_follow(&mut self, conversation: &str) -> Result<(), Cut> {
        let after = self.record.last(conversation);
        self.send(&json!({ "type": "follow", "conversation_id": conversation, "after": after })).await
    }

    /// Follows it no longer: what they have of it stays as it is. Returns when nothing of it is on its way any more, so
    /// that whoever follows it again knows where they stand.
    pub(crate) async fn unfollow(&mut self, conversation: &str) -> Result<(), Cut> {
        self.record.follows.remove(conversation);
        self.send(&json!({ "type": "unfollow", "conversation_id": conversation })).await?;
        self.send(&json!({ "type": "ping" })).await?;
        while self.hear().await?["type"] != "pong" {}
        Ok(())
    }

    async fn send(&mut self, frame: &Value) -> Result<(), Cut> {
        let line = self.line.as_mut().ok_or_else(|| Cut::broken("not connected"))?;
        let sent = timeout(PATIENCE, line.send(frame)).await;
        let sent = sent.unwrap_or_else(|_| Err(self.silence(&format!("{frame} is taken"))));
        if sent.is_err() {
            self.line = None;
        }
        sent
    }

    /// Waited too long for this: with what came before, for people who look for how it came about.
    fn silence(&self, what: &str) -> Cut {
        Cut::Silent(format!("{what}, by {}; lately: {}", self.transport.as_str(), self.record.lately()))
    }

    /// Takes the next frame in. May be dropped and called again.
    pub(crate) async fn hear(&mut self) -> Result<Value, Cut> {
        let line = self.line.as_mut().ok_or_else(|| Cut::broken("not connected"))?;
        let heard = timeout(PATIENCE, line.recv()).await;
        let heard = heard.unwrap_or_else(|_| Err(self.silence("the next frame")));
        let frame = heard.inspect_err(|_| self.line = None)?;
        self.record.hear(&frame);
        if self.record.side == Side::Visitor
            && matches!(frame["type"].as_str(), Some("welcome" | "conversation"))
            && let Some(id) = frame["conversation"]["id"].as_str()
        {
            self.current = Some(id.to_owned());
            self.record.follows = BTreeSet::from([id.to_owned()]);
        }
        Ok(frame)
    }

    /// Listens until what is recorded is enough.
    pub(crate) async fn until(&mut self, enough: impl Fn(&Record) -> bool) -> Result<(), Cut> {
        while !enough(&self.record) {
            self.hear().await?;
        }
        Ok(())
    }

    /// Listens until a command is answered.
    pub(crate) async fn answered(&mut self, id: &str) -> Result<Answer, Cut> {
        loop {
            if let Some(answer) = self.record.command(id).and_then(|sent| sent.answer.clone()) {
                return Ok(answer);
            }
            self.hear().await?;
        }
    }

    /// Listens until every command is answered.
    pub(crate) async fn all_answered(&mut self) -> Result<(), Cut> {
        self.until(|record| record.open().next().is_none()).await
    }

    /// Listens until everything has come that a log, up to these places, has for them.
    pub(crate) async fn caught_up(&mut self, places: &[(String, u64)]) -> Result<(), Cut> {
        self.until(|record| places.iter().all(|(id, last)| record.last(id) >= *last)).await
    }
}
