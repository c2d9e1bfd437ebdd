//! Who is told of what, and when.

use std::time::Duration;

use desk::{NewInquiry, Settings};
use domain::admin::{Admin, Locale, Role};
use domain::inquiry::InquiryKind;
use domain::notice::NoticeKind;
use storage::{Claim, Delivery, Notice, NoticeState};
use testkit::{DeskInABox, body, email, title};

use crate::{admin, visitor};

const MOVE_AFTER: Duration = Duration::from_mins(5);
const COMPLETION: Duration = Duration::from_secs(20);

fn post(words: &str, address: Option<&str>) -> NewInquiry {
    NewInquiry { kind: InquiryKind::Error, title: title(words), body: body(words), email: address.map(email) }
}

async fn change(desk: &DeskInABox, who: &Admin, change: impl FnOnce(&mut Admin)) {
    let mut changed = who.clone();
    change(&mut changed);
    desk.storage.update_admin(&changed, &testkit::deed()).await.unwrap();
}

/// The notices of this kind.
async fn of(desk: &DeskInABox, kind: NoticeKind) -> Vec<Notice> {
    desk.outbox().await.into_iter().filter(|notice| notice.kind == kind).collect()
}

#[tokio::test]
async fn a_call_is_told_at_once_to_those_on_duty() {
    let desk = DeskInABox::open().await.unwrap();
    let (kim, _lee) = (desk.admin("Kim").await, desk.admin("Lee").await);
    change(&desk, &kim, |kim| kim.on_duty = false).await;
    let id = desk.called(&desk.visitor("Minji").await, None).await;
    assert_eq!(desk.told().await, ["call to lee@desk.example"]);
    let notice = &desk.outbox().await[0];
    assert_eq!(
        (notice.conversation, notice.due_at, notice.state),
        (Some(id), desk.now(), NoticeState::Queued)
    );
}

#[tokio::test]
async fn when_nobody_is_on_duty_everybody_is_told() {
    let desk = DeskInABox::open().await.unwrap();
    for name in ["Kim", "Lee"] {
        let who = desk.admin(name).await;
        change(&desk, &who, |who| who.on_duty = false).await;
    }
    desk.called(&desk.visitor("Minji").await, None).await;
    assert_eq!(desk.told().await, ["call to kim@desk.example", "call to lee@desk.example"]);
}

#[tokio::test]
async fn a_disabled_admin_is_told_of_nothing_even_when_nobody_else_is_there() {
    let desk = DeskInABox::open().await.unwrap();
    let (kim, lee) = (desk.admin("Kim").await, desk.admin("Lee").await);
    let now = desk.now();
    change(&desk, &kim, |kim| kim.disabled_at = Some(now)).await;
    // The one who is left is off duty: being on duty while disabled must not count as somebody on duty.
    change(&desk, &lee, |lee| lee.on_duty = false).await;
    desk.called(&desk.visitor("Minji").await, None).await;
    desk.post(&desk.visitor("Sora").await, post("a suggestion", None)).await.unwrap();
    assert_eq!(desk.told().await, ["call to lee@desk.example", "inquiry to lee@desk.example"]);
    change(&desk, &lee, |lee| lee.disabled_at = Some(now)).await;
    let id = desk.called(&desk.visitor("Hana").await, Some("anybody?")).await;
    assert_eq!(desk.outbox().await.len(), 2);
    assert_eq!(desk.kinds(id).await, ["called", "said"], "the call is taken all the same");
}

#[tokio::test]
async fn each_is_told_in_their_own_language_and_the_author_in_the_sites() {
    let desk = DeskInABox::with(Settings { locale: Locale::Ko, ..Settings::default() }).await.unwrap();
    let kim = desk.admin("Kim").await;
    let sora = desk.visitor_at("Sora", Some("sora@shop.example")).await;
    let made = desk.post(&sora, post("broken", None)).await.unwrap().row.inquiry;
    desk.comment(&admin(&kim), made.id, body("we look into it")).await.unwrap();
    let told = desk.outbox().await;
    assert_eq!((told[0].to.admin, told[0].to.locale), (Some(kim.id), Locale::En));
    assert_eq!((told[1].to.admin, told[1].to.locale), (None, Locale::Ko));
    assert_eq!(told[1].to.address.as_str(), "sora@shop.example", "the address the host site vouches for");
}

#[tokio::test]
async fn an_author_without_an_address_is_told_of_nothing() {
    let desk = DeskInABox::open().await.unwrap();
    let kim = desk.admin("Kim").await;
    let sora = desk.visitor("Sora").await;
    let silent = desk.post(&sora, post("no address", None)).await.unwrap().row.inquiry;
    let reachable = desk.post(&sora, post("an address", Some("s@shop.example"))).await.unwrap().row.inquiry;
    for inquiry in [&silent, &reachable] {
        desk.comment(&admin(&kim), inquiry.id, body("which page?")).await.unwrap();
        desk.comment(&visitor(&sora), inquiry.id, body("the first")).await.unwrap();
        desk.resolve(&admin(&kim), inquiry.id).await.unwrap();
        desk.resolve(&admin(&kim), inquiry.id).await.unwrap();
    }
    let expected = [
        "comment to kim@desk.example",
        "comment to kim@desk.example",
        "comment to s@shop.example",
        "inquiry to kim@desk.example",
        "inquiry to kim@desk.example",
        "resolved to s@shop.example",
    ];
    assert_eq!(desk.told().await, expected);
    let comments = of(&desk, NoticeKind::Comment).await;
    assert!(comments.iter().all(|notice| notice.comment.is_some() && notice.inquiry.is_some()));
}

