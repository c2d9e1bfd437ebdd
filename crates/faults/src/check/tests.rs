//! The judge lets pass what is right, and names everything else: a judge that cannot say no proves nothing.

use desk::{CallRequest, Caller};
use domain::conversation::{State, What};
use domain::text::Body;
use domain::{Seq, Timestamp};
use serde_json::{Value, json};
use testkit::{DeskInABox, body, client_id};

use super::{Ledger, Views, hold, told};
use crate::clients::{Record, Side};

/// A call with a message, answered by one of two admins, who leaves again; told by the visitor.
async fn story() -> (Ledger, Record) {
    let desk = DeskInABox::open().await.unwrap();
    let visitor = desk.visitor("Mina").await;
    let kim = Caller::Admin(desk.admin("Kim").await);
    desk.admin("Lee").await;
    let message = Some((client_id("m1"), body("the cart is empty")));
    let request = CallRequest { client_id: Some(client_id("c1")), message, ..CallRequest::default() };
    let id = desk.call(&visitor, request).await.unwrap().conversation;
    desk.join(&kim, id).await.unwrap();
    desk.said(&Caller::Visitor(visitor.clone()), id, "s1", "are you there?").await;
    desk.leave(&kim, id).await.unwrap();
    let ledger = Ledger::all(&*desk.storage).await.unwrap();

    let id = id.to_string();
    let mut record = Record::new("mina", Side::Visitor);
    record.id = Some(visitor.id.to_string());
    record.follows.insert(id.clone());
    let event = |event: &domain::conversation::Event| {
        let by = event.by.visitor().map(|id| id.to_string()).or(event.by.admin().map(|id| id.to_string()));
        let mut seen = json!({
            "seq": event.seq.0, "at": event.at.to_string(), "kind": event.what.kind(), "by": { "id": by },
            "client_id": event.client_id.as_ref().map(domain::text::ClientId::as_str),
        });
        if let What::Said { body } = &event.what {
            seen["body"] = body.as_str().into();
        }
        seen
    };
    record.views.insert(id.clone(), ledger.conversations[&id].log.iter().map(event).collect());
    for (frame, seq) in [
        (json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "the cart is empty" } }), 2),
        (json!({ "type": "say", "id": "s1", "body": "are you there?", "conversation_id": id }), 4),
    ] {
        record.give(&frame, crate::clients::Transport::WebSocket);
        record.hear(&json!({ "type": "ack", "id": frame["id"], "seq": seq }));
    }
    (ledger, record)
}

/// Spoils the story, and returns what the judge says.
async fn judged(spoil: impl FnOnce(&mut Ledger, &mut Record)) -> String {
    let (mut ledger, mut record) = story().await;
    spoil(&mut ledger, &mut record);
    match hold(&ledger, [&record], Views::Whole) {
        Ok(seen) => format!("all is well: {seen}"),
        Err(error) => error.to_string(),
    }
}

fn conversation(ledger: &mut Ledger) -> &mut super::ledger::Stored {
    ledger.conversations.values_mut().next().unwrap()
}

fn view(record: &mut Record) -> &mut Vec<Value> {
    record.views.values_mut().next().unwrap()
}

#[tokio::test]
async fn what_is_right_passes_and_is_counted() {
    let said = judged(|_, _| {}).await;
    assert!(
        said.starts_with("all is well: 2 acknowledged, 0 lost, 0 doubled; 1 conversations, 5 events"),
        "{said}"
    );
    assert!(said.contains("1 waits decided once each, 4 notices"), "{said}");
}

#[tokio::test]
async fn an_acknowledged_word_that_is_lost_is_missed() {
    let said = judged(|ledger, record| {
        conversation(ledger).log.remove(3);
        conversation(ledger).log[3].seq = Seq(4);
        conversation(ledger).row.conversation.seq = Seq(4);
        view(record).truncate(3);
    })
    .await;
    assert!(said.contains("say s1 (sent 1 times): was acknowledged and is lost"), "{said}");
}

