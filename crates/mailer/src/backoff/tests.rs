//! The schedule of retries, as a table.

use super::*;

fn id(n: u128) -> NoticeId {
    format!("01890000-0000-7000-8000-{n:012x}").parse().expect("a UUID")
}

#[test]
fn the_first_pauses_are_short_and_exact() {
    let now = Timestamp(1_000_000);
    let pauses: Vec<u64> = (0..5)
        .map(|attempts| next_try(id(7), attempts, now, now).expect("within a day").since(now).as_secs())
        .collect();
    assert_eq!(pauses, [1, 2, 5, 10, 30]);
}

#[test]
fn the_later_pauses_grow_to_five_minutes_and_are_spread() {
    let now = Timestamp(1_000_000);
    for (attempts, base) in [(5, 60_u128), (6, 120), (7, 240), (8, 300), (9, 300), (400, 300)] {
        let pauses: Vec<u128> = (0..200_u128)
            .map(|n| {
                let at = next_try(id(n * 7919), attempts, now, now).expect("within a day");
                at.since(now).as_millis()
            })
            .collect();
        let (low, high) = (base * 800, base * 1200);
        assert!(pauses.iter().all(|pause| (low..=high).contains(pause)), "{attempts}: {pauses:?}");
        let (least, most) = (pauses.iter().min().expect("200"), pauses.iter().max().expect("200"));
        assert!(most - least > base * 200, "try {attempts} is not spread: {least}..{most}");
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
    assert!((200..=400).contains(&tries), "{tries}");
}
