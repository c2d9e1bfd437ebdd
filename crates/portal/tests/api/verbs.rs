//! What admins do to calls, posts, notices and each other: once, and alike when asked again.

use domain::admin::Role;
use domain::clock::Clock;
use serde_json::{Value, json};
use storage::{Claim, Delivery};
use testkit::http::Request;

use crate::stage::{API, Stage, problem, wrong_field};

#[tokio::test]
async fn joining_leaving_and_closing_answer_with_the_present_state_each_time() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    let act = async |verb: &str| {
        let answer = stage.act(&format!("/conversations/{id}/{verb}")).await;
        assert_eq!(answer.status, 200, "{verb}: {}", answer.text());
        answer.json()["conversation"].clone()
    };
    let joined = act("join").await;
    assert_eq!((&joined["state"], &joined["admins"][0]["name"]), (&json!("active"), &json!("Kim")));
    assert_eq!(joined["visitor"]["verified"], false);
    assert_eq!(act("join").await["last_seq"], joined["last_seq"]);
    let left = act("leave").await;
    assert_eq!((&left["state"], &left["admins"]), (&json!("waiting"), &json!([])));
    assert_eq!(act("leave").await["last_seq"], left["last_seq"]);
    let early = stage.act(&format!("/conversations/{id}/close")).await;
    assert_eq!(problem(&early, 409, "nobody is in")["code"], "not_answered_yet");
    act("join").await;
    let closed = act("close").await;
    assert_eq!(closed["state"], "closed");
    assert_eq!(act("close").await["last_seq"], closed["last_seq"]);
    for (verb, code) in [("join", "conversation_closed"), ("leave", "conversation_closed")] {
        let late = stage.act(&format!("/conversations/{id}/{verb}")).await;
        assert_eq!(problem(&late, 409, verb)["code"], code);
    }
}

#[tokio::test]
async fn a_promise_is_of_one_to_sixty_minutes_and_shifts_the_wait() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    let path = format!("/conversations/{id}/promise");
    let before = stage.stored().await;
    for (minutes, code) in [
        (json!(0), "promise_out_of_range"),
        (json!(61), "promise_out_of_range"),
        (json!(u32::MAX), "promise_out_of_range"),
        (json!(-1), "wrong_type"),
        (json!(1.5), "wrong_type"),
        (json!("3"), "wrong_type"),
        (json!(null), "wrong_type"),
        (json!(5_000_000_000_u64), "wrong_type"),
    ] {
        let answer = stage.post(&path, &json!({ "minutes": minutes })).await;
        wrong_field(&answer, "minutes", code, &minutes.to_string());
    }
    assert_eq!(stage.stored().await, before);
    let promised = stage.post(&path, &json!({ "minutes": 10 })).await.json()["conversation"].clone();
    assert_eq!(promised["wait"]["promised"]["by"]["name"], "Kim");
    assert_eq!(promised["wait"]["promised"]["until"], promised["wait"]["offer_at"]);
    stage.act(&format!("/conversations/{id}/join")).await;
    assert_eq!(
        problem(&stage.post(&path, &json!({ "minutes": 1 })).await, 409, "too late")["code"],
        "already_answered"
    );
}

#[tokio::test]
async fn words_and_notes_are_stored_once_and_only_notes_without_joining() {
    let stage = Stage::open().await;
    let id = stage.call("help").await;
    let (say, note) = (format!("/conversations/{id}/messages"), format!("/conversations/{id}/notes"));
    let words = json!({ "id": "w1", "body": "hello" });
    assert_eq!(problem(&stage.post(&say, &words).await, 409, "not in")["code"], "not_joined");
    let noted = stage.post(&note, &json!({ "id": "n1", "body": "look" })).await;
    assert_eq!((noted.status, &noted.json()["event"]["kind"]), (201, &json!("noted")));
    stage.act(&format!("/conversations/{id}/join")).await;
    let (first, again) = (stage.post(&say, &words).await, stage.post(&say, &words).await);
    assert_eq!((first.status, again.status, first.json()), (201, 200, again.json()));
    let again = stage.post(&note, &json!({ "id": "n1", "body": "look" })).await;
    assert_eq!((again.status, again.json()), (200, noted.json()));
}

#[tokio::test]
async fn a_post_is_deleted_once_it_is_answered_and_restored_by_an_owner() {
    let stage = Stage::open().await;
    let helper = stage.world.admin("lee@desk.example", "Lee", Role::Admin).await;
    let (_, of_helper) = stage.world.api_token(&helper).await;
    let id = stage.posted("It broke").await;
    let path = format!("/inquiries/{id}");
    let delete = async || stage.request("DELETE", &path).send(stage.at).await;
    assert_eq!(problem(&delete().await, 409, "open")["code"], "not_answered");
    assert_eq!(stage.post(&format!("{path}/comments"), &json!({ "body": "mended" })).await.status, 201);
    for (verb, status) in [
        ("resolve", "resolved"),
        ("resolve", "resolved"),
        ("reopen", "open"),
        ("reopen", "open"),
        ("resolve", "resolved"),
    ] {
        let answer = stage.act(&format!("{path}/{verb}")).await;
        assert_eq!((answer.status, &answer.json()["inquiry"]["status"]), (200, &json!(status)));
    }
    assert_eq!((delete().await.status, delete().await.status), (204, 204));
    assert_eq!(stage.get("/inquiries").await.json()["inquiries"], json!([]));
    assert_eq!(stage.get("/inquiries?trash=true").await.json()["inquiries"][0]["id"], id);
    let late = stage.post(&format!("{path}/comments"), &json!({ "body": "x" })).await;
    assert_eq!(problem(&late, 409, "in the trash")["code"], "in_trash");
    let by_helper =
        Request::new("POST", &format!("{API}{path}/restore")).bearer(&of_helper).send(stage.at).await;
    assert!(matches!(by_helper.status, 403 | 409), "{}", by_helper.text());
    assert_eq!(by_helper.json()["code"], "owners_only");
    for _ in 0..2 {
        assert_eq!(stage.act(&format!("{path}/restore")).await.status, 200);
    }
    assert_eq!(stage.get("/inquiries").await.json()["inquiries"][0]["id"], id);
}

