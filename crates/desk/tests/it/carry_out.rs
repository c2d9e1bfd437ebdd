//! Commands are carried out once, on what is really there, and only for whom they are meant.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use desk::{CallRequest, Caller, DeskError};
use domain::Seq;
use domain::conversation::{Refusal, State};
use domain::id::ConversationId;
use domain::inquiry::InquiryKind;
use testkit::{DeskInABox, body, client_id, title};
use tokio::task::JoinSet;

use crate::{admin, all, places, soon, visitor};
use testkit::{Meddler, Point};

fn press(id: &str) -> CallRequest {
    CallRequest { client_id: Some(client_id(id)), ..CallRequest::default() }
}

async fn seqs(desk: &DeskInABox, id: ConversationId) -> Vec<u64> {
    desk.log(id).await.iter().map(|event| event.seq.0).collect()
}

#[tokio::test]
async fn a_stale_memory_leads_to_no_wrong_refusal() {
    let here = DeskInABox::open().await.unwrap();
    let elsewhere = here.another(2);
    let (minji, kim) = (here.visitor("Minji").await, here.admin("Kim").await);
    let (caller, kim) = (visitor(&minji), admin(&kim));
    let id = here.called(&minji, None).await;
    elsewhere.join(&kim, id).await.unwrap();
    // Here it still waits: closing and an admin's words would be refused in that state.
    here.said(&kim, id, "k1", "hello").await;
    elsewhere.said(&caller, id, "v1", "hello to you").await;
    elsewhere.leave(&kim, id).await.unwrap();
    // Here it is still active: cancelling and a promise would be refused.
    here.promise(&kim, id, 5).await.unwrap();
    elsewhere.join(&kim, id).await.unwrap();
    here.close(&caller, id).await.unwrap();
    // There it is still active.
    let late = elsewhere.say(&kim, id, client_id("k2"), body("wait")).await;
    assert!(matches!(late, Err(DeskError::Refused(Refusal::Closed))), "{late:?}");
    let expected = ["called", "joined", "said", "said", "left", "promised", "joined", "closed"];
    assert_eq!(here.kinds(id).await, expected);
}

