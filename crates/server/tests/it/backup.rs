//! Copies that are made while people talk, and put into service somewhere else.

use serde_json::json;

use crate::process::{House, is_private};
use crate::sign_in::Browser;

#[tokio::test]
async fn a_copy_made_while_people_talk_is_served_as_another_history() {
    let house = House::new();
    let token = house.owner("kim@desk.example").await;
    let server = house.serve().await;
    let (mut socket, welcome) = server.visitor(json!({})).await;
    socket.send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "before" } })).await;
    let shown = socket.find("the call", |frame| frame["conversation"]["last_seq"] == 2).await;
    let id = shown["conversation"]["id"].as_str().unwrap().to_owned();
    let mut browser = Browser::new(&server);
    browser.sign_in("kim@desk.example", "a quiet bell rings twice").await;
    assert_eq!(browser.get("/admin").await.status, 200);
    let cookies = browser.into_cookies();
    let copy = house.path("copies of today.db");
    let said = house.run(&["backup", copy.to_str().unwrap()]).await.ok();
    assert!(said.contains("1 calls, 0 posts and 1 admins"), "{said}");
    assert!(is_private(&copy));
    socket.send(&json!({ "type": "say", "id": "m2", "body": "after" })).await;
    socket.find("the ack", |frame| frame["type"] == "ack" && frame["id"] == "m2").await;
    // Neither overwrites anything.
    let refused = house.run(&["backup", copy.to_str().unwrap()]).await.failure();
    assert!(refused.contains("is there already"), "{refused}");
    let refused = house.run(&["restore", copy.to_str().unwrap()]).await.failure();
    assert!(refused.contains("run by process"), "{refused}");
    server.kill().await;
    let refused = house.run(&["restore", copy.to_str().unwrap()]).await.failure();
    assert!(
        refused.contains("deskbell.db-wal is there still") || refused.contains("is there already"),
        "{refused}"
    );

    let other = House::new();
    let said = other.run(&["restore", copy.to_str().unwrap()]).await.ok();
    assert!(said.contains("1 calls") && said.contains("take away again"), "{said}");
    assert!(is_private(&other.data().join("deskbell.db")));
    let names: Vec<String> = std::fs::read_dir(other.data())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("deskbell"))
        .collect();
    assert_eq!(names, ["deskbell.db"], "nothing is left beside it");
    let server = other.serve().await;
    let known =
        json!({ "token": welcome["token"], "conversation_id": id, "after": 3, "epoch": welcome["epoch"] });
    let (mut socket, again) = server.visitor(known).await;
    assert_eq!((&again["recovered"], &again["conversation"]["last_seq"]), (&json!(false), &json!(2)));
    assert_ne!(again["epoch"], welcome["epoch"]);
    socket.find("what was said before", |frame| frame["event"]["body"] == "before").await;
    // What the copy does not know is said again under its id, and once.
    socket.send(&json!({ "type": "say", "id": "m2", "body": "after" })).await;
    let ack = socket.find("the ack", |frame| frame["type"] == "ack" && frame["id"] == "m2").await;
    assert_eq!(ack["seq"], 3);
    let room = format!("/api/v1/admin/conversations/{id}");
    assert_eq!(server.get(&room, &token).await.status, 200, "tokens are as they were");
    let page = Browser::with(&server, cookies).get("/admin").await;
    assert_eq!(page.header("location"), "/admin/sign-in", "sessions are not");
}

#[tokio::test]
async fn what_is_no_sound_copy_is_not_put_into_service() {
    let house = House::new();
    let nowhere = house.run(&["backup", "copy.db"]).await.failure();
    assert!(nowhere.contains("there is no database at"), "{nowhere}");
    let missing = house.run(&["restore", "missing.db"]).await.failure();
    assert!(missing.contains("there is no such file"), "{missing}");
    for (name, bytes) in [("a letter.txt", &b"Dear admin, it does not work."[..]), ("nothing.db", b"")] {
        let path = house.path(name);
        std::fs::write(&path, bytes).unwrap();
        let refused = house.run(&["restore", path.to_str().unwrap()]).await.failure();
        assert!(refused.contains("cannot be restored"), "{refused}");
        assert!(!house.data().join("deskbell.db").exists());
    }
    // A page in the middle is damaged.
    let served = House::new();
    served.owner("kim@desk.example").await;
    let copy = served.path("copy.db");
    served.run(&["backup", copy.to_str().unwrap()]).await.ok();
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xAA);
    std::fs::write(&copy, &bytes).unwrap();
    let refused = house.run(&["restore", copy.to_str().unwrap()]).await.failure();
    assert!(refused.contains("cannot be restored"), "{refused}");
    assert!(!house.data().join("deskbell.db").exists());
}
