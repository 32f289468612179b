//! Failures with one cause are one defect.
//!
//! A system that lacks one check fails ten cases, and one that answers 500 fails them all; a report
//! that lists each is not read. What is taken for one cause: the same kind of difference at the same
//! place of the contract; and a status that comes whatever is sent.

use crate::{
    case::{Case, CaseId, Kind, Play},
    result::{CaseResult, CaseVerdict, Defect, Difference},
};
use std::collections::{BTreeMap, HashMap};

/// So many cases of an operation must fail alike, and all of them, to be one cause of their own.
const ALIKE_MIN: usize = 3;

/// What makes two failures one defect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// The operation answers every case of a kind with this status, or fails with it.
    Status { operation: String, kind: Kind, status: String },
    /// A message of a kind gets the wrong status because of one constraint.
    Constraint { place: String, kind: Kind, operation: String },
    /// The answer breaks one rule of the contract.
    Answer { place: String, what: String },
    /// Nothing in common with others but the clause, the operation and what differs.
    Clause { clause: String, operation: String, what: String, path: String },
}

struct Failure<'a> {
    order: usize,
    case: &'a CaseResult,
    difference: Option<&'a Difference>,
}

/// The defects, in the order of the cases that show them best.
pub(super) fn defects(plan: &[Case], cases: &[CaseResult]) -> Vec<Defect> {
    let total = Totals::of(cases);
    let mut by_cause: BTreeMap<Cause, Vec<Failure<'_>>> = BTreeMap::new();
    let failed =
        |case: &&CaseResult| matches!(case.verdict, CaseVerdict::Failed | CaseVerdict::Warning);
    for (order, case) in cases.iter().enumerate().filter(|(_, case)| failed(case)) {
        for difference in causes(case) {
            let cause = cause(case, difference, &total);
            by_cause.entry(cause).or_default().push(Failure { order, case, difference });
        }
    }
    let steps: HashMap<&CaseId, usize> = plan.iter().map(|case| (&case.id, steps(case))).collect();
    let mut defects: Vec<(usize, Defect)> =
        by_cause.into_iter().map(|(cause, failures)| defect(&cause, failures, &steps)).collect();
    defects.sort_by_key(|(order, _)| *order);
    defects.into_iter().map(|(_, defect)| defect).collect()
}

fn steps(case: &Case) -> usize {
    match &case.play {
        Play::Call(steps) => steps.len(),
        Play::Listen(_) | Play::Shake(_) => 1,
    }
}

/// A wrong status explains what else differs in the same case; other differences each have a cause.
fn causes(case: &CaseResult) -> Vec<Option<&Difference>> {
    if let Some(status) = case.differences.iter().find(|difference| difference.what == "status") {
        return vec![Some(status)];
    }
    if case.differences.is_empty() {
        return vec![None];
    }
    case.differences.iter().map(Some).collect()
}

/// How often an operation answers a kind of case with a wrong status, and how many such cases were tested.
#[derive(Default)]
struct Totals<'a> {
    tested: HashMap<(&'a str, Kind), usize>,
    wrong: HashMap<(&'a str, Kind, &'a str), usize>,
}

impl<'a> Totals<'a> {
    fn of(cases: &'a [CaseResult]) -> Self {
        let mut totals = Self::default();
        for case in cases {
            let operation = case.operation.as_deref().unwrap_or_default();
            let judged = super::severity(case.verdict);
            if judged == 0 || matches!(case.verdict, CaseVerdict::NotTested | CaseVerdict::SetUp) {
                continue;
            }
            *totals.tested.entry((operation, case.kind)).or_insert(0) += 1;
            if let Some(status) = status(case) {
                *totals.wrong.entry((operation, case.kind, status)).or_insert(0) += 1;
            }
        }
        totals
    }

    /// Whether every tested case of the kind ended so, or the system broke down.
    fn is_general(&self, operation: &'a str, kind: Kind, status: &'a str) -> bool {
        let wrong = self.wrong.get(&(operation, kind, status)).copied().unwrap_or(0);
        let all = self.tested.get(&(operation, kind)).copied().unwrap_or(0);
        status.starts_with('5') || (wrong >= ALIKE_MIN && wrong == all)
    }
}

fn status(case: &CaseResult) -> Option<&str> {
    let difference = case.differences.iter().find(|difference| difference.what == "status");
    difference.map(|difference| difference.actual.as_str())
}

