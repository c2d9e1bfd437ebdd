//! What somebody sent, what they were answered, and everything that they were handed, in order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::{Side, Transport};

/// How the server answered a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is durable; with the place of its last event, where the transport tells it.
    Done(Option<u64>),
    /// It changed nothing; with the rule's code.
    Refused(String),
}

/// A command as it was given.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The client's id of it.
    pub(crate) id: String,
    /// The whole frame.
    pub(crate) frame: Value,
    /// The answer, once it has come.
    pub(crate) answer: Option<Answer>,
    /// What carried it last.
    pub(crate) by: Transport,
    /// How often it was handed to a connection.
    pub(crate) times: u32,
    /// The frame's type and conversation: looked at so often, and among so many, that finding them in the frame is too slow.
    verb: String,
    conversation: Option<String>,
}

impl Sent {
    fn new(frame: &Value, by: Transport) -> Self {
        let text = |field: &str| frame[field].as_str().map(str::to_owned);
        Self {
            id: text("id").unwrap_or_default(),
            frame: frame.clone(),
            answer: None,
            by,
            times: 1,
            verb: text("type").unwrap_or_default(),
            conversation: text("conversation_id"),
        }
    }

    /// The frame's type.
    pub(crate) fn verb(&self) -> &str {
        &self.verb
    }

    /// The conversation that it was about when it was given.
    pub(crate) fn conversation(&self) -> Option<&str> {
        self.conversation.as_deref()
    }

    /// Whether it was acknowledged.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.answer, Some(Answer::Done(_)))
    }
}

/// Something that only REST has: a post that a visitor left for their call, or a comment.
#[derive(Debug, Clone)]
pub(crate) struct Errand {
    /// What it is about: a conversation for a post, a post for a comment.
    pub(crate) about: String,
    /// Words that nothing else has: a title or a body.
    pub(crate) words: String,
    /// Whether it is a comment.
    pub(crate) comment: bool,
    /// The id that the server gave it, once it has answered; a refusal's code otherwise.
    pub(crate) answer: Option<Result<String, String>>,
}

/// All of it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// What the harness calls them; their words begin with it.
    pub(crate) name: String,
    /// On which side of the desk.
    pub(crate) side: Side,
    /// The id that the server knows them by, once it has said so.
    pub(crate) id: Option<String>,
    /// Their commands, in the order in which they were given.
    pub(crate) sent: Vec<Sent>,
    /// What they did besides.
    pub(crate) errands: Vec<Errand>,
    /// The events of each conversation, as they were handed over.
    pub(crate) views: BTreeMap<String, Vec<Value>>,
    /// Each conversation as it was shown last.
    pub(crate) shown: BTreeMap<String, Value>,
    /// The conversations of which they are handed whatever happens; a visitor has one at a time.
    pub(crate) follows: BTreeSet<String>,
    /// The calls that wait or are answered, as far as an admin was told.
    pub(crate) queue: BTreeSet<String>,
    /// What they were handed that no client may be handed.
    pub(crate) astray: Vec<String>,
    /// What happened to them lately, in short, for people who look for how something came about.
    lately: VecDeque<String>,
}

/// So much of what happened lately is kept.
const LATELY: usize = 40;

impl Record {
    pub(crate) fn new(name: &str, side: Side) -> Self {
        Self {
            // Ids begin with it, and have no dot: Socket.IO's name has one.
            name: name.replace('.', ""),
            side,
            id: None,
            sent: Vec::new(),
            errands: Vec::new(),
            views: BTreeMap::new(),
            shown: BTreeMap::new(),
            follows: BTreeSet::new(),
            queue: BTreeSet::new(),
            astray: Vec::new(),
            lately: VecDeque::new(),
        }
    }

    /// The last place of a conversation that they have.
    pub(crate) fn last(&self, conversation: &str) -> u64 {
        let view = self.views.get(conversation);
        view.and_then(|events| events.last()).and_then(|event| event["seq"].as_u64()).unwrap_or(0)
    }

    /// The state in which a conversation was shown last.
    pub(crate) fn state(&self, conversation: &str) -> Option<&str> {
        self.shown.get(conversation).and_then(|shown| shown["state"].as_str())
    }

    /// A command by its id.
    pub(crate) fn command(&self, id: &str) -> Option<&Sent> {
        self.sent.iter().rev().find(|sent| sent.id == id)
    }

