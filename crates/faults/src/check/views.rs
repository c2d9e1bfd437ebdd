//! Whether the database has what people were told that it has, once, and people have what it has.

use std::collections::HashMap;

use domain::conversation::{Event, State, What};
use domain::text::ClientId;
use serde_json::Value;

use super::ledger::{Ledger, Stored};
use crate::clients::record::{Errand, Record, Sent};
use crate::clients::{Answer, Side, Transport};

/// How often somebody asked for what, in which conversation, counted once for all their commands.
type Asked<'a> = HashMap<(&'a str, Option<&'a str>), usize>;

/// Names what is wrong between one person and the database. `whole`: nothing may be missing in what they have.
pub(crate) fn check(ledger: &Ledger, record: &Record, whole: bool, faults: &mut Vec<String>) {
    let mut complain = |fault: String| faults.push(format!("{}: {fault}", record.name));
    for fault in &record.astray {
        complain(fault.clone());
    }
    for (id, view) in &record.views {
        match ledger.conversations.get(id) {
            Some(stored) => {
                let whole = whole && record.follows.contains(id);
                if let Some(fault) = view_fault(stored, view, record.side, whole) {
                    complain(format!("{id}: {fault}"));
                }
            }
            None if ledger.whole => complain(format!("has events of {id}, which is not there")),
            None => {}
        }
    }
    let mut asked = Asked::new();
    for sent in &record.sent {
        *asked.entry((sent.verb(), sent.conversation())).or_default() += sent.times as usize;
    }
    for sent in &record.sent {
        if let Some(fault) = command_fault(ledger, record, &asked, sent) {
            complain(format!("{} {} (sent {} times): {fault}", sent.verb(), sent.id, sent.times));
        }
    }
    for errand in &record.errands {
        if let Some(fault) = errand_fault(ledger, errand) {
            complain(format!("{:?}: {fault}", errand.words));
        }
    }
}

/// The place up to which a log goes for this side.
pub(crate) fn last_for(stored: &Stored, side: Side) -> u64 {
    visible(stored, side).last().map_or(0, |event| event.seq.0)
}

fn visible(stored: &Stored, side: Side) -> impl Iterator<Item = &Event> {
    stored.log.iter().filter(move |event| side == Side::Admin || event.what.is_for_visitors())
}

/// What was handed over is the beginning of what is there, event by event.
fn view_fault(stored: &Stored, view: &[Value], side: Side, whole: bool) -> Option<String> {
    let mut log = visible(stored, side);
    for seen in view {
        let Some(event) = log.next() else {
            return Some(format!("was handed event {}, which is not in the log", seen["seq"]));
        };
        if !is_same(event, seen) {
            return Some(format!("was handed {seen}, the log has {event:?}"));
        }
    }
    let next = log.next()?;
    whole.then(|| format!("was never handed event {} ({})", next.seq.0, next.what.kind()))
}

fn is_same(event: &Event, seen: &Value) -> bool {
    let by = event.by.visitor().map(|id| id.to_string()).or(event.by.admin().map(|id| id.to_string()));
    seen["seq"].as_u64() == Some(event.seq.0)
        && seen["kind"] == event.what.kind()
        && seen["at"] == event.at.to_string()
        && seen["by"]["id"].as_str() == by.as_deref()
        && seen["client_id"].as_str() == event.client_id.as_ref().map(ClientId::as_str)
        && seen["body"].as_str() == body(event)
}

fn body(event: &Event) -> Option<&str> {
    match &event.what {
        What::Said { body } | What::Noted { body } => Some(body.as_str()),
        _ => None,
    }
}

fn with_id<'a>(stored: &'a Stored, id: &'a str) -> impl Iterator<Item = &'a Event> {
    stored.log.iter().filter(move |event| event.client_id.as_ref().is_some_and(|known| known.as_str() == id))
}

