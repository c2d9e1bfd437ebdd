//! The table of `design.md`, section 2, whole: every state × every command × everyone who may ask.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::people::{
    CALLED_AT, MADE, POST, Person, Room, after, call, left_inquiry, note, say, seconds, tick,
};
use super::table_rows::ROWS;
use crate::clock::Timestamp;
use crate::conversation::{Actor, Command, InquiryEffect, Outcome, Refusal, State, Transcript, evolve};
use crate::notice::{Audience, Telling};
use crate::policy::Policy;

const PEOPLE: [Person; 5] = [Person::Caller, Person::Stranger, Person::Kim, Person::Park, Person::System];

const STATES: [&str; 13] = [
    "none",
    "waiting",
    "offered",
    "promised",
    "one is in",
    "two are in",
    "left again",
    "moved",
    "posted",
    "rejoined",
    "closed by caller",
    "closed by Kim",
    "cancelled",
];

const COMMANDS: [&str; 19] = [
    "call",
    "call and say",
    "say",
    "note",
    "join, caller there",
    "join, caller gone",
    "leave",
    "close",
    "cancel",
    "promise 1 min",
    "promise 61 min",
    "leave inquiry",
    "move early",
    "tick at 59 s",
    "tick at 60 s",
    "tick at 180 s",
    "tick at 190 s",
    "tick at 300 s",
    "tick at 310 s",
];

/// How each state comes to be. Nothing in it happens later than ten seconds before the first tick of the
/// table, but for what needs a tick of its own.
fn state(name: &str) -> Room {
    let mut room = Room::called(Policy::default());
    let mut does = |who, at, command| room.does(who, after(at), command).map(drop).unwrap();
    let join = || Command::Join { visitor_there: true };
    match name {
        "none" => return Room::empty(Policy::default()),
        "waiting" => {}
        "offered" => does(Person::System, 180, tick(POST)),
        "promised" => does(Person::Kim, 10, Command::Promise { within: seconds(180) }),
        "one is in" => does(Person::Kim, 10, join()),
        "two are in" => {
            does(Person::Kim, 10, join());
            does(Person::Lee, 20, join());
        }
        "left again" => {
            does(Person::Kim, 5, join());
            does(Person::Kim, 10, Command::Leave);
        }
        "moved" => does(Person::System, 300, tick(MADE)),
        "posted" => does(Person::Caller, 10, Command::LeaveInquiry(left_inquiry(MADE))),
        "rejoined" => {
            does(Person::System, 300, tick(MADE));
            does(Person::Kim, 310, join());
        }
        "closed by caller" => {
            does(Person::Kim, 10, join());
            does(Person::Caller, 20, Command::Close);
        }
        "closed by Kim" => {
            does(Person::Kim, 10, join());
            does(Person::Kim, 20, Command::Close);
        }
        "cancelled" => does(Person::Caller, 10, Command::Cancel),
        unknown => panic!("no such state: {unknown}"),
    }
    room
}

fn command(name: &str) -> (Timestamp, Command) {
    let later = |command| (after(320), command);
    match name {
        "call" => (CALLED_AT, call(None)),
        "call and say" => (CALLED_AT, call(Some("It does not work"))),
        "say" => later(say("Hello")),
        "note" => later(note("A regular")),
        "join, caller there" => later(Command::Join { visitor_there: true }),
        "join, caller gone" => later(Command::Join { visitor_there: false }),
        "leave" => later(Command::Leave),
        "close" => later(Command::Close),
        "cancel" => later(Command::Cancel),
        "promise 1 min" => later(Command::Promise { within: seconds(60) }),
        "promise 61 min" => later(Command::Promise { within: seconds(3660) }),
        "leave inquiry" => later(Command::LeaveInquiry(left_inquiry(POST))),
        "move early" => later(Command::Move { inquiry: POST, transcript: Transcript::default() }),
        tick_at => {
            let at = tick_at.strip_prefix("tick at ").and_then(|rest| rest.strip_suffix(" s"));
            let at = at.unwrap_or_else(|| panic!("no such command: {tick_at}"));
            (after(at.parse().unwrap()), tick(POST))
        }
    }
}

/// A new command, state or side must be named here, and then the lists above must have it.
fn kind_of_command(command: &Command) -> &'static str {
    match command {
        Command::Call { .. } => "call",
        Command::Say { .. } => "say",
        Command::Note { .. } => "note",
        Command::Join { .. } => "join",
        Command::Leave => "leave",
        Command::Close => "close",
        Command::Cancel => "cancel",
        Command::Promise { .. } => "promise",
        Command::LeaveInquiry(_) => "leave inquiry",
        Command::Move { .. } => "move early",
        Command::Tick { .. } => "tick",
    }
}

