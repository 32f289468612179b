//! From what came of each case to what came of the run: clauses, defects, coverage, outcome.
//!
//! This is where a false green would be made, so nothing is believed here that can be worked out: a
//! verdict that contradicts its differences, a case that is weaker than its clause, a case that was
//! planned and left out, a part of a suite. [`settle`] is also what judges a kept result again.

mod coverage;
mod defects;
mod outcome;

#[cfg(test)]
mod tests;

use crate::{
    case::{Case, CaseId, Kind, Role},
    derive::{clauses_of_answers, clauses_of_documents},
    plan::Plan,
    result::{CaseResult, CaseVerdict, ClauseResult, Coverage, Defect, RunOutcome, SetUp},
};
use serde::{Deserialize, Serialize};
use sluse_contracts::{
    Contract, Day,
    clauses::{Clause, Level, Target},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Why a case was not tested that was planned and left out.
pub const NOT_RUN: &str = "it was not run";

/// Recorded, dated leave for the system to break one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leave {
    /// Its id.
    pub id: String,
    /// The clause, as cases name it.
    pub clause: String,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub approver: String,
    /// The last day on which it holds.
    #[serde(with = "written_day")]
    pub until: Day,
}

/// A day as `2026-12-31`.
mod written_day {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use sluse_contracts::Day;

    pub(super) fn serialize<S: Serializer>(day: &Day, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| de::Error::custom("a day is written as in 2026-12-31"))
    }
}

/// All that is known of a run when its last case is done.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// What was planned.
    pub plan: &'a Plan,
    /// The contract; nothing where it cannot be loaded.
    pub contract: Option<&'a Contract>,
    /// Whose system was tested.
    pub role: Role,
    /// What was asked for, where that was not all.
    pub filter: Option<&'a str>,
    /// What was found before the first case.
    pub set_up: &'a [SetUp],
    /// Leave that the system has.
    pub leave: &'a [Leave],
    /// Answers that the contract describes (`operation status`), seen or not.
    pub answers: &'a [(String, bool)],
    /// The day of the run.
    pub today: Day,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// One entry for each case of the plan, in its order.
    pub cases: Vec<CaseResult>,
    /// See [`crate::RunResult::clauses`].
    pub clauses: Vec<ClauseResult>,
    /// See [`crate::RunResult::defects`].
    pub defects: Vec<Defect>,
    /// See [`crate::RunResult::coverage`].
    pub coverage: Coverage,
    /// See [`crate::RunResult::outcome`].
    pub outcome: RunOutcome,
    /// See [`crate::RunResult::reasons`].
    pub reasons: Vec<String>,
}

/// Works out what came of a run. Cases that were not planned, or are of the other role, count for nothing.
pub fn settle(run: &Run<'_>, found: Vec<CaseResult>) -> Settled {
    let levels = Levels::of(run);
    let cases = of_the_plan(run, &levels, found);
    let clauses = clauses(run, &levels, &cases);
    let coverage = coverage::coverage(run, &cases, &clauses);
    let (outcome, reasons) = outcome::outcome(run, &cases, &clauses);
    Settled {
        defects: defects::defects(&run.plan.cases, &cases),
        cases,
        clauses,
        coverage,
        outcome,
        reasons,
    }
}

/// How binding each clause is: as the contract says, whatever a case says of it. A case that is less so weighs less only
/// where others test the clause in full.
struct Levels<'a> {
    written: HashMap<&'a str, &'a Clause>,
    by_case: HashMap<&'a str, Level>,
}

impl<'a> Levels<'a> {
    fn of(run: &Run<'a>) -> Self {
        let written = run.contract.map_or(&[][..], |contract| contract.clauses().all());
        let mut by_case: HashMap<&str, Level> = HashMap::new();
        for case in &run.plan.cases {
            let strictest = by_case.entry(&case.clause).or_insert(case.level);
            if rank(case.level) > rank(*strictest) {
                *strictest = case.level;
            }
        }
        Self {
            written: written.iter().map(|clause| (clause.id.as_str(), clause)).collect(),
            by_case,
        }
    }

    /// Whether a case is less binding than its clause, which others test in full.
    fn is_advice(&self, case: &Case) -> bool {
        let strictest = self.by_case.get(case.clause.as_str()).copied().unwrap_or(case.level);
        let level = rank(self.level(&case.clause));
        rank(case.level) < level && rank(strictest) >= level
    }

    /// A clause that nothing is said of is a MUST: the place of a constraint.
    fn level(&self, clause: &str) -> Level {
        let written = self.written.get(clause).map(|clause| clause.level);
        written.or_else(|| self.by_case.get(clause).copied()).unwrap_or(Level::Must)
    }
}

const fn rank(level: Level) -> u8 {
    match level {
        Level::Must => 2,
        Level::Should => 1,
        Level::May => 0,
    }
}

