//! What a run exercised, and what it did not, with the reason.

use super::Run;
use crate::{
    case::{Kind, Role},
    derive::{constraints_of_answers, constraints_of_requests},
    plan::Constraint,
    result::{CaseResult, CaseVerdict, ClauseResult, Coverage},
};
use sluse_contracts::clauses::Level;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) fn coverage(run: &Run<'_>, cases: &[CaseResult], clauses: &[ClauseResult]) -> Coverage {
    let tested = |kind: Kind| -> HashSet<&str> {
        let of_kind = cases.iter().filter(|case| case.kind == kind && was_tested(case.verdict));
        of_kind.filter_map(|case| case.constraint.as_deref()).collect()
    };
    let (mut kept, broken) = (tested(Kind::Positive), tested(Kind::Negative));
    // One message keeps to many constraints, and stands at one at most.
    let good = cases.iter().filter(|case| case.kind == Kind::Positive && was_tested(case.verdict));
    let good: HashSet<_> = good.map(|case| &case.id).collect();
    let constraints = run.plan.constraints.iter();
    let by_others = constraints.filter(|each| each.kept_by.iter().any(|id| good.contains(id)));
    kept.extend(by_others.map(|each| each.place.as_str()));
    let mut missing = Vec::new();
    let mut places: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    // A consumer is sent nothing that could keep or break them.
    let is_called = |_: &&Constraint| run.role == Role::Provider;
    for constraint in run.plan.constraints.iter().filter(is_called) {
        places.insert(&constraint.place, constraint.reason.as_deref());
    }
    for (place, reason) in &places {
        let lacks = match (kept.contains(place), broken.contains(place)) {
            (true, true) => continue,
            (true, false) => "not broken by a case",
            (false, true) => "not kept at its bound by a case",
            (false, false) => "neither kept nor broken by a case",
        };
        let reason = reason.map_or_else(|| lacks.to_owned(), |why| format!("{lacks}: {why}"));
        missing.push(((*place).to_owned(), reason));
    }
    let unseen = run.answers.iter().filter(|(_, seen)| !seen);
    missing.extend(
        unseen.map(|(answer, _)| (answer.clone(), "the system never gave this answer".to_owned())),
    );
    let (bound, judged) = of_sent(run, cases);
    let unjudged = bound.difference(&judged);
    missing
        .extend(unjudged.map(|place| (place.clone(), "no message that it binds came".to_owned())));
    let untested =
        clauses.iter().filter(|clause| clause.level == Level::Must && clause.cases.is_empty());
    let untested = untested.filter(|clause| !places.contains_key(clause.id.as_str()));
    missing.extend(
        untested.map(|clause| (clause.id.clone(), clause.reason.clone().unwrap_or_default())),
    );
    let must: Vec<_> = clauses.iter().filter(|clause| clause.level == Level::Must).collect();
    let holds = |verdict| matches!(verdict, CaseVerdict::Passed | CaseVerdict::Warning);
    let verified = must.iter().filter(|clause| holds(clause.verdict));
    let count = |places_of: &HashSet<&str>| {
        number(places.keys().filter(|place| places_of.contains(*place)).count())
    };
    Coverage {
        constraints: number(places.len()),
        kept: count(&kept),
        broken: count(&broken),
        answers: run.answers.to_vec(),
        sent_constraints: number(bound.len()),
        sent_judged: number(judged.len()),
        must_clauses: number(must.len()),
        must_verified: number(verified.count()),
        missing,
    }
}

/// The places of the constraints that bind what the system sends, and of those that bind something that came.
fn of_sent(run: &Run<'_>, cases: &[CaseResult]) -> (BTreeSet<String>, BTreeSet<String>) {
    let by_message = match (run.contract, run.role) {
        (None, _) => BTreeMap::new(),
        (Some(contract), Role::Provider) => constraints_of_answers(contract),
        (Some(contract), Role::Consumer) => constraints_of_requests(contract),
    };
    let answered = run.answers.iter().filter(|(_, seen)| *seen).map(|(name, _)| name.as_str());
    let asked = cases.iter().filter(|case| case.kind == Kind::Positive && was_tested(case.verdict));
    let asked = asked.filter_map(|case| case.operation.as_deref());
    let came: HashSet<&str> = match run.role {
        Role::Provider => answered.collect(),
        Role::Consumer => asked.collect(),
    };
    let judged = by_message.iter().filter(|(name, _)| came.contains(name.as_str()));
    let judged = judged.flat_map(|(_, places)| places.iter().cloned()).collect();
    (by_message.into_values().flatten().collect(), judged)
}

/// Whether an answer was judged.
fn was_tested(verdict: CaseVerdict) -> bool {
    use CaseVerdict::{Failed, Passed, Waived, Warning};
    matches!(verdict, Passed | Failed | Warning | Waived)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
