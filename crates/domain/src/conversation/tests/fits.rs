//! From fact to state: what each event does where it fits, and that it moves nothing but `seq` where it does not.

use super::people::{CALL, MADE, POST, Person, Room, after, body, page, seconds, tick};
use crate::conversation::{Actor, Command, Conversation, Event, State, What, evolve, fold};
use crate::notice::Audience;
use crate::policy::Policy;
use crate::seq::Seq;

fn room(state: &str) -> Conversation {
    let mut room = Room::called(Policy::default());
    let join = Command::Join { visitor_there: true };
    match state {
        "waiting" => {}
        "active" => drop(room.does(Person::Kim, after(5), join).unwrap()),
        "moved" => drop(room.does(Person::System, after(300), tick(MADE)).unwrap()),
        "closed" => {
            room.does(Person::Kim, after(5), join).unwrap();
            room.does(Person::Kim, after(6), Command::Close).unwrap();
        }
        _ => drop(room.does(Person::Caller, after(5), Command::Cancel).unwrap()),
    }
    assert_eq!(room.state(), state);
    room.now.unwrap()
}

fn event(seq: Seq, by: Actor, what: What) -> Event {
    Event { seq, at: after(400), by, client_id: None, what }
}

/// The states that an event changes, each with the word for the state it leads to.
type Fits = &'static [(&'static str, &'static str)];

/// Each event, who does it, and where it fits.
fn facts() -> Vec<(What, Person, Fits)> {
    let plan = Policy::default().plan(after(400));
    vec![
        (What::Called { plan: plan.clone(), context: page() }, Person::Caller, &[]),
        (What::Said { body: body("Hi") }, Person::Caller, &[]),
        (What::Noted { body: body("Hm") }, Person::Lee, &[]),
        (What::Escalated { notify: Audience::Everyone }, Person::System, &[("waiting", "waiting")]),
        (What::Offered, Person::System, &[("waiting", "waiting")]),
        (What::Promised { until: after(460), plan: plan.clone() }, Person::Lee, &[("waiting", "waiting")]),
        (What::Joined, Person::Lee, &[("waiting", "active"), ("active", "active"), ("moved", "active")]),
        (What::Left { wait: Some(plan) }, Person::Kim, &[("active", "waiting")]),
        (What::Left { wait: None }, Person::Kim, &[("active", "active")]),
        (What::Moved { inquiry: POST }, Person::System, &[("waiting", "moved")]),
        (What::Closed, Person::Kim, &[("active", "closed")]),
        (What::Cancelled, Person::Caller, &[("waiting", "cancelled")]),
    ]
}

#[test]
fn an_event_changes_the_states_it_fits_and_moves_only_seq_in_the_others() {
    for (what, who, fits) in facts() {
        for state in ["waiting", "active", "moved", "closed", "cancelled"] {
            let before = room(state);
            let seq = before.seq.next();
            let now = evolve(Some(before.clone()), CALL, &event(seq, who.actor(), what.clone())).unwrap();
            let only_seq = Conversation { seq, ..before };
            match fits.iter().find(|(from, _)| *from == state) {
                Some((_, to)) => {
                    assert_eq!(now.state.as_str(), *to, "{} in {state}", what.kind());
                    assert_ne!(now, only_seq, "{} in {state}", what.kind());
                }
                None => assert_eq!(now, only_seq, "{} in {state}", what.kind()),
            }
        }
        assert_eq!(what.changes_state(), !matches!(what.kind(), "said" | "noted"));
        assert_eq!(what.is_for_visitors(), what.kind() != "noted");
    }
}

#[test]
fn a_ladder_that_is_climbed_to_its_end_stays_so() {
    let now = room("waiting");
    let escalated = What::Escalated { notify: Audience::Everyone };
    let first = evolve(Some(now), CALL, &event(Seq(2), Actor::System, escalated.clone())).unwrap();
    assert_eq!(first.deadline(), Some(after(180)));
    let second = evolve(Some(first.clone()), CALL, &event(Seq(3), Actor::System, escalated)).unwrap();
    assert_eq!(second, Conversation { seq: Seq(3), ..first });
}

#[test]
fn a_log_begins_with_a_call_of_a_visitor() {
    for (what, who, _) in facts() {
        let begun = evolve(None, CALL, &event(Seq(1), who.actor(), what.clone()));
        assert_eq!(begun.is_some(), matches!(what, What::Called { .. }), "{}", what.kind());
        if matches!(what, What::Called { .. }) {
            assert_eq!(evolve(None, CALL, &event(Seq(1), Person::Kim.actor(), what)), None);
        }
    }
    assert_eq!(fold(CALL, &[]), None);
}

#[test]
fn states_know_whether_the_line_is_open_and_whether_all_is_over() {
    for (state, open, end, waits) in [
        ("waiting", true, false, true),
        ("active", true, false, false),
        ("moved", false, false, false),
        ("closed", false, true, false),
        ("cancelled", false, true, false),
    ] {
        let room = room(state);
        assert_eq!((room.state.is_open(), room.state.is_end()), (open, end), "{state}");
        assert_eq!(room.deadline().is_some(), waits, "{state}");
    }
}

#[test]
fn the_deadline_is_the_nearest_of_what_is_ahead() {
    let now = room("waiting");
    let State::Waiting(mut wait) = now.state else { panic!("waiting") };
    assert_eq!(wait.deadline(), after(60));
    wait.plan.steps[0].at = after(250);
    assert_eq!(wait.deadline(), after(180));
    wait.offered = true;
    assert_eq!(wait.deadline(), after(250));
    wait.plan.steps[0].at = after(300).plus(seconds(1));
    assert_eq!(wait.deadline(), after(300));
    wait.plan.steps.clear();
    assert_eq!(wait.deadline(), after(300));
}
