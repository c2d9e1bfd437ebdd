//! Promises of the log.

use std::sync::Arc;

use domain::context::CallContext;
use domain::conversation::{Actor, Event, What};
use domain::id::{ConversationId, InquiryId};
use domain::notice::{Audience, NoticeKind};
use domain::{Seq, Timestamp};

use super::Kept;
use super::samples::{
    NOON, SCRIPTS, added, admitted, body, by, call, client_id, context, fresh, is_conflict, known_visitor,
    later, move_to_board, name, next, notice, plan, ring, say, secret, somebody, stored,
};
use crate::{Appended, Change, Claim, NoticeFilter, Page, Storage};

/// A call is there with all its events, its place, and a number for people.
pub async fn a_call_is_stored_whole_and_gets_a_number(store: Arc<dyn Storage>) -> Kept {
    let visitor = store.admit(known_visitor("u-1", "민아"), secret(), later(60)).await?;
    let mut change = call(&visitor, NOON);
    let said = say(&change.conversation, by(&visitor), &client_id(), "도와주세요");
    change.events.extend(said.events);
    change.conversation = said.conversation;
    let (state, events) = (change.conversation.clone(), change.events.clone());
    let Appended::Stored { number } = store.append(change).await? else { panic!("not stored") };
    let row = store.conversation(state.id).await?.expect("the call is there");
    assert_eq!((row.conversation, row.number), (state.clone(), number));
    assert_eq!(row.visitor, visitor);
    assert_eq!(store.read_after(state.id, Seq::START, 10).await?, events);
    Ok(())
}