#[tokio::test]
async fn a_word_that_is_there_twice_is_seen() {
    let said = judged(|ledger, _| {
        let mut twice = conversation(ledger).log[3].clone();
        twice.seq = Seq(6);
        conversation(ledger).log.push(twice);
        conversation(ledger).row.conversation.seq = Seq(6);
    })
    .await;
    assert!(said.contains("say s1 (sent 1 times): is there 2 times"), "{said}");
}

#[tokio::test]
async fn a_place_that_is_missing_is_seen() {
    let said = judged(|ledger, _| drop(conversation(ledger).log.remove(2))).await;
    assert!(said.contains("place 3 has event 4"), "{said}");
}

#[tokio::test]
async fn a_wait_that_ends_twice_is_seen() {
    let said = judged(|ledger, _| {
        let mut again = conversation(ledger).log[1].clone();
        (again.seq, again.client_id, again.what) = (Seq(6), None, What::Cancelled);
        conversation(ledger).log.push(again.clone());
        again.seq = Seq(7);
        conversation(ledger).log.push(again);
    })
    .await;
    assert!(said.contains("event 7 (cancelled) cannot follow"), "{said}");
}

#[tokio::test]
async fn a_state_that_is_not_what_the_log_leads_to_is_seen() {
    let said = judged(|ledger, _| {
        conversation(ledger).row.conversation.state = State::Cancelled { at: Timestamp(0) };
    })
    .await;
    assert!(said.contains("the log leads to"), "{said}");
}

#[tokio::test]
async fn a_call_of_which_somebody_was_not_told_is_seen() {
    let said = judged(|ledger, _| drop(ledger.notices.pop())).await;
    assert!(said.contains("3 call notices for 2 waits and 2 admins"), "{said}");
}

#[tokio::test]
async fn what_somebody_was_handed_otherwise_than_it_is_is_seen() {
    let said = judged(|_, record| view(record)[1]["body"] = "the cart is full".into()).await;
    assert!(said.contains("was handed"), "{said}");
    let said = judged(|_, record| drop(view(record).remove(1))).await;
    assert!(said.contains("was handed"), "{said}");
    let said = judged(|_, record| drop(view(record).pop())).await;
    assert!(said.contains("was never handed event 5 (left)"), "{said}");
    let again = json!({ "type": "event", "event": { "seq": 5 } });
    let said = judged(|_, record| {
        let mut again = again.clone();
        again["conversation_id"] = record.views.keys().next().unwrap().as_str().into();
        record.hear(&again);
    })
    .await;
    assert!(said.contains("came after 5"), "{said}");
}

#[tokio::test]
async fn words_that_were_changed_are_seen() {
    let said = judged(|ledger, _| {
        conversation(ledger).log[3].what = What::Said { body: Body::from_stored("no".to_owned()) };
    })
    .await;
    assert!(said.contains("say s1 (sent 1 times): is there as"), "{said}");
}

#[tokio::test]
async fn an_answer_that_comes_again_and_differs_is_seen() {
    let said = judged(|_, record| record.hear(&json!({ "type": "ack", "id": "s1", "seq": 5 }))).await;
    assert!(said.contains("say s1 was answered"), "{said}");
}

#[tokio::test]
async fn a_broken_database_is_seen() {
    let said = judged(|ledger, _| ledger.faults.push("row 3 missing from index".to_owned())).await;
    assert!(said.contains("the database: row 3 missing from index"), "{said}");
}

#[tokio::test]
async fn a_notice_that_is_sent_and_has_no_mail_is_seen() {
    let (mut ledger, _) = story().await;
    assert!(told(&ledger, true).is_ok(), "none was sent yet");
    ledger.notices[0].state = storage::NoticeState::Sent;
    assert!(told(&ledger, true).unwrap_err().to_string().contains("there is no mail"));
    ledger.notices[0].state = storage::NoticeState::Dead;
    assert!(told(&ledger, true).unwrap_err().to_string().contains("does not say why"));
}
