//! Promises of the store about itself.

use std::sync::Arc;

use super::Kept;
use super::samples::{NOON, admitted, call, is_conflict, ring, stored};
use crate::Storage;

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
