//! Cases of contracts of XML: of documents that XML Schema and Schematron judge, and of services that WSDL describes.

use super::{Options, wsdl, xsd};
use crate::{
    case::{Case, Kind},
    plan::{CASES_MAX, Plan},
};
use sluse_contracts::{Contract, ContractFiles};
use std::collections::{BTreeMap, BTreeSet};

/// Most requests of a plan for each operation, unless asked otherwise.
const REQUESTS_PER_OPERATION: usize = 120;
/// Most requests of a plan whose contract has more constraints than that: two for each, up to this number.
const REQUESTS_MAX: usize = 4_000;
/// So many operations a contract is reckoned to have at least.
const OPERATIONS_MIN: usize = 5;

/// All cases of a contract of XML for a provider, as far as there is room for them.
pub(super) fn plan(contract: &Contract, options: &Options<'_>) -> Plan {
    let none = ContractFiles::default();
    let files = options.files.unwrap_or(&none);
    let mut plan = xsd::documents(contract, files, options.suite);
    plan.append(wsdl::operations(contract, files, options.suite));
    let n_operations = contract.operations().len().max(OPERATIONS_MIN);
    let of_constraints = (2 * plan.constraints.len()).min(REQUESTS_MAX);
    let of_operations = REQUESTS_PER_OPERATION * n_operations;
    let requests_max = options.requests_max.unwrap_or(of_operations.max(of_constraints));
    within(plan, requests_max.min(CASES_MAX))
}

/// The plan with so many cases at most: those that are missed least are left out, and their constraints say so.
fn within(mut plan: Plan, requests_max: usize) -> Plan {
    if plan.cases.len() <= requests_max {
        return plan;
    }
    let n_all = plan.cases.len();
    let order = order(&plan.cases);
    let (kept, left_out) = order.split_at(requests_max);
    let note = note(n_all, left_out, &plan.cases);
    let kept: BTreeSet<usize> = kept.iter().copied().collect();
    let mut at = 0;
    plan.cases.retain(|_| {
        at += 1;
        kept.contains(&(at - 1))
    });
    let negatives = plan.cases.iter().filter(|case| case.kind == Kind::Negative);
    let broken: BTreeSet<&str> = negatives.filter_map(|case| case.constraint.as_deref()).collect();
    for constraint in plan.constraints.iter_mut().filter(|each| each.broken) {
        if !broken.contains(constraint.place.as_str()) {
            constraint.broken = false;
            let why = "not broken: left out, there are more cases than requests allowed";
            constraint.reason = Some(why.to_owned());
        }
    }
    plan.notes.push(note);
    plan
}

/// The numbers of the cases, those that are missed most first: of cases that are missed alike, the first of each constraint.
fn order(cases: &[Case]) -> Vec<usize> {
    let mut met: BTreeMap<(Option<&str>, Kind), usize> = BTreeMap::new();
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let before = met.entry((case.constraint.as_deref(), case.kind)).or_default();
        order.push((rank(case), *before, at));
        *before += 1;
    }
    order.sort_unstable();
    order.into_iter().map(|(.., at)| at).collect()
}

/// What there was no room for, by kind.
fn note(n_all: usize, left_out: &[usize], cases: &[Case]) -> String {
    let mut of_rank: BTreeMap<usize, usize> = BTreeMap::new();
    for case in left_out.iter().filter_map(|at| cases.get(*at)) {
        *of_rank.entry(rank(case)).or_default() += 1;
    }
    let words = |rank: usize| match rank {
        0 => "examples and forms",
        1 => "further breaches",
        2 => "messages that must be taken",
        3 => "values at bounds",
        _ => "strangers: elements, attributes, types and nil where none may stand",
    };
    let parts: Vec<String> =
        of_rank.into_iter().map(|(rank, count)| format!("{count} {}", words(rank))).collect();
    let n_kept = n_all - left_out.len();
    format!(
        "{n_kept} of {n_all} cases: there are more than requests allowed; left out are {}",
        parts.join(", ")
    )
}

/// How little a case is missed: 0 is never left out before others.
fn rank(case: &Case) -> usize {
    const STRANGE: [&str; 13] = [
        ".child",
        ".attribute.unknown",
        ".attribute.foreign",
        ".attribute.qualified",
        ".nil.forbidden",
        ".type.unknown",
        ".type.other",
        ".foreign",
        ".unqualified",
        ".text",
        ".order",
        ".namespace",
        ".present",
    ];
    let id = case.id.as_str();
    let place = case.constraint.as_deref().unwrap_or_default();
    let is_form = ["xml#", "soap#", "http#", "suite/"].iter().any(|begin| place.starts_with(begin));
    match case.kind {
        _ if STRANGE.iter().any(|end| id.ends_with(end)) => 4,
        Kind::Positive if id.contains(".bounds.") => 3,
        _ if id.contains(".type.form.") => 3,
        Kind::Positive if id.contains(".example.") || id.ends_with(".smallest") => 0,
        _ if is_form || id.ends_with(".broken") => 0,
        Kind::Positive => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        derive::{Role, plan, xsd::tests::contract},
        library, suite,
    };
    use sluse_contracts::SchemaCache;

    /// Each case of a shipped contract of XML, with its clause, and each constraint that is not tested both ways.
    fn page(id: &str) -> String {
        let files = library::find(id).unwrap().files();
        let (contract, findings) = Contract::load(&files, &SchemaCache::default());
        let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
        let (suite, findings) = suite::read(&files, &contract);
        assert_eq!(findings, []);
        let options = Options { suite: Some(&suite), files: Some(&files), ..Options::default() };
        let plan = plan(&contract, Role::Provider, &options);
        let line = |case: &Case| format!("{} | {} | {}", case.id, case.clause, case.sentence);
        let mut lines: Vec<String> = plan.cases.iter().map(line).collect();
        lines.extend(plan.notes);
        let not_tested = plan
            .constraints
            .iter()
            .filter_map(|each| Some(format!("{} | {}", each.place, each.reason.as_deref()?)));
        lines.extend(not_tested);
        lines.join("\n")
    }

    #[test]
    fn the_cases_of_shipped_documents_are_these() {
        insta::assert_snapshot!(page("example.city/case-documents"));
    }

    #[test]
    fn the_cases_of_a_shipped_soap_service_are_these() {
        insta::assert_snapshot!(page("example.city/businesses"));
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out_and_told() {
        let schema = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='a'>\
            <xs:simpleType><xs:restriction base='xs:int'><xs:maxInclusive value='9'/></xs:restriction>\
            </xs:simpleType></xs:element></xs:schema>";
        let (contract, files) = contract(schema, &[]);
        let options = Options { files: Some(&files), ..Options::default() };
        let all = plan(&contract, Role::Provider, &options);
        assert!(all.cases.iter().any(|case| case.id.as_str() == "send.a.maxInclusive.over"));
        let few = plan(&contract, Role::Provider, &Options { requests_max: Some(20), ..options });
        assert_eq!(few.cases.len(), 20);
        assert_eq!(few.notes.len(), 1);
        assert!(few.cases.iter().all(|case| all.cases.contains(case)));
        let left_out = few.constraints.iter().filter(|each| {
            each.reason.as_deref().is_some_and(|reason| reason.contains("left out"))
        });
        assert!(left_out.count() > 0, "{:?}", few.constraints);
        assert!(plan(&contract, Role::Consumer, &options).cases.is_empty());
    }
}
