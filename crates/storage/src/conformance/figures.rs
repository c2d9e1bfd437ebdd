//! Promises of those who look back.

use std::sync::Arc;

use domain::conversation::What;
use domain::notice::NoticeKind;

use super::Kept;
use super::samples::{NOON, ended, later, move_to_board, next, notice, ring, somebody, stored, tell};
use crate::{CallOutcome, Delivery, NewNotice, NoticeState, Storage};

/// Each call is there once, with how its first wait ended, whatever came after.
pub async fn each_call_has_the_end_of_its_first_wait(store: Arc<dyn Storage>) -> Kept {
    let (_, before) = ring(&*store, NOON).await?;
    stored(&*store, move_to_board(&before, later(300))).await?;
    let (_, answered) = ring(&*store, later(600)).await?;
    let joined = stored(&*store, next(&answered, somebody(), later(642), What::Joined)).await?;
    stored(&*store, next(&joined, somebody(), later(700), What::Left { wait: None })).await?;
    let (_, moved) = ring(&*store, later(1000)).await?;
    stored(&*store, move_to_board(&moved, later(1300))).await?;
    ring(&*store, later(2000)).await?;
    let calls = store.calls_since(later(600), 10).await?;
    assert_eq!(
        calls.iter().map(|call| call.called_at).collect::<Vec<_>>(),
        [later(2000), later(1000), later(600)]
    );
    assert_eq!(calls[0].ended, None);
    assert_eq!(calls[1].ended, Some((CallOutcome::Moved, later(1300))));
    assert_eq!(calls[1].by, None);
    assert_eq!(calls[2].ended, Some((CallOutcome::Answered, later(642))));
    assert!(calls[2].by.is_some(), "who came is named");
    assert_eq!(store.calls_since(NOON, 2).await?.len(), 2);
    Ok(())
}

/// Each mail is there once, with what has become of it.
pub async fn each_mail_has_what_became_of_it(store: Arc<dyn Storage>) -> Kept {
    let at = |kind, at| NewNotice { created_at: at, ..notice(kind, None, at) };
    let (call, post) = (at(NoticeKind::Call, later(10)), at(NoticeKind::Inquiry, later(20)));
    let id = call.id;
    tell(&*store, vec![at(NoticeKind::Call, NOON), call, post]).await?;
    assert!(ended(&*store, id, &Delivery::Sent { reply: "250 ok".to_owned() }, later(21)).await?);
    let mails = store.mails_since(later(10), 10).await?;
    assert_eq!(mails.iter().map(|mail| mail.of_call).collect::<Vec<_>>(), [false, true]);
    assert_eq!((mails[1].state, mails[1].sent_at), (NoticeState::Sent, Some(later(21))));
    assert_eq!(mails[0].sent_at, None);
    Ok(())
}
