//! Cases from a contract's schemas: what must be taken at every bound, and what must be refused for one violation.
//!
//! Nothing is left to chance: the same contract and suite give the same plan. Whatever is to be refused is proved to be
//! wrong in one way before it is sent, by the judge of the product itself; a constraint that no such message was found
//! for stands in the plan with the reason.

mod answers;
#[cfg(test)]
mod corpora;
mod explore;
mod json;
mod openapi;
mod proof;
mod requests;
mod schematron;
mod wsdl;
mod xml;
mod xsd;

pub use answers::{
    SampleAnswer, SampleAnswers, clauses_of_answers, clauses_of_documents, constraints_of_answers,
    constraints_of_requests, described_answers, sample_answers,
};
pub use explore::{EXPLORED_MAX, explore};
pub use proof::{Told, told_of};
pub use requests::ValidRequests;

use crate::{
    case::{Case, CaseId, Purpose, Role, Step},
    plan::{CASES_MAX, Constraint, Plan},
    suite::Suite,
    template::Slot,
};
use openapi::{Cases, Deriving, Group, RANK_MAX, Ranked};
use sluse_contracts::{
    Contract, ContractFiles, Direction,
    schema::described::{In, Parameter},
};
use std::collections::BTreeSet;

/// Most requests of a whole plan for each operation, unless asked otherwise: those of packs and workflows among them.
pub const REQUESTS_PER_OPERATION: usize = 95;

/// What is asked of deriving.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// What the contract demands that its schemas cannot say.
    pub suite: Option<&'o Suite>,
    /// Most requests of the plan; [`REQUESTS_PER_OPERATION`] for each operation where absent.
    pub requests_max: Option<usize>,
    /// How many requests of a JSON contract's plan are those of other cases, such as a suite's packs.
    pub requests_besides: usize,
    /// The contract's files: where they are absent, XML contracts give no cases of their rule sets and examples.
    pub files: Option<&'o ContractFiles>,
}

/// All cases of a contract's schemas for a system in this role.
///
/// A consumer is sent nothing: what it sends is judged, and answered with [`sample_answers`]; its plan lists the constraints.
pub fn plan(contract: &Contract, role: Role, options: &Options<'_>) -> Plan {
    let mut cases = Cases::default();
    let mut reached = BTreeSet::new();
    let mut n_operations = 0;
    contract.describe(Direction::Request, &mut |described| {
        n_operations += described.operations.len();
        for operation in &described.operations {
            let bodies = operation.body.iter().flat_map(|body| &body.contents);
            let bodies = bodies.filter_map(|content| content.schema.as_ref());
            let inputs = operation.parameters.iter();
            // A path without a parameter is another path.
            let may_miss = |each: &&Parameter<'_>| each.required && each.place != In::Path;
            reached.extend(inputs.clone().filter(may_miss).map(|each| each.constraint.clone()));
            for at in inputs.filter_map(|parameter| parameter.schema.as_ref()).chain(bodies) {
                reached.extend(json::reach::constraints(described.schemas, at));
            }
        }
        if role == Role::Provider {
            Deriving::new(contract, described, options.suite).cases(&mut cases);
        }
    });
    let requests_max = options.requests_max.unwrap_or(REQUESTS_PER_OPERATION * n_operations.max(1));
    // However much a suite binds, half of the requests are left to the schemas.
    let requests_max = requests_max.saturating_sub(options.requests_besides).max(requests_max / 2);
    cases.end_operation();
    let found = std::mem::take(&mut cases.found);
    let kept = within(found, requests_max);
    let constraints = constraints(contract, role, reached, &cases, &kept);
    let mut plan = Plan { cases: kept, constraints, ..Plan::default() };
    if role == Role::Provider {
        plan.append(xml::plan(contract, options));
    }
    plan
}

/// How many requests cases send, as far as that is known before: walks over pages send more, and what a case should not
/// make is removed only where a faulty system makes it.
pub fn n_requests<'c>(cases: impl IntoIterator<Item = &'c Case>) -> usize {
    cases.into_iter().map(|case| n_requests_of(case.play.calls())).sum()
}

fn n_requests_of(steps: &[Step]) -> usize {
    let known: BTreeSet<&str> =
        steps.iter().flat_map(|step| &step.captures).map(|capture| capture.name.as_str()).collect();
    let is_known =
        |slot: &Slot| !matches!(slot, Slot::Captured(name) if !known.contains(name.as_str()));
    let is_sent = |step: &&Step| {
        let mut paths = step.requests.iter().map(|request| &request.path);
        step.purpose != Purpose::Restore || paths.all(|path| path.slots().all(is_known))
    };
    steps.iter().filter(is_sent).map(|step| step.requests.len()).sum()
}

