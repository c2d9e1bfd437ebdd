//! Promises about where conversations stand.

use std::sync::Arc;

use domain::Timestamp;
use domain::conversation::{Actor, Conversation, Promised, Seat, State, Wait, What};
use domain::id::{AdminId, ConversationId, InquiryId, VisitorId};
use domain::policy::Plan;

use super::Kept;
use super::samples::{
    NOON, admitted, all_pages, body, by, call, client_id, fresh, known_visitor, later, move_to_board, name,
    next, plan, ring, say, secret, somebody, stored,
};
use crate::{ConversationFilter, Page, Storage, StorageError};

fn seat(called: &str) -> Seat {
    Seat { admin: AdminId(fresh()), name: name(called) }
}

fn every_state() -> Vec<State> {
    let at = later(9);
    let wait = Wait { since: at, plan: plan(at), offered: false, promised: None };
    let bare = Plan { steps: vec![], ..plan(at) };
    let promised = Some(Promised { by: seat("김민수"), until: later(99) });
    let visitor = Actor::Visitor { id: VisitorId(fresh()), name: None };
    vec![
        State::Waiting(wait.clone()),
        State::Waiting(Wait { plan: bare, offered: true, promised, ..wait }),
        State::Active { since: at, admins: vec![seat("A")] },
        State::Active { since: at, admins: vec![seat("가"), seat("\"B\" 😀")] },
        State::Moved { at },
        State::Closed { at, by: somebody(), admins: vec![seat("A")] },
        State::Closed { at, by: visitor, admins: vec![seat("A"), seat("B")] },
        State::Cancelled { at },
    ]
}

/// Each of the five states with all that it may carry, both when it begins there and when it moves there.
pub async fn every_state_comes_back_as_it_went_in(store: Arc<dyn Storage>) -> Kept {
    for state in every_state() {
        let visitor = admitted(&*store).await?;
        let mut change = call(&visitor, NOON);
        change.conversation.state = state.clone();
        change.conversation.inquiry = Some(InquiryId(fresh()));
        let begun = stored(&*store, change).await?;
        assert_eq!(store.conversation(begun.id).await?.expect("it is there").conversation, begun);

        let (_, called) = ring(&*store, NOON).await?;
        let mut change = next(&called, somebody(), NOON, What::Joined);
        change.conversation =
            Conversation { state, inquiry: Some(InquiryId(fresh())), ..change.conversation };
        let moved = stored(&*store, change).await?;
        let row = store.conversation(called.id).await?.expect("it is there");
        assert_eq!(row.conversation, moved);
        let open = store.open_conversation_of(called.visitor).await?;
        assert_eq!(open.is_some(), moved.state.is_open());
        let due = store.due(Timestamp(i64::MAX), 100).await?;
        assert_eq!(due.contains(&called.id), moved.deadline().is_some());
    }
    Ok(())
}

/// Absence is no error.
pub async fn what_is_not_there_is_none(store: Arc<dyn Storage>) -> Kept {
    assert!(store.conversation(ConversationId(fresh())).await?.is_none());
    assert!(store.open_conversation_of(VisitorId(fresh())).await?.is_none());
    assert!(store.latest_conversation_of(VisitorId(fresh())).await?.is_none());
    assert!(store.queue().await?.is_empty());
    assert!(store.conversations(&ConversationFilter::default(), Page::first(10)).await?.items.is_empty());
    assert!(store.last_said(&[ConversationId(fresh())]).await?.is_empty());
    assert!(store.last_said(&[]).await?.is_empty());
    assert!(store.due(NOON, 10).await?.is_empty());
    assert_eq!(store.next_deadline().await?, None);
    Ok(())
}

/// The open one of a visitor is the one that waits or is active; the latest one may be over.
pub async fn a_visitors_open_and_latest_calls_are_found(store: Arc<dyn Storage>) -> Kept {
    let (visitor, first) = ring(&*store, NOON).await?;
    let (stranger, _) = ring(&*store, NOON).await?;
    let open =
        async |of| Ok::<_, StorageError>(store.open_conversation_of(of).await?.map(|row| row.conversation));
    let latest =
        async |of| Ok::<_, StorageError>(store.latest_conversation_of(of).await?.map(|row| row.conversation));
    assert_eq!(open(visitor.id).await?.as_ref(), Some(&first));
    let over = stored(&*store, next(&first, by(&visitor), NOON, What::Cancelled)).await?;
    assert_eq!(open(visitor.id).await?, None);
    assert_eq!(latest(visitor.id).await?, Some(over));
    let second = stored(&*store, call(&visitor, later(1))).await?;
    assert_eq!(open(visitor.id).await?.as_ref(), Some(&second));
    assert_eq!(latest(visitor.id).await?, Some(second));
    assert_ne!(open(stranger.id).await?.map(|open| open.visitor), Some(visitor.id));
    Ok(())
}

