//! What is left of a mail that the mailer itself fails over.

use domain::admin::Locale;
use domain::id::NoticeId;
use domain::notice::NoticeKind;
use domain::text::Email;
use storage::{NoticeState, Recipient};

use super::*;

fn notice(attempts: u32) -> Notice {
    let id: NoticeId = "019aa4c1-0000-7000-8000-000000000001".parse().expect("an id");
    Notice {
        id,
        number: 1,
        kind: NoticeKind::Call,
        to: Recipient {
            admin: None,
            address: Email::from_stored("a@b.example".to_owned()),
            locale: Locale::Ko,
        },
        conversation: None,
        inquiry: None,
        comment: None,
        state: NoticeState::Queued,
        attempts,
        last_reply: None,
        skipped: None,
        digest: None,
        created_at: Timestamp(0),
        due_at: Timestamp(0),
        sent_at: None,
        opened_at: None,
    }
}

#[tokio::test]
async fn a_panic_ends_neither_the_mailer_nor_the_next_mail() {
    let tasks = TaskTracker::new();
    let poison = async { panic!("a builder that cannot take this name") };
    assert!(matches!(guarded(&tasks, poison).await, Ended::Panicked));
    let fine = async { Ok(Outcome::One(Delivery::Sent { reply: "250 Ok".to_owned() })) };
    assert!(matches!(guarded(&tasks, fine).await, Ended::Done(Outcome::One(Delivery::Sent { .. }))));
}

#[tokio::test(start_paused = true)]
async fn a_try_that_never_ends_is_ended() {
    let tasks = TaskTracker::new();
    let ended = guarded(&tasks, std::future::pending()).await;
    assert!(matches!(ended, Ended::TookTooLong));
    let Some(Outcome::One(Delivery::Retry { reply, at })) = verdict(ended, &notice(0), Timestamp(0)) else {
        panic!("it is worth another try");
    };
    assert_eq!((reply.as_str(), at), ("not done within 100 s", Timestamp(1000)));
    assert!(TRY < LEASE, "a try must not outlive its lease");
}

#[test]
fn a_notice_that_makes_the_mailer_panic_is_given_up_the_third_time() {
    let now = Timestamp(5_000);
    for attempts in [0, 1] {
        let delivery = verdict(Ended::Panicked, &notice(attempts), now);
        assert!(matches!(delivery, Some(Outcome::One(Delivery::Retry { .. }))), "{attempts}: {delivery:?}");
    }
    let delivery = verdict(Ended::Panicked, &notice(2), now);
    assert!(matches!(delivery, Some(Outcome::One(Delivery::Dead { .. }))), "{delivery:?}");
}

#[test]
fn when_the_store_fails_nothing_is_recorded_and_the_lease_runs_out() {
    let ended = Ended::StoreFailed(StorageError::backend("disk full"));
    assert_eq!(verdict(ended, &notice(0), Timestamp(0)), None);
}
