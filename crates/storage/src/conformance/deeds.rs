//! Promises about the record of what admins did.

use std::sync::Arc;

use domain::conversation::{Actor, What};
use domain::deed::{Deed, DeedKind};
use domain::id::{ApiTokenId, InquiryId, NoticeId};
use domain::notice::NoticeKind;

use super::Kept;
use super::samples::{
    NOON, added, admin, admitted, all_pages, at_once, body, by, call, client_id, deed, ended, fresh, handles,
    later, new_admin, next, notice, post_of, ring, say, secret, step, tell,
};
use crate::{
    ApiToken, Delivery, InquiryChange, Page, RecordFilter, Recorded, RecordedWhat, SessionRecord,
    SharedSecret, Storage, StorageError,
};

async fn record(store: &dyn Storage) -> Result<Vec<Recorded>, StorageError> {
    let read = |page| store.record_of_deeds(RecordFilter::default(), page);
    all_pages(3, read, |line: &Recorded| line.key).await
}

async fn kinds(store: &dyn Storage) -> Result<Vec<DeedKind>, StorageError> {
    let deeds = record(store).await?.into_iter().filter_map(|line| match line.what {
        RecordedWhat::Deed(deed) => Some(deed.kind),
        RecordedWhat::InCall { .. } => None,
    });
    let mut kinds: Vec<DeedKind> = deeds.collect();
    kinds.reverse();
    Ok(kinds)
}

/// Every kind, with all that it may be about.
pub async fn a_deed_comes_back_as_it_was_noted(store: Arc<dyn Storage>) -> Kept {
    let kim = admin("kim@desk.example");
    let by = Actor::Admin { id: kim.id, name: kim.name.clone() };
    let mut noted = Vec::new();
    for (n, kind) in (0..).zip(DeedKind::ALL) {
        let bare = Deed::new(later(n), if n % 3 == 0 { Actor::System } else { by.clone() }, *kind);
        let deed = match n % 4 {
            0 => bare,
            1 => bare.to_admin(kim.id).with("203.0.113.7 · Chrome 156 · 윈도우 \"😀\""),
            2 => bare.to_inquiry(InquiryId(fresh())),
            _ => bare.to_notice(NoticeId(fresh())),
        };
        store.note_deed(&deed).await?;
        noted.push(deed);
    }
    noted.reverse();
    let read: Vec<Deed> = record(&*store)
        .await?
        .into_iter()
        .filter_map(|line| match line.what {
            RecordedWhat::Deed(deed) => Some(deed),
            RecordedWhat::InCall { .. } => None,
        })
        .collect();
    assert_eq!(read, noted);
    Ok(())
}

/// All at one moment, on pages that split them.
pub async fn the_record_pages_without_gap_or_overlap(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let me = Actor::Admin { id: kim.id, name: kim.name.clone() };
    for _ in 0..4 {
        store.note_deed(&Deed::new(NOON, me.clone(), DeedKind::SignedIn)).await?;
        let (_, call) = ring(&*store, NOON).await?;
        store.append(next(&call, me.clone(), NOON, What::Joined)).await?;
    }
    // The addition of Kim is one of them.
    assert_eq!(record(&*store).await?.len(), 9);
    Ok(())
}

/// Comings, goings and promises, with the number that people see; neither words nor what visitors do.
pub async fn what_admins_do_in_calls_is_in_the_record(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let me = Actor::Admin { id: kim.id, name: kim.name.clone() };
    let visitor = admitted(&*store).await?;
    let begun = call(&visitor, NOON);
    let waiting = begun.conversation.clone();
    store.append(begun).await?;
    let joined = next(&waiting, me.clone(), later(1), What::Joined);
    let active = joined.conversation.clone();
    store.append(joined).await?;
    let said = say(&active, me.clone(), &client_id(), "hello");
    let active = said.conversation.clone();
    store.append(said).await?;
    let noted = next(&active, me.clone(), later(2), What::Noted { body: body("a regular") });
    let active = noted.conversation.clone();
    store.append(noted).await?;
    store.append(next(&active, by(&visitor), later(3), What::Closed)).await?;
    let in_calls: Vec<_> = record(&*store)
        .await?
        .into_iter()
        .filter_map(|line| match line.what {
            RecordedWhat::InCall { conversation, number, kind } => {
                Some((conversation, number, kind, line.at, line.by))
            }
            RecordedWhat::Deed(_) => None,
        })
        .collect();
    assert_eq!(in_calls, [(waiting.id, 1, "joined".to_owned(), later(1), me)]);
    Ok(())
}

