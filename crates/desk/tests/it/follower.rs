//! A follower yields every event once and in order, from wherever it begins and whatever happens meanwhile.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use desk::{Follower, News, Topic};
use domain::Seq;
use testkit::{DeskInABox, body, client_id};

use crate::{admin, all, places, soon, visitor};
use testkit::{Meddler, Point};

/// Looks once whether the follower has something, as a `select!` does whose other arm is ready.
fn glance(follower: &mut Follower) -> Vec<u64> {
    let next = pin!(follower.next());
    match next.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(had) => had.unwrap().events.iter().map(|event| event.seq.0).collect(),
        Poll::Pending => Vec::new(),
    }
}

#[tokio::test]
async fn what_is_appended_during_a_read_is_not_lost() {
    let real = DeskInABox::open().await.unwrap();
    let meddler = Meddler::on(&real.storage);
    let desk = real.seen_through(meddler.clone(), 2);
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, Some("help")).await;
    let mut follower = desk.follow(&caller, id, Seq::START).await.unwrap();
    let (speaking, speaker) = (desk.clone(), caller.clone());
    meddler.once(Point::LogRead, async move {
        speaking.said(&speaker, id, "during", "said while the log is read").await;
    });
    assert_eq!(places(&mut follower, 3).await, all(1, 3));
    assert!(meddler.is_done(), "nothing was said during the read");
}

#[tokio::test]
async fn an_alarm_during_a_read_is_not_slept_through() {
    let real = DeskInABox::open().await.unwrap();
    let meddler = Meddler::on(&real.storage);
    let desk = real.seen_through(meddler.clone(), 2);
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, Some("help")).await;
    let mut follower = desk.follow(&caller, id, Seq::START).await.unwrap();
    // Another process stores something, of which our bus learns only that anything may have changed.
    let (alarmed, speaker) = (desk.clone(), caller.clone());
    meddler.once(Point::LogRead, async move {
        real.said(&speaker, id, "during", "said elsewhere while the log is read").await;
        alarmed.bus().ring_all();
    });
    assert_eq!(places(&mut follower, 3).await, all(1, 3));
    assert!(meddler.is_done(), "nothing was said during the read");
}

#[tokio::test]
async fn the_rest_comes_from_any_place() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, None).await;
    for n in 2..=130 {
        desk.said(&caller, id, &format!("m{n}"), "more").await;
    }
    // Places before, on and after the edges of a read, and of the tail that is kept in memory.
    for after in [0, 1, 29, 30, 65, 66, 67, 99, 100, 101, 128, 129] {
        for process in [desk.clone(), desk.another(after + 2)] {
            let mut follower = process.follow(&caller, id, Seq(after)).await.unwrap();
            assert_eq!(places(&mut follower, 130).await, all(after + 1, 130), "after {after}");
            assert_eq!(follower.cursor(), Seq(130));
        }
    }
    let mut follower = desk.follow(&caller, id, Seq(130)).await.unwrap();
    assert!(glance(&mut follower).is_empty());
    desk.said(&caller, id, "last", "live").await;
    assert_eq!(places(&mut follower, 131).await, [131]);
}

#[tokio::test]
async fn a_follower_that_sleeps_through_a_thousand_events_yields_them_all() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, None).await;
    let mut follower = desk.follow(&caller, id, Seq::START).await.unwrap();
    assert_eq!(places(&mut follower, 1).await, [1]);
    for n in 2..=1001 {
        desk.said(&caller, id, &format!("m{n}"), "more").await;
    }
    assert_eq!(places(&mut follower, 1001).await, all(2, 1001));
}

/// S48.
#[tokio::test]
async fn notes_never_reach_a_visitor() {
    let desk = DeskInABox::open().await.unwrap();
    let (minji, kim) = (desk.visitor("Minji").await, desk.admin("Kim").await);
    let id = desk.called(&minji, Some("help")).await;
    desk.join(&admin(&kim), id).await.unwrap();
    let mut live = desk.follow(&visitor(&minji), id, Seq::START).await.unwrap();
    assert_eq!(places(&mut live, 3).await, all(1, 3));
    desk.note(&admin(&kim), id, client_id("n1"), body("a hard one")).await.unwrap();
    desk.said(&admin(&kim), id, "m1", "hello").await;
    assert_eq!(places(&mut live, 5).await, [5], "live");
    let mut again = desk.follow(&visitor(&minji), id, Seq::START).await.unwrap();
    assert_eq!(places(&mut again, 5).await, [1, 2, 3, 5], "from the beginning");
    let mut colleague = desk.follow(&admin(&kim), id, Seq::START).await.unwrap();
    assert_eq!(places(&mut colleague, 5).await, all(1, 5), "an admin sees notes");
    let (read, last) = desk.events(&visitor(&minji), id, Seq::START, 100).await.unwrap();
    assert_eq!(read.iter().map(|event| event.seq.0).collect::<Vec<_>>(), [1, 2, 3, 5]);
    assert_eq!(last, Seq(5));
}

