//! Promises of digests: what an admin is told in one mail, as it is too much for many.

use std::sync::Arc;
use std::time::Duration;

use domain::admin::Admin;
use domain::deed::DeedKind;
use domain::id::NoticeId;
use domain::notice::{NoticeKind, SkipReason};
use domain::{Seq, Timestamp};

use super::Kept;
use super::samples::{NOON, added, call, deed, known_visitor, later, notice, ring, secret, stored, tell};
use crate::{
    Allowance, Claim, Claimed, Delivery, NewNotice, Notice, NoticeState, Pace, Storage, StorageError, Turn,
};

const HOUR: Duration = Duration::from_hours(1);

/// So many mails an hour, all of them at once if need be.
fn claim(now: Timestamp, mails: u32) -> Claim {
    bursts(now, mails, mails)
}

/// So many mails an hour, so many of them within 5 min; digests 15 s after the first in it, 55 s apart.
fn bursts(now: Timestamp, mails: u32, burst: u32) -> Claim {
    let seconds = Duration::from_secs;
    let pace = Pace { gather: seconds(15), apart: seconds(55), at_most: seconds(300) };
    let (within, calm) = (seconds(300), seconds(600));
    let allowance = Some(Allowance { mails, per: HOUR, burst, within, calm, pace });
    Claim { allowance, ..Claim::new(now, now.plus(Duration::from_mins(2)), 99) }
}

fn ids(claimed: &[Claimed]) -> Vec<NoticeId> {
    claimed.iter().map(|claimed| claimed.id).collect()
}

fn sent() -> Delivery {
    Delivery::Sent { reply: "250 2.0.0 Ok".to_owned() }
}

/// So many notices to an admin, due at noon, oldest first.
async fn told(store: &dyn Storage, to: &Admin, count: u64) -> Result<Vec<NoticeId>, StorageError> {
    let make = |n| NewNotice { created_at: later(n), ..notice(NoticeKind::Call, Some(to), NOON) };
    let notices: Vec<_> = (0..count).map(make).collect();
    let ids = notices.iter().map(|notice| notice.id).collect();
    tell(store, notices).await?;
    Ok(ids)
}

async fn look(store: &dyn Storage, id: NoticeId) -> Result<Notice, StorageError> {
    Ok(store.notice(id).await?.expect("it is there"))
}

async fn all_sent(store: &dyn Storage, claimed: &[Claimed], at: Timestamp) -> Result<(), StorageError> {
    for claimed in claimed {
        assert!(store.record(&claimed.lease, &sent(), at).await?);
    }
    Ok(())
}

/// The newest go alone; of the rest, the first that was found too many leads.
pub async fn what_is_beyond_the_allowance_is_gathered(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let id = told(&*store, &kim, 10).await?;
    let alone = store.claim(&claim(later(20), 3)).await?;
    assert_eq!(ids(&alone), [id[9], id[8], id[7]]);
    let leader = look(&*store, id[6]).await?;
    assert_eq!((leader.digest, leader.state), (Some(id[6]), NoticeState::Queued));
    assert_eq!(leader.due_at, later(35), "it gathers for a moment");
    let inside: Vec<NoticeId> = store.gathered(id[6]).await?.iter().map(|notice| notice.id).collect();
    assert_eq!(inside, id[..7]);
    assert_eq!(store.next_notice_at(&crate::Spared::default()).await?, Some(later(35)));
    assert!(store.claim(&claim(later(34), 3)).await?.is_empty());
    Ok(())
}

/// Others are not concerned, and an hour later everything goes alone again.
pub async fn the_allowance_counts_by_admin_and_within_its_span(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    told(&*store, &kim, 2).await?;
    let first = store.claim(&claim(later(20), 2)).await?;
    all_sent(&*store, &first, later(20)).await?;
    told(&*store, &kim, 1).await?;
    let of_lee = told(&*store, &lee, 2).await?;
    let author = notice(NoticeKind::Comment, None, NOON);
    let of_author = author.id;
    tell(&*store, vec![author]).await?;
    let claimed = store.claim(&claim(later(30), 2)).await?;
    assert_eq!(ids(&claimed), [of_lee[1], of_lee[0], of_author]);
    let much_later = later(45).plus(HOUR);
    all_sent(&*store, &claimed, later(30)).await?;
    let digest = store.claim(&claim(later(45), 2)).await?.remove(0);
    assert!(store.record_digest(&digest.lease, &sent(), &[digest.id], &[], later(45)).await?);
    let after = told(&*store, &kim, 2).await?;
    assert_eq!(ids(&store.claim(&claim(much_later, 2)).await?), [after[1], after[0]]);
    Ok(())
}

