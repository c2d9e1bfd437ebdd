//! The closing lines of each runner, as they really look, and what they add up to.

use super::{Closing, api, faults, node, playwright, rust};

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn sums(closing: &Closing) -> (usize, usize) {
    (closing.passed, closing.failed)
}

#[test]
fn cargo_counts_each_binary() {
    let said = rust(&lines(
        "test a ... ok\n\
         test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n\
         test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
         test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
    ));
    assert_eq!(sums(&said), (15, 2));
    assert_eq!(said.lines.len(), 2);
}

#[test]
fn node_counts_once() {
    let said = node(&lines(
        "✔ a (1.2ms)\nℹ tests 5\nℹ suites 0\nℹ pass 4\nℹ fail 1\nℹ cancelled 0\nℹ duration_ms 520",
    ));
    assert_eq!(sums(&said), (4, 1));
}

#[test]
fn what_the_api_was_asked_is_shown_before_the_count() {
    let said = api(&lines(
        "schemathesis as nobody: 42 operations, 1581 generated, 1581 passed\n✔ nobody (17463.7ms)\nℹ tests 1\nℹ pass 1\nℹ fail 0",
    ));
    assert_eq!(sums(&said), (1, 0));
    assert_eq!(
        said.lines,
        ["schemathesis as nobody: 42 operations, 1581 generated, 1581 passed", "ℹ pass 1", "ℹ fail 0"]
    );
}

#[test]
fn a_journey_that_did_not_run_has_not_passed() {
    let said = playwright(&lines(
        "  ok 1 a journey with 3 failed tries in its name (2s)\n\n  1 failed\n    a.spec.js:3:1 › a\n  2 did not run\n  10 passed (1.2m)",
    ));
    assert_eq!(sums(&said), (10, 3));
    assert_eq!(said.lines, ["  1 failed", "  2 did not run", "  10 passed (1.2m)"]);
}

#[test]
fn the_faults_are_counted_and_what_broke_is_named() {
    let said = faults(&lines(
        "R01   kill -9 at a random moment: 0 passed, 9 failed\n\
         R01   held: 1000 cycles, seed 1, 61.2 s: 9,412 acknowledged, 0 lost\n\
         R02   BROKE: seed 1, 3.1 s: group-written was never hit\n\
         faults: 1 passed, 1 failed",
    ));
    assert_eq!(sums(&said), (1, 1));
    assert_eq!(said.lines.len(), 2);
}