    /// The commands that were not answered yet.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Sent> {
        self.sent.iter().filter(|sent| sent.answer.is_none())
    }

    /// How many of their commands were acknowledged.
    pub(crate) fn done(&self) -> usize {
        let errands = self.errands.iter().filter(|errand| matches!(errand.answer, Some(Ok(_)))).count();
        self.sent.iter().filter(|sent| sent.is_done()).count() + errands
    }

    /// Notes a command that is handed to a connection for the first time.
    pub(crate) fn give(&mut self, frame: &Value, by: Transport) {
        self.note(format!("gave {} {} of {}", frame["type"], frame["id"], frame["conversation_id"]));
        self.sent.push(Sent::new(frame, by));
    }

    /// Takes in what the server has sent.
    pub(crate) fn hear(&mut self, frame: &Value) {
        let (of, seq) = match frame["type"].as_str() {
            Some("event") => (&frame["conversation_id"], &frame["event"]["seq"]),
            Some("welcome" | "conversation") => {
                (&frame["conversation"]["id"], &frame["conversation"]["state"])
            }
            _ => (&frame["id"], &frame["code"]),
        };
        self.note(format!("heard {} {of} {seq}", frame["type"]));
        match frame["type"].as_str().unwrap_or_default() {
            "welcome" => self.greeted(frame),
            "conversation" => {
                self.turn_to(frame["conversation"]["id"].as_str().unwrap_or_default());
                self.show(&frame["conversation"]);
            }
            "event" => self.event(frame),
            "ack" => self.answered(frame, Answer::Done(frame["seq"].as_u64())),
            "error" => {
                let code = frame["code"].as_str().unwrap_or("none").to_owned();
                self.answered(frame, Answer::Refused(code));
            }
            "queue" => self.queued(frame),
            "inquiry" | "session" | "typing" | "read" | "pong" => {}
            other => self.astray.push(format!("a frame of the type {other:?}")),
        }
    }

    /// Keeps something that happened just now.
    pub(crate) fn note(&mut self, what: String) {
        if self.lately.len() == LATELY {
            self.lately.pop_front();
        }
        self.lately.push_back(what);
    }

    /// What happened lately, for people.
    pub(crate) fn lately(&self) -> String {
        self.lately.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
    }

    fn greeted(&mut self, welcome: &Value) {
        let me = if self.side == Side::Visitor { &welcome["visitor"]["id"] } else { &welcome["admin"]["id"] };
        if let Some(id) = me.as_str() {
            self.id = Some(id.to_owned());
        }
        let Some(conversation) = welcome["conversation"]["id"].as_str() else { return };
        // What they have belongs to something else, or is more than there is: they start over.
        if welcome["recovered"] != true {
            self.views.remove(conversation);
        }
        self.show(&welcome["conversation"]);
    }

    /// A visitor has one conversation at a time. Another one is handed from its beginning, even if it is one that they had
    /// before: an admin may come to a call that was left to the board when its caller has called again.
    fn turn_to(&mut self, conversation: &str) {
        if self.side == Side::Visitor && !self.follows.contains(conversation) {
            self.views.remove(conversation);
        }
    }

    fn show(&mut self, conversation: &Value) {
        if let Some(id) = conversation["id"].as_str() {
            self.shown.insert(id.to_owned(), conversation.clone());
        }
    }

    fn event(&mut self, frame: &Value) {
        let (Some(conversation), Some(seq)) =
            (frame["conversation_id"].as_str(), frame["event"]["seq"].as_u64())
        else {
            self.astray.push(format!("an event without a place: {frame}"));
            return;
        };
        let last = self.last(conversation);
        if seq <= last {
            let lately = self.lately();
            self.astray.push(format!("event {seq} of {conversation} came after {last}; lately: {lately}"));
        }
        self.views.entry(conversation.to_owned()).or_default().push(frame["event"].clone());
    }

    fn answered(&mut self, frame: &Value, answer: Answer) {
        let id = frame["id"].as_str().unwrap_or_default();
        match self.sent.iter_mut().rev().find(|sent| sent.id == id) {
            Some(sent) => match &sent.answer {
                None => sent.answer = Some(answer),
                // Sent twice, it is answered twice: with the same place.
                Some(first) if *first != answer => {
                    let (verb, first) = (sent.verb().to_owned(), first.clone());
                    self.astray.push(format!("{verb} {id} was answered {first:?}, then {answer:?}"));
                }
                Some(_) => {}
            },
            None => self.astray.push(format!("an answer to nothing: {frame}")),
        }
    }

    fn queued(&mut self, frame: &Value) {
        if let Some(all) = frame["conversations"].as_array() {
            self.queue = ids(all).map(|(id, _)| id).collect();
            for conversation in all {
                self.show(conversation);
            }
        }
        for conversation in frame["changed"].as_array().into_iter().flatten() {
            if let Some(id) = conversation["id"].as_str() {
                self.queue.insert(id.to_owned());
            }
            self.show(conversation);
        }
        for id in frame["removed"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.queue.remove(id);
        }
    }
}

fn ids(conversations: &[Value]) -> impl Iterator<Item = (String, &Value)> {
    conversations.iter().filter_map(|shown| Some((shown["id"].as_str()?.to_owned(), shown)))
}