#[tokio::test]
async fn a_log_full_of_notes_holds_a_visitor_up_at_no_place() {
    let desk = DeskInABox::open().await.unwrap();
    let (minji, kim) = (desk.visitor("Minji").await, desk.admin("Kim").await);
    let id = desk.called(&minji, None).await;
    for n in 2..=260 {
        desk.note(&admin(&kim), id, client_id(&format!("n{n}")), body("…")).await.unwrap();
    }
    desk.said(&visitor(&minji), id, "m1", "anybody there?").await;
    let mut follower = desk.another(2).follow(&visitor(&minji), id, Seq(1)).await.unwrap();
    assert_eq!(places(&mut follower, 261).await, [261]);
}

#[tokio::test]
async fn a_next_that_is_dropped_at_any_moment_loses_nothing() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, None).await;
    let mut follower = desk.follow(&caller, id, Seq::START).await.unwrap();
    let mut got = Vec::new();
    for n in 2..=200 {
        got.extend(glance(&mut follower));
        desk.said(&caller, id, &format!("m{n}"), "more").await;
        // A few turns, so that the drop hits a read that has just begun as well as one that is nearly done.
        for _ in 0..n % 5 {
            tokio::task::yield_now().await;
            got.extend(glance(&mut follower));
        }
    }
    if got.last() != Some(&200) {
        got.extend(places(&mut follower, 200).await);
    }
    assert_eq!(got, all(1, 200));
}

#[tokio::test]
async fn a_next_that_is_dropped_during_its_read_loses_nothing() {
    let real = DeskInABox::open().await.unwrap();
    let meddler = Meddler::on(&real.storage);
    let desk = real.seen_through(meddler.clone(), 2);
    let minji = desk.visitor("Minji").await;
    let id = desk.called(&minji, Some("help")).await;
    let mut follower = desk.follow(&visitor(&minji), id, Seq::START).await.unwrap();
    let reading = Arc::new(tokio::sync::Notify::new());
    let begun = Arc::clone(&reading);
    meddler.once(Point::LogRead, async move {
        begun.notify_one();
        std::future::pending::<()>().await;
    });
    tokio::select! {
        _ = follower.next() => panic!("the read never ends"),
        () = soon(reading.notified()) => {}
    }
    assert_eq!(places(&mut follower, 2).await, [1, 2]);
}

#[tokio::test]
async fn what_another_process_has_stored_before_is_there_without_a_ring() {
    let here = DeskInABox::open().await.unwrap();
    let elsewhere = here.another(2);
    let minji = here.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = here.called(&minji, Some("help")).await;
    elsewhere.said(&caller, id, "there", "said elsewhere").await;
    // This process keeps the first two in its short tail, and has not been told of the third.
    let mut follower = here.follow(&caller, id, Seq::START).await.unwrap();
    assert_eq!(places(&mut follower, 3).await, all(1, 3));
}

#[tokio::test]
async fn the_alarm_makes_it_read_the_store_and_not_only_its_memory() {
    let here = DeskInABox::open().await.unwrap();
    let elsewhere = here.another(2);
    let minji = here.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = here.called(&minji, None).await;
    let mut follower = here.follow(&caller, id, Seq::START).await.unwrap();
    assert_eq!(places(&mut follower, 1).await, [1]);
    elsewhere.said(&caller, id, "there", "said elsewhere").await;
    here.bus().ring_all();
    assert_eq!(places(&mut follower, 2).await, [2], "nothing of it was known here");
    here.said(&caller, id, "here", "said here").await;
    elsewhere.said(&caller, id, "there again", "said elsewhere").await;
    here.bus().ring_all();
    assert_eq!(places(&mut follower, 4).await, [3, 4], "half of it was known here");
}

#[tokio::test]
async fn a_changed_view_is_told_though_the_log_has_not_grown() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let id = desk.called(&minji, None).await;
    let mut follower = desk.follow(&visitor(&minji), id, Seq(1)).await.unwrap();
    assert!(glance(&mut follower).is_empty());
    desk.view_changed(id);
    let news = soon(follower.next()).await.unwrap();
    assert!(news.view_changed && news.events.is_empty());
    // A ring that tells nothing new is slept through.
    desk.bus().ring(Topic::Conversation(id), News { seq: Seq(1), view: false });
    assert!(glance(&mut follower).is_empty());
}
