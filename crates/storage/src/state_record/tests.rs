//! Every state is read back as it was, under names that stay.

use domain::conversation::Actor;
use domain::notice::Audience;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::any_record::any_state;

fn seat() -> Seat {
    Seat { admin: AdminId(Uuid::from_u128(1)), name: Name::from_stored("Kim".to_owned()) }
}

/// One of each with the JSON that rows hold by now: a change here is a migration of every row there is.
fn rows() -> Vec<(State, &'static str)> {
    const WAITING: &str = concat!(
        r#"{"state":"waiting","since":1,"plan":{"steps":[{"at":60,"notify":"on-duty"}],"offer_at":180,"#,
        r#""move_at":300},"offered":true,"promised":{"by":{"admin":"00000000-0000-0000-0000-000000000001","#,
        r#""name":"Kim"},"until":99}}"#
    );
    const ACTIVE: &str = concat!(
        r#"{"state":"active","since":2,"admins":[{"admin":"00000000-0000-0000-0000-000000000001","#,
        r#""name":"Kim"}]}"#
    );
    let plan = Plan {
        steps: vec![PlannedStep { at: Timestamp(60), notify: Audience::OnDuty }],
        offer_at: Timestamp(180),
        move_at: Timestamp(300),
    };
    let promised = Some(Promised { by: seat(), until: Timestamp(99) });
    vec![
        (State::Waiting(Wait { since: Timestamp(1), plan, offered: true, promised }), WAITING),
        (State::Active { since: Timestamp(2), admins: vec![seat()] }, ACTIVE),
        (State::Moved { at: Timestamp(3) }, r#"{"state":"moved","at":3}"#),
        (
            State::Closed { at: Timestamp(4), by: Actor::System, admins: vec![] },
            r#"{"state":"closed","at":4,"by":{"type":"system","id":null,"name":null},"admins":[]}"#,
        ),
        (State::Cancelled { at: Timestamp(5) }, r#"{"state":"cancelled","at":5}"#),
    ]
}

#[test]
fn every_state_is_written_as_rows_hold_it_and_read_from_there() {
    for (state, json) in rows() {
        assert_eq!(write(&state), json);
        assert_eq!(read(json), Ok(state));
    }
}

#[test]
fn a_state_that_we_do_not_know_or_that_lacks_a_part_is_unreadable() {
    for json in [
        "",
        "{}",
        "null",
        r#"{"state":"parked","at":1}"#,
        r#"{"state":"Moved","at":1}"#,
        r#"{"state":"moved"}"#,
        r#"{"state":"moved","at":"now"}"#,
        r#"{"state":"active","since":1}"#,
        r#"{"state":"active","since":1,"admins":[{"admin":"7","name":"Kim"}]}"#,
        r#"{"state":"closed","at":1,"by":{"type":"robot","id":null,"name":null},"admins":[]}"#,
        r#"{"state":"waiting","since":1,"plan":{"steps":[{"at":1,"notify":"pager"}],"offer_at":1,"move_at":2},"offered":false}"#,
    ] {
        assert_eq!(read(json), Err(Unreadable), "{json}");
    }
}

#[test]
fn a_wait_that_nobody_promised_anything_in_may_leave_that_out() {
    let json =
        r#"{"state":"waiting","since":1,"plan":{"steps":[],"offer_at":1,"move_at":2},"offered":false}"#;
    let Ok(State::Waiting(wait)) = read(json) else { panic!("it is readable") };
    assert_eq!((wait.promised, wait.offered), (None, false));
}

proptest! {
    #[test]
    fn whatever_it_has_come_to_is_read_back_as_it_was(state in any_state()) {
        prop_assert_eq!(read(&write(&state)), Ok(state));
    }

    #[test]
    fn no_text_in_a_row_makes_reading_panic(json in any::<String>()) {
        prop_assert!(read(&json).is_err());
    }
}