/// The cases that there is room for.
///
/// Where there are too many, values at bounds are sent together instead of one by one: first in operations that were sent
/// the same before, and, where leaving out what is missed least is not enough, in all. Then those are left out that are
/// missed least.
fn within(found: Vec<Ranked>, requests_max: usize) -> Vec<Case> {
    let again: BTreeSet<String> =
        found.iter().filter(|each| each.group == Group::Again).filter_map(operation).collect();
    let alone = |each: &Ranked| each.group != Group::Together;
    let mixed = |each: &Ranked| match each.group {
        Group::Again => false,
        Group::Together => operation(each).is_some_and(|name| again.contains(&name)),
        Group::One | Group::None => true,
    };
    let together = |each: &Ranked| !matches!(each.group, Group::One | Group::Again);
    let is_dear = |each: &Ranked| each.rank < RANK_MAX;
    if number(&found, alone) <= requests_max {
        return cut(found, requests_max, alone);
    }
    if number(&found, |each| mixed(each) && is_dear(each)) <= requests_max {
        return cut(found, requests_max, mixed);
    }
    cut(found, requests_max, together)
}

fn operation(each: &Ranked) -> Option<String> {
    each.case.operation.clone()
}

fn number(found: &[Ranked], takes: impl Fn(&Ranked) -> bool) -> usize {
    found.iter().filter(|each| takes(each)).map(|each| each.n_requests).sum()
}

/// The cases that are taken, but those that are missed least where there are too many.
fn cut(mut found: Vec<Ranked>, requests_max: usize, takes: impl Fn(&Ranked) -> bool) -> Vec<Case> {
    found.retain(takes);
    let mut n = number(&found, |_| true);
    for rank in (1..=RANK_MAX).rev() {
        // From the end, so that what comes first in the contract stays.
        for at in (0..found.len()).rev() {
            if n <= requests_max && found.len() <= CASES_MAX {
                return found.into_iter().map(|each| each.case).collect();
            }
            if found.get(at).is_some_and(|each| each.rank == rank) {
                n -= found.remove(at).n_requests;
            }
        }
    }
    found.into_iter().map(|each| each.case).collect()
}

/// Why a constraint is not kept or not broken where nothing else was said.
fn untold(was_kept: bool, is_kept: bool, is_broken: bool) -> String {
    let reason = match (was_kept, is_kept, is_broken) {
        (true, false, _) | (_, true, _) => "left out: there are more cases than requests allowed",
        (false, false, true) => {
            "its good values come from a suite or from answers, and none at the bound is known"
        }
        (false, false, false) => "no message was made that it applies to",
    };
    reason.to_owned()
}

/// Every constraint that binds the role, and what came of it.
fn constraints(
    contract: &Contract,
    role: Role,
    reached: BTreeSet<String>,
    cases: &Cases,
    kept: &[Case],
) -> Vec<Constraint> {
    let broken: BTreeSet<&str> = kept
        .iter()
        .filter(|case| case.kind == crate::case::Kind::Negative)
        .filter_map(|case| case.constraint.as_deref())
        .collect();
    let ids: BTreeSet<&CaseId> = kept.iter().map(|case| &case.id).collect();
    let told = cases
        .known
        .iter()
        .filter(|(place, known)| known.reason.is_some() || broken.contains(place.as_str()));
    let told = told.map(|(place, _)| place.clone());
    let all: BTreeSet<String> = reached.into_iter().chain(told).collect();
    let bound =
        all.into_iter().filter(|place| openapi::clause(contract.clauses(), place, role).is_some());
    let constraints = bound.map(|place| {
        let known = cases.known.get(&place);
        let of = known.iter().flat_map(|known| &known.kept_by);
        let kept_by: Vec<CaseId> = of.filter(|id| ids.contains(id)).cloned().collect();
        let (was_kept, is_kept) =
            (known.is_some_and(|known| !known.kept_by.is_empty()), !kept_by.is_empty());
        let is_broken = broken.contains(place.as_str());
        let said = known.and_then(|known| known.reason.clone());
        let reason = match (role, is_kept && is_broken) {
            (_, true) => None,
            (Role::Consumer, _) => Some("what the consumer sends is judged by it".to_owned()),
            (Role::Provider, false) => {
                Some(said.unwrap_or_else(|| untold(was_kept, is_kept, is_broken)))
            }
        };
        Constraint {
            place,
            direction: Direction::Request,
            kept: is_kept,
            broken: is_broken,
            reason,
            kept_by,
        }
    });
    constraints.collect()
}

#[cfg(test)]
mod tests;
