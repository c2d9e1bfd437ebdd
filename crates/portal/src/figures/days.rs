//! Calls and mails, gathered by the reader's days.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Timestamp;
use storage::{CallFigure, CallOutcome, MailFigure, NoticeState};
use time::{Date, UtcOffset};

/// What happened on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) answered: u32,
    pub(super) moved: u32,
    pub(super) cancelled: u32,
    /// Calls that wait still.
    pub(super) open: u32,
    /// How long those who were answered had waited, shortest first.
    pub(super) waits: Vec<Duration>,
    pub(super) mails_sent: u32,
    /// Mails that were given up.
    pub(super) mails_dead: u32,
    /// From a call to its mail, shortest first.
    pub(super) mail_delays: Vec<Duration>,
}

impl Day {
    /// All calls of the day.
    pub(super) fn calls(&self) -> u32 {
        self.answered + self.moved + self.cancelled + self.open
    }

    fn call(&mut self, call: &CallFigure) {
        match call.ended {
            Some((CallOutcome::Answered, at)) => {
                self.answered += 1;
                self.waits.push(at.since(call.called_at));
            }
            Some((CallOutcome::Moved, _)) => self.moved += 1,
            Some((CallOutcome::Cancelled, _)) => self.cancelled += 1,
            None => self.open += 1,
        }
    }

    fn mail(&mut self, mail: &MailFigure) {
        match mail.state {
            NoticeState::Sent => self.mails_sent += 1,
            NoticeState::Dead => self.mails_dead += 1,
            _ => {}
        }
        if let (true, Some(at)) = (mail.of_call, mail.sent_at) {
            self.mail_delays.push(at.since(mail.created_at));
        }
    }

    fn sort(&mut self) {
        self.waits.sort_unstable();
        self.mail_delays.sort_unstable();
    }
}

/// The first moment of the first of so many days that end with today.
pub(super) fn begin(now: Timestamp, zone: UtcOffset, count: u16) -> Timestamp {
    let today = now.to_utc().to_offset(zone).date();
    let first = today - time::Duration::days(i64::from(count) - 1);
    Timestamp(first.midnight().assume_offset(zone).unix_timestamp() * 1000)
}

/// So many days that end with today, each with what happened on it.
pub(super) fn days(
    now: Timestamp,
    zone: UtcOffset,
    count: u16,
    calls: &[CallFigure],
    mails: &[MailFigure],
) -> BTreeMap<Date, Day> {
    let date = |at: Timestamp| at.to_utc().to_offset(zone).date();
    let today = date(now);
    let dates = (0..i64::from(count)).map(|back| today - time::Duration::days(back));
    let mut days: BTreeMap<Date, Day> = dates.map(|date| (date, Day::default())).collect();
    for call in calls {
        if let Some(day) = days.get_mut(&date(call.called_at)) {
            day.call(call);
        }
    }
    for mail in mails {
        if let Some(day) = days.get_mut(&date(mail.created_at)) {
            day.mail(mail);
        }
    }
    days.values_mut().for_each(Day::sort);
    days
}

/// All days as one.
pub(super) fn whole(days: &BTreeMap<Date, Day>) -> Day {
    let mut whole = Day::default();
    for day in days.values() {
        whole.answered += day.answered;
        whole.moved += day.moved;
        whole.cancelled += day.cancelled;
        whole.open += day.open;
        whole.mails_sent += day.mails_sent;
        whole.mails_dead += day.mails_dead;
        whole.waits.extend(&day.waits);
        whole.mail_delays.extend(&day.mail_delays);
    }
    whole.sort();
    whole
}

/// The value below which so many of a hundred are, of values that are sorted.
pub(super) fn percentile(sorted: &[Duration], of_hundred: usize) -> Option<Duration> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get(last * of_hundred / 100).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// 2026-11-21 05:00 UTC, which is 14:00 in Seoul.
    const NOW: Timestamp = Timestamp(1_795_237_200_000);

    fn call(hours_ago: i64, ended: Option<(CallOutcome, u64)>) -> CallFigure {
        let called_at = Timestamp(NOW.0 - hours_ago * HOUR);
        let ended = ended.map(|(outcome, after)| (outcome, called_at.plus(Duration::from_secs(after))));
        CallFigure { called_at, ended, by: None }
    }

    #[test]
    fn a_day_is_the_readers_own() {
        let seoul = UtcOffset::from_hms(9, 0, 0).unwrap();
        // Fifteen hours ago it was 23:00 of the day before in Seoul, and 14:00 of the day before in London.
        let calls = [
            call(1, None),
            call(15, Some((CallOutcome::Moved, 300))),
            call(13, Some((CallOutcome::Cancelled, 5))),
        ];
        let of = |zone| {
            let days = days(NOW, zone, 3, &calls, &[]);
            days.values().map(Day::calls).collect::<Vec<_>>()
        };
        assert_eq!(of(seoul), [0, 1, 2]);
        assert_eq!(of(UtcOffset::UTC), [0, 2, 1]);
        assert_eq!(begin(NOW, seoul, 3).to_string(), "2026-11-18T15:00:00.000Z");
        assert_eq!(begin(NOW, UtcOffset::UTC, 1).to_string(), "2026-11-21T00:00:00.000Z");
    }

    #[test]
    fn outcomes_and_waits_are_gathered() {
        let answered = |after| call(1, Some((CallOutcome::Answered, after)));
        let calls = [
            answered(90),
            answered(10),
            answered(30),
            call(2, Some((CallOutcome::Moved, 300))),
            call(99, None),
        ];
        let mail = |state, delay: u64| MailFigure {
            created_at: NOW,
            of_call: true,
            state,
            sent_at: (state == NoticeState::Sent).then(|| NOW.plus(Duration::from_secs(delay))),
        };
        let mails = [
            mail(NoticeState::Sent, 4),
            mail(NoticeState::Sent, 1),
            mail(NoticeState::Dead, 0),
            mail(NoticeState::Skipped, 0),
        ];
        let whole = whole(&days(NOW, UtcOffset::UTC, 2, &calls, &mails));
        assert_eq!((whole.answered, whole.moved, whole.open, whole.calls()), (3, 1, 0, 4));
        assert_eq!((whole.mails_sent, whole.mails_dead), (2, 1));
        assert_eq!(percentile(&whole.waits, 50), Some(Duration::from_secs(30)));
        assert_eq!(percentile(&whole.waits, 100), Some(Duration::from_secs(90)));
        assert_eq!(percentile(&whole.mail_delays, 50), Some(Duration::from_secs(1)));
        assert_eq!(percentile(&[], 50), None);
    }
}
