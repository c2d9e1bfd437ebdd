//! The schedule of retries, as a table.

use super::*;

fn id(n: u128) -> NoticeId {
    format!("01890000-0000-7000-8000-{n:012x}").parse().expect("a UUID")
}

/// What the schedule promises: 1, 2, 5, 10, 30 s, then one to five minutes, in milliseconds from and to.
const TABLE: &[(u32, u64, u64)] = &[
    (0, 1_000, 1_000),
    (1, 2_000, 2_000),
    (2, 5_000, 5_000),
    (3, 10_000, 10_000),
    (4, 30_000, 30_000),
    (5, 60_000, 75_000),
    (6, 120_000, 150_000),
    (7, 240_000, 300_000),
    (8, 240_000, 300_000),
    (100, 240_000, 300_000),
    (u32::MAX, 240_000, 300_000),
];

#[test]
fn the_pauses_are_those_of_the_table() {
    let now = Timestamp(1_000_000);
    for (attempts, from, to) in TABLE.iter().copied() {
        let pauses: Vec<u64> = (0..500_u128)
            .map(|n| {
                let at = next_try(id(n * 7919), attempts, now, now).expect("within a day");
                u64::try_from(at.since(now).as_millis()).expect("a day at most")
            })
            .collect();
        let (least, most) = (pauses.iter().min().expect("500"), pauses.iter().max().expect("500"));
        assert!(from <= *least && *most <= to, "try {attempts}: {least}..{most}");
        // Those that failed together do not come back together.
        assert!(most - least >= (to - from) * 9 / 10, "try {attempts} is not spread: {least}..{most}");
    }
}

#[test]
fn after_a_day_it_is_given_up_and_the_last_try_is_on_the_day() {
    let created = Timestamp(1_000_000);
    let day = Duration::from_hours(24);
    let late = created.plus(day).minus(Duration::from_secs(10));
    assert_eq!(next_try(id(1), 50, created, late), Some(created.plus(day)));
    assert_eq!(next_try(id(1), 51, created, created.plus(day)), None);
    assert_eq!(next_try(id(1), 5, created, created.plus(day * 3)), None);
}

#[test]
fn an_old_notice_that_somebody_has_sent_again_gets_the_short_pauses() {
    let created = Timestamp(1_000_000);
    let now = created.plus(Duration::from_hours(72));
    assert_eq!(next_try(id(1), 0, created, now), Some(now.plus(Duration::from_secs(1))));
    assert_eq!(next_try(id(1), 4, created, now), Some(now.plus(Duration::from_secs(30))));
    assert_eq!(next_try(id(1), 5, created, now), None);
}

#[test]
fn a_whole_day_of_failures_takes_a_few_hundred_tries() {
    let created = Timestamp(1_000_000);
    let (mut now, mut tries) = (created, 0);
    while let Some(next) = next_try(id(99), tries, created, now) {
        assert!(next > now, "no progress at try {tries}");
        now = next;
        tries += 1;
    }
    assert!((290..=370).contains(&tries), "{tries}");
}
