//! What time will do to a wait, and what a promise changes about it.

use proptest::prelude::*;

use super::*;

const SINCE: Timestamp = Timestamp(1_795_237_200_000);

const fn step(seconds: u64, notify: Audience) -> Step {
    Step { after: Duration::from_secs(seconds), notify }
}

fn policy(offer: u64, move_after: u64, steps: &[Step]) -> Policy {
    Policy {
        offer_after: Duration::from_secs(offer),
        move_after: Duration::from_secs(move_after),
        steps: steps.to_vec(),
        limits: TextLimits::default(),
    }
}

fn at(seconds: u64) -> Timestamp {
    SINCE.plus(Duration::from_secs(seconds))
}

/// Seconds after the wait began.
fn moments(plan: &Plan) -> (Vec<u64>, u64, u64) {
    let seconds = |moment: Timestamp| moment.since(SINCE).as_secs();
    (plan.steps.iter().map(|s| seconds(s.at)).collect(), seconds(plan.offer_at), seconds(plan.move_at))
}

#[test]
fn the_default_tells_those_on_duty_at_once_and_everyone_after_a_minute() {
    let policy = Policy::default();
    assert_eq!(policy.at_once().collect::<Vec<_>>(), [Audience::OnDuty]);
    let plan = policy.plan(SINCE);
    assert_eq!(moments(&plan), (vec![60], 180, 300));
    assert_eq!(plan.steps[0].notify, Audience::Everyone);
}

#[test]
fn steps_at_zero_are_told_at_once_and_are_not_in_the_plan() {
    let ladder = [step(0, Audience::OnDuty), step(30, Audience::OnDuty), step(0, Audience::Everyone)];
    let policy = policy(60, 90, &ladder);
    assert_eq!(policy.at_once().collect::<Vec<_>>(), [Audience::OnDuty, Audience::Everyone]);
    assert_eq!(moments(&policy.plan(SINCE)), (vec![30], 60, 90));
}

#[test]
fn a_ladder_without_a_step_at_zero_tells_nobody_at_once() {
    let policy = policy(60, 90, &[step(1, Audience::OnDuty)]);
    assert_eq!(policy.at_once().count(), 0);
    assert_eq!(moments(&policy.plan(SINCE)).0, [1]);
}

#[test]
fn a_ladder_in_any_order_is_climbed_from_below() {
    let ladder = [step(90, Audience::Everyone), step(20, Audience::OnDuty)];
    let plan = policy(60, 120, &ladder).plan(SINCE);
    assert_eq!(moments(&plan).0, [20, 90]);
    assert_eq!(plan.steps[0].notify, Audience::OnDuty);
}

#[test]
fn a_call_moves_when_the_board_is_offered_if_it_should_have_moved_before() {
    assert_eq!(moments(&policy(180, 60, &[]).plan(SINCE)), (vec![], 180, 180));
}

#[test]
fn zero_for_everything_offers_and_moves_at_once() {
    assert_eq!(moments(&policy(0, 0, &[]).plan(SINCE)), (vec![], 0, 0));
}

#[test]
fn a_promise_puts_off_what_would_come_before_it_and_leaves_the_rest() {
    let ladder = [step(60, Audience::Everyone), step(240, Audience::OnDuty)];
    let plan = policy(180, 300, &ladder).plan(SINCE);
    assert_eq!(moments(&plan.put_off(at(30))), (vec![60, 240], 180, 300), "a short promise changes nothing");
    assert_eq!(moments(&plan.put_off(at(100))), (vec![100, 240], 180, 300));
    assert_eq!(moments(&plan.put_off(at(180))), (vec![180, 240], 180, 300));
    assert_eq!(moments(&plan.put_off(at(181))), (vec![181, 240], 181, 301), "the pause stays two minutes");
    assert_eq!(moments(&plan.put_off(at(600))), (vec![600, 600], 600, 720));
    assert_eq!(plan.put_off(at(600)).steps[0].notify, Audience::Everyone, "in the order they had");
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let audience = prop_oneof![Just(Audience::OnDuty), Just(Audience::Everyone)];
    let any_step = (0u64..900, audience).prop_map(|(seconds, notify)| step(seconds, notify));
    (0u64..900, 0u64..900, prop::collection::vec(any_step, 0..6))
        .prop_map(|(offer, move_after, steps)| policy(offer, move_after, &steps))
}

proptest! {
    #[test]
    fn every_step_is_either_told_at_once_or_planned_for_its_moment(policy in any_policy()) {
        let plan = policy.plan(SINCE);
        prop_assert_eq!(policy.at_once().count() + plan.steps.len(), policy.steps.len());
        for step in policy.steps.iter().filter(|step| step.after > Duration::ZERO) {
            let planned = PlannedStep { at: SINCE.plus(step.after), notify: step.notify };
            prop_assert!(plan.steps.contains(&planned));
        }
        prop_assert!(plan.steps.is_sorted_by_key(|step| step.at));
        prop_assert!(plan.offer_at <= plan.move_at);
    }

    #[test]
    fn promises_only_ever_put_off(policy in any_policy(), promises in prop::collection::vec(0u64..4000, 1..5)) {
        let mut plan = policy.plan(SINCE);
        for until in promises.into_iter().map(at) {
            let next = plan.put_off(until);
            prop_assert_eq!(next.steps.len(), plan.steps.len());
            for (before, after) in plan.steps.iter().zip(&next.steps) {
                prop_assert!(after.at >= before.at && after.at >= until);
                prop_assert_eq!(after.notify, before.notify);
            }
            prop_assert!(next.steps.is_sorted_by_key(|step| step.at));
            prop_assert!(next.offer_at >= plan.offer_at && next.offer_at >= until);
            prop_assert!(next.move_at >= plan.move_at);
            prop_assert_eq!(next.move_at.since(next.offer_at), plan.move_at.since(plan.offer_at));
            prop_assert_eq!(&next.put_off(until), &next, "the same promise twice is one");
            plan = next;
        }
    }
}