/// Or two lanes at once would send one too many.
pub async fn what_is_on_its_way_counts_as_sent(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    told(&*store, &kim, 2).await?;
    let on_their_way = store.claim(&claim(later(20), 2)).await?;
    let third = told(&*store, &kim, 1).await?;
    assert!(store.claim(&claim(later(21), 2)).await?.is_empty());
    assert_eq!(look(&*store, third[0]).await?.digest, Some(third[0]));
    all_sent(&*store, &on_their_way, later(22)).await?;
    // What failed for good is no mail that anybody has had.
    let lee = added(&*store, "lee@desk.example").await?;
    told(&*store, &lee, 2).await?;
    let of_lee = store.claim(&claim(later(23), 2)).await?;
    let dead = Delivery::Dead { reply: "550".to_owned() };
    assert!(store.record(&of_lee[0].lease, &dead, later(24)).await?);
    let more = told(&*store, &lee, 2).await?;
    assert_eq!(ids(&store.claim(&claim(later(25), 2)).await?), [more[1]]);
    Ok(())
}

/// Few of a flood go alone; the rest is told in digests, until none has left for a while.
pub async fn a_flood_has_a_burst_of_single_mails_and_singles_again_when_it_is_over(
    store: Arc<dyn Storage>,
) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let first = told(&*store, &kim, 3).await?;
    let burst = store.claim(&bursts(later(20), 50, 2)).await?;
    assert_eq!(ids(&burst), [first[2], first[1]]);
    all_sent(&*store, &burst, later(20)).await?;
    // The second comes when the burst is long over, the flood is not: digests are 15 s at least in the gathering.
    let mut leader = first[0];
    for (sent_at, comes_at, due_at) in [(35, 36, 90), (90, 688, 703)] {
        let digest = store.claim(&bursts(later(sent_at), 50, 2)).await?.remove(0);
        assert_eq!(digest.id, leader);
        assert!(store.record_digest(&digest.lease, &sent(), &[leader], &[], later(sent_at)).await?);
        leader = told(&*store, &kim, 1).await?[0];
        assert!(store.claim(&bursts(later(comes_at), 50, 2)).await?.is_empty());
        assert_eq!(look(&*store, leader).await?.due_at, later(due_at));
    }
    let digest = store.claim(&bursts(later(703), 50, 2)).await?.remove(0);
    assert!(store.record_digest(&digest.lease, &sent(), &[leader], &[], later(703)).await?);
    let after = told(&*store, &kim, 1).await?;
    assert_eq!(ids(&store.claim(&bursts(later(1303), 50, 2)).await?), after);
    Ok(())
}

/// It leaves now, so the next keeps its distance from it; but what is due at the same moment is still in it.
pub async fn a_digest_on_its_way_counts_as_sent(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let id = told(&*store, &kim, 2).await?;
    assert_eq!(ids(&store.claim(&bursts(later(20), 9, 1)).await?), [id[1]]);
    let joins = told(&*store, &kim, 2).await?;
    assert_eq!(ids(&store.claim(&bursts(later(35), 9, 1)).await?), [id[0]]);
    for one in joins {
        assert_eq!(look(&*store, one).await?.digest, Some(id[0]));
    }
    let next = told(&*store, &kim, 1).await?[0];
    assert!(store.claim(&bursts(later(40), 9, 1)).await?.is_empty());
    let next = look(&*store, next).await?;
    assert_eq!((next.digest, next.due_at), (Some(next.id), later(95)));
    Ok(())
}

