//! Recorded, dated leave to break one rule, laid on a verdict.

use crate::{Day, Verdict, Violation, verdict::Outcome};
use std::borrow::Cow;

/// A waiver, as far as a verdict must know. Whom it is for, and under which contract, was looked
/// at before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver<'a> {
    /// Its id, which the violation then shows.
    pub id: &'a str,
    /// A published rule's id, or a code.
    pub rule: &'a str,
    /// Only at this path, where given: without positions; `*` stands for any one step.
    pub path: Option<&'a str>,
    /// The last day on which it holds.
    pub last_day: Day,
}

/// Lays waivers on a verdict: what they excuse no longer rejects, and says so.
///
/// A message that cannot be read, or whose contract is not known, is excused by none.
pub fn apply<'a>(verdict: &mut Verdict, waivers: impl IntoIterator<Item = Waiver<'a>>, today: Day) {
    if !matches!(verdict.outcome, Outcome::Accepted | Outcome::Rejected) {
        return;
    }
    for waiver in waivers.into_iter().filter(|waiver| today <= waiver.last_day) {
        let open = verdict.violations.iter_mut().filter(|violation| violation.waiver.is_none());
        for violation in open.filter(|violation| excuses(&waiver, violation)) {
            violation.waiver = Some(waiver.id.to_owned());
        }
    }
    verdict.settle();
}

fn excuses(waiver: &Waiver<'_>, violation: &Violation) -> bool {
    let rule = violation.rule.as_deref() == Some(waiver.rule);
    (rule || violation.code.as_str() == waiver.rule)
        && waiver.path.is_none_or(|template| path_fits(template, &violation.path))
}

/// Whether a path is of a template: positions count for nothing, and `*` is any one step.
fn path_fits(template: &str, path: &str) -> bool {
    let mut wanted = template.split('/');
    let mut found = path.split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(wanted), Some(found)) if without_position(wanted) == without_position(found) => {}
            _ => return false,
        }
    }
}

/// `cac:Party[2]` → `cac:Party`; an item's number in a JSON Pointer stays: its template is `*`.
fn without_position(step: &str) -> Cow<'_, str> {
    let position = step.strip_suffix(']').and_then(|step| step.rsplit_once('['));
    match position {
        Some((name, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => Cow::Borrowed(name),
        _ => Cow::Borrowed(step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, Severity, code};

    fn outcome(waiver: Waiver<'_>, today: i64, truncated: bool) -> Outcome {
        let violation = Violation::new(code::RULE_BROKEN, Layer::Schematron, Severity::Error, "")
            .with_rule("F-1")
            .at_path("/inv:Invoice[1]/cac:Party[2]/@x");
        let mut verdict = Verdict::from_violations(vec![violation]);
        verdict.truncated = truncated;
        apply(&mut verdict, [waiver], Day::from_days(today));
        let excused = verdict.violations[0].waiver.is_some();
        assert_eq!(excused && !truncated, verdict.outcome == Outcome::Accepted);
        verdict.outcome
    }

    #[test]
    fn excuses_one_rule_at_its_path_until_its_last_day() {
        let waiver = Waiver { id: "w", rule: "F-1", path: None, last_day: Day::from_days(5) };
        let at = |path| Waiver { path: Some(path), ..waiver };
        assert_eq!(outcome(waiver, 5, false), Outcome::Accepted);
        assert_eq!(outcome(waiver, 6, false), Outcome::Rejected);
        assert_eq!(outcome(Waiver { rule: "V0301", ..waiver }, 5, false), Outcome::Accepted);
        assert_eq!(outcome(Waiver { rule: "F-2", ..waiver }, 5, false), Outcome::Rejected);
        assert_eq!(outcome(at("/inv:Invoice/cac:Party/@x"), 5, false), Outcome::Accepted);
        assert_eq!(outcome(at("/inv:Invoice/*/@x"), 5, false), Outcome::Accepted);
        assert_eq!(outcome(at("/inv:Invoice/cac:Party"), 5, false), Outcome::Rejected);
        assert_eq!(outcome(at("/inv:Invoice/cac:Party/@x/y"), 5, false), Outcome::Rejected);
    }

    #[test]
    fn does_not_excuse_what_the_verdict_no_longer_shows() {
        let waiver = Waiver { id: "w", rule: "F-1", path: None, last_day: Day::from_days(5) };
        assert_eq!(outcome(waiver, 5, true), Outcome::Rejected);
    }

    #[test]
    fn leaves_a_malformed_message_as_it_is() {
        let mut verdict = Verdict::malformed(Violation::syntax(code::ENCODING, ""));
        let waiver = Waiver { id: "w", rule: "V0102", path: None, last_day: Day::from_days(5) };
        apply(&mut verdict, [waiver], Day::from_days(5));
        assert_eq!(verdict.outcome, Outcome::Malformed);
        assert!(verdict.violations[0].waiver.is_none());
    }
}
