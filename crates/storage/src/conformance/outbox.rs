//! Promises of the outbox.

use std::sync::Arc;

use domain::Timestamp;
use domain::id::{AdminId, CommentId, ConversationId, InquiryId, NoticeId};
use domain::notice::NoticeKind;

use super::Kept;
use super::samples::{NOON, added, all_pages, at_once, fresh, handles, later, notice, tell};
use crate::{Delivery, NewNotice, Notice, NoticeFilter, NoticeState, Page, Storage, StorageError, Told};

fn ids(notices: &[Notice]) -> Vec<NoticeId> {
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

fn sent() -> Delivery {
    Delivery::Sent { reply: "250 2.0.0 Ok".to_owned() }
}

/// A call is more urgent than what was due before it; nothing goes before its time.
pub async fn what_is_due_is_claimed_calls_first(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let make = |kind, at| notice(kind, Some(&kim), at);
    let notices = vec![
        make(NoticeKind::Comment, later(1)),
        make(NoticeKind::Call, later(3)),
        make(NoticeKind::Inquiry, NOON),
        make(NoticeKind::Call, later(2)),
        make(NoticeKind::Escalation, NOON),
        make(NoticeKind::Call, later(99)),
    ];
    let id: Vec<_> = notices.iter().map(|notice| notice.id).collect();
    tell(&*store, notices).await?;
    let first = store.claim(later(10), later(70), 4).await?;
    assert_eq!(ids(&first), [id[3], id[1], id[4], id[2]]);
    assert_eq!((first[0].to.admin, first[0].to.address.as_str()), (Some(kim.id), "kim@desk.example"));
    assert_eq!((first[0].state, first[0].attempts), (NoticeState::Queued, 0));
    assert_eq!(ids(&store.claim(later(10), later(70), 4).await?), [id[0]]);
    assert!(store.claim(later(10), later(70), 4).await?.is_empty());
    Ok(())
}

/// A mailer that died gives its notices back by the passing of time.
pub async fn a_lease_keeps_others_away_until_it_runs_out(store: Arc<dyn Storage>) -> Kept {
    let id = queued(&*store).await?;
    assert_eq!(ids(&store.claim(NOON, later(60), 9).await?), [id]);
    assert!(store.claim(Timestamp(later(60).0 - 1), later(90), 9).await?.is_empty());
    assert_eq!(ids(&store.claim(later(60), later(90), 9).await?), [id]);
    let retry = Delivery::Retry { reply: "421".to_owned(), at: later(70) };
    store.record(id, &retry, later(61)).await?;
    assert_eq!(
        ids(&store.claim(later(70), later(99), 9).await?),
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
    let tasks = handles(&store, 8).map(|store| async move { store.claim(later(1), later(60), 7).await });
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
            Delivery::Skipped { reason: "answered".to_owned() },
            NoticeState::Skipped,
            0,
            "answered",
            NOON,
            None,
        ),
    ];
    for (delivery, state, attempts, reply, due_at, sent_at) in cases {
        let id = queued(&*store).await?;
        assert_eq!(ids(&store.claim(NOON, later(60), 9).await?), [id]);
        store.record(id, &delivery, later(5)).await?;
        let notice = one(&*store, id).await?;
        assert_eq!((notice.state, notice.attempts), (state, attempts));
        assert_eq!(notice.last_reply.as_deref(), Some(reply));
        assert_eq!((notice.due_at, notice.sent_at), (due_at, sent_at));
        let claimable = !store.claim(later(999), later(1000), 9).await?.is_empty();
        assert_eq!(claimable, state == NoticeState::Retrying);
        store.record(id, &sent(), later(6)).await?;
    }
    Ok(())
}