fn command_fault(ledger: &Ledger, record: &Record, asked: &Asked<'_>, sent: &Sent) -> Option<String> {
    if sent.verb() == "call" {
        return call_fault(ledger, record, sent);
    }
    let stored = match ledger.conversations.get(sent.conversation()?) {
        Some(stored) => stored,
        None if ledger.whole && sent.is_done() => return Some("its conversation is not there".to_owned()),
        None => return None,
    };
    match sent.verb() {
        "say" | "note" => {
            let found = said_in(ledger, record, sent, stored)?;
            words_fault(found, record, sent).map(|fault| {
                let (id, about) = (found.row.conversation.id, neighbours(record, sent));
                format!("{fault}; by {:?} in {id}, {}; {about}", sent.by, elsewhere(ledger, sent))
            })
        }
        verb => {
            let most = asked.get(&(verb, sent.conversation())).copied().unwrap_or(0);
            verb_fault(stored, record, sent, most).map(|fault| {
                let (id, about) = (sent.conversation().unwrap_or_default(), neighbours(record, sent));
                let own: Vec<String> = own_logs(ledger, record);
                format!(
                    "{fault}; by {:?} in {id}; {about}; theirs: {own:?}; lately: {}",
                    sent.by,
                    record.lately()
                )
            })
        }
    }
}

/// The conversation to judge words in: the one they were given for. But on a socket a visitor's words name none, and
/// what is given right after a call belongs to that call, though the page may not have been shown it yet. Nothing, when
/// those words are nowhere and not everything is known.
fn said_in<'a>(
    ledger: &'a Ledger,
    record: &Record,
    sent: &Sent,
    given_for: &'a Stored,
) -> Option<&'a Stored> {
    let on_a_socket = matches!(sent.by, Transport::WebSocket | Transport::SocketIo);
    if record.side == Side::Admin || !on_a_socket || with_id(given_for, &sent.id).next().is_some() {
        return Some(given_for);
    }
    let mut own = ledger.of_visitor(record.id.as_deref()?);
    own.find(|stored| with_id(stored, &sent.id).next().is_some()).or(ledger.whole.then_some(given_for))
}

/// What they had given before and gave after it.
fn neighbours(record: &Record, sent: &Sent) -> String {
    let at = record.sent.iter().position(|other| other.id == sent.id).unwrap_or(0);
    let near = record.sent[at.saturating_sub(4)..].iter().take(7);
    let near = near.map(|other| {
        let conversation = other.conversation().map_or("-", |id| id.get(9..23).unwrap_or(id));
        format!("{} {} x{} in {conversation} {:?}", other.verb(), other.id, other.times, other.answer)
    });
    format!("around it: {}", near.collect::<Vec<_>>().join(", "))
}

/// The logs of a visitor's conversations, in short.
fn own_logs(ledger: &Ledger, record: &Record) -> Vec<String> {
    let own = record.id.as_deref().map(|id| ledger.of_visitor(id));
    let tell = |stored: &Stored| {
        let kinds: Vec<String> =
            stored.log.iter().map(|event| format!("{} {}", event.what.kind(), event.at)).collect();
        format!("{}: {}", stored.row.conversation.id, kinds.join(", "))
    };
    own.into_iter().flatten().map(tell).collect()
}

/// Where else a command's id is: words that went astray are not the same as words that are lost.
fn elsewhere(ledger: &Ledger, sent: &Sent) -> String {
    let places = ledger.conversations.iter().flat_map(|(id, stored)| {
        with_id(stored, &sent.id).map(move |event| format!("{} of {id}", event.seq.0))
    });
    let places: Vec<String> = places.collect();
    format!("answered {:?}, and is at {places:?}", sent.answer)
}

fn words_fault(stored: &Stored, record: &Record, sent: &Sent) -> Option<String> {
    let found: Vec<&Event> = with_id(stored, &sent.id).collect();
    match (&sent.answer, found.as_slice()) {
        (Some(Answer::Done(_)), []) => Some("was acknowledged and is lost".to_owned()),
        // Refused at first, and taken when it was said again: then another command of theirs has this id.
        (Some(Answer::Refused(_)), [_]) if record.sent.iter().any(|o| o.id == sent.id && o.is_done()) => None,
        (Some(Answer::Refused(code)), [_, ..]) => Some(format!("was refused ({code}) and is there")),
        (_, [_, _, ..]) => Some(format!("is there {} times", found.len())),
        (answer, [event]) => {
            let by =
                event.by.visitor().map(|id| id.to_string()).or(event.by.admin().map(|id| id.to_string()));
            if let Some(Answer::Done(Some(seq))) = answer
                && *seq != event.seq.0
            {
                return Some(format!("was acknowledged at {seq} and is at {}", event.seq.0));
            }
            let same = sent.frame["body"].as_str() == body(event) && by == record.id;
            (!same).then(|| format!("is there as {event:?}"))
        }
        (_, []) => None,
    }
}

