//! What is written down is read back, under names that stay; what nobody of us wrote is not guessed at.

use domain::id::InquiryId;
use domain::policy::{Plan, PlannedStep};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::any_record::{any_actor, any_what};

const ID: &str = "00000000-0000-0000-0000-000000000001";

fn plan() -> Plan {
    Plan {
        steps: vec![PlannedStep { at: Timestamp(60), notify: Audience::Everyone }],
        offer_at: Timestamp(180),
        move_at: Timestamp(300),
    }
}

fn words() -> Body {
    Body::from_stored("words".to_owned())
}

/// One of each kind with the row that logs hold by now: a change here is a migration of every log there is.
fn rows() -> Vec<(What, &'static str, Option<&'static str>, Option<&'static str>)> {
    const PLAN: &str = r#"{"plan":{"steps":[{"at":60,"notify":"everyone"}],"offer_at":180,"move_at":300}}"#;
    const PROMISED: &str =
        r#"{"plan":{"steps":[{"at":60,"notify":"everyone"}],"offer_at":180,"move_at":300},"until":99}"#;
    const CALLED: &str = concat!(
        r#"{"plan":{"steps":[{"at":60,"notify":"everyone"}],"offer_at":180,"move_at":300},"#,
        r#""context":{"url":"u","title":"t","release":"r","user_agent":"a","viewport":"v","errors":["#,
        r#"{"at":"1","kind":"k","message":"m","source":"s","status":502,"request_id":"i"}]}}"#
    );
    const MOVED: &str = r#"{"inquiry":"00000000-0000-0000-0000-000000000001"}"#;
    let text = |text: &str| Some(text.to_owned());
    let error = PageError {
        at: text("1"),
        kind: text("k"),
        message: text("m"),
        source: text("s"),
        status: Some(502),
        request_id: text("i"),
    };
    let context = CallContext {
        url: text("u"),
        title: text("t"),
        release: text("r"),
        user_agent: text("a"),
        viewport: text("v"),
        errors: vec![error],
    };
    let inquiry = InquiryId(Uuid::from_u128(1));
    vec![
        (What::Called { plan: plan(), context }, "called", None, Some(CALLED)),
        (What::Said { body: words() }, "said", Some("words"), None),
        (What::Noted { body: words() }, "noted", Some("words"), None),
        (What::Escalated { notify: Audience::OnDuty }, "escalated", None, Some(r#"{"notify":"on-duty"}"#)),
        (What::Escalated { notify: Audience::Author }, "escalated", None, Some(r#"{"notify":"author"}"#)),
        (What::Offered, "offered", None, None),
        (What::Promised { until: Timestamp(99), plan: plan() }, "promised", None, Some(PROMISED)),
        (What::Joined, "joined", None, None),
        (What::Left { wait: Some(plan()) }, "left", None, Some(PLAN)),
        (What::Left { wait: None }, "left", None, None),
        (What::Moved { inquiry }, "moved", None, Some(MOVED)),
        (What::Closed, "closed", None, None),
        (What::Cancelled, "cancelled", None, None),
    ]
}

#[test]
fn every_kind_is_written_as_logs_hold_it_and_read_from_there() {
    for (what, kind, body, data) in rows() {
        let record = EventRecord { kind, body: body.map(str::to_owned), data: data.map(str::to_owned) };
        assert_eq!(write(&what), record, "{kind}");
        assert_eq!(read(kind, body.map(str::to_owned), data), Ok(what), "{kind}");
    }
}

#[test]
fn an_event_that_lacks_what_its_kind_needs_is_unreadable() {
    for (what, kind, body, data) in rows() {
        if matches!(what, What::Left { .. }) {
            continue;
        }
        let bare = read(kind, None, None);
        assert_eq!(bare.is_err(), body.is_some() || data.is_some(), "{kind}");
    }
    let without_context = r#"{"plan":{"steps":[],"offer_at":1,"move_at":2}}"#;
    let Ok(What::Called { context, .. }) = read("called", None, Some(without_context)) else { panic!() };
    assert!(context.is_empty());
}

#[test]
fn what_a_newer_version_wrote_is_unreadable_or_read_without_its_additions() {
    for (kind, data) in [
        ("transferred", None),
        ("", None),
        ("Said", None),
        ("escalated", Some(r#"{"notify":"pager"}"#)),
        ("moved", Some(r#"{"inquiry":"7"}"#)),
        ("left", Some(r#"{"plan":{"steps":[{"at":1,"notify":"pager"}],"offer_at":1,"move_at":2}}"#)),
        ("left", Some(r#"{"plan":{}}"#)),
        ("joined", Some("not json")),
    ] {
        assert_eq!(read(kind, Some("words".to_owned()), data), Err(Unreadable), "{kind} {data:?}");
    }
    assert_eq!(read("joined", None, Some(r#"{"from":"phone"}"#)), Ok(What::Joined));
}

fn actor(kind: &str, id: Option<&str>, name: Option<&str>) -> Result<Actor, Unreadable> {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Actor::try_from(ActorRecord { kind: kind.to_owned(), id: own(id), name: own(name) })
}

#[test]
fn an_actor_without_an_id_or_of_an_unknown_sort_is_unreadable() {
    assert!(actor("visitor", Some(ID), None).is_ok());
    assert!(actor("admin", Some(ID), Some("Kim")).is_ok());
    assert_eq!(actor("system", None, None), Ok(Actor::System));
    for (kind, id, name) in [
        ("visitor", None, Some("Lee")),
        ("visitor", Some("7"), None),
        ("admin", None, Some("Kim")),
        ("admin", Some(ID), None),
        ("robot", Some(ID), Some("R2")),
    ] {
        assert_eq!(actor(kind, id, name), Err(Unreadable), "{kind}");
    }
}

proptest! {
    #[test]
    fn whatever_happened_is_read_back_as_it_was(what in any_what()) {
        let EventRecord { kind, body, data } = write(&what);
        prop_assert_eq!(kind, what.kind());
        prop_assert_eq!(read(kind, body, data.as_deref()), Ok(what));
    }

    #[test]
    fn whoever_did_it_is_read_back_through_json(actor in any_actor()) {
        let json = serde_json::to_string(&ActorRecord::from(&actor)).unwrap();
        let record: ActorRecord = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(Actor::try_from(record), Ok(actor));
    }

    #[test]
    fn no_text_in_a_row_makes_reading_panic(kind in "[a-z]{0,9}", what in any_what(), data in any::<String>()) {
        let is_json = serde_json::from_str::<serde_json::Value>(&data).is_ok();
        prop_assert!(is_json || read(what.kind(), None, Some(&data)).is_err());
        let known = rows().iter().any(|(_, word, ..)| *word == kind);
        prop_assert!(known || read(&kind, None, None).is_err());
    }
}
