//! A kept run judged again, without the system: each case is played against what the system answered then.
//!
//! The contract gives the plan, the bundle the answers; every verdict comes out of the same code as
//! in the run. What cannot be judged again (an answer that was not kept whole) is told, and what the
//! run said of it counts for nothing.

mod recorded;

use crate::{
    case::{Case, CaseId, Role},
    consumer,
    plan::Plan,
    report::command::is_whole,
    result::{CaseResult, CaseVerdict, RunOutcome, RunResult},
    run::{RunOptions, Runner},
    settle::{self, Run, settle},
    suite::Suite,
};
use recorded::Recorded;
use serde::Serialize;
use sluse_contracts::{Contract, Day, files::FileDigest};
use std::collections::HashMap;

/// What came of judging again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rejudged {
    /// The outcome, worked out anew.
    pub outcome: RunOutcome,
    /// Why it is not `conforms`.
    pub reasons: Vec<String>,
    /// The outcome that the result states.
    pub stated: RunOutcome,
    /// Whether the contract is, byte for byte, the one of the run.
    pub same_contract: bool,
    /// Whether the same cases come of it as in the run; another version of the tool may derive others.
    pub same_suite: bool,
    /// How many cases were judged again.
    pub judged: usize,
    /// Cases that the run says passed, and that cannot be judged again.
    pub unproven: Vec<CaseId>,
    /// Cases whose verdict comes out otherwise.
    pub differences: Vec<Difference>,
}

/// A case whose verdict comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// The case.
    pub case: CaseId,
    /// What the result says; none where it lacks the case.
    pub stated: Option<CaseVerdict>,
    /// What comes out; none where no such case comes of the contract.
    pub found: Option<CaseVerdict>,
}

impl Rejudged {
    /// Whether the result says what comes out, and all that it calls passed was judged again.
    pub fn holds(&self) -> bool {
        self.same_contract
            && self.same_suite
            && self.differences.is_empty()
            && self.unproven.is_empty()
            && self.outcome == self.stated
    }

    /// Every way in which it does not hold.
    pub fn sentences(&self) -> Vec<String> {
        let mut told = Vec::new();
        if !self.same_contract {
            told.push("the contract is not, byte for byte, the one of the run".to_owned());
        }
        if !self.same_suite {
            told.push("other cases come of the contract than were run: another version of the tool may have derived them".to_owned());
        }
        let word = |verdict: Option<CaseVerdict>| verdict.map_or("absent", settle::word);
        told.extend(self.differences.iter().map(|each| {
            format!(
                "{}: the result says {}, and it comes out {}",
                each.case,
                word(each.stated),
                word(each.found)
            )
        }));
        told.extend(self.unproven.iter().map(|case| {
            format!("{case}: the result says passed, and what was kept of its answers does not suffice to judge that")
        }));
        if self.outcome != self.stated {
            told.push("the outcome is not the one that the result states".to_owned());
        }
        told
    }
}

/// The digest of a suite: of the cases and constraints of a plan, in hexadecimal.
pub fn suite_digest(plan: &Plan) -> String {
    // A plan is plain data: writing it cannot fail; were it to, no digest would fit.
    let bytes = serde_json::to_vec(plan).unwrap_or_default();
    FileDigest::of(&bytes).to_string()
}

/// What the cases of a result came of.
#[derive(Default)]
struct Again {
    found: Vec<CaseResult>,
    unproven: Vec<CaseId>,
    judged: usize,
}

impl Again {
    fn add_unjudged(&mut self, case: &Case, kept: &CaseResult) {
        if kept.verdict == CaseVerdict::Passed {
            self.unproven.push(kept.id.clone());
        }
        self.found.push(unjudged(case, kept));
    }
}

/// A provider's cases: each is played against what the system answered then.
fn called(result: &RunResult, contract: &Contract, cases: &[(&Case, &CaseResult)]) -> Again {
    let options = RunOptions {
        keep_all: true,
        now_unix_seconds: moment(&result.began),
        ..RunOptions::default()
    };
    let mut again = Again::default();
    for (case, kept) in cases.iter().copied() {
        if is_judgeable(kept) {
            again.judged += 1;
            let target = Recorded::new(case, kept, &result.address);
            again.found.push(Runner::new(contract, &target, &options).run(case));
        } else {
            again.add_unjudged(case, kept);
        }
    }
    again
}