#[tokio::test]
async fn an_admin_corrects_title_and_kind_and_leaves_the_words_to_their_author() {
    let stage = Stage::open().await;
    let path = format!("/inquiries/{}", stage.posted("It broke").await);
    let edit = async |body: Value| stage.request("PATCH", &path).json(&body).send(stage.at).await;
    let done = edit(json!({ "title": "Cart is empty", "kind": "suggestion" })).await.json();
    assert_eq!(
        (&done["inquiry"]["title"], &done["inquiry"]["kind"]),
        (&json!("Cart is empty"), &json!("suggestion"))
    );
    wrong_field(
        &edit(json!({ "body": "other words" })).await,
        "body",
        "unknown",
        "the words are their author's",
    );
    wrong_field(&edit(json!({ "email": "x@y.example" })).await, "email", "unknown", "so is the address");
}

#[tokio::test]
async fn the_last_owner_stays_and_only_owners_change_others() {
    let stage = Stage::open().await;
    let me = stage.owner.id.to_string();
    let patch = async |id: &str, body: Value, token: &str| {
        Request::new("PATCH", &format!("{API}/admins/{id}")).bearer(token).json(&body).send(stage.at).await
    };
    for body in [
        json!({ "role": "admin" }),
        json!({ "disabled": true }),
        json!({ "role": "admin", "disabled": true }),
    ] {
        assert_eq!(
            problem(&patch(&me, body.clone(), &stage.token).await, 409, &body.to_string())["code"],
            "last_owner"
        );
    }
    let added =
        stage.post("/admins", &json!({ "email": "Lee@desk.example", "name": "Lee", "role": "owner" })).await;
    assert_eq!(added.status, 201);
    assert!(added.json()["link"].as_str().unwrap().starts_with("https://desk.example/admin/welcome/"));
    let taken = stage.post("/admins", &json!({ "email": "lee@DESK.example" })).await;
    assert_eq!(problem(&taken, 409, "twice")["code"], "taken");
    // A name that looks like hers is another's in nobody's eyes (S43); who was given none is named by the whole address.
    let alike = stage.post("/admins", &json!({ "email": "l@desk.example", "name": "L\u{435}e" })).await;
    wrong_field(&alike, "name", "looks_like_another", "a Cyrillic letter");
    let unnamed = stage.post("/admins", &json!({ "email": "lee@shop.example" })).await;
    assert_eq!((unnamed.status, &unnamed.json()["admin"]["name"]), (201, &json!("lee@shop.example")));
    assert_eq!(
        patch(&me, json!({ "role": "admin" }), &stage.token).await.status,
        200,
        "there is another owner"
    );
    let lee = added.json()["admin"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        problem(&patch(&lee, json!({ "on_duty": false }), &stage.token).await, 403, "no owner")["code"],
        "owners_only"
    );
    assert_eq!(
        problem(&patch(&me, json!({ "role": "owner" }), &stage.token).await, 403, "no owner")["code"],
        "owners_only"
    );
    for (body, name, value) in [
        (json!({ "on_duty": false }), "on_duty", json!(false)),
        (json!({ "locale": "en" }), "locale", json!("en")),
        (json!({}), "on_duty", json!(false)),
    ] {
        let answer = patch("me", body, &stage.token).await;
        assert_eq!((answer.status, &answer.json()["admin"][name]), (200, &value));
    }
}

#[tokio::test]
async fn a_notice_that_was_given_up_is_sent_again_and_no_other() {
    let stage = Stage::open().await;
    stage.call("help").await;
    let now = stage.world.clock.now();
    let notice = stage.get("/notices").await.json()["notices"][0].clone();
    assert_eq!(
        (&notice["kind"], &notice["state"], &notice["to"]),
        (&json!("call"), &json!("queued"), &json!("kim@desk.example"))
    );
    let path = format!("/notices/{}/retry", notice["id"].as_str().unwrap());
    assert_eq!(problem(&stage.act(&path).await, 409, "queued")["code"], "not_dead");
    let id = notice["id"].as_str().unwrap().parse().unwrap();
    let dead = Delivery::Dead { reply: "550 no such user".to_owned() };
    let claimed = stage.world.storage.claim(&Claim::new(now, now, 9)).await.unwrap();
    let lease = claimed.iter().find(|claimed| claimed.id == id).unwrap().lease;
    assert!(stage.world.storage.record(&lease, &dead, now).await.unwrap());
    let shown = stage.get("/notices?state=dead").await.json()["notices"][0].clone();
    assert_eq!((&shown["id"], &shown["last_reply"]), (&notice["id"], &json!("550 no such user")));
    let again = stage.act(&path).await;
    assert_eq!((again.status, &again.json()["notice"]["state"]), (200, &json!("queued")), "{}", again.text());
}
