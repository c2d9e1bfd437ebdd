//! The queue and the room.

use std::time::Duration;

use axum::http::StatusCode;
use domain::Seq;
use domain::admin::Role;
use domain::conversation::What;

use crate::browser::{House, PASSWORD};

#[tokio::test]
async fn a_call_stands_in_the_queue_with_its_wait_its_words_and_its_evidence() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    assert!(kim.get("/admin").await.body.contains("Nobody is waiting"));
    let mina = house.visitor("Mina").await;
    house.call(&mina, "The pay button does nothing").await;
    house.desk.clock.advance(Duration::from_secs(75));
    let body = kim.get("/admin").await.body;
    for part in [
        "<bdi>Mina</bdi>",
        "The pay button does nothing",
        ">1:15</time>",
        "1 error",
        "Mail is on its way",
        "Verified",
    ] {
        assert!(body.contains(part), "{part}:\n{body}");
    }
}

#[tokio::test]
async fn in_the_room_an_admin_promises_joins_writes_notes_leaves_and_closes() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let room = format!("/admin/conversations/{call}");

    let answer = kim.submit(&format!("{room}/promise"), &[("minutes", "5")]).await;
    assert_eq!((answer.status, answer.goes_to()), (StatusCode::SEE_OTHER, room.as_str()));
    assert!(kim.get(&room).await.body.contains("Kim Harper promised to come in 5 minutes"));

    kim.submit(&format!("{room}/join"), &[]).await;
    assert_eq!(house.state_of(&mina, call).await, "active");
    let say = [("id", "m-1"), ("kind", "say"), ("body", "two\r\nlines\r\n")];
    kim.submit(&format!("{room}/messages"), &say).await;
    kim.submit(&format!("{room}/messages"), &say).await;
    kim.submit(&format!("{room}/messages"), &[("id", "n-1"), ("kind", "note"), ("body", "for us only")])
        .await;
    let page = kim.get(&room).await.body;
    assert_eq!(page.matches("two\nlines</p>").count(), 1, "sent twice, it is there once");
    assert!(page.contains("for us only") && page.contains("id=\"composer\""));

    let visitor = desk::Caller::Visitor(mina.clone());
    let (seen, _) = house.desk.desk.events(&visitor, call, Seq::START, 100).await.unwrap();
    assert!(!seen.iter().any(|event| matches!(event.what, What::Noted { .. })));

    kim.submit(&format!("{room}/leave"), &[]).await;
    assert_eq!(house.state_of(&mina, call).await, "waiting");
    kim.submit(&format!("{room}/join"), &[]).await;
    kim.submit(&format!("{room}/close"), &[]).await;
    assert_eq!(house.state_of(&mina, call).await, "closed");
    let page = kim.get(&room).await.body;
    assert!(page.contains("class=\"answer over\"") && !page.contains("id=\"composer\""));
}

#[tokio::test]
async fn what_the_rules_refuse_is_said_once_and_changes_nothing() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let room = format!("/admin/conversations/{call}");
    for (verb, fields, words) in [
        ("close", vec![], "Nobody has joined yet"),
        ("messages", vec![("id", "m-1"), ("body", "hi")], "Join the conversation first"),
        ("promise", vec![("minutes", "0")], "A promise is of 1 to 60 minutes"),
        ("promise", vec![("minutes", "many")], "A promise is of 1 to 60 minutes"),
        ("messages", vec![("id", "m-1"), ("body", " \u{200b} ")], "Please write something"),
        ("messages", vec![("id", "m-1"), ("body", "a\0b")], "cannot be stored"),
        ("messages", vec![("id", "no id"), ("body", "hi")], "Reload the page"),
    ] {
        let answer = kim.submit(&format!("{room}/{verb}"), &fields).await;
        assert_eq!(answer.goes_to(), room, "{verb}");
        assert!(kim.get(&room).await.body.contains(words), "{words}");
        assert!(!kim.get(&room).await.body.contains(words), "{words}: only once");
    }
    assert_eq!(house.state_of(&mina, call).await, "waiting");
    let answer = kim.submit(&format!("{room}/dance"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_form_has_to_say_waits_for_a_person_not_for_the_script() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let room = format!("/admin/conversations/{call}");
    kim.submit(&format!("{room}/close"), &[]).await;
    let script = axum::http::Request::get(&room).header("x-deskbell-live", "1");
    let answer = kim.send(script.body(axum::body::Body::empty()).unwrap()).await;
    assert!(!answer.body.contains("Nobody has joined yet"));
    assert!(kim.get(&room).await.body.contains("Nobody has joined yet"));
}

#[tokio::test]
async fn the_script_gets_only_what_came_after() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "the first words").await;
    let room = format!("/admin/conversations/{call}");
    kim.submit(&format!("{room}/join"), &[]).await;
    kim.submit(&format!("{room}/messages"), &[("id", "m-1"), ("kind", "say"), ("body", "the later words")])
        .await;
    let whole = kim.get(&room).await.body;
    assert!(whole.contains("the first words") && whole.contains("data-last=\"4\""));
    let rest = kim.get(&format!("{room}?after=3")).await.body;
    assert!(!rest.contains("the first words</p>") && rest.contains("the later words</p>"));
}

#[tokio::test]
async fn opening_the_room_is_part_of_the_proof() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let told = || async { house.desk.storage.told(call).await.unwrap().opened_by };
    assert!(told().await.is_empty());
    kim.get(&format!("/admin/conversations/{call}")).await;
    assert_eq!(told().await, ["Kim Harper"]);
}

#[tokio::test]
async fn the_history_is_filtered_searched_and_turned_over() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    for number in 0..32 {
        let visitor = house.visitor(&format!("Guest {number:02}")).await;
        house.call(&visitor, "hello").await;
    }
    let first = kim.get("/admin/conversations").await.body;
    assert!(first.contains("Guest 31") && !first.contains("Guest 01"));
    let older = kim.get("/admin/conversations?before=3").await.body;
    assert!(older.contains("Guest 01") && !older.contains("Guest 31"));
    assert!(first.contains("before=3\""), "the way to the older ones");
    let found = kim.get("/admin/conversations?q=Guest%2007").await.body;
    assert_eq!(found.matches("class=\"row\"").count(), 1);
    assert!(kim.get("/admin/conversations?state=closed").await.body.contains("Nothing matches"));
    assert!(kim.get("/admin/conversations?state=nonsense").await.body.contains("Guest 31"));
}

#[tokio::test]
async fn two_admins_in_a_room_are_both_seen() {
    let house = House::open().await;
    let mut kim = house.kim().await;
    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mut lee = house.browser();
    lee.sign_in("lee@burgerput.example", PASSWORD, "").await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "hello").await;
    let room = format!("/admin/conversations/{call}");
    kim.submit(&format!("{room}/join"), &[]).await;
    assert!(lee.get(&room).await.body.contains("A colleague is in"));
    lee.submit(&format!("{room}/join"), &[]).await;
    let page = kim.get(&room).await.body;
    assert!(page.contains("Kim Harper joined") && page.contains("Lee joined"));
}
