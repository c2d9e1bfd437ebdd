//! Promises about sign-in sessions.

use std::sync::Arc;

use domain::Timestamp;
use domain::deed::DeedKind;
use domain::id::AdminId;

use super::Kept;
use super::samples::{NOON, added, deed, later, secret};
use crate::{SessionRecord, Storage};

fn session(admin: Option<AdminId>) -> SessionRecord {
    let data = r#"{"csrf":"…","이름":"김 \"민수\" 😀"}"#.to_owned();
    SessionRecord { id: secret(), admin, data, expires_at: later(60) }
}

/// Of an admin, and of somebody who has not signed in yet.
pub async fn a_session_comes_back_until_it_expires(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    for admin in [Some(kim.id), None] {
        let session = session(admin);
        assert!(store.create_session(&session).await?);
        let before = Timestamp(later(60).0 - 1);
        assert_eq!(store.session(session.id, before).await?.as_ref(), Some(&session));
        assert_eq!(store.session(session.id, later(60)).await?, None);
    }
    assert_eq!(store.session(secret(), NOON).await?, None);
    Ok(())
}

/// Nobody slips into another's session by chance.
pub async fn an_id_that_is_taken_is_refused(store: Arc<dyn Storage>) -> Kept {
    let first = session(None);
    assert!(store.create_session(&first).await?);
    let second = SessionRecord { data: "{}".to_owned(), ..first.clone() };
    assert!(!store.create_session(&second).await?);
    assert_eq!(store.session(first.id, NOON).await?, Some(first));
    Ok(())
}

/// A request that began before the sign-out and ends after it must not undo it.
pub async fn a_session_is_saved_over_and_an_ended_one_stays_ended(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let first = session(None);
    let other = session(None);
    assert!(store.create_session(&first).await? && store.create_session(&other).await?);
    let saved =
        SessionRecord { admin: Some(kim.id), data: "{}".to_owned(), expires_at: later(90), ..first.clone() };
    store.save_session(&saved).await?;
    assert_eq!(store.session(first.id, later(70)).await?.as_ref(), Some(&saved));
    store.delete_session(first.id).await?;
    store.save_session(&saved).await?;
    assert_eq!(store.session(first.id, NOON).await?, None);
    store.delete_session(first.id).await?;
    assert_eq!(store.session(other.id, NOON).await?, Some(other));
    Ok(())
}

/// By age.
pub async fn expired_sessions_are_forgotten(store: Arc<dyn Storage>) -> Kept {
    let (old, young) = (session(None), SessionRecord { expires_at: later(120), ..session(None) });
    assert!(store.create_session(&old).await? && store.create_session(&young).await?);
    assert_eq!(store.purge_sessions(later(60)).await?, 0);
    assert_eq!(store.purge_sessions(later(61)).await?, 1);
    assert_eq!(store.session(old.id, NOON).await?, None);
    assert!(store.session(young.id, NOON).await?.is_some());
    Ok(())
}

/// Of this admin and of no other, until they expire; and one can be ended, or all others.
pub async fn sessions_are_listed_and_ended_by_their_owner(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let mine = [session(Some(kim.id)), session(Some(kim.id)), session(Some(kim.id))];
    let theirs = session(Some(lee.id));
    for session in mine.iter().chain([&theirs, &session(None)]) {
        assert!(store.create_session(session).await?);
    }
    let ids = |sessions: Vec<SessionRecord>| {
        let mut ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(store.sessions_of(kim.id, NOON).await?), ids(mine.to_vec()));
    assert_eq!(store.sessions_of(kim.id, later(60)).await?, []);
    let deed = deed(DeedKind::SessionsEnded, NOON);
    assert!(!store.end_session(kim.id, theirs.id, &deed).await?, "it is another's");
    assert!(store.end_session(kim.id, mine[0].id, &deed).await?);
    assert_eq!(ids(store.sessions_of(kim.id, NOON).await?), ids(mine[1..].to_vec()));
    assert_eq!(store.end_sessions(kim.id, Some(mine[2].id), &deed).await?, 1);
    assert_eq!(store.sessions_of(kim.id, NOON).await?, [mine[2].clone()]);
    assert_eq!(store.sessions_of(lee.id, NOON).await?, [theirs]);
    Ok(())
}
