//! Promises of the outbox.

use std::sync::Arc;

use domain::Timestamp;
use domain::deed::DeedKind;
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, NoticeId};
use domain::notice::{NoticeKind, SkipReason};

use super::Kept;
use super::samples::{NOON, added, all_pages, at_once, deed, ended, fresh, handles, later, notice, tell};
use crate::{
    Claim, Claimed, Delivery, NewNotice, Notice, NoticeFilter, NoticeState, Page, Spared, Storage,
    StorageError, Told, Turn,
};

fn ids(notices: &[Claimed]) -> Vec<NoticeId> {
    notices.iter().map(|notice| notice.id).collect()
}

async fn one(store: &dyn Storage, id: NoticeId) -> Result<Notice, StorageError> {
    Ok(store.notice(id).await?.expect("the notice is there"))
}

async fn queued(store: &dyn Storage) -> Result<NoticeId, StorageError> {
    let notice = notice(NoticeKind::Inquiry, None, NOON);
    let id = notice.id;
    tell(store, vec![notice]).await?;
    Ok(id)
}

fn answered() -> SkipReason {
    SkipReason::Answered { by: "Kim, Lee".to_owned() }
}

fn sent() -> Delivery {
    Delivery::Sent { reply: "250 2.0.0 Ok".to_owned() }
}

/// Who has just called can still be helped; nothing goes before its time.
pub async fn what_is_due_is_claimed_calls_first_and_the_newest_first(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let make = |kind, created: u64, due: u64| NewNotice {
        created_at: later(created),
        ..notice(kind, Some(&kim), later(due))
    };
    let notices = vec![
        make(NoticeKind::Comment, 0, 1),
        make(NoticeKind::Call, 2, 2),
        make(NoticeKind::Inquiry, 0, 0),
        make(NoticeKind::Call, 3, 3),
        make(NoticeKind::Escalation, 5, 5),
        make(NoticeKind::Call, 99, 99),
        make(NoticeKind::Call, 4, 4),
    ];
    let id: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&*store, notices).await?;
    // The newest call was tried before: those that never were go before it.
    let newest = store.claim(&Claim::new(later(4), later(5), 1)).await?;
    assert_eq!(ids(&newest), [id[6]]);
    let again = Delivery::Retry { reply: "421".to_owned(), at: later(6) };
    assert!(store.record(&newest[0].lease, &again, later(5)).await?);
    let first = store.claim(&Claim::new(later(10), later(70), 5)).await?;
    assert_eq!(ids(&first), [id[3], id[1], id[4], id[6], id[2]]);
    assert_eq!((first[0].to.admin, first[0].to.address.as_str()), (Some(kim.id), "kim@desk.example"));
    assert_eq!((first[0].state, first[0].attempts), (NoticeState::Queued, 0));
    assert_eq!(ids(&store.claim(&Claim::new(later(10), later(70), 4)).await?), [id[0]]);
    assert!(store.claim(&Claim::new(later(10), later(70), 4)).await?.is_empty());
    Ok(())
}

/// So that what is old is not kept back for ever by what is new.
pub async fn now_and_then_the_longest_due_has_its_turn(store: Arc<dyn Storage>) -> Kept {
    let make = |kind, at| NewNotice { created_at: at, ..notice(kind, None, at) };
    let notices = vec![
        make(NoticeKind::Call, later(3)),
        make(NoticeKind::Comment, later(1)),
        make(NoticeKind::Call, later(2)),
    ];
    let id: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&*store, notices).await?;
    let claim = Claim { turn: Turn::LongestDue, ..Claim::new(later(10), later(70), 2) };
    assert_eq!(ids(&store.claim(&claim).await?), [id[1], id[2]]);
    Ok(())
}

/// By their address, or by the host it is at.
pub async fn who_is_spared_is_neither_claimed_nor_waited_for(store: Arc<dyn Storage>) -> Kept {
    let mut told = Vec::new();
    for address in ["kim@slow.example", "lee@desk.example", "park@desk.example"] {
        told.push(added(&*store, address).await?);
    }
    let notices: Vec<_> = told.iter().map(|to| notice(NoticeKind::Call, Some(to), later(1))).collect();
    let id: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&*store, notices).await?;
    let spared =
        Spared { addresses: vec!["park@desk.example".to_owned()], domains: vec!["slow.example".to_owned()] };
    assert_eq!(store.next_notice_at(&spared).await?, Some(later(1)));
    let claim = Claim { spared: spared.clone(), ..Claim::new(later(1), later(70), 9) };
    assert_eq!(ids(&store.claim(&claim).await?), [id[1]]);
    assert!(store.claim(&claim).await?.is_empty());
    assert_eq!(store.next_notice_at(&spared).await?, Some(later(70)));
    assert_eq!(store.claim(&Claim::new(later(1), later(70), 9)).await?.len(), 2);
    Ok(())
}

