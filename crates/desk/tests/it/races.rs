//! Those who act at the same moment: one outcome, and everybody is told of it.

use std::time::Duration;

use desk::DeskError;
use domain::Seq;
use domain::conversation::{Refusal, State};
use testkit::DeskInABox;
use tokio::task::JoinSet;

use crate::{admin, visitor};

const MOVE_AFTER: Duration = Duration::from_mins(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admins_who_join_at_once_are_all_in() {
    let here = DeskInABox::open().await.unwrap();
    let desks = [here.clone(), here.another(2)];
    let mut team = Vec::new();
    for n in 0..8 {
        team.push(here.admin(&format!("Kim{n}")).await);
    }
    for many in [2, 8] {
        let minji = here.visitor(&format!("Minji {many}")).await;
        let id = here.called(&minji, None).await;
        let mut joins = JoinSet::new();
        for (n, who) in team.iter().take(many).enumerate() {
            let (desk, who) = (desks[n % 2].clone(), admin(who));
            joins.spawn(async move { desk.join(&who, id).await.unwrap().seq });
        }
        let mut places = joins.join_all().await;
        places.sort_unstable();
        assert_eq!(places, (2..2 + many as u64).map(Seq).collect::<Vec<_>>(), "one `joined` each");
        let stored = here.stored(id).await;
        assert!(matches!(stored.state, State::Active { .. }));
        assert!(team.iter().take(many).all(|who| stored.has_joined(who.id)));
        assert_eq!(stored.admins().len(), many);
        let again = desks[1].join(&admin(&team[0]), id).await.unwrap();
        assert!(again.repeated, "who is in is in");
        assert_eq!(here.log(id).await.len(), many + 1);
    }
}

/// A cheap source of orders: the same in every run.
fn shuffled(seed: u64) -> [usize; 3] {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    ORDERS[(seed % 6) as usize]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_join_a_move_and_a_cancel_at_the_same_moment_have_exactly_one_outcome() {
    let here = DeskInABox::open().await.unwrap();
    let kim = here.admin("Kim").await;
    let mut outcomes = [0_u32; 3];
    for seed in 0..150 {
        // One process, two, three: their memories are as stale as their order makes them.
        let desks = [here.clone(), here.another(1000 + seed), here.another(2000 + seed)];
        let minji = here.visitor(&format!("Minji {seed}")).await;
        let id = here.called(&minji, Some("help")).await;
        let told_before = here.outbox().await.len();
        here.advance(MOVE_AFTER);
        let mut race = JoinSet::new();
        for who in shuffled(seed) {
            let desk = desks[if seed % 4 == 0 { 0 } else { who }].clone();
            let (caller, kim) = (visitor(&minji), admin(&kim));
            let turns = (seed / 6 + who as u64) % 4;
            race.spawn(async move {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                match who {
                    0 => (who, desk.join(&kim, id).await.map(drop)),
                    1 => (who, desk.tick(id).await),
                    _ => (who, desk.cancel(&caller, id).await.map(drop)),
                }
            });
        }
        let ended = race.join_all().await;
        let kinds = here.kinds(id).await;
        let (first, second, outcome) = (kinds[0], kinds[1], &kinds[2..]);
        assert_eq!((first, second), ("called", "said"));
        let mails = here.outbox().await.len() - told_before;
        let winner = match outcome {
            ["joined"] => 0,
            ["moved"] => 1,
            ["cancelled"] => 2,
            other => panic!("seed {seed}: {other:?}"),
        };
        outcomes[winner] += 1;
        assert_eq!(mails, usize::from(winner == 1), "seed {seed}: a mail for a move and for nothing else");
        for (who, result) in ended {
            match result {
                Ok(()) => assert!(who == winner || who == 1, "seed {seed}: {who} won, too"),
                Err(DeskError::Refused(why)) => {
                    assert!(who != winner, "seed {seed}");
                    let said_so = match winner {
                        0 => Refusal::AlreadyAnswered,
                        1 if who == 0 => Refusal::VisitorGone,
                        1 => Refusal::Moved,
                        _ => Refusal::Cancelled,
                    };
                    assert_eq!(why, said_so, "seed {seed}: the loser is told what happened");
                }
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
        assert_eq!(here.stored(id).await.inquiry.is_some(), winner == 1);
    }
    assert!(outcomes.iter().all(|count| *count > 0), "the race was always won alike: {outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_said_at_the_moment_of_the_move_are_in_the_post_or_refused() {
    let here = DeskInABox::open().await.unwrap();
    for seed in 0..60 {
        let elsewhere = here.another(1000 + seed);
        let minji = here.visitor(&format!("Minji {seed}")).await;
        let id = here.called(&minji, Some("first words")).await;
        here.advance(MOVE_AFTER);
        let (speaking, caller) = (elsewhere.clone(), visitor(&minji));
        let mut race = JoinSet::new();
        race.spawn(async move {
            let last = (testkit::client_id("last"), testkit::body("last words"));
            speaking.say(&caller, id, last.0, last.1).await.map(drop)
        });
        let ticking = here.clone();
        let mut ticks = JoinSet::new();
        ticks.spawn(async move { ticking.tick(id).await.unwrap() });
        let said = race.join_next().await.unwrap().unwrap();
        ticks.join_all().await;
        let inquiry = here.stored(id).await.inquiry.expect("it has moved");
        let post = here.storage.inquiry(inquiry).await.unwrap().unwrap().inquiry;
        match said {
            Ok(()) => assert_eq!(post.body.as_str(), "first words\nlast words", "seed {seed}"),
            Err(DeskError::Refused(Refusal::Moved)) => assert_eq!(post.body.as_str(), "first words"),
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
}
