//! The server: its port, its connections, and the questions that may be put to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::dialogue;
use super::identity::Identity;
use super::record::{Received, Record};
use super::script::{Answer, Reached, Step};
use crate::http::PATIENCE;

/// How the server protects its lines.
#[derive(Debug, Clone)]
pub enum Protection {
    /// Not at all; it does not offer STARTTLS.
    Plain,
    /// From the first byte.
    Implicit(Identity),
    /// When the client asks by STARTTLS.
    StartTls(Identity),
}

/// A running mail server; it ends with its handle.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    record: Arc<Record>,
    stop: CancellationToken,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Sink {
    /// One that takes everything, on a free port of 127.0.0.1.
    pub async fn friendly() -> Self {
        Self::scripted(|_| Answer::Fine).await
    }

    /// One that does what the script says.
    pub async fn scripted(script: impl Fn(Reached<'_>) -> Answer + Send + Sync + 'static) -> Self {
        Self::protected(Protection::Plain, script).await
    }

    /// The same over a protected line.
    pub async fn protected(
        protection: Protection,
        script: impl Fn(Reached<'_>) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("127.0.0.1 has a free port");
        Self::on(listener, protection, script).expect("it is bound")
    }

    /// One on a listener of the caller's, such as a port on which a server was before.
    pub fn on(
        listener: TcpListener,
        protection: Protection,
        script: impl Fn(Reached<'_>) -> Answer + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let record = Arc::new(Record::new(Arc::new(script)));
        let stop = CancellationToken::new();
        let (serving, token) = (Arc::clone(&record), stop.clone());
        let tasks = TaskTracker::new();
        let lines = tasks.clone();
        tasks.spawn(async move {
            while let Some(accepted) = token.run_until_cancelled(listener.accept()).await {
                // Out of file descriptors, or the client is gone already: the next one may fare better.
                let Ok((stream, _)) = accepted else {
                    tokio::task::yield_now().await;
                    continue;
                };
                let (record, token, protection) = (Arc::clone(&serving), token.clone(), protection.clone());
                lines.spawn(async move {
                    let dialogue = dialogue::hold(Box::new(stream), &record, protection);
                    let _ended = token.run_until_cancelled(dialogue).await;
                });
            }
        });
        Ok(Self { address, record, stop })
    }

    /// Follows another script from now on, also on lines that are open; who stalls already goes on stalling.
    pub fn behave(&self, script: impl Fn(Reached<'_>) -> Answer + Send + Sync + 'static) {
        self.record.behave(Arc::new(script));
    }

    /// Waits until `enough` of the mails it has kept, up to `limit`; `None` when that did not come.
    pub async fn wait(&self, limit: Duration, enough: impl Fn(&[Received]) -> bool) -> Option<Vec<Received>> {
        let mut mails = self.record.mails.subscribe();
        let found = tokio::time::timeout(limit, mails.wait_for(|mails| enough(mails))).await;
        Some(found.ok()?.ok()?.clone())
    }

    /// The same, for a test: it fails when they do not come within 20 seconds.
    pub async fn mails_until(&self, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let found = self.wait(PATIENCE, enough).await;
        found.unwrap_or_else(|| panic!("{} mails after {PATIENCE:?}", self.mails().len()))
    }

    /// The mails it has kept, in the order of their dots.
    pub fn mails(&self) -> Vec<Received> {
        self.record.mails.borrow().clone()
    }

    /// How many that is.
    pub fn count(&self) -> usize {
        self.record.mails.borrow().len()
    }

    /// Takes the mails out, and forgets lines, counts of steps and captured bytes: a server that runs for hours
    /// stays small.
    pub fn take(&self) -> Vec<Received> {
        self.record.forget();
        self.record.mails.send_replace(Vec::new())
    }

    /// Every command line it was sent.
    pub fn lines(&self) -> Vec<String> {
        self.record.lines()
    }

    /// How often a step was reached.
    pub fn reached(&self, step: Step) -> usize {
        self.record.reached(step)
    }

    /// The most connections that were open at once, and how many there were in all.
    pub fn connections(&self) -> (usize, usize) {
        let (_, most, all) = self.record.connections();
        (most, all)
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.record.connections().0
    }

    /// Keeps from now on every byte that comes in, after TLS is taken away; see [`Sink::wire`].
    pub fn capture(&self) {
        self.record.capture();
    }

    /// The bytes of each connection since [`Sink::capture`].
    pub fn wire(&self) -> Vec<Vec<u8>> {
        self.record.wire()
    }

    /// What clients have sent that no server should have to take.
    pub fn violations(&self) -> Vec<String> {
        self.record.violations()
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("address", &self.address).finish_non_exhaustive()
    }
}