/// A consumer's cases: the provider is played once more for what the system sent then.
fn listened(
    result: &RunResult,
    contract: &Contract,
    suite: &Suite,
    cases: &[(&Case, &CaseResult)],
) -> Again {
    let was_run = |kept: &CaseResult| kept.reason.as_deref() != Some(settle::NOT_RUN);
    let run: Vec<&Case> =
        cases.iter().filter(|(_, kept)| was_run(kept)).map(|(case, _)| *case).collect();
    let heard = result.heard.as_ref().filter(|heard| consumer::is_recorded(heard));
    let found = heard.and_then(|heard| consumer::again(heard, contract, suite, &run));
    let mut again = Again::default();
    match found {
        Some(found) => (again.judged, again.found) = (found.len(), found),
        None => cases.iter().for_each(|(case, kept)| again.add_unjudged(case, kept)),
    }
    again
}

/// Judges a result again. `suite` is the contract's, and `plan` what both give today.
pub fn rejudge(result: &RunResult, contract: &Contract, suite: &Suite, plan: &Plan) -> Rejudged {
    let stated: HashMap<&CaseId, &CaseResult> =
        result.cases.iter().map(|case| (&case.id, case)).collect();
    let planned: Vec<&Case> = plan.cases.iter().filter(|case| case.role == result.role).collect();
    let both = planned.iter().filter_map(|case| Some((*case, *stated.get(&case.id)?)));
    let both: Vec<(&Case, &CaseResult)> = both.collect();
    let Again { found, unproven, judged } = match result.role {
        Role::Provider => called(result, contract, &both),
        Role::Consumer => listened(result, contract, suite, &both),
    };
    let settled = settle(&run(result, contract, plan), found);
    let now: HashMap<&CaseId, CaseVerdict> =
        settled.cases.iter().map(|case| (&case.id, case.verdict)).collect();
    let all = result.cases.iter().map(|case| &case.id).chain(planned.iter().map(|case| &case.id));
    let mut seen = std::collections::HashSet::new();
    let differences = all.filter(|id| seen.insert(*id)).filter_map(|id| {
        let (stated, found) = (stated.get(id).map(|case| case.verdict), now.get(id).copied());
        let open = unproven.contains(id);
        (!open && stated != found).then(|| Difference { case: id.clone(), stated, found })
    });
    Rejudged {
        differences: differences.collect(),
        outcome: settled.outcome,
        reasons: settled.reasons,
        stated: result.outcome,
        same_contract: contract.digest().to_string() == result.contract.sha256,
        same_suite: suite_digest(plan) == result.suite.sha256,
        judged,
        unproven,
    }
}

fn run<'a>(result: &'a RunResult, contract: &'a Contract, plan: &'a Plan) -> Run<'a> {
    let today = result.began.get(..10).and_then(|day| day.parse().ok());
    Run {
        plan,
        contract: Some(contract),
        role: result.role,
        filter: result.filter.as_deref(),
        set_up: &result.set_up,
        leave: &result.waivers,
        answers: &result.coverage.answers,
        today: today.unwrap_or(Day::from_days(0)),
    }
}

/// Whether all that came was kept whole.
fn is_judgeable(kept: &CaseResult) -> bool {
    let whole = |exchange: &crate::result::Exchanged| exchange.answer.as_ref().is_none_or(is_whole);
    !kept.exchanges.is_empty() && kept.exchanges.iter().all(whole)
}

/// What counts of a case that cannot be judged again: that it failed, never that it passed.
fn unjudged(case: &Case, kept: &CaseResult) -> CaseResult {
    match kept.verdict {
        CaseVerdict::Passed | CaseVerdict::NotApplicable => {
            let reason = Some("what was kept does not suffice to judge it".to_owned());
            CaseResult { reason, ..settle::not_run(case) }
        }
        _ => kept.clone(),
    }
}

/// The moment of a time such as `2026-12-01T08:55:48Z`, in seconds since 1970-01-01T00:00:00Z.
fn moment(time: &str) -> Option<i64> {
    let day: Day = time.get(..10)?.parse().ok()?;
    let part = |from: usize| time.get(from..from + 2)?.parse::<i64>().ok();
    Some(day.days() * 86_400 + part(11)? * 3_600 + part(14)? * 60 + part(17)?)
}
