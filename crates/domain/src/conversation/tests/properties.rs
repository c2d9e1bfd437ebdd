//! What holds for any history: random people ask for random things at random times under random policies.

use proptest::prelude::*;
use uuid::Uuid;

use super::people::{CALL, CALLED_AT, Person, Room, body, call, client_id, left_inquiry, seconds};
use super::story;
use crate::clock::Timestamp;
use crate::conversation::{
    Command, Conversation, InquiryEffect, Outcome, Refusal, State, Transcript, What, fold,
};
use crate::id::InquiryId;
use crate::notice::{Audience, NoticeKind};
use crate::policy::{Policy, Step};
use crate::seq::Seq;

#[derive(Debug, Clone)]
enum Ask {
    Call(Option<String>),
    Say(String),
    Note,
    Join(bool),
    Leave,
    Close,
    Cancel,
    Promise(u64),
    LeaveInquiry,
    Move,
    Tick,
}

#[derive(Debug, Clone)]
struct Op {
    who: Person,
    /// Milliseconds since the one before; a clock may jump back.
    pause: i64,
    ask: Ask,
}

/// One command of a history, with what was before, what was decided, and what is after.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) who: Person,
    pub(super) at: Timestamp,
    pub(super) command: Command,
    pub(super) before: Option<Conversation>,
    pub(super) decided: Result<Outcome, Refusal>,
    pub(super) after: Option<Conversation>,
}

pub(super) fn post(n: usize) -> InquiryId {
    InquiryId(Uuid::from_u128(1_000 + n as u128))
}

fn command(room: &Room, n: usize, ask: &Ask) -> Command {
    match ask {
        Ask::Call(words) => call(words.as_deref()),
        Ask::Say(words) => Command::Say { client_id: client_id(&format!("c{n}")), body: body(words) },
        Ask::Note => Command::Note { client_id: client_id(&format!("c{n}")), body: body("a note") },
        Ask::Join(visitor_there) => Command::Join { visitor_there: *visitor_there },
        Ask::Leave => Command::Leave,
        Ask::Close => Command::Close,
        Ask::Cancel => Command::Cancel,
        Ask::Promise(within) => Command::Promise { within: seconds(*within) },
        Ask::LeaveInquiry => Command::LeaveInquiry(left_inquiry(post(n))),
        Ask::Move => Command::Move { inquiry: post(n), transcript: Transcript::of(&room.log, None) },
        Ask::Tick => Command::Tick { inquiry: post(n), transcript: Transcript::of(&room.log, None) },
    }
}

fn play(policy: Policy, ops: &[Op]) -> (Room, Vec<Turn>) {
    let mut room = Room::empty(policy);
    let mut at = CALLED_AT;
    let mut turns = Vec::new();
    for (n, op) in ops.iter().enumerate() {
        at = Timestamp(at.0 + op.pause);
        let command = command(&room, n, &op.ask);
        let before = room.now.clone();
        let decided = room.does(op.who, at, command.clone());
        turns.push(Turn { who: op.who, at, command, before, decided, after: room.now.clone() });
    }
    (room, turns)
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let audience = prop_oneof![Just(Audience::OnDuty), Just(Audience::Everyone)];
    let after = prop_oneof![1 => Just(0u64), 3 => 0u64..700];
    let step = (after, audience).prop_map(|(after, notify)| Step { after: seconds(after), notify });
    (0u64..400, 0u64..600, prop::collection::vec(step, 0..5)).prop_map(|(offer, moves, steps)| Policy {
        offer_after: seconds(offer),
        move_after: seconds(moves),
        steps,
        ..Policy::default()
    })
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let words = || "[a-z가-힣]{1,9}( [a-z]{1,9})?";
    prop_oneof![
        1 => prop::option::of(words()).prop_map(Ask::Call),
        3 => words().prop_map(Ask::Say),
        1 => Just(Ask::Note),
        3 => any::<bool>().prop_map(Ask::Join),
        2 => Just(Ask::Leave),
        1 => Just(Ask::Close),
        1 => Just(Ask::Cancel),
        2 => (30u64..900).prop_map(Ask::Promise),
        1 => Just(Ask::LeaveInquiry),
        1 => Just(Ask::Move),
        6 => Just(Ask::Tick),
    ]
}

