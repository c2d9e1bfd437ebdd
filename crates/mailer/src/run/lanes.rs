//! How many mails may be on their way at once, and how a slow one holds up nobody else.
//!
//! A try has a lane until it has taken longer than a prompt one does. Then it draws aside, onto a siding, and its
//! lane is free for the next mail: whoever is slow, and at whichever step, has cost the others that moment. While
//! it stands there, its recipient is spared, and so is the host of two such recipients, so that ten mails to a
//! server that says nothing do not take ten sidings. See docs/adr/0010-lanes-and-sidings.md.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use storage::Spared;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many slow tries may stand aside. With the lanes this stays below what a mail server usually allows from
/// one client (exim: 20 connections).
const SIDINGS: usize = 9;
/// So many slow recipients of one host say that the host is slow.
const SLOW_HOST: usize = 2;

pub(super) struct Lanes {
    prompt: Duration,
    open: Arc<Semaphore>,
    sidings: Arc<Semaphore>,
    /// The address of each try that is not prompt.
    slow: Mutex<Vec<String>>,
}

impl Lanes {
    pub(super) fn new(count: usize, prompt: Duration) -> Self {
        let open = Arc::new(Semaphore::new(count));
        Self { prompt, open, sidings: Arc::new(Semaphore::new(SIDINGS)), slow: Mutex::default() }
    }

    /// Waits for a free lane and takes it, and all others that are free.
    pub(super) async fn free(&self) -> Vec<OwnedSemaphorePermit> {
        let mut free = Vec::new();
        // The semaphore is never closed.
        free.extend(Arc::clone(&self.open).acquire_owned().await);
        while let Ok(lane) = Arc::clone(&self.open).try_acquire_owned() {
            free.push(lane);
        }
        free
    }

    /// Who is not to be tried while the server is slow over them.
    pub(super) fn spared(&self) -> Spared {
        let slow = self.slow();
        let addresses: HashSet<&str> = slow.iter().map(String::as_str).collect();
        let host = |address: &str| address.split_once('@').map(|(_, host)| host.to_owned());
        let hosts: Vec<String> = addresses.iter().copied().filter_map(host).collect();
        let is_slow = |one: &String| hosts.iter().filter(|host| *host == one).count() >= SLOW_HOST;
        let domains: HashSet<String> = hosts.iter().filter(|host| is_slow(host)).cloned().collect();
        Spared {
            addresses: addresses.into_iter().map(str::to_owned).collect(),
            domains: domains.into_iter().collect(),
        }
    }

    /// Does a try's work on a lane, and draws aside when it is not prompt.
    pub(super) async fn ride<T>(
        &self,
        lane: OwnedSemaphorePermit,
        address: &str,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = pin!(work);
        if let Ok(done) = tokio::time::timeout(self.prompt, &mut work).await {
            return done;
        }
        let _slow = self.mark(address);
        let siding = tokio::select! {
            biased;
            done = &mut work => return done,
            siding = Arc::clone(&self.sidings).acquire_owned() => siding,
        };
        drop(lane);
        let done = work.await;
        drop(siding);
        done
    }

    fn mark(&self, address: &str) -> Slow<'_> {
        self.slow().push(address.to_owned());
        Slow { lanes: self, address: address.to_owned() }
    }

    fn slow(&self) -> MutexGuard<'_, Vec<String>> {
        // The list stays whole whatever panics while it is held.
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A try is slow for as long as this lives.
struct Slow<'a> {
    lanes: &'a Lanes,
    address: String,
}

impl Drop for Slow<'_> {
    fn drop(&mut self) {
        let mut slow = self.lanes.slow();
        if let Some(at) = slow.iter().position(|address| *address == self.address) {
            slow.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_slow_recipients_of_one_host_make_it_a_slow_host() {
        let lanes = Lanes::new(3, Duration::ZERO);
        let marks: Vec<Slow<'_>> =
            ["a@x.example", "a@x.example", "b@y.example", "c@y.example"].map(|at| lanes.mark(at)).into();
        let mut spared = lanes.spared();
        spared.addresses.sort();
        assert_eq!(spared.addresses, ["a@x.example", "b@y.example", "c@y.example"]);
        assert_eq!(spared.domains, ["y.example"]);
        drop(marks);
        assert_eq!(lanes.spared(), Spared::default());
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_slow_draws_aside_while_there_is_room() {
        let lanes = Arc::new(Lanes::new(1, Duration::from_millis(500)));
        let tasks = tokio_util::task::TaskTracker::new();
        let start = tokio::time::Instant::now();
        for n in 0..SIDINGS {
            let lane = lanes.free().await.remove(0);
            assert_eq!(start.elapsed(), Duration::from_millis(500) * u32::try_from(n).expect("few"));
            let lanes = Arc::clone(&lanes);
            tasks.spawn(async move {
                lanes.ride(lane, "a@x.example", tokio::time::sleep(Duration::from_mins(1))).await;
            });
        }
        // All sidings are taken: the next slow one keeps its lane until one is free.
        let last = lanes.free().await.remove(0);
        let riding = lanes.ride(last, "b@x.example", std::future::pending::<()>());
        let free = async {
            lanes.free().await;
            start.elapsed()
        };
        tokio::select! {
            () = riding => unreachable!("it never ends"),
            at = free => assert_eq!(at, Duration::from_mins(1)),
        }
    }
}