#[tokio::test]
async fn two_processes_that_write_in_turn_lose_no_update() {
    let desks = [DeskInABox::open().await.unwrap()];
    let desks = [desks[0].clone(), desks[0].another(2)];
    let minji = desks[0].visitor("Minji").await;
    let id = desks[0].called(&minji, None).await;
    for n in 2..=60 {
        let done = desks[n % 2].said(&visitor(&minji), id, &format!("m{n}"), "more").await;
        assert_eq!(done.seq, Seq(n as u64));
    }
    assert_eq!(seqs(&desks[0], id).await, all(1, 60));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_messages_at_once_from_two_processes_are_all_there_without_a_gap() {
    let here = DeskInABox::open().await.unwrap();
    let elsewhere = here.another(2);
    let minji = here.visitor("Minji").await;
    let id = here.called(&minji, None).await;
    let mut said = JoinSet::new();
    for n in 0..50 {
        let (desk, caller) = (if n % 2 == 0 { here.clone() } else { elsewhere.clone() }, visitor(&minji));
        said.spawn(async move { desk.said(&caller, id, &format!("m{n}"), "more").await.seq.0 });
    }
    let mut acknowledged = said.join_all().await;
    acknowledged.sort_unstable();
    assert_eq!(acknowledged, all(2, 51), "each was acknowledged with a place of its own");
    assert_eq!(seqs(&here, id).await, all(1, 51));
}

#[tokio::test]
async fn what_is_sent_twice_is_stored_once_and_acknowledged_alike() {
    let here = DeskInABox::open().await.unwrap();
    let elsewhere = here.another(2);
    let (minji, kim) = (here.visitor("Minji").await, here.admin("Kim").await);
    let (caller, kim) = (visitor(&minji), admin(&kim));
    let id = here.called(&minji, None).await;
    here.join(&kim, id).await.unwrap();
    let first = here.said(&caller, id, "m1", "once").await;
    let note = here.note(&kim, id, client_id("n1"), body("a note")).await.unwrap();
    here.said(&kim, id, "m2", "in between").await;
    assert!(!first.repeated && first.seq == Seq(3) && note.seq == Seq(4));
    let resend = async |when: &str| {
        for desk in [&here, &elsewhere, &here.another(3)] {
            let again = desk.said(&caller, id, "m1", "once").await;
            assert!(again.repeated && again.seq == first.seq, "{when}");
            assert_eq!(again.event, first.event, "{when}");
            let again = desk.note(&kim, id, client_id("n1"), body("a note")).await.unwrap();
            assert_eq!((again.repeated, again.seq), (true, note.seq), "{when}");
        }
    };
    resend("while it is open").await;
    elsewhere.close(&kim, id).await.unwrap();
    resend("after it has closed").await;
    assert_eq!(here.kinds(id).await, ["called", "joined", "said", "noted", "said", "closed"]);
}

#[tokio::test]
async fn an_id_that_somebody_else_has_used_swallows_no_words() {
    let desk = DeskInABox::open().await.unwrap();
    let (minji, kim) = (desk.visitor("Minji").await, desk.admin("Kim").await);
    let id = desk.called(&minji, None).await;
    desk.join(&admin(&kim), id).await.unwrap();
    desk.said(&admin(&kim), id, "1", "hello").await;
    let taken = desk.say(&visitor(&minji), id, client_id("1"), body("it is broken")).await;
    assert!(matches!(taken, Err(DeskError::Refused(Refusal::IdTaken))), "{taken:?}");
    desk.close(&admin(&kim), id).await.unwrap();
    // Nor does it swallow a press of the bell.
    let called = desk.call(&minji, press("1")).await.unwrap();
    assert!(called.created && called.conversation != id);
}

#[tokio::test]
async fn a_press_and_its_message_have_ids_of_their_own() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let message = Some((client_id("1"), body("help")));
    let called = desk.call(&minji, CallRequest { message, ..press("1") }).await;
    assert!(matches!(called, Err(DeskError::Refused(Refusal::IdTaken))), "{called:?}");
    assert!(desk.queue().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bell_pressed_twenty_times_at_once_is_one_call() {
    let here = DeskInABox::open().await.unwrap();
    let elsewhere = here.another(2);
    here.admin("Kim").await;
    let minji = here.visitor("Minji").await;
    let mut presses = JoinSet::new();
    for n in 0..20 {
        let (desk, minji) = (if n % 2 == 0 { here.clone() } else { elsewhere.clone() }, minji.clone());
        presses.spawn(async move { desk.call(&minji, press(&format!("p{n}"))).await.unwrap() });
    }
    let called = presses.join_all().await;
    assert!(called.iter().all(|one| one.conversation == called[0].conversation));
    assert_eq!(called.iter().filter(|one| one.created).count(), 1);
    assert_eq!(here.kinds(called[0].conversation).await, ["called"]);
    assert_eq!(here.told().await, ["call to kim@desk.example"]);
}

#[tokio::test]
async fn a_press_sent_again_after_it_was_taken_back_is_no_second_call() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let first = desk.call(&minji, press("p1")).await.unwrap();
    desk.cancel(&visitor(&minji), first.conversation).await.unwrap();
    let again = desk.another(2).call(&minji, press("p1")).await.unwrap();
    assert_eq!((again.conversation, again.created, again.seq), (first.conversation, false, first.seq));
    let next = desk.call(&minji, press("p2")).await.unwrap();
    assert!(next.created && next.conversation != first.conversation, "a new press is a new call");
}

#[tokio::test]
async fn a_second_press_says_its_message_in_the_open_conversation() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let id = desk.called(&minji, Some("help")).await;
    let message = Some((client_id("second"), body("are you there?")));
    let again = desk.call(&minji, CallRequest { message, ..press("p2") }).await.unwrap();
    assert_eq!((again.conversation, again.created, again.seq), (id, false, Seq(3)));
    assert_eq!(desk.kinds(id).await, ["called", "said", "said"]);
}

#[tokio::test]
async fn words_that_meet_a_conversation_on_its_end_begin_a_new_one() {
    let real = DeskInABox::open().await.unwrap();
    let meddler = Meddler::on(&real.storage);
    let desk = real.seen_through(meddler.clone(), 2);
    let minji = desk.visitor("Minji").await;
    let old = desk.called(&minji, None).await;
    let (other, same) = (real.clone(), visitor(&minji));
    meddler.once(Point::OpenFound, async move {
        other.cancel(&same, old).await.unwrap();
    });
    let message = Some((client_id("m"), body("it is back")));
    let called = desk.call(&minji, CallRequest { message, ..press("p2") }).await.unwrap();
    assert!(meddler.is_done());
    assert!(called.created && called.conversation != old);
    assert_eq!(desk.kinds(called.conversation).await, ["called", "said"]);
}

