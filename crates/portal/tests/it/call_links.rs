//! The buttons of a call mail: looking does nothing, pressing does one thing once.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use desk::{Caller, hash_secret};
use domain::admin::{Admin, Role};
use domain::clock::Clock;
use domain::conversation::State;
use domain::id::{ConversationId, NoticeId};
use storage::{Link, LinkPurpose, NoticeFilter, Page};

use crate::browser::House;

/// Makes the links of a mail about this call, as the mailer does.
pub(crate) async fn links(house: &House, admin: &Admin, call: ConversationId) -> [String; 3] {
    let notice = NoticeId(house.desk.desk.source().id());
    let mut paths = [const { String::new() }; 3];
    for (path, purpose) in paths.iter_mut().zip(LinkPurpose::OF_CALL) {
        let secret = house.desk.desk.source().secret();
        let link = Link {
            secret: hash_secret(secret.reveal()),
            purpose,
            admin: Some(admin.id),
            conversation: Some(call),
            notice: Some(notice),
            expires_at: house.desk.clock.now().plus(Duration::from_mins(35)),
        };
        house.desk.storage.add_links(&[link]).await.unwrap();
        *path = format!("/admin/answer/{}", secret.reveal());
    }
    paths
}

async fn state_of(house: &House, kim: &Admin, call: ConversationId) -> State {
    let view = house.desk.desk.conversation(&Caller::Admin(kim.clone()), call).await.unwrap();
    view.row.conversation.state
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing_and_pressing_the_button_promises() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "help").await;
    let [on_my_way, more_time, _] = links(&house, &kim, call).await;
    let mut phone = house.browser();
    for _ in 0..5 {
        let page = phone.get(&on_my_way).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Mina") && page.body.contains("I’m on my way"));
        assert!(!page.body.contains("help"), "what was said needs a sign-in");
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert_eq!(
            (&page.headers["referrer-policy"], &page.headers["cache-control"]),
            (&"no-referrer".parse().unwrap(), &"no-store".parse().unwrap())
        );
    }
    let promised = |state: State| match state {
        State::Waiting(wait) => wait.promised,
        other => panic!("it is {}", other.as_str()),
    };
    assert!(promised(state_of(&house, &kim, call).await).is_none());
    let answer = phone.post(&on_my_way, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("The caller sees that you are on your way"));
    assert!(!answer.body.contains("<form"));
    let until = promised(state_of(&house, &kim, call).await).expect("promised");
    assert_eq!((until.by.name.as_str(), until.until), ("Kim", house.desk.now().plus(Duration::from_mins(2))));
    assert!(
        phone.cookies.is_empty() || phone.get("/admin").await.goes_to() == "/admin/sign-in",
        "it is no sign-in"
    );

    assert_eq!(phone.post(&on_my_way, &[]).await.status, StatusCode::GONE, "once");
    assert_eq!(phone.get(&on_my_way).await.status, StatusCode::GONE);
    house.desk.clock.advance(Duration::from_mins(1));
    assert_eq!(phone.post(&more_time, &[]).await.status, StatusCode::OK, "the others go on");
    let until = promised(state_of(&house, &kim, call).await).expect("promised").until;
    assert_eq!(until, house.desk.now().plus(Duration::from_mins(3)));
}

#[tokio::test]
async fn the_third_moves_the_call_to_the_board_and_everybody_is_told() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    house.admin("lee@burgerput.example", "Lee", Role::Admin).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "the pay button is dead").await;
    let [on_my_way, _, to_board] = links(&house, &kim, call).await;
    let answer = house.browser().post(&to_board, &[]).await;
    assert!(answer.body.contains("The call is on the board now"), "{}", answer.body);
    assert_eq!(house.state_of(&mina, call).await, "moved");
    let view = house.desk.desk.conversation(&Caller::Visitor(mina), call).await.unwrap();
    let post = house.desk.storage.inquiry(view.row.conversation.inquiry.unwrap()).await.unwrap().unwrap();
    assert_eq!(post.inquiry.body.as_str(), "the pay button is dead");
    let filter = NoticeFilter { inquiry: Some(post.inquiry.id), ..NoticeFilter::default() };
    assert_eq!(house.desk.storage.notices(&filter, Page::first(9)).await.unwrap().items.len(), 2);
    // What can come to nothing any more says so, and offers no button.
    let page = house.browser().get(&on_my_way).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("has moved to the inquiry board") && !page.body.contains("<form"));
    assert_eq!(house.browser().post(&on_my_way, &[]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_link_is_worth_nothing_late_or_in_the_hands_of_a_disabled_admin_or_when_it_is_none() {
    let house = House::open().await;
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "help").await;
    let paths = links(&house, &kim, call).await;
    let off = Admin { disabled_at: Some(kim.created_at), ..kim.clone() };
    house.desk.storage.update_admin(&off, &testkit::deed()).await.unwrap();
    for path in &paths {
        assert_eq!(house.browser().post(path, &[]).await.status, StatusCode::GONE);
    }
    house.desk.storage.update_admin(&kim, &testkit::deed()).await.unwrap();
    assert_eq!(house.browser().get(&paths[0]).await.status, StatusCode::OK, "it was not used up");
    house.desk.clock.advance(Duration::from_mins(35));
    for path in
        paths.iter().map(String::as_str).chain(["/admin/answer/x", "/admin/answer/%00", "/admin/answer/.."])
    {
        let answer = house.browser().post(path, &[]).await;
        assert!(
            matches!(answer.status, StatusCode::GONE | StatusCode::NOT_FOUND),
            "{path}: {}",
            answer.status
        );
    }
    assert_eq!(house.state_of(&mina, call).await, "waiting");
    // One kind of link opens no door of another.
    let secret = portal::auth::links::make(
        &*house.desk.storage,
        house.desk.desk.source(),
        &*house.desk.clock,
        Some(kim.id),
    );
    let password = secret.await.unwrap();
    let path = format!("/admin/answer/{}", password.reveal());
    assert_eq!(house.browser().post(&path, &[]).await.status, StatusCode::GONE);
    let fresh = links(&house, &kim, call).await;
    let path = fresh[0].replace("/answer/", "/welcome/");
    assert_eq!(house.browser().get(&path).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn of_many_who_press_at_once_one_is_heard() {
    let house = Arc::new(House::open().await);
    let kim = house.admin("kim@burgerput.example", "Kim", Role::Owner).await;
    let mina = house.visitor("Mina").await;
    let call = house.call(&mina, "help").await;
    let [path, ..] = links(&house, &kim, call).await;
    let mut presses = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (mut browser, path) = (house.browser(), path.clone());
        presses.spawn(async move { browser.post(&path, &[]).await.status });
    }
    let answers = presses.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{answers:?}");
}
