//! What the events carry, and where the limits of time lie to the millisecond.

use std::time::Duration;

use super::people::{
    CALL, CALLED_AT, MADE, POST, Person, Room, after, body, call, client_id, left_inquiry, named, note, page,
    say, seconds, tick,
};
use crate::clock::Timestamp;
use crate::conversation::{
    Actor, Command, InquiryEffect, Promised, Refusal, Seat, State, Transcript, Wait, What, Wish, decide,
};

use crate::inquiry::{Draft, InquiryKind};
use crate::notice::{Audience, NoticeKind, Telling};
use crate::policy::{Policy, Step};
use crate::seq::Seq;

const JOIN: Command = Command::Join { visitor_there: false };

fn wait(room: &Room) -> Wait {
    let State::Waiting(wait) = &room.conversation().state else { panic!("it is {}", room.state()) };
    wait.clone()
}

fn ladder(steps: &[(u64, Audience)]) -> Policy {
    let steps = steps.iter().map(|(after, notify)| Step { after: seconds(*after), notify: *notify });
    Policy { steps: steps.collect(), ..Policy::default() }
}

fn kinds(events: &[crate::conversation::Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.what.kind()).collect()
}

#[test]
fn a_call_keeps_the_page_the_plan_and_the_first_words_as_an_event_of_their_own() {
    let mut room = Room::empty(Policy::default());
    let outcome = room.does(Person::Caller, CALLED_AT, call(Some("Help"))).unwrap();
    let [called, said] = outcome.events.as_slice() else { panic!("two events") };
    assert_eq!((called.seq, called.at), (Seq(1), CALLED_AT));
    assert_eq!(called.by, Person::Caller.actor());
    assert_eq!(called.client_id, Some(client_id("press")));
    let plan = Policy::default().plan(CALLED_AT);
    assert_eq!(called.what, What::Called { plan: plan.clone(), context: page() });
    assert_eq!((said.seq, said.client_id.clone()), (Seq(2), Some(client_id("first"))));
    assert_eq!(said.what, What::Said { body: body("Help") });
    assert!(outcome.inquiry.is_none());

    let conversation = room.conversation();
    assert_eq!(conversation.id, CALL);
    assert_eq!(conversation.visitor, Person::Caller.visitor());
    assert_eq!((conversation.seq, conversation.called_at), (Seq(2), CALLED_AT));
    assert_eq!(conversation.inquiry, None);
    assert_eq!(conversation.deadline(), Some(after(60)));
    assert!(conversation.admins().is_empty());
    assert_eq!(wait(&room), Wait { since: CALLED_AT, plan, offered: false, promised: None });
}

#[test]
fn nobody_can_call_in_the_name_of_somebody_else() {
    let wish = Wish { by: Person::Stranger.actor(), at: CALLED_AT, command: call(None) };
    assert_eq!(decide(None, wish, &Policy::default()).unwrap_err(), Refusal::NotAllowed);
}

#[test]
fn a_call_tells_everyone_of_the_steps_at_zero_in_their_order() {
    let policy = ladder(&[(0, Audience::OnDuty), (9, Audience::OnDuty), (0, Audience::Everyone)]);
    let outcome = Room::empty(policy).does(Person::Caller, CALLED_AT, call(None)).unwrap();
    let told = [Audience::OnDuty, Audience::Everyone].map(|who| Telling::of_call(NoticeKind::Call, who));
    assert_eq!(outcome.tellings, told);

    let policy = ladder(&[(1, Audience::OnDuty)]);
    assert!(Room::empty(policy).does(Person::Caller, CALLED_AT, call(None)).unwrap().tellings.is_empty());
}

#[test]
fn a_second_press_says_its_words_in_the_open_conversation_and_rings_nobody() {
    let outcome = Room::called(Policy::default()).does(Person::Caller, after(5), call(Some("Still here")));
    let outcome = outcome.unwrap();
    assert_eq!(outcome.events.len(), 1);
    assert_eq!(outcome.events[0].what, What::Said { body: body("Still here") });
    assert_eq!(outcome.events[0].client_id, Some(client_id("first")));
    assert!(outcome.tellings.is_empty());
}

