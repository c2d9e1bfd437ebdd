//! Promises about the second proof at a sign-in.

use std::sync::Arc;

use domain::deed::DeedKind;
use domain::id::AdminId;

use super::Kept;
use super::samples::{NOON, added, at_once, deed, fresh, handles, later, secret};
use crate::{SecondFactor, SessionRecord, SharedSecret, Storage};

fn shared(byte: u8) -> SharedSecret {
    SharedSecret(vec![byte; 20])
}

/// Set, replaced, taken away; of this admin and of no other.
pub async fn a_second_factor_comes_back_until_it_is_taken_away(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    assert_eq!(store.second_factor(kim.id).await?, None);
    let on = deed(DeedKind::CodesOn, NOON);
    for (byte, codes) in [(1, vec![secret(), secret()]), (2, vec![secret()])] {
        store.set_second_factor(kim.id, Some((&shared(byte), &codes)), None, &on).await?;
        let expected =
            SecondFactor { secret: shared(byte), recovery_codes: codes.len().try_into().unwrap_or(0) };
        assert_eq!(store.second_factor(kim.id).await?, Some(expected));
    }
    assert_eq!(store.second_factor(lee.id).await?, None);
    store.set_second_factor(kim.id, None, None, &deed(DeedKind::CodesOff, NOON)).await?;
    assert_eq!(store.second_factor(kim.id).await?, None);
    assert_eq!(store.second_factor(AdminId(fresh())).await?, None);
    Ok(())
}

/// The one in which it was set goes on.
pub async fn a_new_second_factor_ends_all_sessions_but_one(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let make =
        || SessionRecord { id: secret(), admin: Some(kim.id), data: "{}".to_owned(), expires_at: later(60) };
    let (here, there) = (make(), make());
    assert!(store.create_session(&here).await? && store.create_session(&there).await?);
    let on = deed(DeedKind::CodesOn, NOON);
    store.set_second_factor(kim.id, Some((&shared(1), &[])), Some(here.id), &on).await?;
    assert!(store.session(here.id, NOON).await?.is_some());
    assert_eq!(store.session(there.id, NOON).await?, None);
    Ok(())
}

/// However many send it at once, and no code of an earlier step after it (S20).
pub async fn a_code_is_taken_once(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    assert!(!store.use_step(kim.id, 5).await?, "without a second factor there is no code");
    let on = deed(DeedKind::CodesOn, NOON);
    store.set_second_factor(kim.id, Some((&shared(1), &[])), None, &on).await?;
    let tasks = handles(&store, 100).map(|store| async move { store.use_step(kim.id, 58_000_000).await });
    let mut got = 0;
    for result in at_once(tasks).await {
        got += usize::from(result?);
    }
    assert_eq!(got, 1);
    assert!(!store.use_step(kim.id, 57_999_999).await?);
    assert!(store.use_step(kim.id, 58_000_001).await?);
    store.set_second_factor(kim.id, Some((&shared(2), &[])), None, &on).await?;
    assert!(store.use_step(kim.id, 58_000_001).await?, "another secret has codes of its own");
    Ok(())
}

/// By its owner, and only the present ones.
pub async fn a_recovery_code_is_used_once_however_many_ask(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let (first, second) = (secret(), secret());
    let on = deed(DeedKind::CodesOn, NOON);
    store.set_second_factor(kim.id, Some((&shared(1), &[first, second])), None, &on).await?;
    assert!(!store.use_recovery_code(lee.id, first, &on).await?, "it is another's");
    let tasks = handles(&store, 8).map(|store| async move {
        store.use_recovery_code(kim.id, first, &deed(DeedKind::RecoveryCodeUsed, NOON)).await
    });
    let mut got = 0;
    for result in at_once(tasks).await {
        got += usize::from(result?);
    }
    assert_eq!(got, 1);
    let third = secret();
    store.set_recovery_codes(kim.id, &[third], &deed(DeedKind::RecoveryCodesMade, NOON)).await?;
    assert!(!store.use_recovery_code(kim.id, second, &on).await?, "it was replaced");
    assert!(store.use_recovery_code(kim.id, third, &on).await?);
    let left = store.second_factor(kim.id).await?.map(|factor| factor.recovery_codes);
    assert_eq!(left, Some(0));
    Ok(())
}
