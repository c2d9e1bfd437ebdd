//! Looks at what a notice is about, as it is now: what to write and to whom, or why it is not needed any more.

use std::time::Duration;

use domain::admin::Locale;
use domain::conversation::{Actor, Conversation, Event, Seat, State, Wait, What};
use domain::id::ConversationId;
use domain::inquiry::{Inquiry, InquiryStatus};
use domain::notice::{NoticeKind, SkipReason};
use domain::text::Name;
use domain::{Seq, Timestamp};
use storage::{ConversationRow, InquiryRow, Link, Notice, Storage, StorageError};

use crate::letter::{
    AccountFacts, AccountTexts, CallFacts, CommentFacts, Evidence, Foreign, Frame, InquiryFacts, Letter,
    Person, Words,
};
use crate::links::{self, LinkMaker, Secrets};

/// Whoever asked for a new password so long ago has given up waiting, or asked again.
const STALE: Duration = Duration::from_hours(1);
/// How many of a caller's last messages a mail shows, and how much of each; the room shows all.
const SAID: usize = 5;
const SAID_CHARS: usize = 1000;
/// A longer name would push everything else out of sight.
const NAME_CHARS: usize = 40;
/// How far back they are looked for.
const LOOK_BACK: u64 = 200;
/// How much of a post or a comment a mail shows; the board shows all.
const POST_CHARS: usize = 4000;

/// A mail that is needed.
#[derive(Debug)]
pub(crate) struct Needed {
    /// The recipient's address.
    pub(crate) address: String,
    /// The recipient's name, if it is an admin's.
    pub(crate) name: Option<String>,
    /// Where an answer by mail goes, if the visitor left an address.
    pub(crate) reply_to: Option<String>,
    /// The roots of the threads it belongs to, outermost first.
    pub(crate) thread: Vec<String>,
    /// What it says.
    pub(crate) letter: Letter,
    /// The links in it, to be stored before it leaves.
    pub(crate) links: Vec<Link>,
}

/// What a look at the present state says.
#[derive(Debug)]
pub(crate) enum Looked {
    /// Send this.
    Needed(Box<Needed>),
    /// Send nothing, because.
    Skip(SkipReason),
}

/// Who reads it.
pub(crate) struct Reader {
    pub(crate) address: String,
    pub(crate) name: Option<String>,
    pub(crate) locale: Locale,
}

/// The present state as one notice sees it.
pub(crate) struct Look<'a> {
    pub(crate) storage: &'a dyn Storage,
    pub(crate) site: &'a str,
    pub(crate) public_url: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) secrets: &'a Secrets,
}