#[test]
fn what_is_said_and_noted_keeps_its_words_and_the_id_of_its_client() {
    let mut room = Room::called(Policy::default());
    let said = room.does(Person::Caller, after(1), say("Hello")).unwrap().events.remove(0);
    assert_eq!((said.client_id, said.what), (Some(client_id("said")), What::Said { body: body("Hello") }));
    let noted = room.does(Person::Kim, after(2), note("A regular")).unwrap().events.remove(0);
    let note = What::Noted { body: body("A regular") };
    assert_eq!((noted.client_id, noted.what), (Some(client_id("noted")), note));
}

#[test]
fn a_deadline_is_reached_at_its_millisecond_and_not_one_before() {
    let just_before = |n| Timestamp(after(n).0 - 1);
    let mut room = Room::called(Policy::default());
    for (moment, events, next) in [
        (60, &["escalated"][..], Some(after(180))),
        (180, &["offered"], Some(after(300))),
        (300, &["moved"], None),
    ] {
        assert!(room.does(Person::System, just_before(moment), tick(POST)).unwrap().events.is_empty());
        let outcome = room.does(Person::System, after(moment), tick(POST)).unwrap();
        assert_eq!(kinds(&outcome.events), events);
        assert!(outcome.events.iter().all(|e| e.by == Actor::System && e.at == after(moment)));
        assert_eq!(room.conversation().deadline(), next);
    }
    assert_eq!(room.conversation().state, State::Moved { at: after(300) });
    assert_eq!(room.conversation().inquiry, Some(POST));
}

#[test]
fn a_late_tick_climbs_all_the_steps_it_has_missed_and_none_of_those_ahead() {
    let policy = ladder(&[
        (10, Audience::OnDuty),
        (20, Audience::Everyone),
        (20, Audience::OnDuty),
        (21, Audience::OnDuty),
    ]);
    let mut room = Room::called(policy);
    let outcome = room.does(Person::System, after(20), tick(POST)).unwrap();
    let told = [Audience::OnDuty, Audience::Everyone, Audience::OnDuty];
    assert_eq!(outcome.tellings, told.map(|who| Telling::of_call(NoticeKind::Escalation, who)));
    assert_eq!(
        outcome.events.into_iter().map(|event| event.what).collect::<Vec<_>>(),
        told.map(|notify| What::Escalated { notify })
    );
    assert_eq!(room.conversation().deadline(), Some(after(21)));
}

#[test]
fn a_move_makes_the_post_of_what_was_said_and_leaves_the_caller_a_moment_to_complete_it() {
    let mut room = Room::called(Policy::default());
    room.does(Person::Caller, after(1), say("The button is dead")).unwrap();
    let transcript = Transcript::of(&room.log, None);
    let outcome = room.does(Person::System, after(300), Command::Tick { inquiry: POST, transcript }).unwrap();
    let telling = Telling::of_inquiry(NoticeKind::Inquiry, Audience::Everyone, POST);
    assert_eq!(outcome.tellings, [Telling { may_wait: true, ..telling }]);
    let Some(InquiryEffect::Post(draft)) = outcome.inquiry else { panic!("a post") };
    assert_eq!((draft.id, draft.kind), (POST, InquiryKind::Error));
    assert_eq!(draft.body.as_str(), "The button is dead");
    assert_eq!(outcome.events[0].what, What::Moved { inquiry: POST });
}

#[test]
fn the_post_of_a_move_keeps_to_the_limits_of_the_policy() {
    let mut policy = Policy::default();
    policy.limits.title_chars = 4;
    policy.limits.post_bytes = 6;
    let transcript = Transcript { said: vec!["abcdefgh".to_owned()], ..Transcript::default() };
    let mut room = Room::called(policy);
    let outcome = room.does(Person::System, after(300), Command::Tick { inquiry: POST, transcript }).unwrap();
    let Some(InquiryEffect::Post(draft)) = outcome.inquiry else { panic!("a post") };
    assert_eq!((draft.title.as_str(), draft.body.as_str()), ("abc…", "abc…"));
}

