//! Whether a system conforms: never green by default.

use super::Run;
use crate::result::{CaseResult, CaseVerdict, ClauseResult, RunOutcome};
use sluse_contracts::clauses::Level;

/// The outcome, and why it is not `conforms`.
pub(super) fn outcome(
    run: &Run<'_>,
    cases: &[CaseResult],
    clauses: &[ClauseResult],
) -> (RunOutcome, Vec<String>) {
    let set_up = set_up(run);
    let broken = broken(clauses);
    let mut reasons = set_up.clone();
    reasons.extend(broken.iter().cloned());
    reasons.extend(incomplete(run, cases, clauses));
    let outcome = match (set_up.is_empty(), broken.is_empty(), reasons.is_empty()) {
        // What is wrong with the set-up is never a breach.
        (false, _, _) => RunOutcome::NoVerdict,
        (true, false, _) => RunOutcome::Breaches,
        (true, true, true) => RunOutcome::Conforms,
        (true, true, false) => RunOutcome::NoVerdict,
    };
    (outcome, reasons)
}

fn set_up(run: &Run<'_>) -> Vec<String> {
    let faults = run.set_up.iter().filter(|each| !each.ok);
    faults
        .map(|each| format!("the set-up is at fault ({}): {}", each.check, each.sentence))
        .collect()
}

fn is_must(clause: &&ClauseResult) -> bool {
    clause.level == Level::Must
}

fn broken(clauses: &[ClauseResult]) -> Vec<String> {
    let broken = clauses.iter().filter(is_must).filter(|each| each.verdict == CaseVerdict::Failed);
    broken.map(|clause| format!("{} is not kept", clause.id)).collect()
}

/// Why not every MUST clause of the role that can be tested was tested and passed.
fn incomplete(run: &Run<'_>, cases: &[CaseResult], clauses: &[ClauseResult]) -> Vec<String> {
    let mut reasons = Vec::new();
    if run.contract.is_none() {
        reasons.push("the contract cannot be loaded".to_owned());
    }
    if let Some(filter) = run.filter {
        reasons.push(format!("only a part of the suite was run: {filter}"));
    }
    if cases.is_empty() {
        reasons.push("the suite has no case for this role".to_owned());
    }
    let tested = clauses.iter().filter(is_must).filter(|clause| !clause.cases.is_empty());
    for clause in tested.clone() {
        let sentence = match clause.verdict {
            CaseVerdict::SetUp => "could not be tested: the set-up is at fault",
            CaseVerdict::NotTested => "was not wholly tested",
            CaseVerdict::Waived => "is not kept, though there is leave for that",
            // Warnings are of what is advised, not of what must be; what failed is told before.
            CaseVerdict::Warning
            | CaseVerdict::Failed
            | CaseVerdict::Passed
            | CaseVerdict::NotApplicable => continue,
        };
        let reason = clause.reason.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
        reasons.push(format!("{} {sentence}{reason}", clause.id));
    }
    if !tested.clone().any(|clause| clause.verdict == CaseVerdict::Passed) && !cases.is_empty() {
        reasons.push("no MUST clause was tested and passed".to_owned());
    }
    reasons
}
