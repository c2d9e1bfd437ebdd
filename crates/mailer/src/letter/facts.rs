//! What letters are filled with. Whatever a visitor wrote is a [`Foreign`].

use domain::context::CallContext;
use storage::LinkPurpose;

use super::text::{Foreign, ForeignHtml};
use super::words::Words;
use crate::browser;

/// How many of the last errors a mail shows; the room shows all.
const ERRORS: usize = 3;

/// What every letter has.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The words, with what they are filled with.
    pub(crate) words: Words,
    /// What the host site is called.
    pub(crate) site: String,
    /// Where the button leads.
    pub(crate) link: String,
    /// Whether it goes to the author of an inquiry instead of an admin.
    pub(crate) to_author: bool,
}

impl Frame {
    /// A text for a plain part.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// A text for an HTML part: what it was filled with may be a visitor's.
    pub(crate) fn h(&self, key: &str) -> ForeignHtml<'static> {
        self.words.say(key).into()
    }

    pub(crate) fn site_html(&self) -> ForeignHtml<'static> {
        self.site.clone().into()
    }

    pub(crate) const fn lang(&self) -> &'static str {
        self.words.locale().as_str()
    }
}

/// Who wrote something.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Their name, or what we call somebody without one.
    pub(crate) name: Foreign,
    /// Their address, if known.
    pub(crate) email: Option<Foreign>,
    /// Whether the host site vouches for them.
    pub(crate) verified: bool,
}

/// Where a caller was, and what went wrong there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    /// The page's title.
    pub(crate) title: Option<Foreign>,
    /// The page's address; text, never a link.
    pub(crate) url: Option<Foreign>,
    /// The host site's release.
    pub(crate) release: Option<Foreign>,
    /// The browser.
    pub(crate) browser: Option<Foreign>,
    /// The last errors, newest last.
    pub(crate) errors: Vec<PageErrorFacts>,
}

/// One error of a page.
#[derive(Debug, Clone)]
pub(crate) struct PageErrorFacts {
    /// What it said.
    pub(crate) message: Foreign,
    /// Where: a script or a request.
    pub(crate) source: Option<Foreign>,
}

impl Evidence {
    pub(crate) fn of(context: &CallContext) -> Self {
        let line = |text: &Option<String>, limit| {
            text.as_deref().map(|text| Foreign::line(text, limit)).filter(|line| !line.as_str().is_empty())
        };
        let errors = context.errors.iter().filter_map(|error| {
            // The widget's own words for a failed request have the status in them already.
            let words = error.message.as_deref().unwrap_or_default();
            let status =
                error.status.map(|status| status.to_string()).filter(|status| !words.contains(status));
            let id = error.request_id.as_ref().map(|id| format!("· {id}"));
            let said = [status.as_deref(), error.message.as_deref(), id.as_deref()].into_iter().flatten();
            let message = Foreign::line(&said.collect::<Vec<_>>().join(" "), 200);
            let source = line(&error.source, 160);
            (!message.as_str().is_empty()).then_some(PageErrorFacts { message, source })
        });
        let errors: Vec<_> = errors.collect();
        let browser = context.user_agent.as_deref().map(|agent| {
            let name = browser::short_name(agent).unwrap_or_else(|| agent.to_owned());
            let screen = context.viewport.as_deref().map(|size| format!(" · {}", size.replace('x', "×")));
            Foreign::line(&(name + screen.as_deref().unwrap_or_default()), 120)
        });
        Self {
            title: line(&context.title, 150),
            url: line(&context.url, 300),
            release: line(&context.release, 60),
            browser,
            errors: errors[errors.len().saturating_sub(ERRORS)..].to_vec(),
        }
    }
}

/// A call that waits.
#[derive(Debug, Clone)]
pub(crate) struct CallFacts {
    /// What every letter has.
    pub(crate) frame: Frame,
    /// Who calls.
    pub(crate) person: Person,
    /// What the reader may do by a link, without signing in, and where.
    pub(crate) actions: Vec<(LinkPurpose, String)>,
    /// The last things they said.
    pub(crate) said: Vec<Foreign>,
    /// Whether they said more before.
    pub(crate) more: bool,
    /// Where they are.
    pub(crate) evidence: Evidence,
    /// Whether they wait for a minute or longer.
    pub(crate) waits: bool,
    /// Whether somebody has promised to come.
    pub(crate) promised: bool,
}

