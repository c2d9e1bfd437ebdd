//! How it goes: calls by what became of them, waits, who answers, and whether mails leave.

mod days;
mod plot;

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Timestamp;
use serde::Deserialize;
use storage::CallFigure;
use time::{Date, UtcOffset};

use self::days::{Day, percentile};
use self::plot::Plot;
use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::moment::span;
use crate::page::render;
use crate::shell::Shell;

/// So many days, today among them.
const DAYS: u16 = 14;
/// What is beyond is not drawn: a plot of so much needs Prometheus.
const MOST: u32 = 50_000;
/// So many of those who answer are named.
const NAMED: usize = 10;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// How many minutes the reader's clock is ahead of UTC.
    offset: Option<i32>,
}

/// A day of the plots and of the table.
struct DayRow {
    date: String,
    /// The day of the month, for the axis.
    short: String,
    day: Day,
    median: Option<String>,
    slow: Option<String>,
}

struct Answerer {
    name: String,
    count: u32,
    bar: Plot,
}

#[derive(Template)]
#[template(path = "portal/figures.html")]
struct FiguresPage {
    s: Shell,
    /// The zone of the days, as minutes ahead of UTC and as people write it.
    offset: i32,
    zone: String,
    rows: Vec<DayRow>,
    whole: Day,
    /// Answered calls of a hundred.
    share: Option<u32>,
    median: Option<String>,
    slow: Option<String>,
    mail_delay: Option<String>,
    unsent: u32,
    oldest_unsent: Option<Timestamp>,
    calls: Plot,
    most_calls: u32,
    waits: Plot,
    longest: Option<String>,
    mails: Plot,
    most_mails: u32,
    answerers: Vec<Answerer>,
}

/// `GET /admin/figures`
pub(crate) async fn page(
    State(state): State<PortalState>,
    by: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let s = Shell::of(&state, &by, "figures").await?;
    // Until the page's script has said it: most of those who read Korean are in Korea.
    let usual = if s.korean() { 9 * 60 } else { 0 };
    let offset = asked.offset.filter(|minutes| (-14 * 60..=14 * 60).contains(minutes)).unwrap_or(usual);
    let zone = UtcOffset::from_whole_seconds(offset * 60).unwrap_or(UtcOffset::UTC);
    let from = days::begin(s.now, zone, DAYS);
    let calls = state.storage.calls_since(from, MOST).await?;
    let mails = state.storage.mails_since(from, MOST).await?;
    let load = state.storage.load().await?;
    let by_day = days::days(s.now, zone, DAYS, &calls, &mails);
    let whole = days::whole(&by_day);
    let settled = whole.answered + whole.moved;
    render(&FiguresPage {
        offset,
        zone: written(offset),
        share: (settled > 0).then(|| whole.answered * 100 / settled),
        median: percentile(&whole.waits, 50).map(span),
        slow: percentile(&whole.waits, 90).map(span),
        mail_delay: percentile(&whole.mail_delays, 95).map(span),
        unsent: load.unsent,
        oldest_unsent: load.oldest_unsent,
        calls: Plot::stacked(
            &by_day
                .values()
                .map(|day| vec![day.answered, day.moved, day.cancelled, day.open])
                .collect::<Vec<_>>(),
            &["answered", "moved", "cancelled", "open"],
        ),
        most_calls: by_day.values().map(Day::calls).max().unwrap_or(0),
        waits: Plot::ranges(&by_day.values().map(range).collect::<Vec<_>>()),
        longest: by_day.values().filter_map(|day| percentile(&day.waits, 90)).max().map(span),
        mails: Plot::stacked(
            &by_day.values().map(|day| vec![day.mails_sent, day.mails_dead]).collect::<Vec<_>>(),
            &["answered", "dead"],
        ),
        most_mails: by_day.values().map(|day| day.mails_sent + day.mails_dead).max().unwrap_or(0),
        answerers: answerers(&calls),
        rows: rows(by_day),
        whole,
        s,
    })
}

/// The waits of a day from the middle one to the slow ones, in seconds.
fn range(day: &Day) -> Option<(u32, u32)> {
    let seconds = |wait: Duration| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
    Some((seconds(percentile(&day.waits, 50)?), seconds(percentile(&day.waits, 90)?)))
}

fn rows(days: BTreeMap<Date, Day>) -> Vec<DayRow> {
    let row = |(date, day): (Date, Day)| DayRow {
        date: format!("{date}"),
        short: date.day().to_string(),
        median: percentile(&day.waits, 50).map(span),
        slow: percentile(&day.waits, 90).map(span),
        day,
    };
    days.into_iter().map(row).collect()
}

/// Who has answered how many, the busiest first.
fn answerers(calls: &[CallFigure]) -> Vec<Answerer> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for name in calls.iter().filter_map(|call| call.by.as_deref()) {
        *counts.entry(name).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let mut all: Vec<(&str, u32)> = counts.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let answerer =
        |(name, count): (&str, u32)| Answerer { name: name.to_owned(), count, bar: Plot::bar(count, most) };
    all.into_iter().take(NAMED).map(answerer).collect()
}

/// A zone as people write it: `UTC+09:00`.
fn written(offset: i32) -> String {
    if offset == 0 {
        return "UTC".to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_spans_are_written_as_people_do() {
        assert_eq!([540, 0, -330].map(written), ["UTC+09:00", "UTC", "UTC-05:30"]);
        assert_eq!([42, 65, 3661].map(|s| span(Duration::from_secs(s))), ["0:42", "1:05", "1:01:01"]);
    }

    #[test]
    fn the_busiest_come_first() {
        let call = |by: &str| CallFigure { called_at: Timestamp(0), ended: None, by: Some(by.to_owned()) };
        let all = answerers(&[call("Lee"), call("Kim"), call("Kim")]);
        let named: Vec<(&str, u32)> = all.iter().map(|one| (one.name.as_str(), one.count)).collect();
        assert_eq!(named, [("Kim", 2), ("Lee", 1)]);
    }
}
