//! A notice rendered as a mail: its subject, its plain part and its HTML part.

mod facts;
mod text;
mod words;

#[cfg(test)]
mod tests;

use askama::Template;

pub(crate) use facts::{
    AccountFacts, AccountTexts, CallFacts, CommentFacts, DigestFacts, DigestLine, Evidence, Frame,
    InquiryFacts, Listed, Person,
};
pub(crate) use text::{Foreign, one_line, subject_line};
pub(crate) use words::Words;

/// Longer subjects are cut by mail programs anyway.
const SUBJECT_CHARS: usize = 150;

/// What a mail is about.
#[derive(Debug, Clone)]
pub(crate) enum Letter {
    /// Somebody pressed the bell.
    Call(CallFacts),
    /// They are still waiting.
    Escalation(CallFacts),
    /// There is a new post.
    Inquiry(InquiryFacts),
    /// Somebody commented on a post.
    Comment(CommentFacts),
    /// A post was resolved.
    Resolved(InquiryFacts),
    /// Somebody may choose a password, as they were made an admin.
    Invitation(AccountFacts),
    /// Somebody may choose another password, as they have forgotten theirs.
    Reset(AccountFacts),
    /// More happened than an admin wants single mails about.
    Digest(DigestFacts),
}

/// A mail's contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// One line.
    pub(crate) subject: String,
    /// The plain part, with `\n`.
    pub(crate) text: String,
    /// The HTML part, with `\n`.
    pub(crate) html: String,
}

macro_rules! render {
    ($frame:expr, $facts:expr, $of:ty, $subject:literal, $text:literal, $html:literal) => {{
        #[derive(Template)]
        #[template(path = $subject)]
        struct Subject<'a> {
            frame: &'a Frame,
        }
        #[derive(Template)]
        #[template(path = $text)]
        struct Text<'a> {
            v: &'a $of,
            frame: &'a Frame,
        }
        #[derive(Template)]
        #[template(path = $html)]
        struct Html<'a> {
            v: &'a $of,
            frame: &'a Frame,
        }
        let (v, frame) = ($facts, $frame);
        Ok(Rendered {
            subject: subject_line(&Subject { frame }.render()?, SUBJECT_CHARS),
            text: tidied(&Text { v, frame }.render()?),
            html: Html { v, frame }.render()?,
        })
    }};
}

impl Letter {
    pub(crate) const fn frame(&self) -> &Frame {
        match self {
            Self::Call(facts) | Self::Escalation(facts) => &facts.frame,
            Self::Inquiry(facts) | Self::Resolved(facts) => &facts.frame,
            Self::Comment(facts) => &facts.inquiry.frame,
            Self::Invitation(facts) | Self::Reset(facts) => &facts.frame,
            Self::Digest(facts) => &facts.frame,
        }
    }

    /// Renders it. Nothing of what a visitor wrote can make this fail.
    pub(crate) fn render(&self) -> Result<Rendered, askama::Error> {
        let frame = self.frame();
        match self {
            Self::Call(facts) => render!(
                frame,
                facts,
                CallFacts,
                "mail/call/subject.txt",
                "mail/call/body.txt",
                "mail/call/body.html"
            ),
            Self::Escalation(facts) => render!(
                frame,
                facts,
                CallFacts,
                "mail/escalation/subject.txt",
                "mail/escalation/body.txt",
                "mail/escalation/body.html"
            ),
            Self::Inquiry(facts) => render!(
                frame,
                facts,
                InquiryFacts,
                "mail/inquiry/subject.txt",
                "mail/inquiry/body.txt",
                "mail/inquiry/body.html"
            ),
            Self::Comment(facts) => render!(
                frame,
                facts,
                CommentFacts,
                "mail/comment/subject.txt",
                "mail/comment/body.txt",
                "mail/comment/body.html"
            ),
            Self::Resolved(facts) => render!(
                frame,
                facts,
                InquiryFacts,
                "mail/resolved/subject.txt",
                "mail/resolved/body.txt",
                "mail/resolved/body.html"
            ),
            Self::Invitation(facts) => facts.invitation(),
            Self::Reset(facts) => facts.reset(),
            Self::Digest(facts) => render!(
                frame,
                facts,
                DigestFacts,
                "mail/digest/subject.txt",
                "mail/digest/body.txt",
                "mail/digest/body.html"
            ),
        }
    }
}

impl AccountFacts {
    fn invitation(&self) -> Result<Rendered, askama::Error> {
        let frame = &self.frame;
        render!(
            frame,
            self,
            AccountFacts,
            "mail/invitation/subject.txt",
            "mail/_account.txt",
            "mail/_account.html"
        )
    }

    fn reset(&self) -> Result<Rendered, askama::Error> {
        let frame = &self.frame;
        render!(
            frame,
            self,
            AccountFacts,
            "mail/reset/subject.txt",
            "mail/_account.txt",
            "mail/_account.html"
        )
    }
}

/// A template's conditions leave empty lines behind: never more than one stays.
fn tidied(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && blank) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        blank = line.is_empty();
    }
    tidy
}