/// A mailer that died gives its notices back by the passing of time.
pub async fn a_lease_keeps_others_away_until_it_runs_out(store: Arc<dyn Storage>) -> Kept {
    let id = queued(&*store).await?;
    assert_eq!(ids(&store.claim(&Claim::new(NOON, later(60), 9)).await?), [id]);
    assert!(store.claim(&Claim::new(Timestamp(later(60).0 - 1), later(90), 9)).await?.is_empty());
    let mine = store.claim(&Claim::new(later(60), later(90), 9)).await?;
    assert_eq!(ids(&mine), [id]);
    let retry = Delivery::Retry { reply: "421".to_owned(), at: later(70) };
    assert!(store.record(&mine[0].lease, &retry, later(61)).await?);
    assert_eq!(
        ids(&store.claim(&Claim::new(later(70), later(99), 9)).await?),
        [id],
        "recorded, it is not leased any more"
    );
    Ok(())
}

/// Several mailers share the work.
pub async fn of_those_who_claim_at_once_one_gets_each(store: Arc<dyn Storage>) -> Kept {
    let notices: Vec<_> = (0..40).map(|_| notice(NoticeKind::Call, None, NOON)).collect();
    let mut wanted: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&*store, notices).await?;
    let tasks =
        handles(&store, 8).map(|store| async move { store.claim(&Claim::new(later(1), later(60), 7)).await });
    let mut claimed = Vec::new();
    for batch in at_once(tasks).await {
        claimed.extend(ids(&batch?));
    }
    claimed.sort();
    wanted.sort();
    assert_eq!(claimed, wanted);
    Ok(())
}

/// Taken, to be tried again, given up, not needed any more.
pub async fn every_end_of_a_try_is_recorded(store: Arc<dyn Storage>) -> Kept {
    let cases = [
        (sent(), NoticeState::Sent, 1, "250 2.0.0 Ok", NOON, Some(later(5))),
        (
            Delivery::Retry { reply: "421 나중에".to_owned(), at: later(99) },
            NoticeState::Retrying,
            1,
            "421 나중에",
            later(99),
            None,
        ),
        (
            Delivery::Dead { reply: "550 no such user".to_owned() },
            NoticeState::Dead,
            1,
            "550 no such user",
            NOON,
            None,
        ),
        (
            Delivery::Skipped { reason: answered() },
            NoticeState::Skipped,
            0,
            "answered by Kim, Lee before it left",
            NOON,
            None,
        ),
    ];
    for (delivery, state, attempts, reply, due_at, sent_at) in cases {
        let id = queued(&*store).await?;
        let mine = store.claim(&Claim::new(NOON, later(60), 9)).await?;
        assert_eq!(ids(&mine), [id]);
        assert!(store.record(&mine[0].lease, &delivery, later(5)).await?);
        let notice = one(&*store, id).await?;
        assert_eq!(notice.skipped, (state == NoticeState::Skipped).then(answered));
        assert_eq!((notice.state, notice.attempts), (state, attempts));
        assert_eq!(notice.last_reply.as_deref(), Some(reply));
        assert_eq!((notice.due_at, notice.sent_at), (due_at, sent_at));
        assert_eq!(ended(&*store, id, &sent(), later(999)).await?, state == NoticeState::Retrying);
    }
    Ok(())
}

/// A mailer that was held up past its lease wakes when another has the notice, or has recorded how it ended.
pub async fn only_who_holds_the_lease_may_record(store: Arc<dyn Storage>) -> Kept {
    let all = [
        sent(),
        Delivery::Retry { reply: "421 stale".to_owned(), at: later(99) },
        Delivery::Dead { reply: "550 stale".to_owned() },
        Delivery::Skipped { reason: answered() },
    ];
    for end in &all {
        for stale in &all {
            let id = queued(&*store).await?;
            let held_up = store.claim(&Claim::new(NOON, later(60), 9)).await?.remove(0).lease;
            let other = store.claim(&Claim::new(later(60), later(90), 9)).await?.remove(0).lease;
            assert!(other.epoch > held_up.epoch);
            assert!(!store.record(&held_up, stale, later(61)).await?, "the other has it");
            let untouched = one(&*store, id).await?;
            assert_eq!((untouched.state, untouched.attempts), (NoticeState::Queued, 0));
            assert!(
                store.claim(&Claim::new(later(62), later(90), 9)).await?.is_empty(),
                "it is leased still"
            );
            assert!(store.record(&other, end, later(63)).await?);
            let recorded = one(&*store, id).await?;
            assert!(!store.record(&held_up, stale, later(64)).await?, "the other has recorded");
            assert!(!store.record(&other, stale, later(64)).await?, "once is enough");
            let after = one(&*store, id).await?;
            assert_eq!((after.state, after.attempts), (recorded.state, recorded.attempts));
            assert_eq!((after.last_reply, after.sent_at), (recorded.last_reply, recorded.sent_at));
            assert_eq!(after.due_at, recorded.due_at);
            ended(&*store, id, &sent(), later(99)).await?;
        }
    }
    Ok(())
}

