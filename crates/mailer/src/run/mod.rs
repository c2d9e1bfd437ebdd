//! The loop: wakes when there is something to send, and gives each notice a task of its own.

mod lanes;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, News, Topic};
use domain::notice::NoticeKind;
use domain::{Clock, Timestamp};
use fault_point::Point;
use storage::{Allowance, Claim, Claimed, Delivery, Notice, Storage, StorageError, Turn};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::digest;
use crate::links::Secrets;
use crate::post::{self, Outcome, Post};
use crate::settings::{Settings, SettingsFault, Transport};
use crate::smtp::Smtp;
use lanes::Lanes;

/// For how long a claimed notice is ours. Longer than any try may take.
const LEASE: Duration = Duration::from_mins(2);
/// The longest a try may take, whatever its steps are allowed.
const TRY: Duration = Duration::from_secs(100);
/// A lost ring costs no more than this.
const POLL: Duration = Duration::from_secs(5);
/// Mails on their way get so long to arrive before a shutdown leaves them to their leases.
const FAREWELL: Duration = Duration::from_secs(8);
/// A notice that made the mailer panic so often is given up.
const PANICS: u32 = 3;
/// One claim of so many takes what is due longest, so that new calls do not keep everything else back.
const FAIR: u32 = 4;

/// What the mailer works with.
pub struct Parts {
    /// Where the outbox is.
    pub storage: Arc<dyn Storage>,
    /// Wakes it by `Topic::Outbox`, and is told what became of a conversation's mails.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What the operator decided.
    pub settings: Settings,
    /// Makes the secrets of the links in mails.
    pub secrets: Secrets,
}

/// The role that sends mails. May run any number of times on one outbox: leases keep two from sending one notice.
pub struct Mailer {
    post: Arc<Post>,
    bus: Arc<dyn Bus>,
    lanes: Arc<Lanes>,
    allowance: Option<Allowance>,
}

impl Mailer {
    /// Puts it together; fails when no TLS can be had for the mail server's name.
    pub fn new(parts: Parts) -> Result<Self, SettingsFault> {
        let Parts { storage, bus, clock, settings, secrets } = parts;
        let smtp = match &settings.transport {
            Transport::BuiltIn => None,
            Transport::Smtp(url) => Some(Smtp::new(url.clone(), settings.patience)?),
        };
        let lanes = Arc::new(Lanes::new(settings.lanes.max(1), settings.prompt));
        let allowance = settings.mails_per_admin.map(digest::allowance);
        Ok(Self { post: Arc::new(Post { storage, clock, settings, smtp, secrets }), bus, lanes, allowance })
    }

    /// Sends what is due until `shutdown`, then lets the mails on their way arrive.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut bell = self.bus.listen(Topic::Outbox);
        let tasks = TaskTracker::new();
        let ended = Arc::new(Notify::new());
        let mut claims = 0;
        info!(lanes = self.post.settings.lanes, "the mailer is up");
        loop {
            // Before reading, so that what is queued while we read rings again.
            bell.mark();
            if let Err(failure) = self.send_due(&mut claims, &tasks, &ended, &shutdown).await {
                error!(error = &failure as &dyn std::error::Error, "cannot read the outbox");
            }
            if self.post.smtp.is_some() {
                let post = Arc::clone(&self.post);
                tasks.spawn(async move {
                    if let Some(smtp) = &post.smtp {
                        smtp.hang_up_idle().await;
                    }
                });
            }
            let pause = self.pause().await;
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = bell.changed() => {}
                () = ended.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        tasks.close();
        if tokio::time::timeout(FAREWELL, tasks.wait()).await.is_err() {
            warn!("mails were still on their way; they will be sent again after the next start");
        }
        if let Some(smtp) = &self.post.smtp {
            smtp.hang_up().await;
        }
        info!("the mailer is down");
    }

