//! What the desk promises, tried on a real database with a clock that obeys.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod carry_out;
mod follower;
mod inquiries;
mod notices;
mod presence;
mod races;

use std::future::Future;
use std::time::Duration;

use desk::{Caller, Follower};
use domain::admin::Admin;
use domain::visitor::Visitor;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

fn visitor(visitor: &Visitor) -> Caller {
    Caller::Visitor(visitor.clone())
}

fn admin(admin: &Admin) -> Caller {
    Caller::Admin(admin.clone())
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it takes too long")
}

/// The places a follower hands on, up to and including `last`.
async fn places(follower: &mut Follower, last: u64) -> Vec<u64> {
    let mut places = Vec::new();
    while places.last() != Some(&last) {
        let news = soon(follower.next()).await.unwrap();
        places.extend(news.events.iter().map(|event| event.seq.0));
    }
    places
}

/// Every place from `first` to `last`.
fn all(first: u64, last: u64) -> Vec<u64> {
    (first..=last).collect()
}