/// Those who wait by how long they have waited this time, then those who are being helped.
pub async fn the_queue_has_the_longest_wait_first(store: Arc<dyn Storage>) -> Kept {
    let (_, third) = ring(&*store, later(30)).await?;
    let (_, first) = ring(&*store, later(10)).await?;
    let (_, second) = ring(&*store, later(20)).await?;
    let (over, cancelled) = ring(&*store, later(1)).await?;
    stored(&*store, next(&cancelled, by(&over), later(2), What::Cancelled)).await?;
    let (_, moved) = ring(&*store, later(1)).await?;
    stored(&*store, move_to_board(&moved, later(301))).await?;
    let (_, helped) = ring(&*store, later(1)).await?;
    let kim = somebody();
    let helped = stored(&*store, next(&helped, kim.clone(), later(5), What::Joined)).await?;
    let order = async || {
        let queue = store.queue().await?;
        Ok::<Vec<_>, StorageError>(queue.iter().map(|row| row.conversation.id).collect())
    };
    assert_eq!(order().await?, [first.id, second.id, third.id, helped.id]);
    // Left alone, the caller waits anew, and behind those who have waited longer since.
    stored(&*store, next(&helped, kim, later(25), What::Left { wait: Some(plan(later(25))) })).await?;
    assert_eq!(order().await?, [first.id, second.id, helped.id, third.id]);
    Ok(())
}

/// Also while new calls come in between two pages.
pub async fn the_list_is_newest_first_and_pages_without_gap_or_overlap(store: Arc<dyn Storage>) -> Kept {
    let mut ids = Vec::new();
    for _ in 0..23 {
        ids.push(ring(&*store, NOON).await?.1.id);
    }
    ids.reverse();
    let filter = ConversationFilter::default();
    for limit in [1, 7, 23, 100] {
        let read = |page| store.conversations(&filter, page);
        let all = all_pages(limit, read, |row| row.number).await?;
        assert!(all.iter().map(|row| row.conversation.id).eq(ids.iter().copied()));
    }
    let first = store.conversations(&filter, Page::first(10)).await?;
    ring(&*store, NOON).await?;
    let second = store.conversations(&filter, Page { before: first.next, limit: 10 }).await?;
    let seen = first.items.iter().chain(&second.items).map(|row| row.conversation.id);
    assert!(seen.eq(ids.into_iter().take(20)));
    Ok(())
}

/// One state at a time, or all of them.
pub async fn the_list_is_filtered_by_state(store: Arc<dyn Storage>) -> Kept {
    let (_, waiting) = ring(&*store, NOON).await?;
    let (_, joined) = ring(&*store, NOON).await?;
    let active = stored(&*store, next(&joined, somebody(), NOON, What::Joined)).await?;
    let (_, called) = ring(&*store, NOON).await?;
    let moved = stored(&*store, move_to_board(&called, later(300))).await?;
    for state in [waiting, active, moved] {
        let filter = ConversationFilter { state: Some(state.state.as_str()), text: None };
        let found = store.conversations(&filter, Page::first(10)).await?;
        assert_eq!(found.items.len(), 1);
        assert_eq!(found.items[0].conversation, state);
        assert_eq!(found.next, None);
    }
    let closed = ConversationFilter { state: Some("closed"), text: None };
    assert!(store.conversations(&closed, Page::first(10)).await?.items.is_empty());
    Ok(())
}

async fn found(store: &dyn Storage, text: &str) -> Result<Vec<ConversationId>, StorageError> {
    let filter = ConversationFilter { state: None, text: Some(text.to_owned()) };
    let page = store.conversations(&filter, Page::first(50)).await?;
    Ok(page.items.iter().map(|row| row.conversation.id).collect())
}

