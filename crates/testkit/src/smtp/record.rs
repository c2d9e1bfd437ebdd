//! What the server was given, and what it counts.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use super::script::{Answer, Reached, Script, Step};

/// A mail that the server has taken, or was about to: it is kept when its lone dot has come.
#[derive(Debug, Clone)]
pub struct Received {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The message: its lines with `\n`, the stuffed dots taken away.
    pub data: String,
    /// Whether the server answered the dot with a 2xx, as far as it knows.
    pub taken: bool,
}

impl Received {
    /// The `Message-ID` with its brackets; empty when there is none.
    pub fn message_id(&self) -> &str {
        let mut head = self.data.lines().take_while(|line| !line.is_empty());
        head.find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default()
    }
}

/// What all connections of one server share.
pub(super) struct Record {
    script: RwLock<Arc<Script>>,
    pub(super) mails: watch::Sender<Vec<Received>>,
    lines: Mutex<Vec<String>>,
    reached: Mutex<HashMap<Step, usize>>,
    violations: Mutex<Vec<String>>,
    wire: Mutex<Option<Vec<Vec<u8>>>>,
    open: AtomicUsize,
    most: AtomicUsize,
    opened: AtomicUsize,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Record {
    pub(super) fn new(script: Arc<Script>) -> Self {
        Self {
            script: RwLock::new(script),
            mails: watch::Sender::default(),
            lines: Mutex::default(),
            reached: Mutex::default(),
            violations: Mutex::default(),
            wire: Mutex::default(),
            open: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
        }
    }

    pub(super) fn behave(&self, script: Arc<Script>) {
        *self.script.write().unwrap_or_else(PoisonError::into_inner) = script;
    }

    /// What the script says to a step, which is counted. `before` is filled in here.
    pub(super) fn answer(&self, mut at: Reached<'_>) -> Answer {
        {
            let mut reached = lock(&self.reached);
            let count = reached.entry(at.step).or_default();
            at.before = *count;
            *count += 1;
        }
        let script = Arc::clone(&self.script.read().unwrap_or_else(PoisonError::into_inner));
        script(at)
    }

    /// Counts a connection and says which it is.
    pub(super) fn opened(&self) -> usize {
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(open, Ordering::SeqCst);
        self.opened.fetch_add(1, Ordering::SeqCst)
    }

    pub(super) fn closed(&self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    /// The connections that are open, the most that were at once, and all there were.
    pub(super) fn connections(&self) -> (usize, usize, usize) {
        let read = |of: &AtomicUsize| of.load(Ordering::SeqCst);
        (read(&self.open), read(&self.most), read(&self.opened))
    }

    pub(super) fn reached(&self, step: Step) -> usize {
        lock(&self.reached).get(&step).copied().unwrap_or_default()
    }

    pub(super) fn heard(&self, line: &str) {
        lock(&self.lines).push(line.to_owned());
    }

    pub(super) fn lines(&self) -> Vec<String> {
        lock(&self.lines).clone()
    }

    pub(super) fn violated(&self, what: String) {
        lock(&self.violations).push(what);
    }

    pub(super) fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    pub(super) fn capture(&self) {
        lock(&self.wire).get_or_insert_default();
    }

    /// Keeps the bytes of a connection, if they are to be kept.
    pub(super) fn bytes(&self, connection: usize, bytes: &[u8]) {
        if let Some(wire) = lock(&self.wire).as_mut() {
            if wire.len() <= connection {
                wire.resize(connection + 1, Vec::new());
            }
            wire[connection].extend_from_slice(bytes);
        }
    }

    pub(super) fn wire(&self) -> Vec<Vec<u8>> {
        lock(&self.wire).clone().unwrap_or_default()
    }

    pub(super) fn forget(&self) {
        lock(&self.lines).clear();
        lock(&self.reached).clear();
        if let Some(wire) = lock(&self.wire).as_mut() {
            wire.clear();
        }
    }
}