/// One result for each case of the plan: the worst that was found, checked; not tested where there is none.
fn of_the_plan(run: &Run<'_>, levels: &Levels<'_>, found: Vec<CaseResult>) -> Vec<CaseResult> {
    let mut by_id: HashMap<CaseId, CaseResult> = HashMap::new();
    for case in found {
        let kept = by_id
            .get(&case.id)
            .is_some_and(|kept| severity(kept.verdict) >= severity(case.verdict));
        if !kept {
            by_id.insert(case.id.clone(), case);
        }
    }
    let planned = run.plan.cases.iter().filter(|case| case.role == run.role);
    let result = |case: &Case| {
        let found = by_id.remove(&case.id).unwrap_or_else(|| not_run(case));
        settled(case, found, run, levels)
    };
    planned.map(result).collect()
}

/// What is found of a case, under the clause that it shows broken, with the verdict that counts.
fn settled(case: &Case, mut result: CaseResult, run: &Run<'_>, levels: &Levels<'_>) -> CaseResult {
    result.clause.clone_from(&case.clause);
    cite(&mut result, levels, run.role);
    let level = levels.level(&result.clause);
    // What is only advised is no breach of the clause that it is told under.
    let is_advice = result.clause == case.clause && levels.is_advice(case);
    check(&mut result, if is_advice { case.level } else { level });
    lay_leave(&mut result, run);
    result
}

/// Settles cases one by one, while a run goes on: what is told of each then is what the result says of it in the end.
pub struct Settling<'r> {
    run: &'r Run<'r>,
    levels: Levels<'r>,
    cases: HashMap<&'r CaseId, &'r Case>,
}

impl std::fmt::Debug for Settling<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settling({} cases)", self.cases.len())
    }
}

impl<'r> Settling<'r> {
    /// For the cases of a run's plan.
    pub fn new(run: &'r Run<'r>) -> Self {
        let cases = run.plan.cases.iter().map(|case| (&case.id, case)).collect();
        Self { run, levels: Levels::of(run), cases }
    }

    /// What came of a case, as the result will say it, without its exchanges.
    pub fn case(&self, found: &CaseResult) -> CaseResult {
        match self.cases.get(&found.id) {
            Some(case) => settled(case, found.brief(), self.run, &self.levels),
            None => found.brief(),
        }
    }
}

/// A case that does not hold because an answer breaks another clause shows that clause broken, and of its own nothing:
/// which clause a constraint belongs to is what its violation cites.
fn cite(result: &mut CaseResult, levels: &Levels<'_>, role: Role) {
    let is_known = |id: &&String| match levels.written.get(id.as_str()) {
        Some(clause) => binds(clause.target, role) && clause.level != Level::May,
        None => levels.written.is_empty(),
    };
    let cited = |each: &crate::result::Difference| each.clause.as_ref().filter(is_known).cloned();
    let all: Option<Vec<String>> = result.differences.iter().map(cited).collect();
    if let Some(first) = all.and_then(|all| all.into_iter().next()) {
        result.clause = first;
    }
}

/// What is known of a case that was planned and has no result.
pub fn not_run(case: &Case) -> CaseResult {
    CaseResult {
        id: case.id.clone(),
        sentence: case.sentence.clone(),
        clause: case.clause.clone(),
        kind: case.kind,
        operation: case.operation.clone(),
        constraint: case.constraint.clone(),
        verdict: CaseVerdict::NotTested,
        reason: Some(NOT_RUN.to_owned()),
        differences: Vec::new(),
        exchanges: Vec::new(),
        renewed: Vec::new(),
        micros: 0,
    }
}

/// A verdict says what its differences and its clause's level say.
fn check(result: &mut CaseResult, level: Level) {
    let differs = !result.differences.is_empty();
    let holds_not = match result.verdict {
        CaseVerdict::Passed => differs,
        CaseVerdict::Failed | CaseVerdict::Warning | CaseVerdict::Waived => true,
        CaseVerdict::SetUp | CaseVerdict::NotTested | CaseVerdict::NotApplicable => false,
    };
    if holds_not {
        let must = level == Level::Must;
        result.verdict = if must { CaseVerdict::Failed } else { CaseVerdict::Warning };
    }
}

fn lay_leave(result: &mut CaseResult, run: &Run<'_>) {
    if !matches!(result.verdict, CaseVerdict::Failed | CaseVerdict::Warning) {
        return;
    }
    let of_clause = run.leave.iter().filter(|leave| leave.clause == result.clause);
    let Some(leave) = of_clause.max_by_key(|leave| leave.until) else { return };
    if leave.until < run.today {
        result.reason = Some(format!("the waiver {} ended on {}", leave.id, leave.until));
        return;
    }
    result.verdict = CaseVerdict::Waived;
    result.reason = Some(format!(
        "{} until {}, given by {}: {}",
        leave.id, leave.until, leave.approver, leave.reason
    ));
}

/// How much a verdict weighs among the cases of one clause; the heaviest is the clause's.
pub fn severity(verdict: CaseVerdict) -> u8 {
    match verdict {
        CaseVerdict::NotApplicable => 0,
        CaseVerdict::Passed => 1,
        CaseVerdict::Warning => 2,
        CaseVerdict::Waived => 3,
        CaseVerdict::NotTested => 4,
        CaseVerdict::SetUp => 5,
        CaseVerdict::Failed => 6,
    }
}

