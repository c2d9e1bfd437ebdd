//! Roles in processes of their own, on one data folder: what one stores, the others show.

use serde_json::json;

use crate::process::{House, until};
use crate::sign_in::Browser;

#[tokio::test]
async fn a_call_taken_by_one_process_is_mailed_and_moved_by_another() {
    let mut house =
        House::new().with("DESKBELL_WAIT__OFFER_AFTER", "2s").with("DESKBELL_WAIT__MOVE_AFTER", "3s");
    let token = house.owner("kim@desk.example").await;
    let faces = house.start(&["serve", "--listen", "127.0.0.1:0", "--roles", "gateway,portal"]).await;
    let (mut socket, _) = faces.visitor(json!({})).await;
    socket.send(&json!({ "type": "call", "id": "c1", "message": { "id": "m1", "body": "help" } })).await;
    let waiting = socket.find("the call", |frame| frame["conversation"]["told"]["mails"] == 1).await;
    assert_eq!(waiting["conversation"]["told"]["sent"], 0, "there is nobody yet who could send it");
    // Public addresses are one setting for all.
    let base = format!("http://localhost:{}", faces.address.port());
    house.set("DESKBELL_SERVER__PUBLIC_URL", &base);
    let workers = house.start(&["serve", "--roles", "mailer,timeouts"]).await;
    let sent = socket.find("the mail", |frame| frame["conversation"]["told"]["sent"] == 1).await;
    assert!(sent["conversation"]["told"]["sent_at"].is_string());
    socket.find("the offer", |frame| frame["event"]["kind"] == "offered").await;
    socket.find("the move", |frame| frame["event"]["kind"] == "moved").await;
    // The built-in mailbox has both mails; the one about the inquiry waits for its author a little longer.
    let mut browser = Browser::new(&faces);
    browser.sign_in("kim@desk.example", "a quiet bell rings twice").await;
    let kept = until("a kept mail", async || {
        let page = browser.get("/admin/mails/kept").await.text();
        page.contains("kim@desk.example").then_some(page)
    });
    kept.await;
    let id = sent["conversation"]["id"].as_str().unwrap();
    let notices = faces.get(&format!("/api/v1/admin/notices?conversation_id={id}"), &token).await.json();
    let call = notices["notices"].as_array().unwrap().iter().find(|notice| notice["kind"] == "call").unwrap();
    assert_eq!((call["state"].as_str(), call["attempts"].as_u64()), (Some("sent"), Some(1)));
    assert!(workers.stop().await.0.success());
    assert!(faces.stop().await.0.success());
}

#[tokio::test]
async fn the_portal_and_the_gateway_in_two_processes_show_each_others_words_at_once() {
    let house = House::new();
    let token = house.owner("kim@desk.example").await;
    let gateway = house.start(&["serve", "--listen", "127.0.0.1:0", "--roles", "gateway"]).await;
    let portal = house.start(&["serve", "--listen", "127.0.0.1:0", "--roles", "portal"]).await;
    let (mut socket, _) = gateway.visitor(json!({})).await;
    socket.send(&json!({ "type": "call", "id": "c1" })).await;
    let shown = socket.find("the call", |frame| frame["conversation"]["id"].is_string()).await;
    let id = shown["conversation"]["id"].as_str().unwrap();
    let room = format!("/api/v1/admin/conversations/{id}");
    assert_eq!(portal.post(&format!("{room}/join"), &token, &json!({})).await.status, 200);
    for n in 0..20 {
        let said = json!({ "id": format!("k{n}"), "body": format!("question {n}") });
        assert_eq!(portal.post(&format!("{room}/messages"), &token, &said).await.status, 201);
        socket.find("the question", |frame| frame["event"]["client_id"] == format!("k{n}")).await;
        socket.send(&json!({ "type": "say", "id": format!("v{n}"), "body": "an answer" })).await;
        socket.find("the answer", |frame| frame["type"] == "ack" && frame["id"] == format!("v{n}")).await;
    }
    let log = portal.get(&format!("{room}/events?limit=500"), &token).await.json();
    let places: Vec<u64> =
        log["events"].as_array().unwrap().iter().filter_map(|e| e["seq"].as_u64()).collect();
    assert_eq!(places, (1..=42).collect::<Vec<_>>());
    socket.settle().await;
    assert_eq!(socket.seqs(), places, "the visitor saw all of it, once and in order");
    // Neither serves the other's paths.
    assert_eq!(gateway.get("/admin/sign-in", "").await.status, 404);
    assert_eq!(portal.get("/widget.js", "").await.status, 404);
}
