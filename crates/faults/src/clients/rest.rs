//! REST: a frame becomes a request, its answer a frame, and what is new is asked for again and again.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::http::{Http, Reply};
use super::{Cut, Hello, Line, Side};
use crate::house::PATIENCE;

/// How often a page that only has REST asks for what is new.
const ASKS: Duration = Duration::from_millis(60);

/// Somebody who only has REST.
pub(crate) struct Rest {
    side: Side,
    commands: Http,
    questions: Http,
    /// What has come and was not handed on yet.
    inbox: VecDeque<Value>,
    /// The conversations that are followed, and the last place of each.
    lines: BTreeMap<String, u64>,
    /// The conversation that a visitor's page shows.
    current: Option<String>,
    /// The queue as it was shown last.
    queue: Value,
    next: Instant,
}

/// Begins: a session for a visitor who has none, and the conversation that they name.
pub(crate) async fn open(side: Side, to: SocketAddr, hello: &Hello) -> Result<Rest, Cut> {
    let http = || Http::new(to, hello.token.clone());
    let mut rest = Rest {
        side,
        commands: http(),
        questions: http(),
        inbox: VecDeque::new(),
        lines: BTreeMap::new(),
        current: hello.conversation.clone(),
        queue: Value::Null,
        next: Instant::now(),
    };
    let mut welcome = json!({ "type": "welcome", "recovered": true, "conversation": null });
    if side == Side::Visitor && hello.token.is_none() {
        let made = session(&mut rest.commands).await?;
        welcome["visitor"] = made["visitor"].clone();
        welcome["token"] = made["token"].clone();
        rest.questions.token.clone_from(&rest.commands.token);
    }
    if let Some(id) = &hello.conversation {
        let path = format!("{}/conversations/{id}", side.api());
        let shown = rest.commands.ask("GET", &path, None).await?;
        if shown.status >= 500 {
            return Err(Cut::broken(format!("{path}: {}", shown.status)));
        }
        let last = shown.body["conversation"]["last_seq"].as_u64();
        welcome["recovered"] = last.is_some_and(|last| hello.after <= last).into();
        welcome["conversation"] = shown.body["conversation"].clone();
        if last.is_some() {
            let after = if welcome["recovered"] == true { hello.after } else { 0 };
            rest.lines.insert(id.clone(), after);
        }
    }
    rest.inbox.push_back(welcome);
    Ok(rest)
}

impl Rest {
    /// Hands on the answer to a command, and what it shows.
    fn answered(&mut self, frame: &Value, reply: &Reply) {
        self.inbox.push_back(answer(frame, reply));
        if let Some(conversation) = reply.body["conversation"]["id"].as_str() {
            // A visitor's page shows one at a time, and another one from its beginning.
            if self.side == Side::Visitor && self.current.as_deref() != Some(conversation) {
                self.current = Some(conversation.to_owned());
                self.lines.remove(conversation);
            }
            self.lines.entry(conversation.to_owned()).or_insert(0);
            self.inbox
                .push_back(json!({ "type": "conversation", "conversation": reply.body["conversation"] }));
        }
    }

    async fn look(&mut self) -> Result<(), Cut> {
        let lines: Vec<(String, u64)> = self.lines.iter().map(|(id, after)| (id.clone(), *after)).collect();
        for (id, after) in lines {
            let path = format!("{}/conversations/{id}/events?after={after}&limit=500", self.side.api());
            let Reply { status, body, .. } = self.questions.ask("GET", &path, None).await?;
            let Some(events) = body["events"].as_array() else {
                return Err(Cut::broken(format!("{path}: {status}")));
            };
            for event in events {
                self.inbox.push_back(json!({ "type": "event", "conversation_id": id, "event": event }));
            }
            if let Some(last) = events.last().and_then(|event| event["seq"].as_u64()) {
                self.lines.insert(id, last);
            }
        }
        if self.side == Side::Admin {
            let waiting =
                self.questions.ask("GET", "/api/v1/admin/conversations?state=waiting", None).await?;
            let shown = waiting.body["conversations"].clone();
            if self.queue != shown {
                self.queue.clone_from(&shown);
                self.inbox.push_back(json!({ "type": "queue", "conversations": shown }));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Line for Rest {
    async fn send(&mut self, frame: &Value) -> Result<(), Cut> {
        match frame["type"].as_str() {
            Some("follow") => {
                let id = frame["conversation_id"].as_str().unwrap_or_default().to_owned();
                self.lines.entry(id).or_insert(frame["after"].as_u64().unwrap_or(0));
            }
            Some("unfollow") => {
                self.lines.remove(frame["conversation_id"].as_str().unwrap_or_default());
            }
            // What was stored before it has to have come before its answer, as on a socket.
            Some("ping") => {
                self.look().await?;
                self.inbox.push_back(json!({ "type": "pong" }));
            }
            _ => {
                let Some((method, path, body)) = request(self.side, frame) else {
                    return Err(Cut::broken(format!("REST has nothing for {frame}")));
                };
                let body = (!body.is_null()).then_some(&body);
                let reply = self.commands.ask(method, &path, body).await?;
                self.answered(frame, &reply);
            }
        }
        Ok(())
    }

    async fn recv(&mut self) -> Result<Value, Cut> {
        loop {
            if let Some(frame) = self.inbox.pop_front() {
                return Ok(frame);
            }
            sleep_until(self.next).await;
            self.look().await?;
            self.next = Instant::now() + ASKS;
        }
    }
}

/// A new visitor, and their token for what is asked from now on. Who is told to come again comes again, as pages do.
pub(super) async fn session(commands: &mut Http) -> Result<Value, Cut> {
    let asked = Instant::now();
    loop {
        let made = commands.ask("POST", "/api/v1/widget/sessions", Some(&json!({}))).await?;
        if made.is_ok() {
            commands.token = made.body["token"].as_str().map(str::to_owned);
            return Ok(made.body);
        }
        match made.retry_after {
            Some(seconds) if made.status == 503 && asked.elapsed() < PATIENCE => {
                sleep(Duration::from_secs(seconds)).await;
            }
            _ => return Err(Cut::broken(format!("no session: {}", made.status))),
        }
    }
}

/// Which request a command is.
pub(super) fn request(side: Side, frame: &Value) -> Option<(&'static str, String, Value)> {
    let api = side.api();
    let of = |verb: &str| {
        let conversation = frame["conversation_id"].as_str().unwrap_or("none");
        format!("{api}/conversations/{conversation}/{verb}")
    };
    let words = || json!({ "id": frame["id"], "body": frame["body"] });
    Some(match frame["type"].as_str()? {
        "call" => {
            let mut body = json!({});
            for field in ["message", "context"] {
                if !frame[field].is_null() {
                    body[field] = frame[field].clone();
                }
            }
            ("POST", format!("{api}/conversations"), body)
        }
        "say" => ("POST", of("messages"), words()),
        "note" => ("POST", of("notes"), words()),
        "promise" => ("POST", of("promise"), json!({ "minutes": frame["minutes"] })),
        verb @ ("cancel" | "close" | "join" | "leave") => ("POST", of(verb), Value::Null),
        _ => return None,
    })
}

/// The answer as the frame that it would be.
pub(super) fn answer(frame: &Value, reply: &Reply) -> Value {
    let id = frame["id"].clone();
    if reply.is_ok() {
        return json!({ "type": "ack", "id": id, "seq": reply.body["event"]["seq"] });
    }
    json!({ "type": "error", "id": id, "code": reply.body["code"], "status": reply.status })
}
