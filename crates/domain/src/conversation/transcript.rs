//! What a caller has said so far: the stuff of the inquiry that a move makes in their name.

use crate::context::CallContext;
use crate::conversation::event::{Actor, Event, What};
use crate::id::InquiryId;
use crate::inquiry::{Draft, InquiryKind};
use crate::text::{Body, Email, TextLimits, Title};

/// A caller's own words, and where they were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Where they pressed the bell.
    pub context: CallContext,
    /// What they said, in order.
    pub said: Vec<String>,
    /// The address that the host site vouches for.
    pub email: Option<Email>,
}

impl Transcript {
    /// Takes the caller's part out of a log.
    pub fn of<'a>(log: impl IntoIterator<Item = &'a Event>, email: Option<Email>) -> Self {
        let mut transcript = Self { email, ..Self::default() };
        for event in log {
            match (&event.what, &event.by) {
                (What::Called { context, .. }, _) => transcript.context = context.clone(),
                (What::Said { body }, Actor::Visitor { .. }) => {
                    transcript.said.push(body.as_str().to_owned());
                }
                _ => {}
            }
        }
        transcript
    }

    /// The post that is made of it: an error report of what was said; with nothing said, a missed call with
    /// the page and its errors. What does not fit stays in the conversation, which the post is linked to.
    pub fn into_draft(self, id: InquiryId, limits: TextLimits) -> Draft {
        let (kind, words) = if self.said.is_empty() {
            (InquiryKind::MissedCall, self.evidence())
        } else {
            (InquiryKind::Error, self.said.join("\n"))
        };
        let headline = match kind {
            InquiryKind::MissedCall => {
                self.context.title.as_deref().or(self.context.url.as_deref()).unwrap_or("")
            }
            _ => &words,
        };
        let title = Title::cut_from(headline, limits.title_chars)
            .or_else(|| self.context.url.as_deref().and_then(|url| Title::cut_from(url, limits.title_chars)))
            .unwrap_or_else(|| Title::from_stored("—".to_owned()));
        let body = Body::from_stored(cut(words, limits.post_bytes));
        Draft { id, kind, title, body, email: self.email }
    }

    fn evidence(&self) -> String {
        let context = &self.context;
        let page = [&context.title, &context.url].into_iter().flatten().cloned();
        let errors = context.errors.iter().filter_map(|error| {
            let said = error.message.as_deref()?;
            Some(
                error
                    .source
                    .as_deref()
                    .map_or_else(|| format!("· {said}"), |source| format!("· {said} ({source})")),
            )
        });
        page.chain(errors).collect::<Vec<_>>().join("\n")
    }
}

fn cut(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let mut end = limit.saturating_sub('…'.len_utf8());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}
