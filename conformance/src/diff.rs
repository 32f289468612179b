//! Two runs compared: what is newly broken, what is newly kept, and what else changed between them.

use crate::{
    case::CaseId,
    result::{CaseResult, CaseVerdict, Digested, Named, RunOutcome, RunResult},
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What changed from one run to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunDiff {
    /// What the runs are of, where that differs; the cause to look for before the system's.
    pub changed: Vec<Changed>,
    /// The outcome before and after.
    pub outcome: (RunOutcome, RunOutcome),
    /// Cases that failed now and did not before.
    pub newly_failed: Vec<Moved>,
    /// Cases that passed now and did not before.
    pub newly_passed: Vec<Moved>,
    /// Cases whose verdict changed otherwise, such as from passed to not tested.
    pub moved: Vec<Moved>,
    /// Cases that only the later run has.
    pub new_cases: Vec<Moved>,
    /// Cases that only the earlier run has.
    pub gone_cases: Vec<Moved>,
    /// Clauses that were kept before and are broken now.
    pub newly_broken_clauses: Vec<String>,
    /// Clauses that were broken before and are kept now.
    pub newly_kept_clauses: Vec<String>,
}

/// Something that the runs are of and that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// `contract`, `suite`, `system`, `tool`, `role`, `address` or `filter`.
    pub what: &'static str,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// A case and its verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The case.
    pub case: CaseId,
    /// Its clause.
    pub clause: String,
    /// Its sentence.
    pub sentence: String,
    /// The verdict before; none where the case is new.
    pub before: Option<CaseVerdict>,
    /// The verdict after; none where the case is gone.
    pub after: Option<CaseVerdict>,
}

impl RunDiff {
    /// Whether something failed that did not fail before; a new case that fails counts too.
    pub fn is_worse(&self) -> bool {
        let failed = |moved: &Moved| moved.after == Some(CaseVerdict::Failed);
        !self.newly_failed.is_empty() || self.new_cases.iter().any(failed)
    }

    /// Whether the runs found the same.
    pub fn is_same(&self) -> bool {
        let none = |moved: &[Moved]| moved.is_empty();
        none(&self.newly_failed)
            && none(&self.newly_passed)
            && none(&self.moved)
            && none(&self.new_cases)
            && none(&self.gone_cases)
            && self.outcome.0 == self.outcome.1
    }
}

/// Compares an earlier run with a later one.
pub fn diff(before: &RunResult, after: &RunResult) -> RunDiff {
    let earlier: HashMap<&CaseId, &CaseResult> =
        before.cases.iter().map(|case| (&case.id, case)).collect();
    let later: HashSet<&CaseId> = after.cases.iter().map(|case| &case.id).collect();
    let mut found = RunDiff {
        changed: changed(before, after),
        outcome: (before.outcome, after.outcome),
        newly_failed: Vec::new(),
        newly_passed: Vec::new(),
        moved: Vec::new(),
        new_cases: Vec::new(),
        gone_cases: Vec::new(),
        newly_broken_clauses: clauses(before, after, CaseVerdict::Failed),
        newly_kept_clauses: clauses(before, after, CaseVerdict::Passed),
    };
    for case in &after.cases {
        let was = earlier.get(&case.id).copied();
        let moved = moved(case, was, Some(case));
        match (was.map(|was| was.verdict), case.verdict) {
            (None, _) => found.new_cases.push(moved),
            (Some(was), now) if was == now => {}
            (Some(_), CaseVerdict::Failed) => found.newly_failed.push(moved),
            (Some(_), CaseVerdict::Passed) => found.newly_passed.push(moved),
            (Some(_), _) => found.moved.push(moved),
        }
    }
    let gone = before.cases.iter().filter(|case| !later.contains(&case.id));
    found.gone_cases.extend(gone.map(|case| moved(case, Some(case), None)));
    found
}

fn moved(case: &CaseResult, before: Option<&CaseResult>, after: Option<&CaseResult>) -> Moved {
    Moved {
        case: case.id.clone(),
        clause: case.clause.clone(),
        sentence: case.sentence.clone(),
        before: before.map(|case| case.verdict),
        after: after.map(|case| case.verdict),
    }
}

/// Clauses that have this verdict now and had another before.
fn clauses(before: &RunResult, after: &RunResult, verdict: CaseVerdict) -> Vec<String> {
    let earlier: HashMap<&str, CaseVerdict> =
        before.clauses.iter().map(|clause| (clause.id.as_str(), clause.verdict)).collect();
    let became = after.clauses.iter().filter(|clause| {
        clause.verdict == verdict
            && earlier.get(clause.id.as_str()).is_some_and(|was| *was != verdict)
    });
    became.map(|clause| clause.id.clone()).collect()
}

fn changed(before: &RunResult, after: &RunResult) -> Vec<Changed> {
    let digested = |of: &Digested| format!("{} sha256 {}", of.name, of.sha256);
    let named = |of: &Named| match &of.version {
        Some(version) => format!("{} {version}", of.name),
        None => of.name.clone(),
    };
    let role = |result: &RunResult| format!("{:?}", result.role).to_lowercase();
    let filter = |result: &RunResult| result.filter.clone().unwrap_or_else(|| "all".to_owned());
    let pairs = [
        ("contract", digested(&before.contract), digested(&after.contract)),
        ("suite", digested(&before.suite), digested(&after.suite)),
        ("system", named(&before.system), named(&after.system)),
        ("tool", named(&before.tool), named(&after.tool)),
        ("role", role(before), role(after)),
        ("address", before.address.clone(), after.address.clone()),
        ("filter", filter(before), filter(after)),
    ];
    let differ = pairs.into_iter().filter(|(_, before, after)| before != after);
    differ.map(|(what, before, after)| Changed { what, before, after }).collect()
}
