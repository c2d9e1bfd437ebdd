//! Anything that a log or a row may hold, for the tests of how it is written down.

use domain::Timestamp;
use domain::context::{CallContext, PageError};
use domain::conversation::{Actor, Promised, Seat, State, Wait, What};
use domain::id::{AdminId, InquiryId, VisitorId};
use domain::notice::Audience;
use domain::policy::{Plan, PlannedStep};
use domain::text::{Body, Name};
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

fn any_id() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![4 => any::<i64>(), 1 => Just(0), 1 => Just(i64::MIN), 1 => Just(i64::MAX)].prop_map(Timestamp)
}

fn any_name() -> impl Strategy<Value = Name> {
    any::<String>().prop_map(Name::from_stored)
}

fn any_audience() -> impl Strategy<Value = Audience> {
    prop_oneof![Just(Audience::OnDuty), Just(Audience::Everyone), Just(Audience::Author)]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let step = (any_time(), any_audience()).prop_map(|(at, notify)| PlannedStep { at, notify });
    (prop::collection::vec(step, 0..4), any_time(), any_time()).prop_map(|(steps, offer_at, move_at)| Plan {
        steps,
        offer_at,
        move_at,
    })
}

fn any_text() -> impl Strategy<Value = Option<String>> {
    option::of(any::<String>())
}

fn any_context() -> impl Strategy<Value = CallContext> {
    let status = option::of(any::<u16>());
    let error = (any_text(), any_text(), any_text(), any_text(), status, any_text()).prop_map(
        |(at, kind, message, source, status, request_id)| PageError {
            at,
            kind,
            message,
            source,
            status,
            request_id,
        },
    );
    let errors = prop::collection::vec(error, 0..3);
    (any_text(), any_text(), any_text(), any_text(), any_text(), errors).prop_map(
        |(url, title, release, user_agent, viewport, errors)| CallContext {
            url,
            title,
            release,
            user_agent,
            viewport,
            errors,
        },
    )
}

fn any_seat() -> impl Strategy<Value = Seat> {
    (any_id(), any_name()).prop_map(|(id, name)| Seat { admin: AdminId(id), name })
}

/// Anyone who may do something.
pub(crate) fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        (any_id(), option::of(any_name())).prop_map(|(id, name)| Actor::Visitor { id: VisitorId(id), name }),
        (any_id(), any_name()).prop_map(|(id, name)| Actor::Admin { id: AdminId(id), name }),
        Just(Actor::System),
    ]
}

/// Anything that may have happened.
pub(crate) fn any_what() -> impl Strategy<Value = What> {
    let words = || any::<String>().prop_map(Body::from_stored);
    prop_oneof![
        (any_plan(), any_context()).prop_map(|(plan, context)| What::Called { plan, context }),
        words().prop_map(|body| What::Said { body }),
        words().prop_map(|body| What::Noted { body }),
        any_audience().prop_map(|notify| What::Escalated { notify }),
        Just(What::Offered),
        (any_time(), any_plan()).prop_map(|(until, plan)| What::Promised { until, plan }),
        Just(What::Joined),
        option::of(any_plan()).prop_map(|wait| What::Left { wait }),
        any_id().prop_map(|id| What::Moved { inquiry: InquiryId(id) }),
        Just(What::Closed),
        Just(What::Cancelled),
    ]
}

/// Anything that a conversation may have come to.
pub(crate) fn any_state() -> impl Strategy<Value = State> {
    let seats = || prop::collection::vec(any_seat(), 0..4);
    let promised = option::of((any_seat(), any_time()).prop_map(|(by, until)| Promised { by, until }));
    prop_oneof![
        (any_time(), any_plan(), any::<bool>(), promised).prop_map(|(since, plan, offered, promised)| {
            State::Waiting(Wait { since, plan, offered, promised })
        }),
        (any_time(), seats()).prop_map(|(since, admins)| State::Active { since, admins }),
        any_time().prop_map(|at| State::Moved { at }),
        (any_time(), any_actor(), seats()).prop_map(|(at, by, admins)| State::Closed { at, by, admins }),
        any_time().prop_map(|at| State::Cancelled { at }),
    ]
}
