//! Who is there, and what the view of a conversation shows of it.

use std::time::Duration;

use desk::{DeskError, Topic};
use domain::Seq;
use domain::conversation::Refusal;
use storage::{Claim, Delivery};
use testkit::DeskInABox;

use crate::{admin, soon, visitor};

#[tokio::test]
async fn a_visitor_is_there_as_long_as_one_of_their_pages_is_and_a_minute_more_if_heard_of() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, None).await;
    let online = async |desk: &DeskInABox| desk.conversation(&caller, id).await.unwrap().visitor_online;
    assert!(!online(&desk).await);
    let (one, two) = (desk.is_here(&caller), desk.is_here(&caller));
    assert!(online(&desk).await);
    drop(one);
    assert!(online(&desk).await, "the second page is still open");
    drop(two);
    assert!(!online(&desk).await);
    desk.heard_of(minji.id).await.unwrap();
    let elsewhere = desk.another(2);
    desk.advance(Duration::from_mins(1));
    assert!(online(&desk).await && online(&elsewhere).await, "heard of by another process, too");
    desk.advance(Duration::from_millis(1));
    assert!(!online(&desk).await && !online(&elsewhere).await);
}

#[tokio::test]
async fn the_view_shows_who_is_in_and_whether_they_are_connected() {
    let desk = DeskInABox::open().await.unwrap();
    let (kim, lee) = (desk.admin("Kim").await, desk.admin("Lee").await);
    let id = desk.called(&desk.visitor("Minji").await, None).await;
    desk.join(&admin(&kim), id).await.unwrap();
    desk.join(&admin(&lee), id).await.unwrap();
    let here = desk.is_here(&admin(&lee));
    let seats = async || -> Vec<(String, bool)> {
        let view = desk.conversation(&admin(&kim), id).await.unwrap();
        view.admins.into_iter().map(|(seat, online)| (seat.name.as_str().to_owned(), online)).collect()
    };
    assert_eq!(seats().await, [("Kim".to_owned(), false), ("Lee".to_owned(), true)]);
    drop(here);
    assert_eq!(seats().await, [("Kim".to_owned(), false), ("Lee".to_owned(), false)]);
}

#[tokio::test]
async fn those_who_watch_are_told_when_somebody_comes_and_goes() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let kim = desk.admin("Kim").await;
    let id = desk.called(&minji, None).await;
    let mut room = desk.follow(&admin(&kim), id, Seq(1)).await.unwrap();
    let mut queue = desk.bus().listen(Topic::Queue);
    let before = queue.mark();
    let mut guard = desk.is_here(&visitor(&minji));
    guard.watches(id);
    assert!(soon(room.next()).await.unwrap().view_changed, "they came");
    assert_ne!(queue.mark().views, before.views, "the queue shows who is there");
    let second = desk.is_here(&visitor(&minji));
    drop(second);
    let quiet = queue.mark();
    drop(guard);
    assert!(soon(room.next()).await.unwrap().view_changed, "they went");
    assert_ne!(queue.mark(), quiet);
}

#[tokio::test]
async fn the_view_tells_how_many_were_mailed_how_many_mails_were_taken_and_who_has_looked() {
    let desk = DeskInABox::open().await.unwrap();
    let (kim, _lee) = (desk.admin("Kim").await, desk.admin("Lee").await);
    let minji = desk.visitor("Minji").await;
    let id = desk.called(&minji, None).await;
    let told = async || desk.conversation(&visitor(&minji), id).await.unwrap().told;
    assert_eq!((told().await.mails, told().await.sent, told().await.sent_at), (2, 0, None));
    let notices = desk.outbox().await;
    desk.advance(Duration::from_secs(1));
    let taken_at = desk.now();
    let taken = Delivery::Sent { reply: "250 ok".to_owned() };
    let claimed = desk.storage.claim(&Claim::new(taken_at, taken_at, 9)).await.unwrap();
    let lease = claimed.iter().find(|claimed| claimed.id == notices[0].id).unwrap().lease;
    assert!(desk.storage.record(&lease, &taken, taken_at).await.unwrap());
    assert_eq!((told().await.mails, told().await.sent, told().await.sent_at), (2, 1, Some(taken_at)));
    assert!(desk.storage.mark_opened(kim.id, Some(id), None, desk.now()).await.unwrap());
    assert_eq!(told().await.opened_by, ["Kim"]);
    // The escalation tells the same two again: they are two people still.
    desk.advance(Duration::from_mins(1));
    desk.tick(id).await.unwrap();
    assert_eq!((told().await.mails, desk.outbox().await.len()), (2, 4));
}

#[tokio::test]
async fn a_moved_call_can_be_joined_while_its_caller_is_there_and_not_after() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let minji = desk.visitor("Minji").await;
    let id = desk.called(&minji, None).await;
    desk.heard_of(minji.id).await.unwrap();
    desk.advance(Duration::from_mins(5));
    desk.tick(id).await.unwrap();
    let gone = desk.join(&kim, id).await;
    assert!(matches!(gone, Err(DeskError::Refused(Refusal::VisitorGone))), "{gone:?}");
    let _here = desk.is_here(&visitor(&minji));
    desk.join(&kim, id).await.unwrap();
    let stored = desk.stored(id).await;
    assert_eq!(
        (stored.state.as_str(), stored.inquiry.is_some()),
        ("active", true),
        "the inquiry stays, linked"
    );
}

#[tokio::test]
async fn a_moved_call_whose_caller_has_called_again_is_not_joined_over_the_newer_one() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = admin(&desk.admin("Kim").await);
    let minji = desk.visitor("Minji").await;
    let old = desk.called(&minji, None).await;
    desk.advance(Duration::from_mins(5));
    desk.tick(old).await.unwrap();
    let new = desk.called(&minji, None).await;
    let _here = desk.is_here(&visitor(&minji));
    let joined = desk.join(&kim, old).await;
    assert!(matches!(joined, Err(DeskError::Refused(Refusal::CalledAgain))), "{joined:?}");
    desk.join(&kim, new).await.unwrap();
}

#[tokio::test]
async fn a_visitor_comes_back_to_their_open_conversation_else_to_their_newest() {
    let desk = DeskInABox::open().await.unwrap();
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let mine = async || desk.conversation_of(&caller).await.unwrap().map(|view| view.row.conversation.id);
    assert_eq!(mine().await, None);
    let first = desk.called(&minji, None).await;
    desk.cancel(&caller, first).await.unwrap();
    assert_eq!(mine().await, Some(first));
    let second = desk.called(&minji, None).await;
    assert_eq!(mine().await, Some(second));
}