/// Part of a word is enough, Korean too; a number is found with and without its sign (S32).
pub async fn a_text_is_found_in_names_words_and_numbers(store: Arc<dyn Storage>) -> Kept {
    let mina = store.admit(known_visitor("u-1", "박민아"), secret(), later(60)).await?;
    let called = stored(&*store, call(&mina, NOON)).await?;
    let said = stored(&*store, say(&called, by(&mina), &client_id(), "결제 화면이 Blank 해요 😀")).await?;
    let (_, other) = ring(&*store, NOON).await?;
    for text in ["민아", "결제 화면", "blank", "😀", "이 B"] {
        assert_eq!(found(&*store, text).await?, [said.id], "{text}");
    }
    assert!(found(&*store, "없는 말").await?.is_empty());
    let number = store.conversation(other.id).await?.expect("it is there").number;
    for text in [format!("#{number}"), format!("{number}"), format!(" #{number} ")] {
        assert!(found(&*store, &text).await?.contains(&other.id), "{text}");
    }
    assert_eq!(found(&*store, " \t").await?.len(), 2, "nothing typed is nothing left out");
    let both = ConversationFilter { state: Some("active"), text: Some("민아".to_owned()) };
    assert!(store.conversations(&both, Page::first(50)).await?.items.is_empty());
    Ok(())
}

/// What is typed is what is looked for (S33).
pub async fn wildcards_are_letters_like_others(store: Arc<dyn Storage>) -> Kept {
    let (plain_visitor, plain) = ring(&*store, NOON).await?;
    stored(&*store, say(&plain, by(&plain_visitor), &client_id(), "100 percent, a b c")).await?;
    let (odd_visitor, odd) = ring(&*store, NOON).await?;
    let words = r"100% a_b\c [x] '; --";
    stored(&*store, say(&odd, by(&odd_visitor), &client_id(), words)).await?;
    for text in ["%", "_", "\\", "100%", "a_b", r"b\c", "[x]", "'; --", words] {
        assert_eq!(found(&*store, text).await?, [odd.id], "{text}");
    }
    assert!(found(&*store, "a%b").await?.is_empty());
    assert!(found(&*store, "%%").await?.is_empty());
    Ok(())
}

/// Of each call the last thing that was said, whoever said it; notes and joins are nothing said.
pub async fn the_last_words_are_given_for_many_at_once(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    let said = stored(&*store, say(&called, by(&visitor), &client_id(), "first")).await?;
    let said = stored(&*store, say(&said, by(&visitor), &client_id(), "last")).await?;
    let noted = next(&said, somebody(), NOON, What::Noted { body: body("among us") });
    let noted = stored(&*store, noted).await?;
    stored(&*store, next(&noted, somebody(), NOON, What::Joined)).await?;
    let (_, silent) = ring(&*store, NOON).await?;
    let (other_visitor, other) = ring(&*store, NOON).await?;
    stored(&*store, say(&other, by(&other_visitor), &client_id(), "other")).await?;
    let ids = [silent.id, other.id, called.id, ConversationId(fresh())];
    let mut last = store.last_said(&ids).await?;
    last.sort_by_key(|(id, _)| *id);
    let last: Vec<_> = last.into_iter().map(|(id, event)| (id, event.seq.0, event.what)).collect();
    let said = |words| What::Said { body: body(words) };
    assert_eq!(last, [(called.id, 3, said("last")), (other.id, 2, said("other"))]);
    Ok(())
}

/// Neither early nor late, most overdue first, and gone with the wait.
pub async fn deadlines_are_due_at_their_millisecond(store: Arc<dyn Storage>) -> Kept {
    let (_, second) = ring(&*store, later(20)).await?;
    let (visitor, first) = ring(&*store, later(10)).await?;
    let at = first.deadline().expect("it waits");
    assert_eq!(store.next_deadline().await?, Some(at));
    assert!(store.due(Timestamp(at.0 - 1), 10).await?.is_empty());
    assert_eq!(store.due(at, 10).await?, [first.id]);
    assert_eq!(store.due(later(900), 10).await?, [first.id, second.id]);
    assert_eq!(store.due(later(900), 1).await?, [first.id]);
    stored(&*store, say(&first, by(&visitor), &client_id(), "still here")).await?;
    assert_eq!(store.next_deadline().await?, Some(at), "words move no deadline");
    let kim = somebody();
    let helped = stored(&*store, next(&second, kim.clone(), later(30), What::Joined)).await?;
    assert_eq!(store.due(later(900), 10).await?, [first.id]);
    let left = What::Left { wait: Some(plan(later(40))) };
    let again = stored(&*store, next(&helped, kim, later(40), left)).await?;
    assert_eq!(store.due(later(900), 10).await?, [first.id, second.id]);
    stored(&*store, move_to_board(&again, later(340))).await?;
    let said = store.conversation(first.id).await?.expect("it is there").conversation;
    stored(&*store, next(&said, by(&visitor), later(50), What::Cancelled)).await?;
    assert_eq!(store.next_deadline().await?, None);
    Ok(())
}
