//! Where the mail server's name leads, remembered for when nobody says it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

/// A resolver that takes longer is as good as none.
const LOOKUP: Duration = Duration::from_secs(5);

/// The addresses that the name had last.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Mutex<Vec<SocketAddr>>);

impl Addresses {
    /// What the lookup says; when it fails, is slow or says nothing, what it said last.
    pub(crate) async fn of(
        &self,
        lookup: impl Future<Output = io::Result<Vec<SocketAddr>>>,
    ) -> Result<Vec<SocketAddr>, String> {
        let fault = match timeout(LOOKUP, lookup).await {
            Ok(Ok(found)) if !found.is_empty() => {
                self.known().clone_from(&found);
                return Ok(found);
            }
            Ok(Ok(_)) => "it has no address".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", LOOKUP.as_secs()),
        };
        let known = self.known().clone();
        if known.is_empty() {
            return Err(format!("the mail server's name could not be looked up: {fault}"));
        }
        tracing::warn!(fault, "the mail server's name cannot be looked up; its last address is used");
        Ok(known)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Vec<SocketAddr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_last_address_serves_while_the_resolver_fails_stalls_or_says_nothing() {
        let addresses = Addresses::default();
        let broken = || async { Err(io::Error::other("SERVFAIL")) };
        let nothing = || async { Ok(Vec::new()) };
        assert!(addresses.of(broken()).await.expect_err("nothing is known").contains("SERVFAIL"));
        assert!(addresses.of(nothing()).await.expect_err("nothing is known").contains("no address"));
        assert!(addresses.of(pending()).await.expect_err("nothing is known").contains("5 s"));
        let good: Vec<SocketAddr> = vec!["192.0.2.7:465".parse().expect("an address")];
        assert_eq!(addresses.of(async { Ok(good.clone()) }).await, Ok(good.clone()));
        assert_eq!(addresses.of(broken()).await, Ok(good.clone()));
        assert_eq!(addresses.of(nothing()).await, Ok(good.clone()));
        assert_eq!(addresses.of(pending()).await, Ok(good));
        let moved: Vec<SocketAddr> = vec!["192.0.2.8:465".parse().expect("an address")];
        assert_eq!(addresses.of(async { Ok(moved.clone()) }).await, Ok(moved));
    }
}
