//! Deadlines fire once, at their moment and never before, whoever looks after them.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod housekeeping;
mod sweepers;

use std::collections::BTreeMap;
use std::time::Duration;

use desk::{Caller, Desk, Topic};
use domain::admin::Role;
use domain::clock::Timestamp;
use domain::id::ConversationId;
use domain::notice::NoticeKind;
use testkit::DeskInABox;
use timeouts::{Swept, sweep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const MINUTE: Duration = Duration::from_mins(1);
const MOVE_AFTER: Duration = Duration::from_mins(5);

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// One pass, of which nothing may fail; how many calls were due.
async fn swept(desk: &Desk) -> usize {
    let Swept { due, stuck, .. } = sweep(desk).await.unwrap();
    assert_eq!(stuck, 0, "a call stayed due");
    due
}

/// Sets the hands to a millisecond before so long after the box's beginning.
fn just_before(desk: &DeskInABox, after: Duration) {
    desk.clock.set(testkit::START.plus(after).minus(Duration::from_millis(1)));
}

/// Sets the hands to so long after the box's beginning.
fn at(desk: &DeskInABox, after: Duration) {
    desk.clock.set(testkit::START.plus(after));
}

#[tokio::test]
async fn each_step_fires_at_its_moment_never_before_and_once() {
    let desk = DeskInABox::open().await.unwrap();
    let (_kim, lee) = (desk.admin("Kim").await, desk.admin("Lee").await);
    let mut off = lee.clone();
    off.on_duty = false;
    desk.storage.update_admin(&off, &testkit::deed()).await.unwrap();
    let id = desk.called(&desk.visitor("Minji").await, Some("help")).await;
    let steps: [(Duration, &str, &[&str]); 3] = [
        (MINUTE, "escalated", &["escalation to kim@desk.example", "escalation to lee@desk.example"]),
        (3 * MINUTE, "offered", &[]),
        (MOVE_AFTER, "moved", &["inquiry to kim@desk.example", "inquiry to lee@desk.example"]),
    ];
    let mut kinds = vec!["called", "said"];
    let mut told = vec!["call to kim@desk.example".to_owned()];
    for (after, kind, mails) in steps {
        assert_eq!(desk.next_deadline().await.unwrap(), Some(testkit::START.plus(after)), "{kind}");
        just_before(&desk, after);
        assert_eq!(swept(&desk).await, 0, "{kind} came a millisecond early");
        assert_eq!(desk.kinds(id).await, kinds);
        at(&desk, after);
        assert_eq!(swept(&desk).await, 1, "{kind} did not come");
        assert_eq!(swept(&desk).await, 0, "{kind} came twice");
        // A worker that had the call in its hands already changes nothing, either.
        desk.tick(id).await.unwrap();
        kinds.push(kind);
        told.extend(mails.iter().map(|&mail| mail.to_owned()));
        told.sort();
        assert_eq!(desk.kinds(id).await, kinds);
        assert_eq!(desk.told().await, told);
    }
    assert_eq!(desk.next_deadline().await.unwrap(), None);
    at(&desk, Duration::from_hours(1));
    assert_eq!(swept(&desk).await, 0);
}

#[tokio::test]
async fn what_was_slept_through_is_made_good_in_one_step() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin("Kim").await;
    let id = desk.called(&desk.visitor("Minji").await, None).await;
    at(&desk, 4 * MINUTE);
    assert_eq!(swept(&desk).await, 1);
    assert_eq!(desk.kinds(id).await, ["called", "escalated", "offered"]);
    let other = desk.called(&desk.visitor("Sora").await, None).await;
    at(&desk, Duration::from_hours(9));
    assert_eq!(swept(&desk).await, 2);
    assert_eq!(desk.kinds(other).await, ["called", "moved"], "nobody is offered what has happened");
}

#[tokio::test]
async fn a_restart_goes_on_where_the_last_process_was_killed() {
    let before = DeskInABox::open().await.unwrap();
    before.admin("Kim").await;
    let id = before.called(&before.visitor("Minji").await, Some("help")).await;
    at(&before, 3 * MINUTE);
    swept(&before).await;
    let storage = before.storage.clone();
    let clock = before.clock.clone();
    drop(before);
    let after = DeskInABox::on(storage, clock, desk::Settings::default(), 2);
    assert_eq!(after.next_deadline().await.unwrap(), Some(testkit::START.plus(MOVE_AFTER)));
    just_before(&after, 5 * MINUTE);
    assert_eq!(swept(&after).await, 0);
    at(&after, Duration::from_mins(47));
    assert_eq!(swept(&after).await, 1);
    assert_eq!(after.kinds(id).await, ["called", "said", "escalated", "offered", "moved"]);
    let inquiry = after.stored(id).await.inquiry.unwrap();
    let post = after.storage.inquiry(inquiry).await.unwrap().unwrap().inquiry;
    assert_eq!((post.body.as_str(), post.conversation), ("help", Some(id)));
}

