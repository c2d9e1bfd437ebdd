//! What a bell promises.
#![expect(clippy::unwrap_used, reason = "what is not as expected fails its test")]

use bus::{Bus, InProcessBus, News, Topic, Whisper};
use domain::Seq;
use domain::conversation::Actor;
use domain::id::ConversationId;

fn conversation() -> ConversationId {
    "01890000-0000-7000-8000-000000000001".parse().unwrap()
}

#[tokio::test]
async fn a_ring_after_the_mark_is_never_missed() {
    let bus = InProcessBus::default();
    let mut bell = bus.listen(Topic::Queue);
    bus.ring(Topic::Queue, News::VIEW);
    assert_eq!(bell.mark().views, 1);
    bus.ring(Topic::Queue, News::VIEW);
    bell.changed().await;
    assert_eq!(bell.mark().views, 2);
}

#[tokio::test]
async fn many_rings_are_one_and_show_the_furthest_place() {
    let bus = InProcessBus::default();
    let topic = Topic::Conversation(conversation());
    let mut bell = bus.listen(topic);
    for seq in [1, 5, 3] {
        bus.ring(topic, News { seq: Seq(seq), view: false });
    }
    bell.changed().await;
    assert_eq!((bell.mark().seq, bell.mark().views), (Seq(5), 0));
}

#[tokio::test]
async fn a_bell_hears_its_own_topic_and_the_alarm_only() {
    let bus = InProcessBus::default();
    let mut bell = bus.listen(Topic::Board);
    bus.ring(Topic::Queue, News::VIEW);
    assert_eq!(bell.mark(), bus::Mark::default());
    bus.ring_all();
    assert_eq!((bell.mark().views, bell.mark().doubts), (1, 1));
}

#[test]
fn a_topic_costs_nothing_once_nobody_listens() {
    let bus = InProcessBus::default();
    let (one, two) = (bus.listen(Topic::Board), bus.listen(Topic::Board));
    drop(one);
    assert!(format!("{bus:?}").contains("topics: 1"));
    drop(two);
    assert!(format!("{bus:?}").contains("topics: 0"));
}

#[tokio::test]
async fn a_whisper_reaches_who_overhears_and_nobody_later() {
    let bus = InProcessBus::default();
    bus.whisper(conversation(), Whisper::Typing { by: Actor::System, on: true });
    let mut ear = bus.overhear(conversation());
    bus.whisper(conversation(), Whisper::Read { by: Actor::System, seq: Seq(2) });
    assert_eq!(ear.recv().await.unwrap(), Whisper::Read { by: Actor::System, seq: Seq(2) });
}