    /// Until the next notice is due, but no longer than the poll.
    async fn pause(&self) -> Duration {
        let now = self.post.clock.now();
        match self.post.storage.next_notice_at(&self.lanes.spared()).await {
            // Never nothing: another mailer may be about to take it.
            Ok(Some(at)) => at.since(now).clamp(Duration::from_millis(20), POLL),
            Ok(None) => POLL,
            Err(failure) => {
                error!(error = &failure as &dyn std::error::Error, "cannot read the outbox");
                POLL
            }
        }
    }

    /// Claims as many as there are free lanes, until nothing is due: what is claimed is on its way at once, and
    /// its lease is not spent on waiting.
    async fn send_due(
        &self,
        claims: &mut u32,
        tasks: &TaskTracker,
        ended: &Arc<Notify>,
        shutdown: &CancellationToken,
    ) -> Result<(), StorageError> {
        loop {
            let free = tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                free = self.lanes.free() => free,
            };
            *claims = claims.wrapping_add(1);
            let now = self.post.clock.now();
            let claim = Claim {
                now,
                lease_until: now.plus(LEASE),
                limit: u32::try_from(free.len()).unwrap_or(u32::MAX),
                turn: if claims.is_multiple_of(FAIR) { Turn::LongestDue } else { Turn::Urgent },
                spared: self.lanes.spared(),
                allowance: self.allowance.clone(),
            };
            let claimed = self.post.storage.claim(&claim).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            fault_point::pass(Point::NoticeClaimed);
            for (claimed, lane) in claimed.into_iter().zip(free) {
                self.start(claimed, lane, tasks, ended);
            }
        }
    }

    /// Gives a notice its task. The work itself runs in a task inside it: a panic ends that one, and is recorded.
    fn start(&self, claimed: Claimed, lane: OwnedSemaphorePermit, tasks: &TaskTracker, ended: &Arc<Notify>) {
        let (post, bus, done) = (Arc::clone(&self.post), Arc::clone(&self.bus), Arc::clone(ended));
        let (workers, lanes) = (tasks.clone(), Arc::clone(&self.lanes));
        let span = info_span!("mailer.deliver", notice.id = %claimed.id, notice.kind = claimed.kind.as_str());
        // For a collector of traces alone, as those of `web::span`.
        let traced = info_span!(
            target: "deskbell::span",
            "mail.try",
            otel.name = %format_args!("mail {}", claimed.kind.as_str()),
            otel.kind = "client",
            notice.id = %claimed.id,
            notice.kind = claimed.kind.as_str(),
            mail.attempt = claimed.attempts + 1,
            conversation.id = claimed.conversation.map(tracing::field::display),
            outcome = tracing::field::Empty,
        );
        let work = async move {
            let (worker, notice) = (Arc::clone(&post), claimed.notice.clone());
            let deliver = Box::pin(async {
                let ended = guarded(&workers, async move { worker.deliver(&notice).await }).await;
                if let Some(outcome) = verdict(ended, &claimed, post.clock.now()) {
                    settle(&post, &*bus, &claimed, outcome).await;
                }
            });
            lanes.ride(lane, claimed.to.address.as_str(), deliver).await;
            done.notify_one();
        };
        tasks.spawn(work.instrument(traced).instrument(span));
    }
}

/// How the work on one notice ended.
enum Ended {
    Done(Outcome),
    StoreFailed(StorageError),
    TookTooLong,
    Panicked,
}

/// Does the work in a task of its own, come what may.
async fn guarded(
    tasks: &TaskTracker,
    work: impl Future<Output = Result<Outcome, StorageError>> + Send + 'static,
) -> Ended {
    let work = tokio::time::timeout(TRY, work).instrument(tracing::Span::current());
    match tasks.spawn(work).await {
        Ok(Ok(Ok(outcome))) => Ended::Done(outcome),
        Ok(Ok(Err(failure))) => Ended::StoreFailed(failure),
        Ok(Err(_)) => Ended::TookTooLong,
        Err(_) => Ended::Panicked,
    }
}