fn cause<'a>(
    case: &'a CaseResult,
    difference: Option<&'a Difference>,
    total: &Totals<'a>,
) -> Cause {
    let operation = case.operation.clone().unwrap_or_default();
    let clause = || Cause::Clause {
        clause: difference
            .and_then(|each| each.clause.clone())
            .unwrap_or_else(|| case.clause.clone()),
        operation: operation.clone(),
        what: difference.map_or_else(String::new, |each| each.what.clone()),
        path: difference.and_then(|each| each.path.as_deref()).map_or_else(String::new, template),
    };
    let Some(difference) = difference else { return clause() };
    let by_message = matches!(case.kind, Kind::Positive | Kind::Negative);
    if difference.what == "status" {
        let status = &difference.actual;
        if total.is_general(case.operation.as_deref().unwrap_or_default(), case.kind, status) {
            return Cause::Status { operation, kind: case.kind, status: status.clone() };
        }
        return match &case.constraint {
            Some(place) if by_message => {
                Cause::Constraint { place: place.clone(), kind: case.kind, operation }
            }
            _ => clause(),
        };
    }
    match &difference.constraint {
        Some(place) => Cause::Answer { place: place.clone(), what: difference.what.clone() },
        None => clause(),
    }
}

/// A path without the positions in it: `/items/3/name` and `/items/4/name` are one place.
fn template(path: &str) -> String {
    let step = |step: &str| {
        let number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if number {
            return "*".to_owned();
        }
        step.split_once('[').map_or(step, |(name, _)| name).to_owned()
    };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}

fn defect(
    cause: &Cause,
    mut failures: Vec<Failure<'_>>,
    steps: &HashMap<&CaseId, usize>,
) -> (usize, Defect) {
    failures.sort_by_key(|failure| {
        let steps = steps.get(&failure.case.id).copied().unwrap_or(usize::MAX);
        (failure.case.differences.len(), steps, failure.order)
    });
    let mut clauses: Vec<String> = Vec::new();
    let mut cases: Vec<CaseId> = Vec::new();
    for failure in &failures {
        let cited = failure.difference.and_then(|each| each.clause.clone());
        let cited = cited.unwrap_or_else(|| failure.case.clause.clone());
        if !clauses.contains(&cited) {
            clauses.push(cited);
        }
        if !cases.contains(&failure.case.id) {
            cases.push(failure.case.id.clone());
        }
    }
    let best = failures.first();
    let order = failures.iter().map(|failure| failure.order).min().unwrap_or(usize::MAX);
    let sentence = best.map_or_else(String::new, |best| sentence(cause, best));
    let hint = failures.iter().find_map(|failure| failure.difference?.hint.clone());
    (order, Defect { sentence, clauses, cases, hint })
}

/// What is wrong, in words of the contract and without a value of a message.
fn sentence(cause: &Cause, best: &Failure<'_>) -> String {
    let expected = best.difference.map_or("", |difference| &difference.expected);
    match cause {
        Cause::Status { operation, status, kind } => {
            let what = if *kind == Kind::Negative {
                "messages that break the contract"
            } else {
                "requests"
            };
            format!("{operation} answers {what} with {status}; expected {expected}")
        }
        Cause::Constraint { place, kind: Kind::Negative, operation } => {
            let status = best.difference.map_or("", |difference| &difference.actual);
            format!(
                "{operation} does not refuse a message that breaks {place}: it answers {status}, expected {expected}"
            )
        }
        Cause::Constraint { place, operation, .. } => {
            let status = best.difference.map_or("", |difference| &difference.actual);
            format!(
                "{operation} refuses a message that keeps to {place}: it answers {status}, expected {expected}"
            )
        }
        Cause::Answer { place, .. } => {
            let operation = best.case.operation.as_deref().unwrap_or("the system");
            format!("an answer of {operation} breaks {place}")
        }
        Cause::Clause { operation, what, path, .. } if !what.is_empty() => {
            let operation = if operation.is_empty() { "the system" } else { operation };
            let place = if path.is_empty() { String::new() } else { format!(" at {path}") };
            format!("{operation}: {what}{place} is not what it must be")
        }
        Cause::Clause { .. } => format!("it does not hold that {}", best.case.sentence),
    }
}