/// Nobody else has looked at it meanwhile: what it knows is the truth, and not to be lost.
pub async fn who_is_late_may_record_what_nobody_else_has_claimed(store: Arc<dyn Storage>) -> Kept {
    let id = queued(&*store).await?;
    let mine = store.claim(&Claim::new(NOON, later(60), 9)).await?.remove(0).lease;
    assert!(store.record(&mine, &sent(), later(500)).await?);
    assert_eq!(one(&*store, id).await?.sent_at, Some(later(500)));
    // Sent again by hand, it is somebody else's business.
    let id = queued(&*store).await?;
    let mine = store.claim(&Claim::new(NOON, later(60), 9)).await?.remove(0).lease;
    assert!(store.record(&mine, &Delivery::Dead { reply: "550".to_owned() }, later(1)).await?);
    assert!(store.requeue(id, &deed(DeedKind::NoticeRetried, later(2))).await?);
    assert!(!store.record(&mine, &sent(), later(3)).await?);
    assert_eq!(one(&*store, id).await?.state, NoticeState::Queued);
    Ok(())
}

/// So that a mailer can sleep until then.
pub async fn the_next_moment_is_known(store: Arc<dyn Storage>) -> Kept {
    let next = async || store.next_notice_at(&Spared::default()).await;
    assert_eq!(next().await?, None);
    let (first, second) =
        (notice(NoticeKind::Call, None, later(10)), notice(NoticeKind::Call, None, later(30)));
    let other = second.id;
    tell(&*store, vec![first, second]).await?;
    assert_eq!(next().await?, Some(later(10)));
    let mine = store.claim(&Claim::new(later(10), later(20), 9)).await?.remove(0);
    assert_eq!(next().await?, Some(later(20)), "when the lease runs out");
    let retry = Delivery::Retry { reply: "421".to_owned(), at: later(50) };
    store.record(&mine.lease, &retry, later(11)).await?;
    assert_eq!(next().await?, Some(later(30)));
    assert!(ended(&*store, other, &sent(), later(30)).await?);
    assert_eq!(next().await?, Some(later(50)));
    assert!(ended(&*store, mine.id, &Delivery::Dead { reply: "550".to_owned() }, later(50)).await?);
    assert_eq!(next().await?, None);
    Ok(())
}

/// By hand, from the portal; what is under way or done is left alone.
pub async fn what_was_given_up_can_be_queued_again(store: Arc<dyn Storage>) -> Kept {
    let ends = [Delivery::Dead { reply: "550".to_owned() }, Delivery::Skipped { reason: answered() }];
    for end in ends {
        let id = queued(&*store).await?;
        assert!(!store.requeue(id, &deed(DeedKind::NoticeRetried, later(1))).await?, "it is queued already");
        assert!(ended(&*store, id, &end, later(1)).await?);
        assert!(store.requeue(id, &deed(DeedKind::NoticeRetried, later(20))).await?);
        let again = one(&*store, id).await?;
        assert_eq!((again.state, again.attempts, again.due_at), (NoticeState::Queued, 0, later(20)));
        assert_eq!(again.skipped, None);
        let mine = store.claim(&Claim::new(later(20), later(60), 9)).await?;
        assert_eq!(ids(&mine), [id]);
        assert!(store.record(&mine[0].lease, &sent(), later(21)).await?);
        assert!(!store.requeue(id, &deed(DeedKind::NoticeRetried, later(22))).await?, "it was sent");
    }
    assert!(!store.requeue(NoticeId(fresh()), &deed(DeedKind::NoticeRetried, NOON)).await?);
    Ok(())
}