impl Look<'_> {
    pub(crate) async fn at(&self, notice: &Notice) -> Result<Looked, StorageError> {
        match notice.kind {
            NoticeKind::Call | NoticeKind::Escalation => self.at_call(notice).await,
            NoticeKind::Inquiry | NoticeKind::Comment | NoticeKind::Resolved => self.at_inquiry(notice).await,
            NoticeKind::Invitation | NoticeKind::Reset => self.at_account(notice).await,
        }
    }

    /// An admin as they are now: their address and language may have changed since the notice was written.
    pub(crate) async fn admin(&self, notice: &Notice) -> Result<Result<Reader, SkipReason>, StorageError> {
        let Some(id) = notice.to.admin else {
            return Ok(Err(SkipReason::Incomplete));
        };
        Ok(match self.storage.admin(id).await? {
            None => Err(SkipReason::AdminRemoved),
            Some(admin) if !admin.enabled() => Err(SkipReason::AdminDisabled),
            Some(admin) => Ok(Reader {
                address: admin.email.as_str().to_owned(),
                name: Some(admin.name.as_str().to_owned()),
                locale: admin.locale,
            }),
        })
    }

    async fn at_call(&self, notice: &Notice) -> Result<Looked, StorageError> {
        let (row, wait) = match self.waiting(notice).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Looked::Skip(reason)),
        };
        let id = row.conversation.id;
        let reader = match self.admin(notice).await? {
            Ok(reader) => reader,
            Err(reason) => return Ok(Looked::Skip(reason)),
        };
        let mut links = LinkMaker::new(self.secrets, self.public_url);
        let mut facts = self.call(&row, &wait, reader.locale).await?;
        facts.actions = links.of_call(notice, wait.plan.move_at, self.now);
        let letter = match notice.kind {
            NoticeKind::Escalation => Letter::Escalation(facts),
            _ => Letter::Call(facts),
        };
        Ok(Looked::Needed(Box::new(Needed {
            address: reader.address,
            name: reader.name,
            reply_to: None,
            thread: vec![format!("c-{id}")],
            letter,
            links: links.made(),
        })))
    }

    /// What is about the reader's own sign-in.
    async fn at_account(&self, notice: &Notice) -> Result<Looked, StorageError> {
        let reader = match self.admin(notice).await? {
            Ok(reader) => reader,
            Err(reason) => return Ok(Looked::Skip(reason)),
        };
        if notice.kind == NoticeKind::Reset && self.now.since(notice.created_at) > STALE {
            return Ok(Looked::Skip(SkipReason::TooLate));
        }
        let known = self.storage.admin_by_email(&reader.address.to_ascii_lowercase()).await?;
        if notice.kind == NoticeKind::Invitation && known.is_some_and(|(_, password)| password.is_some()) {
            return Ok(Looked::Skip(SkipReason::PasswordChosen));
        }
        let mut links = LinkMaker::new(self.secrets, self.public_url);
        let path = links.choose_password(notice, self.now);
        let mut frame = self.frame(reader.locale, &path, 0);
        let name = Foreign::line(reader.name.as_deref().unwrap_or_default(), NAME_CHARS);
        frame.words.set("name", name.as_str());
        let invited = notice.kind == NoticeKind::Invitation;
        let life = frame.words.span(if invited { links::INVITATION } else { links::RESET });
        frame.words.set("life", life.unwrap_or_default());
        let letter = if invited {
            Letter::Invitation(AccountFacts { frame, texts: AccountTexts::INVITATION })
        } else {
            Letter::Reset(AccountFacts { frame, texts: AccountTexts::RESET })
        };
        Ok(Looked::Needed(Box::new(Needed {
            address: reader.address,
            name: reader.name,
            reply_to: None,
            thread: Vec::new(),
            letter,
            links: links.made(),
        })))
    }

    /// The call that a notice is about, if it still waits as it did then.
    pub(crate) async fn waiting(
        &self,
        notice: &Notice,
    ) -> Result<Result<(ConversationRow, Wait), SkipReason>, StorageError> {
        let Some(id) = notice.conversation else {
            return Ok(Err(SkipReason::Incomplete));
        };
        let Some(row) = self.storage.conversation(id).await? else {
            return Ok(Err(SkipReason::CallRemoved));
        };
        let wait = match &row.conversation.state {
            State::Waiting(wait) if notice.created_at < wait.since => return Ok(Err(SkipReason::WaitsAnew)),
            State::Waiting(wait) => wait.clone(),
            State::Active { admins, .. } | State::Closed { admins, .. } => {
                return Ok(Err(SkipReason::Answered { by: names(admins) }));
            }
            State::Moved { .. } => return Ok(Err(SkipReason::Moved)),
            State::Cancelled { .. } => return Ok(Err(SkipReason::Cancelled)),
        };
        Ok(Ok((row, wait)))
    }

    async fn call(
        &self,
        row: &ConversationRow,
        wait: &Wait,
        locale: Locale,
    ) -> Result<CallFacts, StorageError> {
        let conversation = &row.conversation;
        let path = format!("admin/conversations/{}", conversation.id);
        let mut frame = self.frame(locale, &path, row.number);
        let known = row.visitor.name.as_ref().map(Name::as_str);
        let person = Person {
            email: row.visitor.email.as_ref().map(|email| Foreign::line(email.as_str(), 254)),
            verified: row.visitor.verified(),
            ..name_person(&mut frame.words, known)
        };
        let waited = frame.words.span(self.now.since(wait.since));
        let waits = waited.is_some();
        let (since, move_at) = (wait.since, wait.plan.move_at);
        frame.words.set("waited", waited.unwrap_or_default());
        frame.words.set("since", frame.words.moment(since, self.now));
        frame.words.set("moves", frame.words.moment(move_at, self.now));
        if let Some(promised) = &wait.promised {
            frame.words.set("by", Foreign::line(promised.by.name.as_str(), 60).as_str());
            frame.words.set("until", frame.words.moment(promised.until, self.now));
        }
        let evidence = self.evidence(conversation.id).await?;
        let (said, more) = self.said(conversation).await?;
        let promised = wait.promised.is_some();
        let actions = Vec::new();
        Ok(CallFacts { frame, person, actions, said, more, evidence, waits, promised })
    }

    /// Where the caller was when they pressed the bell: the first entry of the log says it.
    async fn evidence(&self, id: ConversationId) -> Result<Evidence, StorageError> {
        let first = self.storage.read_after(id, Seq::START, 1).await?;
        Ok(match first.first().map(|event| &event.what) {
            Some(What::Called { context, .. }) => Evidence::of(context),
            _ => Evidence::default(),
        })
    }

    pub(crate) async fn said(
        &self,
        conversation: &Conversation,
    ) -> Result<(Vec<Foreign>, bool), StorageError> {
        let after = Seq(conversation.seq.0.saturating_sub(LOOK_BACK));
        // Twice as many as there should be: some may have been said since the row was read.
        let limit = u32::try_from(LOOK_BACK * 2).unwrap_or(u32::MAX);
        let events = self.storage.read_after(conversation.id, after, limit).await?;
        let by_visitor = |event: &&Event| event.by.visitor().is_some();
        let said: Vec<Foreign> = events
            .iter()
            .filter(by_visitor)
            .filter_map(|event| match &event.what {
                What::Said { body } => Some(Foreign::block(body.as_str(), SAID_CHARS)),
                _ => None,
            })
            .collect();
        let from = said.len().saturating_sub(SAID);
        Ok((said[from..].to_vec(), from > 0))
    }

    async fn at_inquiry(&self, notice: &Notice) -> Result<Looked, StorageError> {
        let row = match self.posted(notice).await? {
            Ok(row) => row,
            Err(reason) => return Ok(Looked::Skip(reason)),
        };
        let inquiry = &row.inquiry;
        let id = inquiry.id;
        let reader = if notice.to.admin.is_some() {
            match self.admin(notice).await? {
                Ok(reader) => reader,
                Err(reason) => return Ok(Looked::Skip(reason)),
            }
        } else {
            // Their address as it is now: who has taken it back wants no mail.
            let Some(email) = &inquiry.email else {
                return Ok(Looked::Skip(SkipReason::AddressTakenBack));
            };
            Reader { address: email.as_str().to_owned(), name: None, locale: notice.to.locale }
        };
        let letter = match self.inquiry_letter(notice, &row, reader.locale).await? {
            Ok(letter) => letter,
            Err(reason) => return Ok(Looked::Skip(reason)),
        };
        let author = notice.to.admin.is_none();
        let call = inquiry.conversation.filter(|_| !author).map(|call| format!("c-{call}"));
        Ok(Looked::Needed(Box::new(Needed {
            address: reader.address,
            name: reader.name,
            reply_to: inquiry.email.as_ref().filter(|_| !author).map(|email| email.as_str().to_owned()),
            thread: call.into_iter().chain([format!("i-{id}")]).collect(),
            letter,
            links: Vec::new(),
        })))
    }

    /// The post that a notice is about, if it is still to be told.
    pub(crate) async fn posted(
        &self,
        notice: &Notice,
    ) -> Result<Result<InquiryRow, SkipReason>, StorageError> {
        let Some(id) = notice.inquiry else {
            return Ok(Err(SkipReason::Incomplete));
        };
        let Some(row) = self.storage.inquiry(id).await? else {
            return Ok(Err(SkipReason::InquiryRemoved));
        };
        if row.inquiry.trashed_at.is_some() {
            return Ok(Err(SkipReason::InquiryDeleted));
        }
        if notice.kind == NoticeKind::Resolved && row.inquiry.status != InquiryStatus::Resolved {
            return Ok(Err(SkipReason::InquiryReopened));
        }
        Ok(Ok(row))
    }

    async fn inquiry_letter(
        &self,
        notice: &Notice,
        row: &InquiryRow,
        locale: Locale,
    ) -> Result<Result<Letter, SkipReason>, StorageError> {
        let mut facts = self.inquiry(row, locale, notice.to.admin.is_none()).await?;
        Ok(match notice.kind {
            NoticeKind::Resolved => Ok(Letter::Resolved(facts)),
            NoticeKind::Comment => {
                let comments = self.storage.comments(&[row.inquiry.id]).await?;
                let mut comments = comments.into_iter().map(|(_, comment)| comment);
                let Some(comment) = comments.find(|comment| Some(comment.id) == notice.comment) else {
                    return Ok(Err(SkipReason::CommentRemoved));
                };
                let by = match &comment.by {
                    Actor::Admin { name, .. } => Foreign::line(name.as_str(), 60),
                    _ => facts.person.name.clone(),
                };
                facts.frame.words.set("by", by.as_str());
                let body = Foreign::block(comment.body.as_str(), POST_CHARS);
                Ok(Letter::Comment(CommentFacts { inquiry: facts, body }))
            }
            _ => Ok(Letter::Inquiry(facts)),
        })
    }

    async fn inquiry(
        &self,
        row: &InquiryRow,
        locale: Locale,
        to_author: bool,
    ) -> Result<InquiryFacts, StorageError> {
        let Inquiry { id, kind, title, body, email, author_name, conversation, .. } = &row.inquiry;
        let path = if to_author { format!("help#inquiry={id}") } else { format!("admin/inquiries/{id}") };
        let mut frame = Frame { to_author, ..self.frame(locale, &path, row.number) };
        let person = Person {
            email: email.as_ref().map(|email| Foreign::line(email.as_str(), 254)),
            ..name_person(&mut frame.words, author_name.as_ref().map(Name::as_str))
        };
        let title = Foreign::line(title.as_str(), 100);
        frame.words.set("title", title.as_str());
        frame.words.set("kind", kind.as_str());
        let evidence = match conversation {
            Some(call) if !to_author => self.evidence(*call).await?,
            _ => Evidence::default(),
        };
        Ok(InquiryFacts {
            frame,
            person,
            title,
            body: Foreign::block(body.as_str(), POST_CHARS),
            kind: kind.as_str(),
            from_call: conversation.is_some(),
            evidence,
        })
    }

    pub(crate) fn frame(&self, locale: Locale, path: &str, number: u64) -> Frame {
        let mut words = Words::new(locale);
        let site = Foreign::line(self.site, 60).as_str().to_owned();
        words.set("site", site.clone());
        words.set("number", number.to_string());
        let link = format!("{}/{path}", self.public_url.trim_end_matches('/'));
        Frame { words, site, link, to_author: false }
    }
}

/// Somebody by their name, or as what we call those who have none; the words vary by which it is.
pub(crate) fn name_person(words: &mut Words, name: Option<&str>) -> Person {
    let name = name.map(|name| Foreign::line(name, NAME_CHARS)).filter(|name| !name.as_str().is_empty());
    words.set("known", if name.is_some() { "yes" } else { "no" });
    let name = name.unwrap_or_else(|| Foreign::line(&words.say("mail-visitor"), 60));
    words.set("name", name.as_str());
    Person { name, email: None, verified: false }
}

fn names(seats: &[Seat]) -> String {
    let names: Vec<&str> = seats.iter().map(|seat| seat.name.as_str()).collect();
    Foreign::line(&names.join(", "), 120).as_str().to_owned()
}