fn any_op() -> impl Strategy<Value = Op> {
    let admins = || prop_oneof![4 => Just(Person::Kim), 2 => Just(Person::Lee), 1 => Just(Person::Park)];
    let pause =
        prop_oneof![2 => Just(0i64), 8 => 0i64..120_000, 1 => 120_000i64..900_000, 1 => -60_000i64..0];
    // Mostly those who may, now and then anyone.
    let anyone = prop_oneof![admins(), Just(Person::Caller), Just(Person::Stranger), Just(Person::System)];
    (any_ask(), admins(), anyone, 0u8..10, any::<bool>(), pause).prop_map(
        |(ask, admin, anyone, dice, caller, pause)| {
            let usual = match ask {
                Ask::Call(_) | Ask::Cancel | Ask::LeaveInquiry => Person::Caller,
                Ask::Say(_) | Ask::Close if caller => Person::Caller,
                Ask::Tick => Person::System,
                _ => admin,
            };
            Op { who: if dice == 0 { anyone } else { usual }, pause, ask }
        },
    )
}

/// A policy and what people ask for, a call first.
fn any_history() -> impl Strategy<Value = (Policy, Vec<Op>)> {
    (any_policy(), prop::option::of("[a-z]{1,9}"), prop::collection::vec(any_op(), 0..40)).prop_map(
        |(policy, words, mut ops)| {
            ops.insert(0, Op { who: Person::Caller, pause: 0, ask: Ask::Call(words) });
            (policy, ops)
        },
    )
}

fn ticked(room: &Room, at: Timestamp) -> (Room, Outcome) {
    let mut room = room.clone();
    let command = Command::Tick { inquiry: post(999), transcript: Transcript::of(&room.log, None) };
    let outcome = room.does(Person::System, at, command).expect("time may always have its way");
    (room, outcome)
}

