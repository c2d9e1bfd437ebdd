//! What an admin is told in one mail, as it is too much for many.

use std::collections::HashSet;
use std::hash::Hash;
use std::time::Duration;

use domain::id::NoticeId;
use domain::notice::{NoticeKind, SkipReason};
use domain::text::Name;
use storage::{Allowance, Delivery, Notice, Pace, StorageError};

use crate::letter::{DigestFacts, DigestLine, Foreign, Frame, Letter, Listed};
use crate::look::{Look, Needed, Reader, name_person};
use crate::post::{Outcome, Post};

/// How many calls and how many posts a digest lists; the portal lists all.
const LISTED: usize = 30;
/// How much of a caller's last words or of a post's title it shows.
const SAID_CHARS: usize = 160;

/// The allowance that the operator has set, with bursts and a pace by which digests can follow each other for ever,
/// so closely that a call in the midst of a flood is told within a minute. See docs/adr/0011-digests.md.
pub(crate) fn allowance((mails, per): (u32, Duration)) -> Allowance {
    let pace = Pace {
        gather: Duration::from_secs(15),
        // A call that just misses one has five seconds left for two mails to be sent.
        apart: Duration::from_secs(55),
        at_most: Duration::from_mins(5),
    };
    // Bursts and their span are a twelfth each: at 60 an hour any series of bursts, and a digest every 55 s after
    // it, stay within the fifth that digests may be beyond the allowance.
    let burst = (mails / 12).max(mails.min(3)).max(1);
    let (within, calm) = ((per / 12).min(Duration::from_mins(5)), (per / 6).min(Duration::from_mins(10)));
    Allowance { mails, per, burst, within, calm, pace }
}

/// What a digest comes to.
struct Drafted {
    needed: Option<Needed>,
    told: Vec<NoticeId>,
    skipped: Vec<(NoticeId, SkipReason)>,
}

impl Post {
    /// Delivers what is gathered behind `leader` as one mail.
    pub(crate) async fn deliver_digest(&self, leader: &Notice) -> Result<Outcome, StorageError> {
        let inside = self.storage.gathered(leader.id).await?;
        let drafted = self.draft(leader, &inside).await?;
        let Drafted { needed, told, skipped } = drafted;
        let Some(needed) = needed else {
            let reason = skipped.first().map_or(SkipReason::Incomplete, |(_, reason)| reason.clone());
            return Ok(Outcome::Digest { delivery: Delivery::Skipped { reason }, told, skipped });
        };
        // It may take in more until it is sent. With more in it, it is another mail and has another name, or a
        // mail program that knows the name would not show what is new.
        let id = format!("digest-{}-{}", leader.id, inside.len());
        // It has been tried as often as what was tried most, and is as old as what is newest.
        let stand_in = Notice {
            attempts: inside.iter().map(|notice| notice.attempts).max().unwrap_or_default(),
            created_at: inside.iter().map(|notice| notice.created_at).max().unwrap_or(leader.created_at),
            ..leader.clone()
        };
        let delivery = self.hand_over(&id, &stand_in, &needed).await?;
        Ok(Outcome::Digest { delivery, told, skipped })
    }

    async fn draft(&self, leader: &Notice, inside: &[Notice]) -> Result<Drafted, StorageError> {
        let look = self.look();
        let reader = match look.admin(leader).await? {
            Ok(reader) => reader,
            Err(reason) => {
                let skipped = inside.iter().map(|notice| (notice.id, reason.clone())).collect();
                return Ok(Drafted { needed: None, told: Vec::new(), skipped });
            }
        };
        let mut drafted = Drafted { needed: None, told: Vec::new(), skipped: Vec::new() };
        let (mut calls, mut posts) = (List::default(), List::default());
        for notice in inside.iter().rev() {
            let found = match notice.kind {
                NoticeKind::Call | NoticeKind::Escalation => {
                    look.list_call(notice, &reader, &mut calls).await?
                }
                NoticeKind::Inquiry | NoticeKind::Comment | NoticeKind::Resolved => {
                    look.list_post(notice, &reader, &mut posts).await?
                }
                // The store never gathers these.
                NoticeKind::Invitation | NoticeKind::Reset => Err(SkipReason::Incomplete),
            };
            match found {
                Ok(()) => drafted.told.push(notice.id),
                Err(reason) => drafted.skipped.push((notice.id, reason)),
            }
        }
        if !drafted.told.is_empty() {
            let mut frame = look.frame(reader.locale, "admin", 0);
            frame.words.count("n", calls.seen.len() + posts.seen.len());
            let facts = DigestFacts { calls: calls.listed(&frame), posts: posts.listed(&frame), frame };
            drafted.needed = Some(Needed {
                address: reader.address,
                name: reader.name,
                reply_to: None,
                thread: Vec::new(),
                letter: Letter::Digest(facts),
                links: Vec::new(),
            });
        }
        Ok(drafted)
    }
}

/// The lines of one kind, each subject once.
struct List<Id> {
    seen: HashSet<Id>,
    lines: Vec<DigestLine>,
}

impl<Id> Default for List<Id> {
    fn default() -> Self {
        Self { seen: HashSet::new(), lines: Vec::new() }
    }
}

impl<Id: Eq + Hash> List<Id> {
    /// Whether a subject is new here and still to be listed.
    fn wants(&mut self, id: Id) -> bool {
        self.seen.insert(id) && self.lines.len() < LISTED
    }

    fn listed(self, frame: &Frame) -> Listed {
        let mut words = frame.words.clone();
        words.count("n", self.seen.len());
        words.count("more", self.seen.len() - self.lines.len());
        Listed { words, more: self.seen.len() > self.lines.len(), lines: self.lines }
    }
}

impl Look<'_> {
    async fn list_call(
        &self,
        notice: &Notice,
        reader: &Reader,
        calls: &mut List<domain::id::ConversationId>,
    ) -> Result<Result<(), SkipReason>, StorageError> {
        let (row, wait) = match self.waiting(notice).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        let id = row.conversation.id;
        if calls.wants(id) {
            let mut frame = self.frame(reader.locale, &format!("admin/conversations/{id}"), row.number);
            let who = name_person(&mut frame.words, row.visitor.name.as_ref().map(Name::as_str)).name;
            frame.words.set("since", frame.words.moment(wait.since, self.now));
            let (said, _) = self.said(&row.conversation).await?;
            calls.lines.push(DigestLine {
                who,
                about: frame.t("mail-digest-call"),
                said: said.last().map(|said| Foreign::line(said.as_str(), SAID_CHARS)),
                link: frame.link,
            });
        }
        Ok(Ok(()))
    }

    async fn list_post(
        &self,
        notice: &Notice,
        reader: &Reader,
        posts: &mut List<domain::id::InquiryId>,
    ) -> Result<Result<(), SkipReason>, StorageError> {
        let row = match self.posted(notice).await? {
            Ok(row) => row,
            Err(reason) => return Ok(Err(reason)),
        };
        let inquiry = &row.inquiry;
        if posts.wants(inquiry.id) {
            let path = format!("admin/inquiries/{}", inquiry.id);
            let mut frame = self.frame(reader.locale, &path, row.number);
            let who = name_person(&mut frame.words, inquiry.author_name.as_ref().map(Name::as_str)).name;
            frame.words.set("kind", inquiry.kind.as_str());
            posts.lines.push(DigestLine {
                who,
                about: frame.t("mail-digest-post"),
                said: Some(Foreign::line(inquiry.title.as_str(), SAID_CHARS)),
                link: frame.link,
            });
        }
        Ok(Ok(()))
    }
}
