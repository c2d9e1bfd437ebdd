//! What stands around every page: who is signed in, where they are, what was just done.

use std::borrow::Cow;

use domain::Timestamp;
use domain::admin::Locale;
use domain::conversation::State;
use domain::notice::SkipReason;
use domain::text::isolated;
use fluent_bundle::FluentValue;

use crate::PortalState;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::moment::{Style, Time};
use crate::people::Person;
use crate::words::Words;

/// The frame of a page. Templates call it `s`.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) words: Words,
    pub(crate) site: String,
    pub(crate) now: Timestamp,
    /// The token of the forms; empty on pages without any.
    pub(crate) csrf: String,
    /// Where the reader is: the word of the navigation.
    pub(crate) section: &'static str,
    pub(crate) me: Option<Me>,
    pub(crate) notice: Option<Said>,
    /// How many calls wait.
    pub(crate) waiting: usize,
}

/// The reader.
#[derive(Debug)]
pub(crate) struct Me {
    pub(crate) id: String,
    pub(crate) person: Person,
    pub(crate) email: String,
    pub(crate) owner: bool,
    pub(crate) on_duty: bool,
}

/// Something to say at the top of the page.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) bad: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
impl Shell {
    /// The frame for somebody who has not signed in.
    pub(crate) fn plain(state: &PortalState, words: Words) -> Self {
        Self {
            words,
            site: state.settings.site_name.clone(),
            now: state.clock.now(),
            csrf: String::new(),
            section: "",
            me: None,
            notice: None,
            waiting: 0,
        }
    }

    /// The frame for somebody who has, and has to set codes up before they go on: nothing in it leads elsewhere.
    pub(crate) async fn before_codes(state: &PortalState, by: &SignedIn) -> Result<Self, PageError> {
        let words = Words(by.admin.locale);
        let notice = by.take_flash().await?.map(|flash| flash.said(words));
        Ok(Self { csrf: by.csrf.clone(), notice, ..Self::plain(state, words) })
    }

    /// The frame for somebody who has.
    pub(crate) async fn of(
        state: &PortalState,
        by: &SignedIn,
        section: &'static str,
    ) -> Result<Self, PageError> {
        let words = Words(by.admin.locale);
        let queue = state.storage.queue().await?;
        let waiting = queue.iter().filter(|row| matches!(row.conversation.state, State::Waiting(_))).count();
        let flash = by.take_flash().await?;
        Ok(Self {
            csrf: by.csrf.clone(),
            section,
            me: Some(Me {
                id: by.admin.id.to_string(),
                person: Person::admin(&by.admin),
                email: by.admin.email.as_str().to_owned(),
                owner: by.is_owner(),
                on_duty: by.admin.on_duty,
            }),
            notice: flash.map(|flash| flash.said(words)),
            waiting,
            ..Self::plain(state, words)
        })
    }

    /// The language tag.
    pub(crate) fn lang(&self) -> &'static str {
        self.words.0.as_str()
    }

    pub(crate) fn korean(&self) -> bool {
        self.words.0 == Locale::Ko
    }

    /// The text under `key`.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words.get(key)
    }

    /// The text under `key` with a count.
    pub(crate) fn n(&self, key: &str, n: impl std::fmt::Display) -> String {
        // Templates hand over references to numbers of every width.
        let n: i64 = n.to_string().parse().unwrap_or(i64::MAX);
        self.words.with(key, "n", n)
    }

    /// The text under `key` with something that has a name.
    pub(crate) fn v(&self, key: &str, value: &str) -> String {
        self.words.with_all(key, &[("v", FluentValue::from(value))])
    }

    /// What somebody else wrote, beside words of ours. A tab's title has no elements in it, and `<bdi>` does not hold what closes
    /// an isolate that it has not opened: after `a\u{2069}\u{202e}b` in it the rest of the line is turned round.
    #[expect(clippy::unused_self, reason = "the shell is what every template has at hand")]
    pub(crate) fn isolated<'a>(&self, text: &'a (impl AsRef<str> + ?Sized)) -> Cow<'a, str> {
        isolated(text.as_ref())
    }

    /// The word for a conversation's state.
    pub(crate) fn state_word(&self, state: &str) -> String {
        self.words.get(&format!("state-{state}"))
    }

    /// The word for a post's status.
    pub(crate) fn status_word(&self, status: &str) -> String {
        self.words.get(&format!("status-{status}"))
    }

    /// The word for a post's kind.
    pub(crate) fn kind_word(&self, kind: &str) -> String {
        self.words.get(&format!("kind-{kind}"))
    }

    /// The word for a notice's state.
    pub(crate) fn notice_state(&self, state: &str) -> String {
        self.words.get(&format!("notice-state-{state}"))
    }

    /// The word for why a notice was sent.
    pub(crate) fn notice_kind(&self, kind: &str) -> String {
        self.words.get(&format!("notice-kind-{kind}"))
    }

    /// Why a notice was not sent.
    pub(crate) fn not_sent(&self, reason: &SkipReason) -> String {
        self.v(&format!("notice-skipped-{}", reason.as_str()), reason.by().unwrap_or_default())
    }

    /// Whether the reader is an owner.
    pub(crate) fn owner(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.owner)
    }

    /// The hour.
    pub(crate) fn clock(&self, at: &Timestamp) -> Time {
        self.time(*at, Style::Clock)
    }

    /// The day and the hour.
    pub(crate) fn full(&self, at: &Timestamp) -> Time {
        self.time(*at, Style::Full)
    }

    /// How long ago.
    pub(crate) fn ago(&self, at: &Timestamp) -> Time {
        self.time(*at, Style::Ago)
    }

    /// How long since, ticking.
    pub(crate) fn running(&self, at: &Timestamp) -> Time {
        self.time(*at, Style::Running)
    }

    /// How long until, ticking.
    pub(crate) fn left(&self, at: &Timestamp) -> Time {
        self.time(*at, Style::Left)
    }

    fn time(&self, at: Timestamp, style: Style) -> Time {
        Time { at, now: self.now, style }
    }

    /// A picture of one stroke.
    #[expect(clippy::unused_self, reason = "the shell is what every template has at hand")]
    pub(crate) fn icon(&self, name: &str) -> crate::icons::Icon {
        crate::icons::icon(name)
    }
}