#[test]
fn an_inquiry_left_by_the_caller_is_posted_in_their_own_words_and_told_at_once() {
    let mut room = Room::called(Policy::default());
    let left = left_inquiry(POST);
    let outcome = room.does(Person::Caller, after(1), Command::LeaveInquiry(left.clone())).unwrap();
    assert_eq!(outcome.tellings, [Telling::of_inquiry(NoticeKind::Inquiry, Audience::Everyone, POST)]);
    let Some(InquiryEffect::Post(draft)) = outcome.inquiry else { panic!("a post") };
    let own = Draft { id: POST, kind: left.kind, title: left.title, body: left.body, email: left.email };
    assert_eq!(draft, own);
    assert_eq!(outcome.events[0].by, Person::Caller.actor());
    assert_eq!(room.conversation().inquiry, Some(POST));
}

#[test]
fn a_promise_is_of_one_to_sixty_minutes() {
    let room = Room::called(Policy::default());
    let promise = |millis| {
        let within = Duration::from_millis(millis);
        room.decides(Person::Kim, after(1), Command::Promise { within }).map(|outcome| outcome.events.len())
    };
    assert_eq!(promise(59_999), Err(Refusal::PromiseOutOfRange));
    assert_eq!(promise(60_000), Ok(1));
    assert_eq!(promise(3_600_000), Ok(1));
    assert_eq!(promise(3_600_001), Err(Refusal::PromiseOutOfRange));
}

#[test]
fn a_promise_shows_who_and_when_and_shifts_the_deadlines() {
    let mut room = Room::called(Policy::default());
    let plan = wait(&room).plan;
    room.does(Person::Kim, after(30), Command::Promise { within: seconds(240) }).unwrap();
    let by = Seat { admin: Person::Kim.admin(), name: named("Kim") };
    let shifted = Wait {
        since: CALLED_AT,
        plan: plan.put_off(after(270)),
        offered: false,
        promised: Some(Promised { by, until: after(270) }),
    };
    assert_eq!(wait(&room), shifted);
    assert_eq!(room.conversation().deadline(), Some(after(270)));

    room.does(Person::System, after(270), tick(POST)).unwrap();
    assert!(wait(&room).offered);
    room.does(Person::Park, after(280), Command::Promise { within: seconds(60) }).unwrap();
    let wait = wait(&room);
    assert!(wait.offered, "what was offered stays offered");
    assert_eq!(wait.promised.unwrap().by.admin, Person::Park.admin(), "the last word counts");
}

#[test]
fn who_is_in_is_known_in_the_order_of_joining_and_by_the_name_they_had() {
    let mut room = Room::called(Policy::default());
    room.does(Person::Kim, after(10), JOIN).unwrap();
    room.does(Person::Lee, after(20), JOIN).unwrap();
    let seats = [Person::Kim, Person::Lee].map(Person::admin);
    let present = |room: &Room| room.conversation().admins().iter().map(|s| s.admin).collect::<Vec<_>>();
    assert_eq!(present(&room), seats);
    assert_eq!(room.conversation().admins()[0].name, named("Kim"));
    let State::Active { since, .. } = &room.conversation().state else { panic!("active") };
    assert_eq!(*since, after(10), "a second admin begins nothing anew");

    room.does(Person::Kim, after(30), Command::Leave).unwrap();
    assert_eq!(present(&room), [Person::Lee.admin()]);
    assert!(!room.conversation().has_joined(Person::Kim.admin()));
    assert!(room.conversation().has_joined(Person::Lee.admin()));

    room.does(Person::Lee, after(40), Command::Close).unwrap();
    let by = Person::Lee.actor();
    let admins = vec![Seat { admin: Person::Lee.admin(), name: named("Lee") }];
    assert_eq!(room.conversation().state, State::Closed { at: after(40), by, admins: admins.clone() });
    assert_eq!(room.conversation().admins(), admins);
    assert!(!room.conversation().has_joined(Person::Lee.admin()), "nobody is in what is over");
}

