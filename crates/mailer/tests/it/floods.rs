//! S28: the bell as a mail bomb. A real call in the midst of it is told within a minute, and the mails are few.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::admin::{Admin, Locale};
use domain::id::NoticeId;
use domain::{Clock, Timestamp};
use storage::{Notice, NoticeState};
use testkit::smtp::Sink;

use crate::digests::{call_of_nobody_known, digests, eventually, limited, settled};
use crate::world::{Running, World};

const HOUR: u64 = 3600;

/// A desk with the default limit, and what it was told.
struct Siege {
    world: World,
    sink: Sink,
    kim: Admin,
    start: Timestamp,
    ids: Vec<NoticeId>,
    waiting: Vec<NoticeId>,
    _mailer: Running,
}

impl Siege {
    async fn begin() -> Self {
        let (world, sink) = (World::new().await, Sink::friendly().await);
        let kim = world.admin("kim", Locale::En).await;
        let mailer = world.start_with(limited(&sink, 60));
        let start = world.clock.now();
        Self { world, sink, kim, start, ids: Vec::new(), waiting: Vec::new(), _mailer: mailer }
    }

    /// The seconds since it began, five by five until then; whatever is due is sent before time goes on.
    async fn next(&mut self, until: u64) -> Option<u64> {
        let second = self.world.clock.now().since(self.start).as_secs();
        if second >= until {
            return None;
        }
        self.world.advance(Duration::from_secs(5));
        for id in std::mem::take(&mut self.waiting) {
            let mut notice = self.world.look(id).await;
            if notice.digest == Some(id) && notice.due_at <= self.world.clock.now() {
                notice = eventually(&self.world, id, |notice| notice.state == NoticeState::Sent).await;
            }
            if notice.state != NoticeState::Sent {
                self.waiting.push(id);
            }
        }
        Some(second)
    }

    async fn settle(&mut self, id: NoticeId) -> Notice {
        let notice = eventually(&self.world, id, settled).await;
        self.ids.push(id);
        self.waiting.push(id);
        notice
    }

    async fn call(&mut self) -> Notice {
        let id = call_of_nobody_known(&self.world, &[&self.kim]).await.notices[0];
        self.settle(id).await
    }

    /// Somebody whom the host site knows.
    async fn call_of_somebody(&mut self) -> Notice {
        let visitor = self.world.visitor("Minji").await;
        let id = self.world.call(&visitor, "help", &[&self.kim]).await.notices[0];
        self.settle(id).await
    }

    /// The longest wait of a call, and the most mails within any hour; every call was told.
    async fn figures(&self) -> (Duration, usize) {
        let mut slowest = Duration::ZERO;
        let mut mails: BTreeMap<NoticeId, Timestamp> = BTreeMap::new();
        for id in &self.ids {
            let notice = self.world.look(*id).await;
            let sent_at = notice.sent_at.unwrap_or_else(|| panic!("never told: {notice:?}"));
            slowest = slowest.max(sent_at.since(notice.created_at));
            mails.insert(notice.digest.unwrap_or(*id), sent_at);
        }
        assert_eq!(mails.len(), self.sink.mails().len());
        let within_the_hour_before = |end: &Timestamp| {
            let begin = end.minus(Duration::from_secs(HOUR));
            mails.values().filter(|at| **at > begin && *at <= end).count()
        };
        let most = mails.values().map(within_the_hour_before).max().unwrap_or_default();
        println!("{} calls, {} mails, at most {most} in an hour, {slowest:?}", self.ids.len(), mails.len());
        (slowest, most)
    }

    fn singles(&self) -> usize {
        let mails = self.sink.mails();
        mails.len() - digests(&mails).len()
    }
}

#[tokio::test]
async fn a_flood_of_hours_is_told_in_time_and_in_few_mails() {
    let mut siege = Siege::begin().await;
    let end = 2 * HOUR + 600;
    while let Some(second) = siege.next(end).await {
        // An attack of four calls a minute after a first burst of sixty.
        let burst = if second == 0 { 60 } else { u64::from(second % 15 == 0) };
        for _ in 0..burst {
            siege.call().await;
        }
        // In the midst of it, more people whom the host site knows than have mails of their own.
        if second >= HOUR && (second - HOUR).is_multiple_of(120) && second < HOUR + 20 * 120 {
            let known = siege.call_of_somebody().await;
            let alone = second < HOUR + 15 * 120;
            assert_eq!(known.digest.is_none(), alone, "{second}");
            assert!(!alone || known.sent_at == Some(known.created_at));
        }
    }
    // It stops, and the last of it is told.
    while siege.next(end + 60).await.is_some() {}
    let (slowest, most) = siege.figures().await;
    assert!(slowest <= Duration::from_mins(1), "{slowest:?}");
    assert!(most <= 72 + 15, "{most} mails within an hour");
    assert_eq!(siege.singles(), 5 + 15);
    // Ten minutes after the last digest, when there were less than sixty mails within the hour, singles are back.
    while siege.next(end + 1200).await.is_some() {}
    for _ in 0..5 {
        assert_eq!(siege.call().await.digest, None);
    }
    assert!(siege.call().await.digest.is_some());
}

#[tokio::test]
async fn who_first_uses_up_what_single_mails_there_are_gains_nothing_by_it() {
    let mut siege = Siege::begin().await;
    while let Some(second) = siege.next(2 * HOUR).await {
        // As many as go alone, for most of an hour; then as many as it likes.
        let slow = second <= 2700;
        let burst = if slow && second % 300 == 0 { 5 } else { u64::from(!slow && second % 10 == 0) };
        for _ in 0..burst {
            assert_eq!(siege.call().await.digest.is_none(), slow, "{second}");
        }
    }
    while siege.next(2 * HOUR + 60).await.is_some() {}
    let (slowest, most) = siege.figures().await;
    assert!(slowest <= Duration::from_mins(1), "{slowest:?}");
    assert!(most <= 72, "{most} mails within an hour");
}

#[tokio::test]
async fn a_busy_afternoon_has_single_mails_only() {
    let mut siege = Siege::begin().await;
    let mut calls = 0;
    while let Some(second) = siege.next(4 * HOUR).await {
        // Twenty an hour: every six minutes a pair, and now and then four at once.
        let burst = if second % (6 * 60) != 0 { 0 } else { 2 };
        let burst = if second % (30 * 60) == 0 { 4 } else { burst };
        for _ in 0..burst {
            let told = siege.call().await;
            assert_eq!((told.digest, told.sent_at), (None, Some(told.created_at)));
            calls += 1;
        }
    }
    assert_eq!((siege.singles(), siege.sink.mails().len()), (calls, calls));
    assert!(calls >= 80);
}