/// Or all that a mail server could not take would leave at once when it can.
pub async fn a_digest_takes_along_what_gathers_elsewhere(store: Arc<dyn Storage>) -> Kept {
    let (kim, lee) = (added(&*store, "kim@desk.example").await?, added(&*store, "lee@desk.example").await?);
    let id = told(&*store, &kim, 1).await?[0];
    let of_lee = told(&*store, &lee, 1).await?[0];
    store.claim(&claim(later(20), 0)).await?;
    let on_their_way = store.claim(&claim(later(35), 0)).await?;
    assert_eq!(on_their_way.len(), 2);
    let other = told(&*store, &kim, 2).await?;
    store.claim(&claim(later(40), 0)).await?;
    assert_eq!(look(&*store, other[0]).await?.digest, Some(other[1]));
    for digest in on_their_way {
        let retry = Delivery::Retry { reply: "421".to_owned(), at: later(350) };
        assert!(store.record_digest(&digest.lease, &retry, &[digest.id], &[], later(41)).await?);
    }
    let both = ids(&store.claim(&Claim { turn: Turn::LongestDue, ..claim(later(350), 0) }).await?);
    assert_eq!(both, [other[1], of_lee]);
    let inside: Vec<NoticeId> = store.gathered(other[1]).await?.iter().map(|notice| notice.id).collect();
    assert_eq!(inside, [id, other[0], other[1]]);
    assert_eq!(store.gathered(of_lee).await?.len(), 1);
    Ok(())
}

/// A call that comes after the mail server's worst minutes does not wait as long as they made others wait.
pub async fn what_joins_a_digest_that_failed_brings_it_forward(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let id = told(&*store, &kim, 2).await?;
    store.claim(&bursts(later(20), 9, 1)).await?;
    let digest = store.claim(&bursts(later(35), 9, 1)).await?.remove(0);
    let retry = Delivery::Retry { reply: "421".to_owned(), at: later(300) };
    assert!(store.record_digest(&digest.lease, &retry, &[id[0]], &[], later(36)).await?);
    let joins = told(&*store, &kim, 1).await?[0];
    assert!(store.claim(&bursts(later(40), 9, 1)).await?.is_empty());
    assert_eq!(look(&*store, joins).await?.digest, Some(id[0]));
    assert_eq!(look(&*store, id[0]).await?.due_at, later(95));
    Ok(())
}

/// Once within the span, and up to a quarter more than the allowance: a flood cannot make these.
pub async fn a_vouched_caller_has_a_mail_of_their_own(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    told(&*store, &kim, 4).await?;
    let claimed = store.claim(&claim(later(20), 4)).await?;
    all_sent(&*store, &claimed, later(20)).await?;
    let mut calls = Vec::new();
    for subject in ["mina", "minji"] {
        let visitor = store.admit(known_visitor(subject, subject), secret(), later(3600)).await?;
        let mut change = call(&visitor, later(21));
        let about = Some(change.conversation.id);
        change.notices =
            vec![NewNotice { conversation: about, ..notice(NoticeKind::Call, Some(&kim), later(21)) }];
        calls.push(change.notices[0].id);
        stored(&*store, change).await?;
    }
    // A quarter of four is one: the newer caller's.
    let own = store.claim(&claim(later(22), 4)).await?;
    assert_eq!(ids(&own), [calls[1]]);
    assert_eq!(look(&*store, calls[0]).await?.digest, Some(calls[0]));
    // Whom nobody vouches for has none.
    all_sent(&*store, &own, later(22)).await?;
    let (_, anonymous) = ring(&*store, later(23)).await?;
    assert_eq!(anonymous.seq, Seq(1));
    let of_anonymous =
        NewNotice { conversation: Some(anonymous.id), ..notice(NoticeKind::Call, Some(&kim), later(23)) };
    tell(&*store, vec![of_anonymous]).await?;
    assert!(store.claim(&claim(later(24), 5)).await?.is_empty());
    Ok(())
}

/// All that was in the mail is sent with it; what was not needed any more says so.
pub async fn a_digest_is_claimed_by_its_leader_and_ends_as_one(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let id = told(&*store, &kim, 4).await?;
    assert!(store.claim(&claim(later(20), 0)).await?.is_empty());
    let digest = store.claim(&claim(later(35), 0)).await?;
    assert_eq!((ids(&digest), digest[0].digest), (vec![id[3]], Some(id[3])));
    let stale = store.claim(&claim(later(300), 0)).await?.remove(0).lease;
    assert!(!store.record_digest(&digest[0].lease, &sent(), &id, &[], later(301)).await?);
    // It leads, but its own call was answered meanwhile.
    let answered = SkipReason::Answered { by: "Lee".to_owned() };
    let skipped = [(id[3], answered.clone())];
    assert!(store.record_digest(&stale, &sent(), &id[..3], &skipped, later(302)).await?);
    for one in &id[..3] {
        let notice = look(&*store, *one).await?;
        assert_eq!((notice.state, notice.attempts), (NoticeState::Sent, 1));
        assert_eq!((notice.sent_at, notice.digest), (Some(later(302)), Some(id[3])));
    }
    let leader = look(&*store, id[3]).await?;
    assert_eq!((leader.state, leader.attempts, leader.sent_at), (NoticeState::Skipped, 0, None));
    assert_eq!(leader.skipped, Some(answered));
    // The next one keeps its distance.
    let next = told(&*store, &kim, 1).await?;
    assert!(store.claim(&claim(later(310), 0)).await?.is_empty());
    assert_eq!(look(&*store, next[0]).await?.due_at, later(602), "the allowance of none is used up");
    assert!(store.gathered(id[3]).await?.is_empty());
    Ok(())
}