fn kind_of_state(state: &State) -> &'static str {
    match state {
        State::Waiting(_) => "waiting",
        State::Active { .. } => "active",
        State::Moved { .. } => "moved",
        State::Closed { .. } => "closed",
        State::Cancelled { .. } => "cancelled",
    }
}

fn kind_of_actor(actor: &Actor) -> &'static str {
    match actor {
        Actor::Visitor { .. } => "visitor",
        Actor::Admin { .. } => "admin",
        Actor::System => "system",
    }
}

/// The events and the state they lead to, `!` who is told, `^` what becomes of the board; `-` for nothing at
/// all; or the code of the refusal.
fn shown(room: &Room, decided: &Result<Outcome, Refusal>) -> String {
    let outcome = match decided {
        Ok(outcome) => outcome,
        Err(refusal) => return refusal.code().to_owned(),
    };
    let kinds: Vec<&str> = outcome.events.iter().map(|event| event.what.kind()).collect();
    let mut text = kinds.join("+");
    if !kinds.is_empty() {
        let mut now = room.now.clone();
        for event in &outcome.events {
            now = evolve(now, super::people::CALL, event);
        }
        write!(text, ">{}", now.expect("there was an event").state.as_str()).unwrap();
    }
    for telling in &outcome.tellings {
        write!(text, " !{}", told(telling)).unwrap();
    }
    match &outcome.inquiry {
        None => {}
        Some(InquiryEffect::Post(draft)) => {
            assert_eq!(draft.id, POST, "the post has the id that was given for it");
            text.push_str(" ^post");
        }
        Some(InquiryEffect::Complete(id, left)) => {
            assert_eq!(*id, MADE, "what is completed is the post that the move made");
            assert_eq!(left.title.as_str(), "My title");
            text.push_str(" ^complete");
        }
    }
    if text.is_empty() { "-".to_owned() } else { text.trim().to_owned() }
}

fn told(telling: &Telling) -> String {
    let audience = match telling.audience {
        Audience::OnDuty => "on-duty",
        Audience::Everyone => "everyone",
        Audience::Author => "author",
    };
    let wait = if telling.may_wait { ":soon" } else { "" };
    let about = telling.inquiry.map_or("", |id| if id == POST { "#post" } else { "#other" });
    assert_eq!(telling.comment, None);
    format!("{}{about}:{audience}{wait}", telling.kind.as_str())
}

fn row(state_name: &str, command_name: &str) -> Vec<String> {
    let room = state(state_name);
    PEOPLE
        .iter()
        .map(|person| {
            let (at, command) = command(command_name);
            shown(&room, &room.decides(*person, at, command))
        })
        .collect()
}

/// The table's rows: the state, the command, and a cell for each of `PEOPLE`.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = ROWS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('|').map(str::trim).collect())
}

/// S61.
#[test]
fn every_state_answers_every_command_of_everyone_as_the_table_says() {
    let mut wrong = String::new();
    for expected in rows() {
        let [state, command, cells @ ..] = expected.as_slice() else { panic!("a short row: {expected:?}") };
        assert_eq!(cells.len(), PEOPLE.len(), "{state} | {command} has a cell for everyone");
        let actual = row(state, command);
        if actual != cells {
            writeln!(wrong, "{state} | {command}\n  is     {actual:?}\n  not as {cells:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_table_has_exactly_one_row_for_every_state_and_command() {
    let listed: Vec<(&str, &str)> = rows().map(|row| (row[0], row[1])).collect();
    let expected: Vec<(&str, &str)> = STATES.iter().flat_map(|s| COMMANDS.iter().map(|c| (*s, *c))).collect();
    assert_eq!(listed, expected);
}

#[test]
fn the_lists_of_the_table_leave_no_kind_of_state_command_or_actor_out() {
    let commands: BTreeSet<_> = COMMANDS.iter().map(|name| kind_of_command(&command(name).1)).collect();
    assert_eq!(commands.len(), 11);
    let rooms = STATES.iter().map(|name| state(name));
    let states: BTreeSet<_> =
        rooms.filter_map(|room| room.now).map(|now| kind_of_state(&now.state)).collect();
    assert_eq!(states.len(), 5);
    let actors: BTreeSet<_> = PEOPLE.iter().map(|person| kind_of_actor(&person.actor())).collect();
    assert_eq!(actors.len(), 3);
}
