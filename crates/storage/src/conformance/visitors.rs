//! Promises about visitors.

use std::sync::Arc;

use domain::Timestamp;
use domain::id::VisitorId;
use domain::visitor::Visitor;

use super::Kept;
use super::samples::{
    NOON, SCRIPTS, admitted, at_once, call, fresh, handles, known_visitor, later, name, post_of, secret,
    step, visitor,
};
use crate::Storage;

/// Anonymous or known, with every script in the name.
pub async fn a_visitor_comes_back_as_admitted(store: Arc<dyn Storage>) -> Kept {
    let anonymous = visitor();
    assert_eq!(store.admit(anonymous.clone(), secret(), later(60)).await?, anonymous);
    assert_eq!(store.visitor(anonymous.id).await?, Some(anonymous));
    for words in SCRIPTS {
        let known = known_visitor(words, words);
        assert_eq!(store.admit(known.clone(), secret(), later(60)).await?, known);
        assert_eq!(store.visitor(known.id).await?, Some(known));
    }
    assert_eq!(store.visitor(VisitorId(fresh())).await?, None);
    Ok(())
}

/// The host site's `sub` is who somebody is; name and address may change.
pub async fn a_known_subject_keeps_its_id_and_takes_the_new_name(store: Arc<dyn Storage>) -> Kept {
    let first = store.admit(known_visitor("u-1", "민아"), secret(), later(60)).await?;
    let token = secret();
    let renamed = Visitor { email: None, created_at: later(9), ..known_visitor("u-1", "박민아") };
    let second = store.admit(renamed, token, later(60)).await?;
    assert_eq!(second, Visitor { name: Some(name("박민아")), email: None, ..first.clone() });
    assert_eq!(store.visitor(first.id).await?, Some(second.clone()));
    assert_eq!(store.visitor_by_token(token, NOON).await?, Some((second, later(60))));
    let other = store.admit(known_visitor("U-1", "민아"), secret(), later(60)).await?;
    assert_ne!(other.id, first.id, "a subject is compared to the letter");
    Ok(())
}