/// What somebody did and what was done to them.
pub async fn the_record_is_filtered_by_admin(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let me = Actor::Admin { id: kim.id, name: kim.name.clone() };
    store.note_deed(&Deed::new(later(1), me.clone(), DeedKind::SignedIn)).await?;
    store.note_deed(&deed(DeedKind::AdminDisabled, later(2)).to_admin(kim.id)).await?;
    store.note_deed(&deed(DeedKind::AdminDisabled, later(3)).to_admin(lee.id)).await?;
    let (_, call) = ring(&*store, NOON).await?;
    store.append(next(&call, me, later(4), What::Joined)).await?;
    let of_kim = RecordFilter { admin: Some(kim.id) };
    let lines = store.record_of_deeds(of_kim, Page::first(50)).await?.items;
    let moments: Vec<_> = lines.iter().map(|line| line.at).collect();
    assert_eq!(moments, [later(4), later(2), later(1)]);
    Ok(())
}

/// In the same transaction: what is refused leaves no deed behind.
pub async fn whatever_changes_something_leaves_its_deed(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let again = store.add_admin(new_admin(&kim, None), &deed(DeedKind::AdminAdded, NOON)).await;
    assert!(matches!(again, Err(StorageError::Taken)));
    store.update_admin(&kim, &deed(DeedKind::ProfileChanged, later(1))).await?;
    store.set_password(kim.id, "hash", None, &deed(DeedKind::PasswordChanged, later(2))).await?;
    let factor = SharedSecret(vec![1; 20]);
    let code = secret();
    let on = deed(DeedKind::CodesOn, later(3));
    store.set_second_factor(kim.id, Some((&factor, &[code])), None, &on).await?;
    let used = deed(DeedKind::RecoveryCodeUsed, later(4));
    assert!(!store.use_recovery_code(kim.id, secret(), &used).await?);
    assert!(store.use_recovery_code(kim.id, code, &used).await?);
    store.set_recovery_codes(kim.id, &[], &deed(DeedKind::RecoveryCodesMade, later(5))).await?;
    let token = ApiToken {
        id: ApiTokenId(fresh()),
        admin: kim.id,
        name: "x".to_owned(),
        created_at: NOON,
        last_used_at: None,
        revoked_at: None,
    };
    store.add_api_token(&token, secret(), &deed(DeedKind::TokenMade, later(6))).await?;
    let revoked = deed(DeedKind::TokenRevoked, later(7));
    assert!(!store.revoke_api_token(ApiTokenId(fresh()), &revoked).await?);
    assert!(store.revoke_api_token(token.id, &revoked).await?);
    let ends = deed(DeedKind::SessionsEnded, later(8));
    assert_eq!(store.end_sessions(kim.id, None, &ends).await?, 0);
    let session =
        SessionRecord { id: secret(), admin: Some(kim.id), data: "{}".to_owned(), expires_at: later(60) };
    assert!(store.create_session(&session).await?);
    assert_eq!(store.end_sessions(kim.id, None, &ends).await?, 1);
    let expected = [
        DeedKind::AdminAdded,
        DeedKind::ProfileChanged,
        DeedKind::PasswordChanged,
        DeedKind::CodesOn,
        DeedKind::RecoveryCodeUsed,
        DeedKind::RecoveryCodesMade,
        DeedKind::TokenMade,
        DeedKind::TokenRevoked,
        DeedKind::SessionsEnded,
    ];
    assert_eq!(kinds(&*store).await?, expected);
    Ok(())
}

/// Posts, mails; and of those who change one post at once only the one who did.
pub async fn the_board_and_the_outbox_leave_deeds_too(store: Arc<dyn Storage>) -> Kept {
    let author = admitted(&*store).await?;
    let post = post_of(author.id, None, NOON);
    let deed_of = |kind| Some(deed(kind, later(1)).to_inquiry(post.id));
    store.change_inquiry(step(&post)).await?;
    let next = domain::inquiry::Inquiry { version: 2, ..post.clone() };
    let tasks = handles(&store, 4).map(|store| {
        let change = InquiryChange { deed: deed_of(DeedKind::InquiryResolved), ..step(&next) };
        async move { store.change_inquiry(change).await }
    });
    assert_eq!(at_once(tasks).await.iter().filter(|result| result.is_ok()).count(), 1);
    let dead = notice(NoticeKind::Reset, None, NOON);
    let id = dead.id;
    store.queue_notices(&[dead], &deed(DeedKind::ResetAsked, later(2))).await?;
    let retried = deed(DeedKind::NoticeRetried, later(3)).to_notice(id);
    assert!(!store.requeue(id, &retried).await?, "it is queued already");
    ended(&*store, id, &Delivery::Dead { reply: "no".to_owned() }, later(2)).await?;
    assert!(store.requeue(id, &retried).await?);
    let expected = [DeedKind::InquiryResolved, DeedKind::ResetAsked, DeedKind::NoticeRetried];
    assert_eq!(kinds(&*store).await?, expected);
    tell(&*store, vec![]).await?;
    assert_eq!(kinds(&*store).await?, expected, "what visitors do is no deed");
    Ok(())
}
