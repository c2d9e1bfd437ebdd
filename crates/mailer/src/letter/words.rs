//! The words of mails in Korean and English, and how moments and spans of time are said in them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use domain::Timestamp;
use domain::admin::Locale;
use domain::text::isolated;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{Loader, static_loader};
use time::{OffsetDateTime, UtcOffset};
use unic_langid::{LanguageIdentifier, langid};

static_loader! {
    static WORDS = {
        locales: "../../templates/locales",
        fallback_language: "en",
        // Fluent would put marks around every name, which some mail programs show as boxes; `set` puts them where they do something.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const KO: LanguageIdentifier = langid!("ko");
const EN: LanguageIdentifier = langid!("en");

/// The words of one letter, with what they are filled with.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    locale: Locale,
    arguments: Vec<(&'static str, Argument)>,
}

/// What a placeable stands for. Fluent's own value type cannot cross threads.
#[derive(Debug, Clone)]
enum Argument {
    Text(String),
    Count(usize),
}

impl Words {
    pub(crate) fn new(locale: Locale) -> Self {
        Self { locale, arguments: Vec::new() }
    }

    /// Sets what `{ $name }` stands for.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        // A later value takes the place of an earlier one when the map is made.
        // What is foreign must not turn the sentence round: a subject and a plain part have no element to hold it.
        self.arguments.push((name, Argument::Text(isolated(&value.into()).into_owned())));
    }

    /// Sets a number, by which words may vary.
    pub(crate) fn count(&mut self, name: &'static str, value: usize) {
        self.arguments.push((name, Argument::Count(value)));
    }

    /// The text under `key`. A test holds that both languages have every key; should one be missing all the
    /// same, the mail leaves with the key in its place rather than not at all.
    pub(crate) fn say(&self, key: &str) -> String {
        let language = match self.locale {
            Locale::Ko => &KO,
            Locale::En => &EN,
        };
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = self
            .arguments
            .iter()
            .map(|(name, argument)| {
                let value = match argument {
                    Argument::Text(text) => FluentValue::String(Cow::Borrowed(text)),
                    Argument::Count(count) => FluentValue::from(*count),
                };
                (Cow::Borrowed(*name), value)
            })
            .collect();
        let said = WORDS.try_lookup_complete(language, key, Some(&arguments));
        said.unwrap_or_else(|| key.to_owned())
    }

    pub(crate) const fn locale(&self) -> Locale {
        self.locale
    }

    /// `14:02 KST`. A server does not know its reader's zone: Korean mails speak Korean time, English ones UTC,
    /// and both name it. Another day than `now` is named, too.
    pub(crate) fn moment(&self, at: Timestamp, now: Timestamp) -> String {
        let (at, now) = (self.local(at), self.local(now));
        let clock = format!("{:02}:{:02} {}", at.hour(), at.minute(), self.zone());
        if at.date() == now.date() {
            return clock;
        }
        let (month, day) = (u8::from(at.month()), at.day());
        match self.locale {
            Locale::Ko => format!("{month}월 {day}일 {clock}"),
            Locale::En => format!("{day} {} {clock}", at.month()),
        }
    }

    const fn zone(&self) -> &'static str {
        match self.locale {
            Locale::Ko => "KST",
            Locale::En => "UTC",
        }
    }

    fn local(&self, at: Timestamp) -> OffsetDateTime {
        let hours = match self.locale {
            Locale::Ko => 9,
            Locale::En => 0,
        };
        at.to_utc().to_offset(UtcOffset::from_hms(hours, 0, 0).unwrap_or(UtcOffset::UTC))
    }

    /// `2분`, `2 minutes`; `None` for less than one.
    pub(crate) fn span(&self, span: Duration) -> Option<String> {
        let minutes = usize::try_from(span.as_secs() / 60).unwrap_or(usize::MAX);
        let (key, count) = match minutes {
            0 => return None,
            1..60 => ("mail-span-minutes", minutes),
            60..1440 => ("mail-span-hours", minutes / 60),
            _ => ("mail-span-days", minutes / 1440),
        };
        let mut words = Self::new(self.locale);
        words.count("n", count);
        Some(words.say(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_name_their_zone_and_another_day() {
        let at = Timestamp(1_795_237_224_000); // 2026-11-21 05:00:24 UTC
        let later = at.plus(Duration::from_hours(24));
        assert_eq!(Words::new(Locale::Ko).moment(at, at), "14:00 KST");
        assert_eq!(Words::new(Locale::En).moment(at, at), "05:00 UTC");
        assert_eq!(Words::new(Locale::Ko).moment(at, later), "11월 21일 14:00 KST");
        assert_eq!(Words::new(Locale::En).moment(at, later), "21 November 05:00 UTC");
    }

    #[test]
    fn spans_are_said_as_people_say_them() {
        for (seconds, ko, en) in [
            (60, "1분", "1 minute"),
            (150, "2분", "2 minutes"),
            (3600, "1시간", "1 hour"),
            (7300, "2시간", "2 hours"),
            (90_000, "1일", "1 day"),
            (200_000, "2일", "2 days"),
        ] {
            let span = Duration::from_secs(seconds);
            assert_eq!(Words::new(Locale::Ko).span(span).as_deref(), Some(ko));
            assert_eq!(Words::new(Locale::En).span(span).as_deref(), Some(en));
        }
        assert_eq!(Words::new(Locale::En).span(Duration::from_secs(59)), None);
    }
}
