//! The W3C's XPath tests (part of QT3), as far as they are for XPath 2.0 without optional features.
//!
//! Each case is judged with expressions of our own around the case's: `(case) eq (expected)` and the like.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "tests fail by panics and print their counts"
)]

mod assertion;
mod suite;

use suite::{Case, Suite};

/// The part of the cases that must pass: a guard against going back.
const PASS_RATE_MIN: f64 = 0.99;

#[test]
fn xpath_2_cases_of_qt3_hold() {
    let Some(mut suite) = Suite::unpack() else { return };
    let mut passed = 0usize;
    let mut failed = Vec::new();
    let mut skipped = std::collections::BTreeMap::<String, usize>::new();
    for case in suite.cases() {
        match suite.run(&case) {
            Ok(true) => passed += 1,
            Ok(false) => failed.push(case),
            Err(reason) => *skipped.entry(reason).or_default() += 1,
        }
    }
    let mut sets = std::collections::BTreeMap::<&str, usize>::new();
    for Case { set, .. } in &failed {
        *sets.entry(set).or_default() += 1;
    }
    if std::env::args().any(|argument| argument == "--nocapture") {
        for case in &failed {
            println!("FAILED {} {}: {}", case.set, case.id, case.expression.replace('\n', " "));
        }
    }
    let all = passed + failed.len();
    println!("QT3, XPath 2.0: {passed} of {all}; failed by set {sets:?}; skipped {skipped:?}");
    assert!(all > 1_000);
    #[expect(clippy::cast_precision_loss, reason = "a rate of some thousands")]
    let rate = passed as f64 / all as f64;
    assert!(rate >= PASS_RATE_MIN, "{rate}");
}
