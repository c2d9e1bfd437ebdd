//! The loop: wakes when there is something to send, and gives each notice a task of its own.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, News, Topic};
use domain::{Clock, Timestamp};
use fault_point::Point;
use storage::{Delivery, Notice, Storage, StorageError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, debug, error, info, info_span, warn};

use crate::post::{self, Post};
use crate::settings::{Settings, SettingsFault, Transport};
use crate::smtp::Smtp;

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
}

/// The role that sends mails. May run any number of times on one outbox: leases keep two from sending one notice.
pub struct Mailer {
    post: Arc<Post>,
    bus: Arc<dyn Bus>,
    lanes: usize,
}

impl Mailer {
    /// Puts it together; fails when no TLS can be had for the mail server's name.
    pub fn new(parts: Parts) -> Result<Self, SettingsFault> {
        let Parts { storage, bus, clock, settings } = parts;
        let smtp = match &settings.transport {
            Transport::BuiltIn => None,
            Transport::Smtp(url) => Some(Smtp::new(url.clone(), settings.patience)?),
        };
        let lanes = settings.lanes.max(1);
        Ok(Self { post: Arc::new(Post { storage, clock, settings, smtp }), bus, lanes })
    }

    /// Sends what is due until `shutdown`, then lets the mails on their way arrive.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut bell = self.bus.listen(Topic::Outbox);
        let tasks = TaskTracker::new();
        let lanes = Arc::new(Semaphore::new(self.lanes));
        let ended = Arc::new(Notify::new());
        info!(lanes = self.lanes, "the mailer is up");
        loop {
            // Before reading, so that what is queued while we read rings again.
            bell.mark();
            if let Err(failure) = self.send_due(&lanes, &tasks, &ended, &shutdown).await {
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
        match self.post.storage.next_notice_at().await {
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
        lanes: &Arc<Semaphore>,
        tasks: &TaskTracker,
        ended: &Arc<Notify>,
        shutdown: &CancellationToken,
    ) -> Result<(), StorageError> {
        loop {
            let lane = tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                lane = Arc::clone(lanes).acquire_owned() => lane,
            };
            let Ok(lane) = lane else { return Ok(()) };
            let mut free = vec![lane];
            while let Ok(lane) = Arc::clone(lanes).try_acquire_owned() {
                free.push(lane);
            }
            let wanted = u32::try_from(free.len()).unwrap_or(u32::MAX);
            let now = self.post.clock.now();
            let claimed = self.post.storage.claim(now, now.plus(LEASE), wanted).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            fault_point::pass(Point::NoticeClaimed);
            for (notice, lane) in claimed.into_iter().zip(free) {
                self.start(notice, lane, tasks, ended);
            }
        }
    }

    /// Gives a notice its task. The work itself runs in a task inside it: a panic ends that one, and is recorded.
    fn start(&self, notice: Notice, lane: OwnedSemaphorePermit, tasks: &TaskTracker, ended: &Arc<Notify>) {
        let (post, bus, done) = (Arc::clone(&self.post), Arc::clone(&self.bus), Arc::clone(ended));
        let workers = tasks.clone();
        let span = info_span!("mailer.deliver", notice.id = %notice.id, notice.kind = notice.kind.as_str());
        let work = async move {
            let (worker, of_worker) = (Arc::clone(&post), notice.clone());
            let ended = guarded(&workers, async move { worker.deliver(&of_worker).await }).await;
            if let Some(delivery) = verdict(ended, &notice, post.clock.now()) {
                settle(&post, &*bus, &notice, delivery).await;
            }
            drop(lane);
            done.notify_one();
        };
        tasks.spawn(work.instrument(span));
    }
}

/// How the work on one notice ended.
enum Ended {
    Done(Delivery),
    StoreFailed(StorageError),
    TookTooLong,
    Panicked,
}

/// Does the work in a task of its own, come what may.
async fn guarded(
    tasks: &TaskTracker,
    work: impl Future<Output = Result<Delivery, StorageError>> + Send + 'static,
) -> Ended {
    let work = tokio::time::timeout(TRY, work).instrument(tracing::Span::current());
    match tasks.spawn(work).await {
        Ok(Ok(Ok(delivery))) => Ended::Done(delivery),
        Ok(Ok(Err(failure))) => Ended::StoreFailed(failure),
        Ok(Err(_)) => Ended::TookTooLong,
        Err(_) => Ended::Panicked,
    }
}

/// What is to be recorded; `None` when the store failed: then the lease has to run out.
fn verdict(ended: Ended, notice: &Notice, now: Timestamp) -> Option<Delivery> {
    match ended {
        Ended::Done(delivery) => Some(delivery),
        Ended::StoreFailed(failure) => {
            error!(error = &failure as &dyn std::error::Error, "cannot read what a notice is about");
            None
        }
        Ended::TookTooLong => Some(post::retry(notice, now, format!("not done within {} s", TRY.as_secs()))),
        // It must neither end the mailer nor come back for ever.
        Ended::Panicked => {
            error!(attempts = notice.attempts + 1, "the mailer panicked over a notice");
            let reply = "the mailer failed over this mail; its log says why".to_owned();
            let again = notice.attempts + 1 < PANICS;
            Some(if again { post::retry(notice, now, reply) } else { Delivery::Dead { reply } })
        }
    }
}

/// Writes down how it ended and tells those who look at it.
async fn settle(post: &Post, bus: &dyn Bus, notice: &Notice, delivery: Delivery) {
    fault_point::pass(Point::MailTaken);
    if let Err(failure) = post.storage.record(notice.id, &delivery, post.clock.now()).await {
        error!(error = &failure as &dyn std::error::Error, "cannot record how a notice ended");
        return;
    }
    fault_point::pass(Point::MailRecorded);
    match &delivery {
        Delivery::Sent { .. } => {
            let waited_ms = post.clock.now().since(notice.created_at).as_millis();
            info!(attempts = notice.attempts + 1, waited_ms, "sent");
        }
        Delivery::Skipped { .. } => debug!("not needed any more"),
        // The server's words may quote an address, so they go to the portal and not into the log.
        Delivery::Retry { at, .. } => {
            warn!(attempts = notice.attempts + 1, next_try = %at, "will be tried again");
        }
        Delivery::Dead { .. } => error!(attempts = notice.attempts + 1, "given up"),
    }
    if let Some(conversation) = notice.conversation {
        bus.ring(Topic::Conversation(conversation), News::VIEW);
    }
    if notice.inquiry.is_some() {
        bus.ring(Topic::Board, News::VIEW);
    }
}

#[cfg(test)]
mod tests;