/// What is to be recorded; `None` when the store failed: then the lease has to run out.
fn verdict(ended: Ended, notice: &Notice, now: Timestamp) -> Option<Outcome> {
    let delivery = match ended {
        Ended::Done(outcome) => return Some(outcome),
        Ended::StoreFailed(failure) => {
            error!(error = &failure as &dyn std::error::Error, "cannot read what a notice is about");
            return None;
        }
        Ended::TookTooLong => post::retry(notice, now, format!("not done within {} s", TRY.as_secs())),
        // It must neither end the mailer nor come back for ever.
        Ended::Panicked => {
            error!(attempts = notice.attempts + 1, "the mailer panicked over a notice");
            let reply = "the mailer failed over this mail; its log says why".to_owned();
            let again = notice.attempts + 1 < PANICS;
            if again { post::retry(notice, now, reply) } else { Delivery::Dead { reply } }
        }
    };
    Some(Outcome::One(delivery))
}

/// Writes down how it ended and tells those who look at it.
async fn settle(post: &Post, bus: &dyn Bus, claimed: &Claimed, outcome: Outcome) {
    fault_point::pass(Point::MailTaken);
    let (delivery, recorded) = match record(post, claimed, outcome).await {
        Ok(done) => done,
        Err(failure) => {
            error!(error = &failure as &dyn std::error::Error, "cannot record how a notice ended");
            return;
        }
    };
    if !recorded {
        warn!(epoch = claimed.lease.epoch, "held up past its lease; another mailer has the notice");
        return;
    }
    fault_point::pass(Point::MailRecorded);
    let attempts = claimed.attempts + 1;
    count(claimed, &delivery, post.clock.now());
    match &delivery {
        Delivery::Sent { .. } => {
            let waited_ms = post.clock.now().since(claimed.created_at).as_millis();
            info!(attempts, waited_ms, digest = claimed.digest.is_some(), "sent");
        }
        Delivery::Skipped { .. } => debug!("not needed any more"),
        // The server's words may quote an address, so they go to the portal and not into the log.
        Delivery::Retry { at, .. } => warn!(attempts, next_try = %at, "will be tried again"),
        Delivery::Dead { .. } => error!(attempts, "given up"),
    }
    if claimed.digest.is_some() {
        // Many calls and posts at once: whoever looks at any of them looks again.
        bus.ring_all();
        return;
    }
    if let Some(conversation) = claimed.conversation {
        bus.ring(Topic::Conversation(conversation), News::VIEW);
    }
    if claimed.inquiry.is_some() || claimed.kind.is_personal() {
        bus.ring(Topic::Board, News::VIEW);
    }
}

/// What operators see of it (docs/operations.md).
fn count(claimed: &Claimed, delivery: &Delivery, now: Timestamp) {
    let result = match delivery {
        Delivery::Sent { .. } => "sent",
        Delivery::Skipped { .. } => "skipped",
        Delivery::Retry { .. } => "retry",
        Delivery::Dead { .. } => "dead",
    };
    tracing::Span::current().record("outcome", result);
    metrics::counter!("deskbell_mails_total", "kind" => claimed.kind.as_str(), "result" => result)
        .increment(1);
    if claimed.kind == NoticeKind::Call && result == "sent" {
        metrics::histogram!("deskbell_call_to_mail_seconds").record(now.since(claimed.created_at));
    }
}

async fn record(post: &Post, claimed: &Claimed, outcome: Outcome) -> Result<(Delivery, bool), StorageError> {
    let (lease, now) = (&claimed.lease, post.clock.now());
    let (delivery, told, skipped) = match outcome {
        Outcome::One(delivery) if claimed.digest.is_none() => {
            let recorded = post.storage.record(lease, &delivery, now).await?;
            return Ok((delivery, recorded));
        }
        // The work on a digest did not end by itself: it counts as a try for all that is in there.
        Outcome::One(delivery) => {
            let inside = post.storage.gathered(claimed.id).await?;
            (delivery, inside.into_iter().map(|notice| notice.id).collect(), Vec::new())
        }
        Outcome::Digest { delivery, told, skipped } => (delivery, told, skipped),
    };
    let recorded = post.storage.record_digest(lease, &delivery, &told, &skipped, now).await?;
    Ok((delivery, recorded))
}

#[cfg(test)]
mod tests;