/// The word of a verdict in results and reports.
pub fn word(verdict: CaseVerdict) -> &'static str {
    match verdict {
        CaseVerdict::Passed => "passed",
        CaseVerdict::Failed => "failed",
        CaseVerdict::Warning => "warning",
        CaseVerdict::SetUp => "set-up",
        CaseVerdict::NotTested => "not-tested",
        CaseVerdict::Waived => "waived",
        CaseVerdict::NotApplicable => "not-applicable",
    }
}

/// The clauses of the role in the order of the contract, then those that only cases and constraints name.
fn clauses(run: &Run<'_>, levels: &Levels<'_>, cases: &[CaseResult]) -> Vec<ClauseResult> {
    let mut of_clause: HashMap<&str, Vec<&CaseResult>> = HashMap::new();
    for case in cases {
        of_clause.entry(&case.clause).or_default().push(case);
    }
    let mut ids: Vec<&str> = Vec::new();
    let written = run.contract.map_or(&[][..], |contract| contract.clauses().all());
    ids.extend(
        written
            .iter()
            .filter(|clause| binds(clause.target, run.role))
            .filter(|clause| run.plan.profile.as_ref().is_none_or(|it| it.holds(&clause.id)))
            .map(|clause| clause.id.as_str()),
    );
    ids.extend(cases.iter().map(|case| case.clause.as_str()));
    if written.is_empty() {
        ids.extend(run.plan.constraints.iter().map(|constraint| constraint.place.as_str()));
    }
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let judged = judged_by(run, cases);
    let of = |id: &str| {
        let cases = of_clause.get(id).map_or(&[][..], |of| of);
        let clause = clause(id, run, levels, cases);
        if cases.is_empty() && judged.contains(id) { by_answers(clause) } else { clause }
    };
    ids.into_iter().map(of).collect()
}

/// The clauses that the answers which came were judged by.
fn judged_by(run: &Run<'_>, cases: &[CaseResult]) -> HashSet<String> {
    let Some(contract) = run.contract.filter(|_| run.role == Role::Provider) else {
        return HashSet::new();
    };
    let passed = cases
        .iter()
        .filter(|case| case.kind == Kind::Positive && case.verdict == CaseVerdict::Passed);
    let operations: HashSet<&str> = passed.filter_map(|case| case.operation.as_deref()).collect();
    let of_documents =
        operations.into_iter().flat_map(|operation| clauses_of_documents(contract, operation));
    let seen = run.answers.iter().filter(|(_, seen)| *seen).map(|(name, _)| name.as_str());
    let cited = clauses_of_answers(contract);
    seen.filter_map(|name| cited.get(name)).flatten().cloned().chain(of_documents).collect()
}

/// No case is about the clause, but each answer that came was judged by it, and none broke it.
fn by_answers(clause: ClauseResult) -> ClauseResult {
    let reason = Some("the answers of all cases were judged by it".to_owned());
    ClauseResult { verdict: CaseVerdict::Passed, reason, ..clause }
}

fn binds(target: Target, role: Role) -> bool {
    match target {
        Target::Both => true,
        Target::Provider => role == Role::Provider,
        Target::Consumer => role == Role::Consumer,
    }
}

fn clause(id: &str, run: &Run<'_>, levels: &Levels<'_>, cases: &[&CaseResult]) -> ClauseResult {
    let written = levels.written.get(id);
    let worst = cases.iter().copied().max_by_key(|case| severity(case.verdict));
    let mut counts = BTreeMap::new();
    for case in cases {
        *counts.entry(word(case.verdict).to_owned()).or_insert(0) += 1;
    }
    let reason = match worst {
        None => Some(unreached(id, run)),
        Some(case) if case.verdict == CaseVerdict::Passed => None,
        Some(case) => case.reason.clone(),
    };
    ClauseResult {
        id: id.to_owned(),
        level: levels.level(id),
        text: written
            .map_or_else(BTreeMap::new, |clause| clause.text.clone().into_iter().collect()),
        url: written.and_then(|clause| clause.source.get("url").cloned()),
        verdict: worst.map_or(CaseVerdict::NotTested, |case| case.verdict),
        reason,
        cases: counts,
    }
}

/// Why no case tests a clause.
fn unreached(id: &str, run: &Run<'_>) -> String {
    let is_its_own = |case: &&Case| case.role == run.role && case.clause == id;
    if let Some(case) = run.plan.cases.iter().find(is_its_own) {
        return format!(
            "an answer to its case {} breaks another clause, which is told there",
            case.id
        );
    }
    let constraint = run.plan.constraints.iter().find(|constraint| constraint.place == id);
    let reason = constraint.and_then(|constraint| constraint.reason.clone());
    reason.unwrap_or_else(|| "no case can be derived for it".to_owned())
}
