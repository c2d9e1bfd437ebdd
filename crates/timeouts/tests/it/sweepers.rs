//! Any number of workers on one store decide each call once.

use testkit::DeskInABox;
use timeouts::sweep;
use tokio::task::JoinSet;

use crate::{MOVE_AFTER, at, decided_once};

async fn race(sweepers: u64) {
    const CALLS: usize = 120;
    let here = DeskInABox::open().await.unwrap();
    here.admin("Kim").await;
    here.admin("Lee").await;
    let mut calls = Vec::new();
    for n in 0..CALLS {
        calls.push(here.called(&here.visitor(&format!("Minji {n}")).await, Some("help")).await);
    }
    at(&here, MOVE_AFTER);
    let mut passes = JoinSet::new();
    for seed in 0..sweepers {
        // The first has the calls in its memory, which is stale as soon as somebody else is first.
        let desk = if seed == 0 { here.clone() } else { here.another(1000 + seed) };
        passes.spawn(async move { sweep(&desk).await.unwrap() });
    }
    let passes = passes.join_all().await;
    assert!(passes.iter().all(|pass| pass.stuck == 0), "{passes:?}");
    assert!(passes.iter().map(|pass| pass.due).sum::<usize>() >= CALLS);
    decided_once(&here, &calls, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_decide_each_call_once() {
    race(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_workers_decide_each_call_once() {
    race(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_workers_decide_each_call_once() {
    race(8).await;
}