#[tokio::test]
async fn what_is_stored_is_rung_though_who_asked_has_hung_up() {
    let real = DeskInABox::open().await.unwrap();
    let meddler = Meddler::on(&real.storage);
    let desk = real.seen_through(meddler.clone(), 2);
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, None).await;
    let mut follower = desk.follow(&caller, id, Seq(1)).await.unwrap();
    let (begun, go_on) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (begins, may_go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
    meddler.once(Point::BeforeAppend, async move {
        begins.notify_one();
        may_go_on.notified().await;
    });
    {
        let mut saying = pin!(desk.say(&caller, id, client_id("m1"), body("and gone")));
        assert!(matches!(saying.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        soon(begun.notified()).await;
    }
    go_on.notify_one();
    assert_eq!(places(&mut follower, 2).await, [2]);
    soon(desk.finish()).await;
}

/// Brings a conversation of Minji's into each of the five states.
async fn in_every_state(desk: &DeskInABox, kim: &Caller) -> Vec<(Caller, ConversationId)> {
    let mut made = Vec::new();
    for state in ["waiting", "active", "moved", "closed", "cancelled"] {
        let minji = desk.visitor(&format!("Minji {state}")).await;
        let caller = visitor(&minji);
        let id = desk.called(&minji, Some("mine")).await;
        match state {
            "active" | "closed" => drop(desk.join(kim, id).await.unwrap()),
            "cancelled" => drop(desk.cancel(&caller, id).await.unwrap()),
            "moved" => {
                let words = (title("mine"), body("mine"));
                desk.leave_inquiry(&caller, id, InquiryKind::Error, words, None).await.unwrap();
            }
            _ => {}
        }
        if state == "closed" {
            desk.close(kim, id).await.unwrap();
        }
        assert_eq!(desk.stored(id).await.state.as_str(), state);
        made.push((caller, id));
    }
    made
}

/// Every verb there is, and whether it was answered as if nothing were there.
async fn not_found(desk: &DeskInABox, caller: &Caller, id: ConversationId) -> Vec<(&'static str, bool)> {
    fn is<T>(result: &Result<T, DeskError>) -> bool {
        matches!(result, Err(DeskError::NotFound))
    }
    let words = || (title("yours"), body("yours"));
    vec![
        ("conversation", is(&desk.conversation(caller, id).await)),
        ("events", is(&desk.events(caller, id, Seq::START, 100).await)),
        ("follow", is(&desk.follow(caller, id, Seq::START).await)),
        ("say", is(&desk.say(caller, id, client_id("x"), body("x")).await)),
        ("say again", is(&desk.say(caller, id, client_id("first"), body("x")).await)),
        ("note", is(&desk.note(caller, id, client_id("y"), body("y")).await)),
        ("join", is(&desk.join(caller, id).await)),
        ("leave", is(&desk.leave(caller, id).await)),
        ("close", is(&desk.close(caller, id).await)),
        ("cancel", is(&desk.cancel(caller, id).await)),
        ("promise", is(&desk.promise(caller, id, 5).await)),
        ("inquiry", is(&desk.leave_inquiry(caller, id, InquiryKind::Error, words(), None).await)),
    ]
}

#[tokio::test]
async fn somebody_elses_conversation_is_not_there_whatever_one_tries_and_stays_as_it_is() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let stranger = visitor(&desk.visitor("Mallory").await);
    for (_, id) in in_every_state(&desk, &kim).await {
        let before = (desk.stored(id).await, desk.log(id).await, desk.outbox().await.len());
        for (verb, hidden) in not_found(&desk, &stranger, id).await {
            assert!(hidden, "{verb} on a conversation that is {}", before.0.state.as_str());
        }
        assert_eq!((desk.stored(id).await, desk.log(id).await, desk.outbox().await.len()), before);
    }
    let guessed = ConversationId(desk.source().id());
    for caller in [&stranger, &kim] {
        for (verb, hidden) in not_found(&desk, caller, guessed).await {
            assert!(hidden, "{verb} on what was never there");
        }
    }
}

#[tokio::test]
async fn an_admins_verbs_are_not_for_the_visitor_whose_conversation_it_is() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    for (owner, id) in in_every_state(&desk, &kim).await {
        let before = desk.stored(id).await;
        for (verb, hidden) in [
            ("note", desk.note(&owner, id, client_id("n"), body("n")).await),
            ("join", desk.join(&owner, id).await),
            ("leave", desk.leave(&owner, id).await),
            ("promise", desk.promise(&owner, id, 5).await),
        ] {
            assert!(hidden.is_err(), "{verb} on one's own that is {}", before.state.as_str());
        }
        assert_eq!(desk.stored(id).await, before);
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_changes_nothing() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let made = in_every_state(&desk, &kim).await;
    let expected = [None, None, Some(Refusal::Moved), Some(Refusal::Closed), Some(Refusal::Cancelled)];
    for ((owner, id), refusal) in made.into_iter().zip(expected) {
        let said = desk.say(&owner, id, client_id("late"), body("hello?")).await;
        match refusal {
            None => assert_eq!(said.unwrap().seq, desk.stored(id).await.seq),
            Some(refusal) => assert!(matches!(said, Err(DeskError::Refused(why)) if why == refusal)),
        }
    }
    let minji = desk.visitor("Minji again").await;
    let id = desk.called(&minji, None).await;
    assert!(matches!(desk.close(&kim, id).await, Err(DeskError::Refused(Refusal::NotAnsweredYet))));
    assert!(matches!(desk.promise(&kim, id, 0).await, Err(DeskError::Refused(Refusal::PromiseOutOfRange))));
    assert!(matches!(desk.stored(id).await.state, State::Waiting(_)));
}