/// Two tabs that open in the same moment.
pub async fn two_sessions_of_one_subject_at_once_are_one_visitor(store: Arc<dyn Storage>) -> Kept {
    for subject in ["u-1", "u-2", "u-3"] {
        let tasks = handles(&store, 8).map(|store| async move {
            let token = secret();
            (token, store.admit(known_visitor(subject, "민아"), token, later(60)).await)
        });
        let mut ids = Vec::new();
        for (token, admitted) in at_once(tasks).await {
            let admitted = admitted?;
            let (by_token, _) = store.visitor_by_token(token, NOON).await?.expect("the token is good");
            assert_eq!(by_token.id, admitted.id);
            ids.push(admitted.id);
        }
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    Ok(())
}

/// To the millisecond.
pub async fn a_token_is_worth_something_until_it_expires(store: Arc<dyn Storage>) -> Kept {
    let token = secret();
    let visitor = store.admit(visitor(), token, later(60)).await?;
    let before = Timestamp(later(60).0 - 1);
    assert_eq!(store.visitor_by_token(token, before).await?, Some((visitor, later(60))));
    assert_eq!(store.visitor_by_token(token, later(60)).await?, None);
    assert_eq!(store.visitor_by_token(secret(), NOON).await?, None);
    Ok(())
}

/// Two renewals that overtake each other.
pub async fn a_token_lives_longer_but_never_shorter(store: Arc<dyn Storage>) -> Kept {
    let token = secret();
    store.admit(visitor(), token, later(60)).await?;
    store.extend_token(token, later(120)).await?;
    store.extend_token(token, later(90)).await?;
    let (_, until) = store.visitor_by_token(token, later(100)).await?.expect("it lives");
    assert_eq!(until, later(120));
    store.extend_token(secret(), later(120)).await
}

/// Name and address; nothing else of them changes.
pub async fn a_visitor_can_be_renamed(store: Arc<dyn Storage>) -> Kept {
    let first = store.admit(known_visitor("u-1", "민아"), secret(), later(60)).await?;
    let renamed = Visitor { name: Some(name("서준")), email: None, ..first.clone() };
    store.rename_visitor(&Visitor { subject: None, created_at: later(1), ..renamed.clone() }).await?;
    assert_eq!(store.visitor(first.id).await?, Some(renamed));
    Ok(())
}

/// Two requests that overtake each other.
pub async fn being_seen_never_moves_backwards(store: Arc<dyn Storage>) -> Kept {
    let visitor = admitted(&*store).await?;
    let other = admitted(&*store).await?;
    for (at, seen) in [(later(5), later(5)), (later(3), later(5)), (later(8), later(8)), (NOON, later(8))] {
        store.visitor_seen(visitor.id, at).await?;
        assert_eq!(store.visitor_last_seen(visitor.id).await?, Some(seen));
    }
    assert_eq!(store.visitor_last_seen(other.id).await?, None);
    assert_eq!(store.visitor_last_seen(VisitorId(fresh())).await?, None);
    Ok(())
}

/// By age; the visitor stays.
pub async fn expired_tokens_are_forgotten(store: Arc<dyn Storage>) -> Kept {
    let (old, young) = (secret(), secret());
    let visitor = store.admit(visitor(), old, later(10)).await?;
    store.admit(known_visitor("u-1", "민아"), young, later(20)).await?;
    assert_eq!(store.purge_tokens(later(10)).await?, 0);
    assert_eq!(store.purge_tokens(later(15)).await?, 1);
    assert_eq!(store.visitor_by_token(old, NOON).await?, None);
    assert!(store.visitor_by_token(young, NOON).await?.is_some());
    assert!(store.visitor(visitor.id).await?.is_some());
    Ok(())
}

/// More than a handful, among others who stay.
pub async fn the_anonymous_who_left_nothing_and_cannot_come_back_are_forgotten(
    store: Arc<dyn Storage>,
) -> Kept {
    let (known, caller, author) = (known_visitor("u-1", "민아"), visitor(), visitor());
    for stays in [&known, &caller, &author] {
        store.admit(stays.clone(), secret(), later(10)).await?;
    }
    store.append(call(&caller, NOON)).await?;
    store.change_inquiry(step(&post_of(author.id, None, NOON))).await?;
    let (idle, token) = (visitor(), secret());
    store.admit(idle.clone(), token, later(20)).await?;
    for _ in 0..600 {
        store.admit(visitor(), secret(), later(10)).await?;
    }
    assert_eq!(store.purge_visitors(later(5)).await?, 0, "their tokens are good");
    assert_eq!(store.purge_visitors(later(15)).await?, 600);
    assert!(store.visitor_by_token(token, later(15)).await?.is_some());
    assert_eq!(store.purge_visitors(later(20)).await?, 1);
    assert_eq!(store.visitor(idle.id).await?, None);
    assert_eq!(store.purge_tokens(later(30)).await?, 3, "those of who are forgotten went with them");
    for stays in [known, caller, author] {
        assert_eq!(store.visitor(stays.id).await?, Some(stays));
    }
    Ok(())
}

/// A page that has been open for longer than its token is good: its next press must find its visitor.
pub async fn who_is_there_is_not_forgotten(store: Arc<dyn Storage>) -> Kept {
    let there = store.admit(visitor(), secret(), later(10)).await?;
    store.visitor_seen(there.id, later(3600)).await?;
    assert_eq!(store.purge_visitors(later(7200)).await?, 0);
    assert_eq!(store.visitor(there.id).await?, Some(there.clone()));
    assert_eq!(store.purge_visitors(later(7201)).await?, 1);
    assert_eq!(store.visitor(there.id).await?, None);
    Ok(())
}