/// By call, post and state.
pub async fn notices_are_filtered_and_page_without_gap_or_overlap(store: Arc<dyn Storage>) -> Kept {
    let (conversation, inquiry) = (ConversationId(fresh()), InquiryId(fresh()));
    let notices: Vec<_> = (0..12u64)
        .map(|n| NewNotice {
            conversation: (n % 2 == 0).then_some(conversation),
            inquiry: (n % 3 == 0).then_some(inquiry),
            comment: (n % 4 == 0).then(|| CommentId(fresh())),
            ..notice(NoticeKind::Comment, None, later(n))
        })
        .collect();
    let stored = notices.clone();
    tell(&*store, notices).await?;
    assert!(ended(&*store, stored[0].id, &sent(), later(1)).await?);
    let any = NoticeFilter::default();
    for limit in [1, 5, 12, 50] {
        let all = all_pages(limit, |page| store.notices(&any, page), |notice| notice.number).await?;
        assert!(all.iter().map(|notice| notice.id).eq(stored.iter().rev().map(|notice| notice.id)));
        for (notice, new) in all.iter().zip(stored.iter().rev()) {
            assert_eq!((notice.conversation, notice.inquiry), (new.conversation, new.inquiry));
            assert_eq!((notice.comment, notice.kind, notice.created_at), (new.comment, new.kind, NOON));
            assert_eq!(notice.to, new.to);
        }
    }
    let count = async |filter: NoticeFilter| {
        Ok::<_, StorageError>(store.notices(&filter, Page::first(50)).await?.items.len())
    };
    let filter = NoticeFilter { conversation: Some(conversation), ..any.clone() };
    assert_eq!(count(filter.clone()).await?, 6);
    assert_eq!(count(NoticeFilter { inquiry: Some(inquiry), ..filter.clone() }).await?, 2);
    assert_eq!(count(NoticeFilter { state: Some(NoticeState::Sent), ..filter }).await?, 1);
    assert_eq!(count(NoticeFilter { state: Some(NoticeState::Queued), ..any }).await?, 11);
    assert!(store.notice(NoticeId(fresh())).await?.is_none());
    Ok(())
}

/// By this admin, of what is about this call or this post.
pub async fn opening_is_noted_once(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let (conversation, inquiry) = (ConversationId(fresh()), InquiryId(fresh()));
    let of_call =
        |to| NewNotice { conversation: Some(conversation), ..notice(NoticeKind::Call, Some(to), NOON) };
    let of_post = NewNotice { inquiry: Some(inquiry), ..notice(NoticeKind::Inquiry, Some(&kim), NOON) };
    let notices = vec![of_call(&kim), of_call(&lee), of_post, notice(NoticeKind::Call, Some(&kim), NOON)];
    let id: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&*store, notices).await?;
    assert!(!store.mark_opened(kim.id, None, None, later(1)).await?);
    assert!(!store.mark_opened(AdminId(fresh()), Some(conversation), None, later(1)).await?);
    assert!(store.mark_opened(kim.id, Some(conversation), None, later(2)).await?);
    assert!(!store.mark_opened(kim.id, Some(conversation), None, later(3)).await?, "that is no news");
    assert!(store.mark_opened(kim.id, None, Some(inquiry), later(4)).await?);
    let mut opened = Vec::new();
    for id in id {
        opened.push(one(&*store, id).await?.opened_at);
    }
    assert_eq!(opened, [Some(later(2)), None, Some(later(4)), None]);
    Ok(())
}

/// Whoever was mailed at two steps was told once; skipped mails tell nobody.
pub async fn what_was_told_is_counted_by_admin(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let park = added(&*store, "park@desk.example").await?;
    let conversation = ConversationId(fresh());
    let make = |kind, to| NewNotice { conversation: Some(conversation), ..notice(kind, Some(to), NOON) };
    let notices = vec![
        make(NoticeKind::Call, &kim),
        make(NoticeKind::Call, &lee),
        make(NoticeKind::Escalation, &kim),
        make(NoticeKind::Escalation, &park),
        make(NoticeKind::Inquiry, &park),
        notice(NoticeKind::Call, Some(&park), NOON),
    ];
    let id: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    assert_eq!(store.told(conversation).await?, Told::default());
    tell(&*store, notices).await?;
    assert_eq!(store.told(conversation).await?, Told { mails: 3, ..Told::default() });
    for (id, at) in [(id[2], later(9)), (id[0], later(4)), (id[4], later(1)), (id[5], later(1))] {
        assert!(ended(&*store, id, &sent(), at).await?);
    }
    assert!(ended(&*store, id[3], &Delivery::Skipped { reason: answered() }, later(9)).await?);
    let told = Told { mails: 2, sent: 1, sent_at: Some(later(4)), opened_by: vec![] };
    assert_eq!(store.told(conversation).await?, told);
    store.mark_opened(lee.id, Some(conversation), None, later(20)).await?;
    store.mark_opened(kim.id, Some(conversation), None, later(30)).await?;
    let names = vec![lee.name.as_str().to_owned(), kim.name.as_str().to_owned()];
    assert_eq!(store.told(conversation).await?, Told { opened_by: names, ..told });
    Ok(())
}