fn is_nothing(outcome: &Outcome) -> bool {
    outcome.events.is_empty() && outcome.tellings.is_empty() && outcome.inquiry.is_none()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn folding_the_log_gives_the_state_and_seq_is_dense((policy, ops) in any_history()) {
        let (room, turns) = play(policy, &ops);
        prop_assert_eq!(fold(CALL, &room.log), room.now.clone());
        for (event, n) in room.log.iter().zip(1..) {
            prop_assert_eq!(event.seq, Seq(n));
        }
        prop_assert_eq!(room.seq(), Seq(room.log.len() as u64));
        for turn in &turns {
            let Ok(outcome) = &turn.decided else {
                prop_assert_eq!(&turn.before, &turn.after, "a refusal changes nothing");
                continue;
            };
            for event in &outcome.events {
                prop_assert_eq!(&event.by, &turn.who.actor());
                prop_assert_eq!(event.at, turn.at);
            }
            let changed = outcome.events.iter().any(|event| event.what.changes_state());
            let state = |c: &Option<Conversation>| c.clone().map(|c| (c.state, c.inquiry));
            prop_assert_eq!(state(&turn.before) != state(&turn.after), changed);
        }
    }

    /// S61.
    #[test]
    fn the_log_tells_one_story_with_one_end_for_every_wait((policy, ops) in any_history()) {
        let (room, turns) = play(policy, &ops);
        let told = story::read(&room.log).map_err(TestCaseError::fail)?;
        prop_assert_eq!(told, room.state());
        for turn in &turns {
            story::check(turn, &room.policy).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn after_an_end_nothing_changes_any_more((policy, ops) in any_history(), more in prop::collection::vec(any_op(), 20)) {
        let mut ops = ops;
        ops.push(Op { who: Person::Kim, pause: 0, ask: Ask::Join(true) });
        ops.push(Op { who: Person::Kim, pause: 0, ask: Ask::Close });
        ops.extend(more);
        let (_, turns) = play(policy, &ops);
        let ended = turns.iter().skip_while(|t| !t.before.as_ref().is_some_and(|c| c.state.is_end()));
        let mut n = 0;
        for turn in ended {
            n += 1;
            prop_assert_eq!(&turn.before, &turn.after);
            if let Ok(outcome) = &turn.decided {
                prop_assert!(is_nothing(outcome), "{:?}", turn);
            }
        }
        prop_assert!(n >= 20, "every history here has come to an end");
    }

    #[test]
    fn time_does_nothing_before_the_deadline_and_something_at_it((policy, ops) in any_history(), late in 0i64..400_000) {
        let (room, _) = play(policy, &ops);
        let waits = matches!(room.conversation().state, State::Waiting(_));
        prop_assert_eq!(room.conversation().deadline().is_some(), waits);
        let Some(deadline) = room.conversation().deadline() else {
            prop_assert!(is_nothing(&ticked(&room, Timestamp(i64::MAX)).1), "time moves only what waits");
            return Ok(());
        };
        let (_, early) = ticked(&room, Timestamp(deadline.0 - 1 - late));
        prop_assert!(is_nothing(&early));

        let at = Timestamp(deadline.0 + late);
        let (next, outcome) = ticked(&room, at);
        prop_assert!(!outcome.events.is_empty());
        prop_assert!(next.conversation().deadline().is_none_or(|next| next > at), "the deadline is later now");
        prop_assert!(is_nothing(&ticked(&next, at).1), "twice is once");
    }

    #[test]
    fn a_wait_ends_at_its_move_at_whoever_was_late((policy, ops) in any_history(), late in 0i64..400_000) {
        let (room, _) = play(policy, &ops);
        let State::Waiting(wait) = &room.conversation().state else { return Ok(()) };
        let move_at = wait.plan.move_at;
        let (moved, outcome) = ticked(&room, Timestamp(move_at.0 + late));
        prop_assert_eq!(moved.state(), "moved");
        prop_assert_eq!(outcome.events.len(), 1);
        prop_assert_eq!(moved.conversation().inquiry, Some(post(999)));

        let (still, _) = ticked(&room, Timestamp(move_at.0 - 1));
        prop_assert_eq!(still.state(), "waiting");

        let mut room = room;
        let mut ticks = 0;
        while let Some(deadline) = room.conversation().deadline() {
            prop_assert!(deadline <= move_at);
            room = ticked(&room, deadline).0;
            ticks += 1;
            prop_assert!(ticks <= room.policy.steps.len() + 2, "every tick takes a thing off the plan");
        }
        prop_assert_eq!(room.state(), "moved");
    }

    #[test]
    fn one_late_tick_does_what_many_in_time_would_have((policy, ops) in any_history(), late in 0i64..400_000) {
        let (room, _) = play(policy, &ops);
        let State::Waiting(wait) = &room.conversation().state else { return Ok(()) };
        let at = Timestamp((room.conversation().deadline().unwrap().0 + late).min(wait.plan.move_at.0 - 1));
        let (at_once, outcome) = ticked(&room, at);
        let mut tellings = 0;
        let mut in_time = room;
        while let Some(deadline) = in_time.conversation().deadline().filter(|deadline| *deadline <= at) {
            let (next, outcome) = ticked(&in_time, deadline);
            prop_assert!(next.conversation().deadline() > Some(deadline), "time moves on");
            tellings += outcome.tellings.len();
            in_time = next;
        }
        prop_assert_eq!(&in_time.now, &at_once.now);
        prop_assert_eq!(tellings, outcome.tellings.len());
    }

    #[test]
    fn a_promise_makes_nothing_earlier_and_nothing_happens_before_it((policy, ops) in any_history(), within in 60u64..=3600) {
        let (mut room, turns) = play(policy, &ops);
        let Some(deadline) = room.conversation().deadline() else { return Ok(()) };
        let now = turns.last().map_or(CALLED_AT, |turn| turn.at);
        room.does(Person::Park, now, Command::Promise { within: seconds(within) }).unwrap();
        let until = now.plus(seconds(within));
        let next = room.conversation().deadline().expect("it still waits");
        prop_assert!(next >= deadline && next >= until);
        prop_assert!(is_nothing(&ticked(&room, Timestamp(until.0 - 1)).1));
        let State::Waiting(wait) = &room.conversation().state else { panic!("it still waits") };
        let promised = wait.promised.as_ref().expect("a promise");
        prop_assert_eq!((promised.until, promised.by.admin), (until, Person::Park.admin()));
    }

    #[test]
    fn every_wait_rings_for_each_step_at_zero((policy, ops) in any_history()) {
        let (room, turns) = play(policy, &ops);
        let at_once: Vec<Audience> = room.policy.at_once().collect();
        for turn in turns {
            let Ok(outcome) = turn.decided else { continue };
            let rung = outcome.tellings.iter().filter(|telling| telling.kind == NoticeKind::Call);
            let rung: Vec<Audience> = rung.map(|telling| telling.audience).collect();
            let begins = outcome.events.iter().any(|event| {
                matches!(event.what, What::Called { .. } | What::Left { wait: Some(_) })
            });
            prop_assert_eq!(rung, if begins { at_once.clone() } else { Vec::new() });
        }
    }

    #[test]
    fn the_post_of_a_move_has_every_word_of_the_caller((policy, ops) in any_history()) {
        let (room, _) = play(policy, &ops);
        let Some(deadline) = room.conversation().deadline() else { return Ok(()) };
        let (_, outcome) = ticked(&room, deadline.plus(seconds(100_000)));
        let Some(InquiryEffect::Post(draft)) = outcome.inquiry else { panic!("a post") };
        let said = room.log.iter().filter(|event| event.by == Person::Caller.actor());
        for event in said {
            if let What::Said { body } = &event.what {
                prop_assert!(draft.body.as_str().lines().any(|line| line == body.as_str()));
            }
        }
        prop_assert!(!draft.body.as_str().contains("a note"), "nobody else's");
    }
}
