//! Cases of contracts of XML: of documents that XML Schema and Schematron judge, and of services that WSDL describes.

use super::{Options, wsdl, xsd};
use crate::{
    case::{Case, Kind},
    plan::{CASES_MAX, Plan},
};
use sluse_contracts::{Contract, ContractFiles};
use std::collections::BTreeSet;

/// Most requests of a plan for each operation, unless asked otherwise.
const REQUESTS_PER_OPERATION: usize = 120;
/// So many operations a contract is reckoned to have at least.
const OPERATIONS_MIN: usize = 5;

/// All cases of a contract of XML for a provider, as far as there is room for them.
pub(super) fn plan(contract: &Contract, options: &Options<'_>) -> Plan {
    let none = ContractFiles::default();
    let files = options.files.unwrap_or(&none);
    let mut plan = xsd::documents(contract, files);
    plan.append(wsdl::operations(contract, files));
    let n_operations = contract.operations().len().max(OPERATIONS_MIN);
    let requests_max = options.requests_max.unwrap_or(REQUESTS_PER_OPERATION * n_operations);
    within(plan, requests_max.min(CASES_MAX))
}

/// The plan with so many cases at most: those that are missed least are left out, and their constraints say so.
fn within(mut plan: Plan, requests_max: usize) -> Plan {
    if plan.cases.len() <= requests_max {
        return plan;
    }
    let n_all = plan.cases.len();
    let mut order: Vec<(usize, usize)> =
        plan.cases.iter().map(rank).enumerate().map(|(at, rank)| (rank, at)).collect();
    order.sort_unstable();
    let kept: BTreeSet<usize> = order.into_iter().take(requests_max).map(|(_, at)| at).collect();
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
    plan.notes
        .push(format!("{requests_max} of {n_all} cases: there are more than requests allowed"));
    plan
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
    let is_form = place.starts_with("xml#") || place.starts_with("soap#");
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
    use crate::derive::{Role, plan, xsd::tests::contract};

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