#[test]
fn when_the_last_admin_leaves_the_wait_begins_anew() {
    let mut room = Room::called(Policy::default());
    room.does(Person::Kim, after(5), Command::Promise { within: seconds(60) }).unwrap();
    room.does(Person::System, after(200), tick(POST)).unwrap();
    room.does(Person::Kim, after(210), JOIN).unwrap();
    let outcome = room.does(Person::Kim, after(1000), Command::Leave).unwrap();
    let plan = Policy::default().plan(after(1000));
    assert_eq!(outcome.events[0].what, What::Left { wait: Some(plan.clone()) });
    assert_eq!(outcome.tellings, [Telling::of_call(NoticeKind::Call, Audience::OnDuty)]);
    assert_eq!(wait(&room), Wait { since: after(1000), plan, offered: false, promised: None });
    assert_eq!(room.conversation().called_at, CALLED_AT);
}

#[test]
fn an_admin_who_leaves_others_behind_begins_no_wait_and_rings_nobody() {
    let mut room = Room::called(Policy::default());
    room.does(Person::Kim, after(5), JOIN).unwrap();
    room.does(Person::Lee, after(6), JOIN).unwrap();
    let outcome = room.does(Person::Kim, after(7), Command::Leave).unwrap();
    assert_eq!(outcome.events[0].what, What::Left { wait: None });
    assert!(outcome.tellings.is_empty());
}

#[test]
fn a_late_join_leaves_the_inquiry_linked_and_a_second_move_makes_a_post_of_its_own() {
    let mut room = Room::called(Policy::default());
    room.does(Person::System, after(300), tick(MADE)).unwrap();
    room.does(Person::Kim, after(310), Command::Join { visitor_there: true }).unwrap();
    assert_eq!(room.conversation().inquiry, Some(MADE));
    room.does(Person::Kim, after(320), Command::Leave).unwrap();
    assert_eq!(room.conversation().inquiry, Some(MADE));
    room.does(Person::System, after(620), tick(POST)).unwrap();
    assert_eq!((room.state(), room.conversation().inquiry), ("moved", Some(POST)));
}

#[test]
fn a_person_is_the_same_under_a_new_name() {
    let mut room = Room::called(Policy::default());
    room.does(Person::Kim, after(5), JOIN).unwrap();
    let renamed = Actor::Admin { id: Person::Kim.admin(), name: named("Kim, back") };
    let asks = |room: &Room, command| {
        decide(room.now.as_ref(), Wish { by: renamed.clone(), at: after(9), command }, &room.policy)
    };
    assert!(asks(&room, JOIN).unwrap().events.is_empty());
    assert_eq!(asks(&room, say("Me again")).unwrap().events[0].by, renamed);
    room.does(Person::Kim, after(6), Command::Close).unwrap();
    assert!(asks(&room, Command::Close).unwrap().events.is_empty());

    let people = [Person::Caller, Person::Stranger, Person::Kim, Person::Lee, Person::System];
    for (i, one) in people.iter().enumerate() {
        for (j, other) in people.iter().enumerate() {
            assert_eq!(one.actor().is_same(&other.actor()), i == j, "{one:?} {other:?}");
        }
    }
}

#[test]
fn of_a_join_and_a_move_the_second_is_told_what_happened() {
    let mut joined_first = Room::called(Policy::default());
    joined_first.does(Person::Kim, after(300), JOIN).unwrap();
    assert!(joined_first.decides(Person::System, after(300), tick(POST)).unwrap().events.is_empty());

    let mut moved_first = Room::called(Policy::default());
    moved_first.does(Person::System, after(300), tick(POST)).unwrap();
    assert_eq!(moved_first.decides(Person::Kim, after(300), JOIN).unwrap_err(), Refusal::VisitorGone);
}

#[test]
fn a_refusal_has_a_code_of_its_own_and_a_sentence() {
    use Refusal::*;
    let all = [
        NoConversation,
        NotAllowed,
        Closed,
        Cancelled,
        Moved,
        AlreadyAnswered,
        NotAnsweredYet,
        NotJoined,
        VisitorGone,
        CalledAgain,
        PromiseOutOfRange,
    ];
    let codes: std::collections::BTreeSet<_> = all.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), all.len());
    assert!(all.iter().all(|refusal| refusal.to_string().len() > 10));
}