impl CallFacts {
    /// The words of a link.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    pub(crate) const fn action(purpose: &LinkPurpose) -> &'static str {
        match purpose {
            LinkPurpose::OnMyWay => "mail-call-on-my-way",
            LinkPurpose::MoreTime => "mail-call-more-time",
            LinkPurpose::ToBoard | LinkPurpose::Password | LinkPurpose::Device => "mail-call-to-board",
        }
    }
}

/// A post.
#[derive(Debug, Clone)]
pub(crate) struct InquiryFacts {
    /// What every letter has.
    pub(crate) frame: Frame,
    /// Who wrote it.
    pub(crate) person: Person,
    /// Its title.
    pub(crate) title: Foreign,
    /// Its text.
    pub(crate) body: Foreign,
    /// Its kind, for the words: `error`, `suggestion`, `missed_call`.
    pub(crate) kind: &'static str,
    /// Whether it stems from a call that nobody answered.
    pub(crate) from_call: bool,
    /// Where the caller was, if it stems from a call.
    pub(crate) evidence: Evidence,
}

impl InquiryFacts {
    /// Whether its title says more than its text: a call's post has its first line for a title.
    pub(crate) fn titled(&self) -> bool {
        let title = self.title.as_str().trim_end_matches('…');
        !self.body.as_str().trim_start().starts_with(title)
    }

    /// Whether there is a page or an error to show.
    pub(crate) const fn has_trace(&self) -> bool {
        self.evidence.title.is_some() || self.evidence.url.is_some() || !self.evidence.errors.is_empty()
    }

    /// Whether nothing was said at all: then the page and its errors are all there is.
    pub(crate) fn missed(&self) -> bool {
        self.kind == "missed_call"
    }
}

/// A comment on a post.
#[derive(Debug, Clone)]
pub(crate) struct CommentFacts {
    /// The post.
    pub(crate) inquiry: InquiryFacts,
    /// What.
    pub(crate) body: Foreign,
}

/// Something about the reader's own sign-in: the link is the whole of it.
#[derive(Debug, Clone)]
pub(crate) struct AccountFacts {
    /// What every letter has.
    pub(crate) frame: Frame,
    /// The names of its texts: the two letters are alike but for them.
    pub(crate) texts: AccountTexts,
}

/// The names of the texts of such a letter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountTexts {
    pub(crate) heading: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) button: &'static str,
    pub(crate) not_you: &'static str,
}

impl AccountTexts {
    /// Somebody was made an admin.
    pub(crate) const INVITATION: Self = Self {
        heading: "mail-invitation-heading",
        lead: "mail-invitation-lead",
        button: "mail-invitation-button",
        not_you: "mail-invitation-not-you",
    };
    /// Somebody has forgotten their password.
    pub(crate) const RESET: Self = Self {
        heading: "mail-reset-heading",
        lead: "mail-reset-lead",
        button: "mail-reset-button",
        not_you: "mail-reset-not-you",
    };
}

/// What was too much for single mails.
#[derive(Debug, Clone)]
pub(crate) struct DigestFacts {
    /// What every letter has.
    pub(crate) frame: Frame,
    /// Calls that wait, newest first.
    pub(crate) calls: Listed,
    /// Posts and comments, newest first.
    pub(crate) posts: Listed,
}

/// A list in a digest.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// The words about it, with how many there are and how many of them are not listed.
    pub(crate) words: Words,
    /// Whether some are not listed.
    pub(crate) more: bool,
    /// Those that are.
    pub(crate) lines: Vec<DigestLine>,
}

impl Listed {
    /// A text for a plain part.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words.say(key)
    }
}

/// One call or post in a digest.
#[derive(Debug, Clone)]
pub(crate) struct DigestLine {
    /// Who called or wrote.
    pub(crate) who: Foreign,
    /// Its number and since when, or its kind.
    pub(crate) about: String,
    /// What was said last, or the title.
    pub(crate) said: Option<Foreign>,
    /// Where it is.
    pub(crate) link: String,
}