/// The short numbers of calls rise with time.
pub async fn numbers_rise_with_the_calls(store: Arc<dyn Storage>) -> Kept {
    let mut numbers = Vec::new();
    for _ in 0..5 {
        let visitor = admitted(&*store).await?;
        let Appended::Stored { number } = store.append(call(&visitor, NOON)).await? else {
            panic!("not stored")
        };
        numbers.push(number);
    }
    assert!(numbers[0] >= 1 && numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    Ok(())
}

/// Compare and set: who was not told of the last change changes nothing.
pub async fn a_change_from_the_wrong_place_is_a_conflict_and_stores_nothing(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    let said = stored(&*store, say(&called, by(&visitor), &client_id(), "one")).await?;
    let admin = added(&*store, "kim@desk.example").await?;
    let wrong = [
        move_to_board(&called, later(300)),
        next(&called, somebody(), NOON, What::Joined),
        say(&called, by(&visitor), &client_id(), "from the past"),
        Change { expected: Seq(9), ..say(&said, by(&visitor), &client_id(), "from the future") },
        next(&call(&visitor, NOON).conversation, somebody(), NOON, What::Joined),
    ];
    for mut change in wrong {
        change.notices = vec![notice(NoticeKind::Call, Some(&admin), NOON)];
        assert!(is_conflict(&store.append(change).await));
    }
    let row = store.conversation(called.id).await?.expect("the call is there");
    assert_eq!(row.conversation, said);
    assert_eq!(store.read_after(called.id, Seq::START, 10).await?.len(), 2);
    assert!(
        store.claim(&Claim::new(later(900), later(999), 10)).await?.is_empty(),
        "a conflict tells nobody"
    );
    assert_eq!(store.inquiry_counts().await?, [0, 0, 0], "a conflict posts nothing");
    Ok(())
}

/// The id of a conversation is given once.
pub async fn a_known_conversation_cannot_begin_again(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    stored(&*store, next(&called, by(&visitor), NOON, What::Cancelled)).await?;
    let mut again = call(&visitor, later(1));
    again.conversation.id = called.id;
    assert!(is_conflict(&store.append(again).await));
    assert_eq!(store.read_after(called.id, Seq::START, 10).await?.len(), 2);
    Ok(())
}

/// What a client sends again, after whatever has happened since, is found where it is.
pub async fn a_repeated_client_id_gets_its_place_and_is_stored_once(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    let id = client_id();
    let first = say(&called, by(&visitor), &id, "once");
    let said = stored(&*store, first.clone()).await?;
    let mut repeats = vec![first, say(&said, by(&visitor), &id, "once")];
    let closed = stored(&*store, next(&said, by(&visitor), NOON, What::Cancelled)).await?;
    repeats.push(say(&closed, by(&visitor), &id, "once, but with other words"));
    let admin = added(&*store, "kim@desk.example").await?;
    for mut repeat in repeats {
        repeat.notices = vec![notice(NoticeKind::Call, Some(&admin), NOON)];
        assert_eq!(store.append(repeat).await?, Appended::Repeated { seq: Seq(2) });
    }
    let log = store.read_after(called.id, Seq::START, 10).await?;
    assert_eq!(log.iter().filter(|event| event.client_id.is_some()).count(), 1);
    assert_eq!(store.conversation(called.id).await?.expect("the call is there").conversation, closed);
    assert!(
        store.claim(&Claim::new(later(900), later(999), 10)).await?.is_empty(),
        "what is repeated tells nobody"
    );
    Ok(())
}

/// Two visitors' clients may make the same id.
pub async fn a_client_id_counts_within_its_conversation_only(store: Arc<dyn Storage>) -> Kept {
    let id = client_id();
    for _ in 0..2 {
        let (visitor, called) = ring(&*store, NOON).await?;
        let said = stored(&*store, say(&called, by(&visitor), &id, "mine")).await?;
        assert_eq!(said.seq, Seq(2));
    }
    Ok(())
}

/// One press of the bell at a time for each visitor.
pub async fn a_visitor_has_one_open_call(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    assert!(is_conflict(&store.append(call(&visitor, later(1))).await), "while it waits");
    let joined = stored(&*store, next(&called, somebody(), NOON, What::Joined)).await?;
    assert!(is_conflict(&store.append(call(&visitor, later(2))).await), "while it is active");
    let open = store.open_conversation_of(visitor.id).await?.expect("one is open");
    assert_eq!(open.conversation, joined);
    assert_eq!(store.queue().await?.len(), 1);
    Ok(())
}

/// An admin who comes late to a moved call finds that its caller rang again.
pub async fn a_moved_call_cannot_be_joined_beside_a_newer_one(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    let moved = stored(&*store, move_to_board(&called, later(300))).await?;
    let newer = stored(&*store, call(&visitor, later(310))).await?;
    let join = next(&moved, somebody(), later(320), What::Joined);
    assert!(is_conflict(&store.append(join.clone()).await));
    assert_eq!(store.conversation(called.id).await?.expect("the call is there").conversation, moved);
    stored(&*store, next(&newer, by(&visitor), later(330), What::Cancelled)).await?;
    stored(&*store, join).await?;
    Ok(())
}

/// Closed, cancelled and moved calls do not block a new one.
pub async fn a_visitor_whose_call_is_over_may_call_again(store: Arc<dyn Storage>) -> Kept {
    let (visitor, first) = ring(&*store, NOON).await?;
    stored(&*store, next(&first, by(&visitor), NOON, What::Cancelled)).await?;
    let second = stored(&*store, call(&visitor, later(10))).await?;
    stored(&*store, move_to_board(&second, later(310))).await?;
    let third = stored(&*store, call(&visitor, later(320))).await?;
    let joined = stored(&*store, next(&third, somebody(), later(330), What::Joined)).await?;
    stored(&*store, next(&joined, by(&visitor), later(340), What::Closed)).await?;
    let fourth = stored(&*store, call(&visitor, later(350))).await?;
    let latest = store.latest_conversation_of(visitor.id).await?.expect("there are four");
    assert_eq!(latest.conversation, fourth);
    Ok(())
}

fn every_kind() -> Vec<What> {
    let at = later(77);
    vec![
        What::Said { body: body("said") },
        What::Noted { body: body("noted") },
        What::Escalated { notify: Audience::Everyone },
        What::Escalated { notify: Audience::OnDuty },
        What::Offered,
        What::Promised { until: at, plan: plan(at) },
        What::Joined,
        What::Left { wait: None },
        What::Left { wait: Some(plan(at)) },
        What::Moved { inquiry: InquiryId(fresh()) },
        What::Closed,
        What::Cancelled,
        What::Called { plan: plan(at), context: CallContext::default() },
        What::Called { plan: domain::policy::Plan { steps: vec![], ..plan(at) }, context: context() },
    ]
}

/// Every event by every actor, with and without a client's id, at its millisecond.
pub async fn every_kind_of_event_comes_back_as_it_went_in(store: Arc<dyn Storage>) -> Kept {
    let visitor = store.admit(known_visitor("u-1", "민아"), secret(), later(60)).await?;
    let mut change = call(&visitor, NOON);
    let nameless = Actor::Visitor { id: visitor.id, name: None };
    for actor in [by(&visitor), nameless, somebody(), Actor::System] {
        for (what, id) in every_kind().into_iter().zip([None, Some(client_id())].iter().cycle()) {
            let seq = change.conversation.seq.next();
            let at = Timestamp(NOON.0 + 1 + i64::try_from(seq.0).expect("a small number"));
            // Two events of one change must not share an id of a client's.
            let client_id = id.as_ref().map(|_| client_id());
            change.events.push(Event { seq, at, by: actor.clone(), client_id, what });
            change.conversation.seq = seq;
        }
    }
    let (id, events) = (change.conversation.id, change.events.clone());
    stored(&*store, change).await?;
    assert_eq!(store.read_after(id, Seq::START, 1000).await?, events);
    Ok(())
}

/// Korean, emoji, quotes, wildcards and what looks like JSON or SQL.
pub async fn every_script_comes_back_to_the_letter(store: Arc<dyn Storage>) -> Kept {
    let mut visitor = known_visitor("누구/\"x\"", SCRIPTS[0]);
    visitor = store.admit(visitor, secret(), later(60)).await?;
    let mut state = stored(&*store, call(&visitor, NOON)).await?;
    for words in SCRIPTS {
        visitor.name = Some(name(words));
        state = stored(&*store, say(&state, by(&visitor), &client_id(), words)).await?;
    }
    let log = store.read_after(state.id, Seq(1), 100).await?;
    assert_eq!(log.len(), SCRIPTS.len());
    for (event, words) in log.iter().zip(SCRIPTS) {
        assert_eq!(event.what, What::Said { body: body(words) });
        let Actor::Visitor { name: Some(called), .. } = &event.by else { panic!("not by the visitor") };
        assert_eq!(called.as_str(), *words);
    }
    Ok(())
}

/// A cursor reads what it lacks, in pieces of any size.
pub async fn a_log_is_read_in_order_after_a_place_and_up_to_a_limit(store: Arc<dyn Storage>) -> Kept {
    let (visitor, mut state) = ring(&*store, NOON).await?;
    for _ in 0..9 {
        state = stored(&*store, say(&state, by(&visitor), &client_id(), "…")).await?;
    }
    let seqs = async |after, limit| {
        let events = store.read_after(state.id, Seq(after), limit).await?;
        Ok::<Vec<u64>, crate::StorageError>(events.iter().map(|event| event.seq.0).collect())
    };
    assert_eq!(seqs(0, 3).await?, [1, 2, 3]);
    assert_eq!(seqs(3, 100).await?, [4, 5, 6, 7, 8, 9, 10]);
    assert!(seqs(10, 100).await?.is_empty());
    assert!(seqs(999, 100).await?.is_empty());
    assert!(store.read_after(ConversationId(fresh()), Seq::START, 10).await?.is_empty());
    Ok(())
}

/// Among all of a visitor's conversations, and among no others.
pub async fn an_event_is_found_by_the_id_that_its_client_made(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    let id = client_id();
    let said = stored(&*store, say(&called, by(&visitor), &id, "here")).await?;
    stored(&*store, next(&said, by(&visitor), NOON, What::Cancelled)).await?;
    stored(&*store, call(&visitor, later(10))).await?;
    let (conversation, event) = store.find_by_client_id(visitor.id, &id).await?.expect("it is there");
    assert_eq!((conversation, event.seq), (called.id, Seq(2)));
    assert_eq!(event.what, What::Said { body: body("here") });
    let (stranger, _) = ring(&*store, NOON).await?;
    assert_eq!(store.find_by_client_id(stranger.id, &id).await?, None);
    assert_eq!(store.find_by_client_id(visitor.id, &client_id()).await?, None);
    Ok(())
}

/// A call and its mails, a move and its post: never one without the other.
pub async fn notices_and_the_post_are_stored_with_the_events(store: Arc<dyn Storage>) -> Kept {
    let admin = added(&*store, "kim@desk.example").await?;
    let (visitor, called) = ring(&*store, NOON).await?;
    let mut change = move_to_board(&called, later(300));
    let inquiry = change.inquiry.clone().expect("a move makes a post");
    let about = |kind| crate::NewNotice {
        conversation: Some(called.id),
        inquiry: Some(inquiry.id),
        ..notice(kind, Some(&admin), later(300))
    };
    change.notices = vec![about(NoticeKind::Inquiry), about(NoticeKind::Comment)];
    let sent: Vec<_> = change.notices.iter().map(|notice| notice.id).collect();
    let moved = stored(&*store, change).await?;
    assert_eq!(moved.inquiry, Some(inquiry.id));
    let row = store.inquiry(inquiry.id).await?.expect("the post is there");
    assert_eq!(row.inquiry, inquiry);
    assert_eq!(row.inquiry.author, visitor.id);
    let filter = NoticeFilter { conversation: Some(called.id), ..Default::default() };
    let mut found = store.notices(&filter, Page::first(10)).await?.items;
    found.reverse();
    assert_eq!(found.iter().map(|notice| notice.id).collect::<Vec<_>>(), sent);
    assert!(found.iter().all(|notice| notice.inquiry == Some(inquiry.id)));
    Ok(())
}