/// A press that was acknowledged has led to a conversation, and what came with it was said once.
fn call_fault(ledger: &Ledger, record: &Record, sent: &Sent) -> Option<String> {
    let visitor = record.id.as_deref()?;
    let count =
        |id: &str| ledger.of_visitor(visitor).map(|stored| with_id(stored, id).count()).sum::<usize>();
    let presses = count(&sent.id);
    let message = sent.frame["message"]["id"].as_str();
    let said = message.map(count);
    // A press whose answer got lost, and whose call was over when it was sent again, must not be swallowed. Where
    // its id was not kept (REST has none; one that led to an open conversation leaves none) it is a new call then,
    // with the same words: as often as it was sent, and once in each conversation.
    let most = sent.times as usize;
    let twice = |id| ledger.of_visitor(visitor).any(|stored| with_id(stored, id).count() > 1);
    if presses > 1 || said.is_some_and(|said| said > most) || message.is_some_and(twice) {
        return Some(format!("is there {presses} times, its message {said:?} times"));
    }
    if !ledger.whole || !sent.is_done() {
        return None;
    }
    let led_somewhere = ledger.of_visitor(visitor).next().is_some();
    (said == Some(0) || !led_somewhere).then(|| "was acknowledged and is lost".to_owned())
}

/// What has no words of its own, and takes effect once however often it is sent: `most` times in all.
fn verb_fault(stored: &Stored, record: &Record, sent: &Sent, most: usize) -> Option<String> {
    let verb = sent.verb();
    let kind = match verb {
        "cancel" => "cancelled",
        "close" => "closed",
        "join" => "joined",
        "promise" => "promised",
        // Who was not in has nothing to leave.
        _ => return None,
    };
    let state = &stored.row.conversation.state;
    let mine = stored.log.iter().filter(|event| event.what.kind() == kind && is_by(event, record)).count();
    if sent.is_done() && mine == 0 {
        return Some(format!("was acknowledged, and the log has no {kind} of theirs"));
    }
    let fits = match (verb, sent.is_done()) {
        ("cancel", true) => matches!(state, State::Cancelled { .. }),
        ("close", true) => matches!(state, State::Closed { .. }),
        _ => true,
    };
    if mine > most {
        return Some(format!("was asked {most} times and happened {mine} times"));
    }
    (!fits).then(|| format!("was acknowledged, and the conversation is {}", state.as_str()))
}

fn is_by(event: &Event, record: &Record) -> bool {
    let by = event.by.visitor().map(|id| id.to_string()).or(event.by.admin().map(|id| id.to_string()));
    by.is_some() && by == record.id
}

fn errand_fault(ledger: &Ledger, errand: &Errand) -> Option<String> {
    if errand.comment {
        let post = ledger.posts.get(&errand.about);
        let made = post.map_or(0, |post| {
            post.comments.iter().filter(|comment| comment.body.as_str() == errand.words).count()
        });
        return match (&errand.answer, made) {
            (Some(Ok(_)), 0) if ledger.whole => Some("was acknowledged and is lost".to_owned()),
            (Some(Err(code)), 1..) => Some(format!("was refused ({code}) and is there")),
            (_, 2..) => Some(format!("is there {made} times")),
            _ => None,
        };
    }
    let Some(Ok(id)) = &errand.answer else { return None };
    let stored = ledger.conversations.get(&errand.about)?;
    match ledger.posts.get(id) {
        Some(post) if post.inquiry.conversation == Some(stored.row.conversation.id) => None,
        Some(_) => Some("is a post of another conversation".to_owned()),
        None => Some("was acknowledged and is lost".to_owned()),
    }
}
