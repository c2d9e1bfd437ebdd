//! Promises of the log to those who append at once.

use std::sync::Arc;

use domain::Seq;
use domain::conversation::What;
use domain::notice::NoticeKind;

use super::Kept;
use super::samples::{
    NOON, admitted, at_once, body, by, call, client_id, handles, is_conflict, later, move_to_board, next,
    notice, ring, say, somebody, stored, tell, visitor,
};
use crate::{Appended, Storage, StorageError};

/// One wins, the others are told to look again, and the log has no gap.
pub async fn of_those_who_append_at_once_one_wins(store: Arc<dyn Storage>) -> Kept {
    let (visitor, mut state) = ring(&*store, NOON).await?;
    for round in 0..8 {
        let tasks = handles(&store, 8).map(|store| {
            let change = say(&state, by(&visitor), &client_id(), "me first");
            async move { (change.conversation.clone(), store.append(change).await) }
        });
        let results = at_once(tasks).await;
        let winners = results.iter().filter(|(_, result)| result.is_ok()).count();
        let conflicts = results.iter().filter(|(_, result)| is_conflict(result)).count();
        assert_eq!((winners, conflicts), (1, 7), "round {round}");
        let winner = results.into_iter().find(|(_, result)| result.is_ok());
        state = winner.expect("there is one").0;
    }
    let log = store.read_after(state.id, Seq::START, 100).await?;
    assert!(log.iter().map(|event| event.seq.0).eq(1..=9));
    Ok(())
}

/// 64 conversations at once, each with ten messages, each log whole and dense.
pub async fn conversations_do_not_get_in_each_others_way(store: Arc<dyn Storage>) -> Kept {
    let tasks = handles(&store, 64).map(|store| async move {
        let (visitor, mut state) = ring(&*store, NOON).await?;
        for n in 0..10 {
            state = stored(&*store, say(&state, by(&visitor), &client_id(), &format!("{n}"))).await?;
        }
        Ok::<_, StorageError>(state)
    });
    for state in at_once(tasks).await {
        let state = state?;
        let log = store.read_after(state.id, Seq::START, 100).await?;
        assert!(log.iter().map(|event| event.seq.0).eq(1..=11));
        for (n, event) in log.iter().skip(1).enumerate() {
            assert_eq!(event.what, What::Said { body: body(&format!("{n}")) });
        }
        assert_eq!(store.conversation(state.id).await?.expect("it is there").conversation, state);
    }
    assert_eq!(store.queue().await?.len(), 64);
    Ok(())
}

/// A client that sends again before it is answered: one is stored, nobody is told that it failed for good.
pub async fn the_same_message_sent_at_once_is_stored_once(store: Arc<dyn Storage>) -> Kept {
    let (visitor, called) = ring(&*store, NOON).await?;
    let change = say(&called, by(&visitor), &client_id(), "once");
    let tasks = handles(&store, 8).map(|store| {
        let change = change.clone();
        async move { store.append(change).await }
    });
    let mut stored = 0;
    for result in at_once(tasks).await {
        match result {
            Ok(Appended::Stored { .. }) => stored += 1,
            Ok(Appended::Repeated { seq }) => assert_eq!(seq, Seq(2)),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(stored, 1);
    assert_eq!(store.read_after(called.id, Seq::START, 10).await?.len(), 2);
    Ok(())
}

/// Two tabs that press the bell in the same moment.
pub async fn of_two_calls_of_one_visitor_at_once_one_is_stored(store: Arc<dyn Storage>) -> Kept {
    for _ in 0..8 {
        let visitor = admitted(&*store).await?;
        let tasks = handles(&store, 4).map(|store| {
            let change = call(&visitor, NOON);
            async move { store.append(change).await }
        });
        let results = at_once(tasks).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| is_conflict(result)).count(), 3);
        assert!(store.open_conversation_of(visitor.id).await?.is_some());
    }
    Ok(())
}

/// A call is answered or moved, never both.
pub async fn of_a_join_and_a_move_at_once_one_is_stored(store: Arc<dyn Storage>) -> Kept {
    for _ in 0..8 {
        let (_, called) = ring(&*store, NOON).await?;
        let changes =
            [next(&called, somebody(), later(300), What::Joined), move_to_board(&called, later(300))];
        let tasks = handles(&store, 2)
            .zip(changes)
            .map(|(store, change)| async move { (change.conversation.clone(), store.append(change).await) });
        let results = at_once(tasks).await;
        let winner = results.iter().find(|(_, result)| result.is_ok()).expect("one wins");
        assert!(results.iter().any(|(_, result)| is_conflict(result)));
        let row = store.conversation(called.id).await?.expect("it is there");
        assert_eq!(row.conversation, winner.0);
        let [open, ..] = store.inquiry_counts().await?;
        assert_eq!(row.conversation.inquiry.is_some(), row.conversation.state.as_str() == "moved");
        assert!(open <= 8);
    }
    Ok(())
}

/// One who calls without being known, and one whose notice is known already, fail alone.
pub async fn a_change_that_cannot_be_stored_does_not_harm_the_others(store: Arc<dyn Storage>) -> Kept {
    let taken = notice(NoticeKind::Call, None, NOON);
    tell(&*store, vec![taken.clone()]).await?;
    let tasks = handles(&store, 48).enumerate().map(|(n, store)| {
        let taken = taken.clone();
        async move {
            let visitor = if n % 16 == 3 { visitor() } else { admitted(&*store).await? };
            let mut change = call(&visitor, NOON);
            if n % 16 == 7 {
                change.notices = vec![taken];
            }
            let id = change.conversation.id;
            let result = store.append(change).await;
            let there = store.conversation(id).await?.is_some();
            Ok::<_, StorageError>((n, result, there))
        }
    });
    for outcome in at_once(tasks).await {
        let (n, result, there) = outcome?;
        let bad = n % 16 == 3 || n % 16 == 7;
        assert_eq!(result.is_err(), bad, "{n}: {result:?}");
        assert_eq!(there, !bad, "{n}");
        assert!(!is_conflict(&result), "trying again would not help");
    }
    Ok(())
}