#[tokio::test]
async fn a_clock_that_is_set_back_fires_nothing_early_and_nothing_twice() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin("Kim").await;
    let id = desk.called(&desk.visitor("Minji").await, None).await;
    at(&desk, MINUTE);
    assert_eq!(swept(&desk).await, 1);
    desk.clock.set(Timestamp(testkit::START.millis() - 3_600_000));
    assert_eq!(swept(&desk).await, 0);
    at(&desk, 2 * MINUTE);
    assert_eq!(swept(&desk).await, 0);
    assert_eq!(desk.kinds(id).await, ["called", "escalated"]);
}

#[tokio::test]
async fn an_answered_a_cancelled_and_a_promised_call_are_left_alone() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = Caller::Admin(desk.admin_as("Kim", Role::Owner).await);
    let mut ids = Vec::new();
    for name in ["Minji", "Sora", "Hana"] {
        let visitor = desk.visitor(name).await;
        ids.push((Caller::Visitor(visitor.clone()), desk.called(&visitor, None).await));
    }
    desk.join(&kim, ids[0].1).await.unwrap();
    desk.cancel(&ids[1].0, ids[1].1).await.unwrap();
    desk.promise(&kim, ids[2].1, 10).await.unwrap();
    just_before(&desk, 10 * MINUTE);
    assert_eq!(swept(&desk).await, 0);
    // The promise was not kept: from here on the wait goes its way, with its pause before the move.
    at(&desk, 10 * MINUTE);
    assert_eq!(swept(&desk).await, 1);
    assert_eq!(desk.kinds(ids[2].1).await, ["called", "promised", "escalated", "offered"]);
    at(&desk, 12 * MINUTE);
    assert_eq!(swept(&desk).await, 1);
    let kinds = [desk.kinds(ids[0].1).await, desk.kinds(ids[1].1).await];
    assert_eq!(kinds, [["called", "joined"], ["called", "cancelled"]]);
    assert_eq!(desk.stored(ids[2].1).await.state.as_str(), "moved");
}

#[tokio::test]
async fn a_thousand_calls_that_are_due_at_once_are_all_moved() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin("Kim").await;
    let mut calls = Vec::new();
    for n in 0..1000 {
        calls.push(desk.called(&desk.visitor(&format!("Minji {n}")).await, Some("help")).await);
    }
    at(&desk, MOVE_AFTER);
    let mut due = 0;
    loop {
        let pass = sweep(&desk).await.unwrap();
        assert_eq!(pass.stuck, 0);
        due += pass.due;
        if !pass.more {
            break;
        }
    }
    assert_eq!(due, 1000);
    assert_eq!(desk.next_deadline().await.unwrap(), None);
    decided_once(&desk, &calls, 1).await;
}

/// Each of these calls has moved once: one event, one inquiry, one mail for each of so many admins.
async fn decided_once(desk: &DeskInABox, calls: &[ConversationId], admins: usize) {
    let mut mails: BTreeMap<_, usize> = BTreeMap::new();
    for notice in desk.outbox().await.into_iter().filter(|notice| notice.kind == NoticeKind::Inquiry) {
        *mails.entry(notice.inquiry.unwrap()).or_default() += 1;
    }
    for id in calls {
        assert_eq!(desk.kinds(*id).await, ["called", "said", "moved"]);
        let inquiry = desk.stored(*id).await.inquiry.unwrap();
        assert_eq!(mails.remove(&inquiry), Some(admins), "one mail for each admin");
    }
    assert!(mails.is_empty(), "mails about inquiries that no call leads to");
    assert_eq!(desk.inquiry_counts().await.unwrap(), [calls.len() as u64, 0, 0]);
}

#[tokio::test]
async fn the_worker_wakes_for_a_nearer_deadline_and_stops_when_told() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(timeouts::run(desk.desk.clone(), stop.clone()));
    let id = desk.called(&minji, None).await;
    let mut follower = desk.follow(&Caller::Visitor(minji), id, domain::Seq(1)).await.unwrap();
    at(&desk, MOVE_AFTER);
    desk.bus.ring(Topic::Deadlines, desk::News::VIEW);
    let fired = tokio::time::timeout(PATIENCE, follower.next()).await.expect("it fires").unwrap();
    assert_eq!(fired.events[0].what.kind(), "moved");
    stop.cancel();
    tasks.close();
    tokio::time::timeout(PATIENCE, tasks.wait()).await.expect("it stops");
}
