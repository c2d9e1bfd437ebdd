//! Promises of the store about itself.

use std::sync::Arc;

use super::Kept;
use super::samples::{
    NOON, admitted, call, ended, is_conflict, later, move_to_board, next, notice, ring, somebody, stored,
    tell,
};
use domain::conversation::What;
use domain::notice::NoticeKind;

use crate::{Delivery, Load, NewNotice, Storage};

/// A name that clients can compare.
pub async fn the_epoch_has_a_name_that_stays(store: Arc<dyn Storage>) -> Kept {
    let epoch = store.epoch().await?;
    assert!(epoch.len() >= 8 && epoch.bytes().all(|b| b.is_ascii_alphanumeric()), "{epoch}");
    ring(&*store, NOON).await?;
    assert_eq!(store.epoch().await?, epoch);
    Ok(())
}

/// What was stored in the ordinary way fits together.
pub async fn a_store_in_use_has_no_faults(store: Arc<dyn Storage>) -> Kept {
    assert_eq!(store.faults().await?, Vec::<String>::new());
    ring(&*store, NOON).await?;
    assert_eq!(store.faults().await?, Vec::<String>::new());
    Ok(())
}

/// A restored database is another history, and stays that one.
pub async fn a_renewed_epoch_is_another_one_and_stays(store: Arc<dyn Storage>) -> Kept {
    let (_, called) = ring(&*store, NOON).await?;
    let mut names = vec![store.epoch().await?];
    for _ in 0..3 {
        let renewed = store.renew_epoch().await?;
        assert_eq!(store.epoch().await?, renewed);
        assert!(renewed.len() >= 8 && renewed.bytes().all(|b| b.is_ascii_alphanumeric()), "{renewed}");
        assert!(!names.contains(&renewed), "{names:?}");
        names.push(renewed);
    }
    assert!(store.conversation(called.id).await?.is_some(), "nothing else has changed");
    Ok(())
}

/// The bell of those who have no other: an append and any other write change it, reading does not.
pub async fn every_commit_changes_the_data_version(store: Arc<dyn Storage>) -> Kept {
    let start = store.data_version().await?;
    let visitor = admitted(&*store).await?;
    let after_admit = store.data_version().await?;
    assert_ne!(after_admit, start);
    let called = stored(&*store, call(&visitor, NOON)).await?;
    let after_call = store.data_version().await?;
    assert_ne!(after_call, after_admit);
    assert!(is_conflict(&store.append(call(&visitor, NOON)).await));
    store.conversation(called.id).await?;
    assert_eq!(store.data_version().await?, after_call);
    Ok(())
}

/// Calls by their state, mails that are still to leave, and since when.
pub async fn what_is_under_way_is_counted(store: Arc<dyn Storage>) -> Kept {
    assert_eq!(store.load().await?, Load::default());
    ring(&*store, NOON).await?;
    let (_, answered) = ring(&*store, NOON).await?;
    stored(&*store, next(&answered, somebody(), later(5), What::Joined)).await?;
    let (_, gone) = ring(&*store, NOON).await?;
    stored(&*store, move_to_board(&gone, later(300))).await?;
    let [first, second] =
        [later(10), later(20)].map(|at| NewNotice { created_at: at, ..notice(NoticeKind::Call, None, at) });
    let (first_id, second_id) = (first.id, second.id);
    tell(&*store, vec![second, first]).await?;
    let load = store.load().await?;
    assert_eq!((load.waiting, load.active, load.unsent), (1, 1, 2));
    assert_eq!(load.oldest_unsent, Some(later(10)));
    // One that is tried again later is still to leave; one that was sent is not.
    let again = Delivery::Retry { reply: "451 later".to_owned(), at: later(3600) };
    assert!(ended(&*store, second_id, &again, later(21)).await?);
    assert_eq!(store.load().await?.unsent, 2);
    assert!(ended(&*store, first_id, &Delivery::Sent { reply: "250 ok".to_owned() }, later(22)).await?);
    let load = store.load().await?;
    assert_eq!((load.unsent, load.oldest_unsent), (1, Some(later(20))));
    Ok(())
}
