//! What becomes of one notice: looked at, rendered, handed over, and how that ended.

use std::sync::Arc;

use domain::id::{MailId, NoticeId};
use domain::notice::SkipReason;
use domain::{Clock, Timestamp};
use storage::{Delivery, Mail, Notice, Storage, StorageError};

use crate::backoff;
use crate::letter::Rendered;
use crate::links::Secrets;
use crate::look::{Look, Looked, Needed};
use crate::message::{self, Outgoing};
use crate::settings::Settings;
use crate::smtp::{Failure, Smtp};

/// Everything it takes to deliver one notice.
pub(crate) struct Post {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    /// `None` where mails are kept instead of sent.
    pub(crate) smtp: Option<Smtp>,
    /// Makes the secrets of links.
    pub(crate) secrets: Secrets,
}

/// How a try ended, and for which notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// For the one that was claimed.
    One(Delivery),
    /// For those that were gathered behind it.
    Digest {
        /// How the mail fared.
        delivery: Delivery,
        /// What was in it.
        told: Vec<NoticeId>,
        /// What was not needed any more.
        skipped: Vec<(NoticeId, SkipReason)>,
    },
}

impl Post {
    /// Delivers it and says how that ended. An error means that the store failed: nothing is known then, and the
    /// notice comes back when its lease has run out.
    pub(crate) async fn deliver(&self, notice: &Notice) -> Result<Outcome, StorageError> {
        if notice.digest.is_some() {
            return self.deliver_digest(notice).await;
        }
        let delivery = match self.look().at(notice).await? {
            Looked::Skip(reason) => Delivery::Skipped { reason },
            Looked::Needed(needed) => {
                if !needed.links.is_empty() {
                    self.storage.add_links(&needed.links).await?;
                }
                self.hand_over(&notice.id.to_string(), notice, &needed).await?
            }
        };
        Ok(Outcome::One(delivery))
    }

    /// The present state, to be looked at.
    pub(crate) fn look(&self) -> Look<'_> {
        Look {
            storage: &*self.storage,
            site: &self.settings.site_name,
            public_url: &self.settings.public_url,
            now: self.clock.now(),
            secrets: &self.secrets,
        }
    }

    /// Makes the mail, named by `id`, and sends or keeps it; `tried` says when to try again.
    pub(crate) async fn hand_over(
        &self,
        id: &str,
        tried: &Notice,
        needed: &Needed,
    ) -> Result<Delivery, StorageError> {
        let now = self.clock.now();
        let rendered = match needed.letter.render() {
            Ok(rendered) => rendered,
            Err(error) => {
                return Ok(Delivery::Dead { reply: format!("the mail could not be made: {error}") });
            }
        };
        let outgoing = match message::build(id, needed, &rendered, &self.settings.from, now) {
            Ok(outgoing) => outgoing,
            Err(unmakeable) => return Ok(Delivery::Dead { reply: unmakeable.to_string() }),
        };
        match &self.smtp {
            None => self.keep(tried, needed, rendered, now).await,
            Some(smtp) => Ok(self.send(smtp, tried, &outgoing).await),
        }
    }

    async fn keep(
        &self,
        notice: &Notice,
        needed: &Needed,
        rendered: Rendered,
        now: Timestamp,
    ) -> Result<Delivery, StorageError> {
        let mail = Mail {
            // A mail and its notice are one to one, so they may share the id.
            id: MailId(notice.id.0),
            number: 0,
            notice: notice.id,
            from: self.settings.from.to_string(),
            to: needed.address.clone(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            at: now,
        };
        self.storage.keep(&mail).await?;
        Ok(Delivery::Sent { reply: "kept in the built-in mailbox".to_owned() })
    }

    async fn send(&self, smtp: &Smtp, tried: &Notice, outgoing: &Outgoing) -> Delivery {
        let from = &self.settings.from.mailbox().email;
        match smtp.send(from, &outgoing.to, &outgoing.bytes).await {
            Ok(reply) => Delivery::Sent { reply },
            Err(Failure { permanent: true, reply, .. }) => Delivery::Dead { reply },
            Err(Failure { permanent: false, reply, .. }) => retry(tried, self.clock.now(), reply),
        }
    }
}

/// Another try, while there is time for one.
pub(crate) fn retry(notice: &Notice, now: Timestamp, reply: String) -> Delivery {
    match backoff::next_try(notice.id, notice.attempts, notice.created_at, now) {
        Some(at) => Delivery::Retry { reply, at },
        None => Delivery::Dead { reply: format!("given up after a day: {reply}") },
    }
}