#[tokio::test]
async fn a_move_without_its_caller_is_told_at_once() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin("Kim").await;
    let id = desk.called(&desk.visitor("Minji").await, Some("help")).await;
    desk.advance(MOVE_AFTER);
    desk.tick(id).await.unwrap();
    let told = of(&desk, NoticeKind::Inquiry).await;
    assert_eq!((told.len(), told[0].due_at, told[0].conversation), (1, desk.now(), Some(id)));
    assert_eq!(told[0].inquiry, desk.stored(id).await.inquiry);
}

#[tokio::test]
async fn a_move_before_its_callers_eyes_waits_for_their_words_and_leaves_with_them() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin("Kim").await;
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, Some("help")).await;
    let _here = desk.is_here(&caller);
    desk.advance(MOVE_AFTER);
    desk.tick(id).await.unwrap();
    let told = of(&desk, NoticeKind::Inquiry).await;
    assert_eq!((told.len(), told[0].due_at), (1, desk.now().plus(COMPLETION)));
    desk.advance(Duration::from_secs(7));
    let words = (title("The pay button"), body("It does nothing."));
    let (made, new) = desk
        .leave_inquiry(&caller, id, InquiryKind::Error, words, Some(email("m@shop.example")))
        .await
        .unwrap();
    assert_eq!((Some(made), new), (desk.stored(id).await.inquiry, false), "completed, not made anew");
    let told = of(&desk, NoticeKind::Inquiry).await;
    assert_eq!((told.len(), told[0].due_at), (1, desk.now()), "the one that waited goes now");
    let stored = desk.inquiry(&caller, made).await.unwrap().row.inquiry;
    assert_eq!((stored.title.as_str(), stored.body.as_str()), ("The pay button", "It does nothing."));
    assert_eq!(stored.email, Some(email("m@shop.example")));
    assert_eq!(stored.conversation, Some(id));
}

#[tokio::test]
async fn words_that_come_after_the_mail_has_left_are_told_once_more() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin("Kim").await;
    let minji = desk.visitor("Minji").await;
    let caller = visitor(&minji);
    let id = desk.called(&minji, None).await;
    let _here = desk.is_here(&caller);
    desk.advance(MOVE_AFTER);
    desk.tick(id).await.unwrap();
    desk.advance(COMPLETION);
    let sent = of(&desk, NoticeKind::Inquiry).await[0].id;
    let reply = Delivery::Sent { reply: "250 ok".to_owned() };
    let claimed = desk.storage.claim(&Claim::new(desk.now(), desk.now(), 9)).await.unwrap();
    let lease = claimed.iter().find(|claimed| claimed.id == sent).unwrap().lease;
    assert!(desk.storage.record(&lease, &reply, desk.now()).await.unwrap());
    let words = || (title("Late"), body("but here"));
    desk.leave_inquiry(&caller, id, InquiryKind::Suggestion, words(), None).await.unwrap();
    let told = of(&desk, NoticeKind::Inquiry).await;
    assert_eq!(told.iter().map(|n| n.state).collect::<Vec<_>>(), [NoticeState::Sent, NoticeState::Queued]);
    assert_eq!(told[1].due_at, desk.now());
    // That one has not left: a correction rides with it.
    desk.leave_inquiry(&caller, id, InquiryKind::Suggestion, words(), None).await.unwrap();
    assert_eq!(of(&desk, NoticeKind::Inquiry).await.len(), 2);
}

#[tokio::test]
async fn a_callers_own_inquiry_is_told_at_once_though_they_are_there() {
    let desk = DeskInABox::open().await.unwrap();
    desk.admin_as("Kim", Role::Owner).await;
    let minji = desk.visitor("Minji").await;
    let id = desk.called(&minji, None).await;
    let _here = desk.is_here(&visitor(&minji));
    let words = (title("Mine"), body("in my words"));
    let (_, new) = desk.leave_inquiry(&visitor(&minji), id, InquiryKind::Error, words, None).await.unwrap();
    let told = of(&desk, NoticeKind::Inquiry).await;
    assert_eq!((new, told.len(), told[0].due_at), (true, 1, desk.now()));
}

#[tokio::test]
async fn when_the_last_admin_leaves_the_bell_rings_anew() {
    let desk = DeskInABox::open().await.unwrap();
    let (kim, lee) = (desk.admin("Kim").await, desk.admin("Lee").await);
    let id = desk.called(&desk.visitor("Minji").await, None).await;
    desk.join(&admin(&kim), id).await.unwrap();
    desk.join(&admin(&lee), id).await.unwrap();
    desk.leave(&admin(&kim), id).await.unwrap();
    assert_eq!(of(&desk, NoticeKind::Call).await.len(), 2, "somebody is still in");
    desk.advance(Duration::from_mins(30));
    desk.leave(&admin(&lee), id).await.unwrap();
    assert_eq!(of(&desk, NoticeKind::Call).await.len(), 4);
    assert_eq!(desk.stored(id).await.deadline(), Some(desk.now().plus(Duration::from_mins(1))));
}
