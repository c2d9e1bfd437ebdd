//! The count: reads each runner's closing lines, shows them again at the end, and adds them up.

use super::runner::Outcome;

/// What a runner said at its end: the lines themselves, and how many tests passed and failed.
#[derive(Default, Debug, PartialEq, Eq)]
pub(super) struct Closing {
    pub(super) lines: Vec<String>,
    pub(super) passed: usize,
    pub(super) failed: usize,
}

/// The whole run so far.
#[derive(Default)]
pub(super) struct Tally {
    step: &'static str,
    closing: Vec<String>,
    passed: usize,
    failed: usize,
}

impl Tally {
    /// What comes now belongs to this step.
    pub(super) fn begin(&mut self, step: &'static str) {
        self.step = step;
        println!("\n== {step}");
    }

    /// A program that says only yes or no.
    pub(super) fn check(&mut self, success: bool) {
        self.counted(if success { "ok" } else { "FAILED" }, usize::from(success), usize::from(!success));
    }

    /// A step that knows its own numbers.
    pub(super) fn counted(&mut self, what: &str, passed: usize, failed: usize) {
        self.add(&Closing {
            lines: vec![format!("{what}: {passed} passed, {failed} failed")],
            passed,
            failed,
        });
    }

    /// A test runner, whose own closing lines tell.
    pub(super) fn read(&mut self, outcome: &Outcome, closing: fn(&[String]) -> Closing) {
        let mut said = closing(&outcome.lines);
        if !outcome.success && said.failed == 0 {
            said.failed = 1;
            said.lines.push("ended with an error before it could count".to_owned());
        } else if said.passed + said.failed == 0 {
            said.failed = 1;
            said.lines.push("ran nothing".to_owned());
        }
        self.add(&said);
    }

    /// The step could not be carried out at all.
    pub(super) fn broke(&mut self, why: &str) {
        eprintln!("{}: {why}", self.step);
        self.add(&Closing { lines: vec![why.to_owned()], passed: 0, failed: 1 });
    }

    /// Shows all closing lines and the sum; true when nothing failed.
    pub(super) fn close(&self) -> bool {
        println!("\n== in the end");
        for line in &self.closing {
            println!("{line}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }

    fn add(&mut self, said: &Closing) {
        self.closing.extend(said.lines.iter().map(|line| format!("{:<9} {}", self.step, line.trim())));
        self.passed += said.passed;
        self.failed += said.failed;
    }
}

/// `test result: ok. 12 passed; 0 failed; …`, once for each binary; those without tests are left out.
pub(super) fn rust(lines: &[String]) -> Closing {
    let mut closing = Closing::default();
    for line in lines.iter().filter(|line| line.starts_with("test result:")) {
        let (passed, failed) = (number_before(line, " passed"), number_before(line, " failed"));
        if passed + failed > 0 {
            closing.lines.push(line.clone());
        }
        closing.passed += passed;
        closing.failed += failed;
    }
    closing
}

/// Node's own: `ℹ pass 12`, `ℹ fail 0`.
pub(super) fn node(lines: &[String]) -> Closing {
    let mut closing = Closing::default();
    for line in lines {
        let Some((word, number)) = line.strip_prefix("ℹ ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        let Ok(number) = number.parse::<usize>() else { continue };
        match word {
            "pass" => closing.passed += number,
            "fail" | "cancelled" => closing.failed += number,
            _ => continue,
        }
        closing.lines.push(line.clone());
    }
    closing
}

/// Node's, and before it what was asked: `schemathesis as a visitor: 17 operations, …`.
pub(super) fn api(lines: &[String]) -> Closing {
    let asked = lines.iter().filter(|line| line.starts_with("schemathesis as "));
    let node = node(lines);
    Closing { lines: asked.cloned().chain(node.lines).collect(), ..node }
}

/// Playwright: `  12 passed (1.2m)`, `  1 failed`, `  1 did not run`.
pub(super) fn playwright(lines: &[String]) -> Closing {
    let mut closing = Closing::default();
    for line in lines {
        let Some((number, verdict)) = line.strip_prefix("  ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        let Ok(number) = number.parse::<usize>() else { continue };
        // A journey that did not run, was left out, or passed only at the second try, has not passed.
        match verdict.split(" (").next() {
            Some("passed") => closing.passed += number,
            Some("failed" | "flaky" | "interrupted" | "did not run" | "skipped") => closing.failed += number,
            _ => continue,
        }
        closing.lines.push(line.clone());
    }
    closing
}

/// The fault harness: what broke, with its seed, and `faults: 12 passed, 0 failed`.
pub(super) fn faults(lines: &[String]) -> Closing {
    let mut closing = Closing::default();
    for line in lines {
        if line.contains(" BROKE: ") {
            closing.lines.push(line.clone());
        } else if line.starts_with("faults: ") {
            closing.passed += number_before(line, " passed");
            closing.failed += number_before(line, " failed");
            closing.lines.push(line.clone());
        }
    }
    closing
}

/// The number that stands directly before a word; 0 when there is none.
fn number_before(line: &str, word: &str) -> usize {
    let Some(at) = line.find(word) else { return 0 };
    let digits = line[..at].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |last| last + 1);
    line[digits..at].parse().unwrap_or_default()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