/// A second mailer whose lease had run out reports late: the truth is that it was sent, and when first.
pub async fn a_mail_that_was_taken_stays_sent(store: Arc<dyn Storage>) -> Kept {
    let id = queued(&*store).await?;
    store.record(id, &sent(), later(1)).await?;
    let late = [
        Delivery::Retry { reply: "421".to_owned(), at: later(9) },
        Delivery::Dead { reply: "550".to_owned() },
        Delivery::Skipped { reason: "answered".to_owned() },
        Delivery::Sent { reply: "250 again".to_owned() },
    ];
    for delivery in late {
        store.record(id, &delivery, later(5)).await?;
        let notice = one(&*store, id).await?;
        assert_eq!((notice.state, notice.sent_at), (NoticeState::Sent, Some(later(1))));
        assert_eq!(notice.last_reply.as_deref(), Some("250 2.0.0 Ok"));
    }
    let given_up = queued(&*store).await?;
    store.record(given_up, &Delivery::Dead { reply: "550".to_owned() }, later(1)).await?;
    store.record(given_up, &Delivery::Retry { reply: "421".to_owned(), at: later(9) }, later(2)).await?;
    assert_eq!(one(&*store, given_up).await?.state, NoticeState::Dead);
    store.record(given_up, &sent(), later(3)).await?;
    assert_eq!(one(&*store, given_up).await?.state, NoticeState::Sent);
    Ok(())
}

/// So that a mailer can sleep until then.
pub async fn the_next_moment_is_known(store: Arc<dyn Storage>) -> Kept {
    assert_eq!(store.next_notice_at().await?, None);
    let (first, second) =
        (notice(NoticeKind::Call, None, later(10)), notice(NoticeKind::Call, None, later(30)));
    let (id, other) = (first.id, second.id);
    tell(&*store, vec![first, second]).await?;
    assert_eq!(store.next_notice_at().await?, Some(later(10)));
    store.claim(later(10), later(20), 9).await?;
    assert_eq!(store.next_notice_at().await?, Some(later(20)), "when the lease runs out");
    store.record(id, &Delivery::Retry { reply: "421".to_owned(), at: later(50) }, later(11)).await?;
    assert_eq!(store.next_notice_at().await?, Some(later(30)));
    store.record(other, &sent(), later(30)).await?;
    assert_eq!(store.next_notice_at().await?, Some(later(50)));
    store.record(id, &Delivery::Dead { reply: "550".to_owned() }, later(50)).await?;
    assert_eq!(store.next_notice_at().await?, None);
    Ok(())
}

/// By hand, from the portal; what is under way or done is left alone.
pub async fn what_was_given_up_can_be_queued_again(store: Arc<dyn Storage>) -> Kept {
    let ends =
        [Delivery::Dead { reply: "550".to_owned() }, Delivery::Skipped { reason: "answered".to_owned() }];
    for end in ends {
        let id = queued(&*store).await?;
        assert!(!store.requeue(id, later(1)).await?, "it is queued already");
        store.record(id, &end, later(1)).await?;
        assert!(store.requeue(id, later(20)).await?);
        let again = one(&*store, id).await?;
        assert_eq!((again.state, again.attempts, again.due_at), (NoticeState::Queued, 0, later(20)));
        assert_eq!(ids(&store.claim(later(20), later(60), 9).await?), [id]);
        store.record(id, &sent(), later(21)).await?;
        assert!(!store.requeue(id, later(22)).await?, "it was sent");
    }
    assert!(!store.requeue(NoticeId(fresh()), NOON).await?);
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
    store.record(stored[0].id, &sent(), later(1)).await?;
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
        store.record(id, &sent(), at).await?;
    }
    store.record(id[3], &Delivery::Skipped { reason: "answered".to_owned() }, later(9)).await?;
    let told = Told { mails: 2, sent: 1, sent_at: Some(later(4)), opened_by: vec![] };
    assert_eq!(store.told(conversation).await?, told);
    store.mark_opened(lee.id, Some(conversation), None, later(20)).await?;
    store.mark_opened(kim.id, Some(conversation), None, later(30)).await?;
    let names = vec![lee.name.as_str().to_owned(), kim.name.as_str().to_owned()];
    assert_eq!(store.told(conversation).await?, Told { opened_by: names, ..told });
    Ok(())
}
