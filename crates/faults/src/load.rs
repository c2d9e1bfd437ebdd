//! Mixed load: visitors who call, say, cancel, close, leave posts or just wait, and admins who answer some of them.

use std::convert::Infallible;
use std::net::SocketAddr;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::clients::{Answer, Cut, Person, Side};

/// Somebody at work: goes on until the connection is cut.
pub(crate) struct Worker {
    /// Who.
    pub(crate) person: Person,
    dice: StdRng,
    /// Whether this visitor does nothing to end their present wait.
    patient: bool,
}

impl Worker {
    /// With random choices of their own.
    pub(crate) fn new(person: Person, seed: u64) -> Self {
        Self { person, dice: StdRng::seed_from_u64(seed), patient: false }
    }

    /// Connects and works until the cut; each acknowledgement puts a permit into `done`.
    pub(crate) async fn work(&mut self, to: SocketAddr, done: &Semaphore) -> Cut {
        match self.keep_at_it(to, done).await {
            Ok(never) => match never {},
            Err(cut) => cut,
        }
    }

    async fn keep_at_it(&mut self, to: SocketAddr, done: &Semaphore) -> Result<Infallible, Cut> {
        let mut known = self.person.record.done();
        self.person.connect(to).await?;
        self.person.all_answered().await?;
        loop {
            let now = self.person.record.done();
            done.add_permits(now - known);
            known = now;
            match self.person.record.side {
                Side::Visitor => self.visit().await?,
                Side::Admin => self.attend().await?,
            }
        }
    }

    /// Whether this visitor's last conversation is over, so that they may go.
    pub(crate) fn is_done(&self) -> bool {
        let record = &self.person.record;
        let over = |id| matches!(record.state(id), Some("moved" | "closed" | "cancelled"));
        record.open().next().is_none() && self.person.conversation().is_some_and(over)
    }

    async fn visit(&mut self) -> Result<(), Cut> {
        let current = self.person.conversation().map(str::to_owned);
        let state = current.as_deref().and_then(|id| self.person.record.state(id)).map(str::to_owned);
        match state.as_deref() {
            Some(state @ ("waiting" | "active")) => self.go_on(state == "waiting").await?,
            Some("moved") if self.dice.random_bool(0.3) => self.look_at_the_board().await?,
            _ => {
                self.patient = self.dice.random_bool(0.4);
                let words = self.dice.random_bool(0.7).then(|| self.person.words());
                self.person.call(words).await?;
            }
        }
        // What is said may be on its way; a step that ends something is waited for, as a page does.
        self.person.all_answered().await
    }

    async fn go_on(&mut self, waiting: bool) -> Result<(), Cut> {
        let roll = self.dice.random_range(0..100);
        match roll {
            0..50 => {
                for _ in 0..self.dice.random_range(1..=5) {
                    let words = self.person.words();
                    self.person.say(None, words).await?;
                }
            }
            50..60 if !self.patient && waiting => drop(self.person.verb("cancel", None).await?),
            50..60 if !self.patient => drop(self.person.verb("close", None).await?),
            60..68 if !self.patient && waiting => {
                let email = self.dice.random_bool(0.5).then_some("kim@shop.example");
                self.person.leave_inquiry(email).await?;
            }
            _ => drop(self.person.hear().await?),
        }
        Ok(())
    }

    async fn look_at_the_board(&mut self) -> Result<(), Cut> {
        if self.dice.random_bool(0.5) {
            return self.person.leave_inquiry(None).await;
        }
        let posts = self.person.inquiries().await?;
        match posts.first().and_then(|post| post["id"].as_str()) {
            Some(id) => self.person.comment(id).await,
            None => Ok(()),
        }
    }

    async fn attend(&mut self) -> Result<(), Cut> {
        if self.dice.random_bool(0.06) {
            return self.answer_a_post().await;
        }
        self.let_go().await?;
        let queue: Vec<String> = self.person.record.queue.iter().filter(|id| is_taken(id)).cloned().collect();
        if queue.is_empty() {
            return self.person.hear().await.map(drop);
        }
        let id = queue[self.dice.random_range(0..queue.len())].clone();
        self.person.follow(&id).await?;
        if self.is_in(&id) {
            self.chat(&id).await?;
        } else if self.dice.random_bool(0.2) {
            let minutes = self.dice.random_range(1..=3);
            self.person.give(json!({ "type": "promise", "conversation_id": id, "minutes": minutes })).await?;
        } else {
            self.person.verb("join", Some(&id)).await?;
        }
        self.person.all_answered().await
    }

    async fn chat(&mut self, id: &str) -> Result<(), Cut> {
        match self.dice.random_range(0..100) {
            0..50 => {
                for _ in 0..self.dice.random_range(1..=3) {
                    let words = self.person.words();
                    self.person.say(Some(id), words).await?;
                }
            }
            50..60 => {
                let words = self.person.words();
                let note = json!({ "type": "note", "conversation_id": id, "body": words });
                self.person.give(note).await?;
            }
            60..70 => drop(self.person.verb("leave", Some(id)).await?),
            70..80 => drop(self.person.verb("close", Some(id)).await?),
            _ => drop(self.person.hear().await?),
        }
        Ok(())
    }

    /// Whether this admin's last `join` or `leave` in a conversation was a join.
    fn is_in(&self, id: &str) -> bool {
        let of_it = |verb: &str| matches!(verb, "join" | "leave");
        let sent = self.person.record.sent.iter().rev();
        let last = sent.filter(|sent| sent.conversation() == Some(id)).find(|sent| of_it(sent.verb()));
        last.is_some_and(|sent| sent.verb() == "join" && matches!(sent.answer, Some(Answer::Done(_))))
    }

    /// What is over is not followed any more: a socket follows 32 conversations at most.
    async fn let_go(&mut self) -> Result<(), Cut> {
        let record = &self.person.record;
        let over: Vec<String> =
            record.follows.iter().filter(|id| !record.queue.contains(*id)).cloned().collect();
        for id in over {
            self.person.unfollow(&id).await?;
        }
        Ok(())
    }

    async fn answer_a_post(&mut self) -> Result<(), Cut> {
        let posts = self.person.inquiries().await?;
        if posts.is_empty() {
            return Ok(());
        }
        let post = &posts[self.dice.random_range(0..posts.len())];
        match post["id"].as_str() {
            Some(id) => self.person.comment(id).await,
            None => Ok(()),
        }
    }
}

/// Half of all calls are left to the board: which, their ids say, so that all admins agree.
fn is_taken(id: &str) -> bool {
    id.bytes().last().is_some_and(|last| last % 2 == 0)
}