/// Nothing of it is decided until the mail server has taken it; meanwhile more may join.
pub async fn a_digest_that_is_tried_again_keeps_what_is_in_it(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let id = told(&*store, &kim, 3).await?;
    store.claim(&claim(later(20), 0)).await?;
    let digest = store.claim(&claim(later(35), 0)).await?.remove(0);
    let retry = Delivery::Retry { reply: "421".to_owned(), at: later(60) };
    let skipped = [(id[2], SkipReason::Cancelled)];
    assert!(store.record_digest(&digest.lease, &retry, &id[..2], &skipped, later(36)).await?);
    let states = async || -> Result<Vec<_>, StorageError> {
        let mut states = Vec::new();
        for one in &id {
            states.push(look(&*store, *one).await?.state);
        }
        Ok(states)
    };
    let (retrying, queued) = (NoticeState::Retrying, NoticeState::Queued);
    assert_eq!(states().await?, [retrying, retrying, queued]);
    assert_eq!(store.gathered(digest.id).await?.len(), 3);
    let joins = told(&*store, &kim, 1).await?;
    assert!(store.claim(&claim(later(50), 0)).await?.is_empty());
    assert_eq!(look(&*store, joins[0]).await?.digest, Some(digest.id));
    let again = store.claim(&claim(later(60), 0)).await?.remove(0);
    assert_eq!((again.id, again.due_at), (digest.id, later(60)));
    Ok(())
}

/// It was not in the mail, so it must not pass for sent with it.
pub async fn what_joins_too_late_goes_its_own_way(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let id = told(&*store, &kim, 2).await?;
    store.claim(&claim(later(20), 0)).await?;
    let digest = store.claim(&claim(later(35), 0)).await?.remove(0);
    // As if the other had joined after this mailer had read what is in it.
    assert!(store.record_digest(&digest.lease, &sent(), &id[1..], &[], later(36)).await?);
    let late = look(&*store, id[0]).await?;
    assert_eq!((late.state, late.digest), (NoticeState::Queued, None));
    assert_eq!(ids(&store.claim(&Claim::new(later(37), later(90), 9)).await?), [id[0]]);
    Ok(())
}

/// Whoever has forgotten a password in the midst of a flood gets in all the same.
pub async fn what_is_about_ones_own_sign_in_is_never_gathered(store: Arc<dyn Storage>) -> Kept {
    let kim = added(&*store, "kim@desk.example").await?;
    let calls = told(&*store, &kim, 3).await?;
    let reset = notice(NoticeKind::Reset, Some(&kim), NOON);
    let of_reset = reset.id;
    store.queue_notices(&[reset], &deed(DeedKind::ResetAsked, NOON)).await?;
    assert_eq!(ids(&store.claim(&claim(later(20), 0)).await?), [of_reset]);
    let invitation = notice(NoticeKind::Invitation, Some(&kim), NOON);
    let of_invitation = invitation.id;
    store.queue_notices(&[invitation], &deed(DeedKind::Invited, NOON)).await?;
    assert_eq!(ids(&store.claim(&claim(later(21), 0)).await?), [of_invitation]);
    assert_eq!(store.gathered(calls[2]).await?.len(), 3);
    // Nor do they use up what others need.
    let lee = added(&*store, "lee@desk.example").await?;
    let reset = notice(NoticeKind::Reset, Some(&lee), NOON);
    store.queue_notices(&[reset], &deed(DeedKind::ResetAsked, NOON)).await?;
    all_sent(&*store, &store.claim(&claim(later(22), 1)).await?, later(22)).await?;
    let call = told(&*store, &lee, 1).await?;
    assert_eq!(ids(&store.claim(&claim(later(23), 1)).await?), call);
    Ok(())
}
