//! A whole plan, derived from a small contract: run, signed, judged again, certified.

use crate::{
    doors::{MANIFEST, OPENAPI, run},
    evidence::{key, opened},
};
use sluse_conformance::{
    Role, Suite,
    certificate::{Issue, StatusList, Word, issue},
    derive,
    result::RunOutcome,
    verify::rejudge,
};
use sluse_contracts::{Contract, ContractFiles, SchemaCache};
use std::sync::Arc;

fn contract() -> Arc<Contract> {
    let mut files = ContractFiles::new("doors");
    files.add("contract.toml", MANIFEST.as_bytes());
    files.add("openapi.yaml", OPENAPI.as_bytes());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

#[test]
fn a_derived_plan_is_run_signed_judged_again_and_certified() {
    let contract = contract();
    let plan = derive::plan(&contract, Role::Provider, &derive::Options::default());
    assert!(plan.cases.len() > 5, "{}", plan.cases.len());
    let supplier = key("supplier.example/doors");
    let mut list = StatusList::new("urn:status");
    for (checks, outcome) in [(true, RunOutcome::Conforms), (false, RunOutcome::Breaches)] {
        let result = run(&contract, &plan, checks);
        let failed: Vec<_> = result
            .cases
            .iter()
            .filter(|case| !case.differences.is_empty())
            .map(|case| (case.id.as_str(), &case.differences))
            .collect();
        assert_eq!(result.outcome, outcome, "{:?} {failed:#?}", result.reasons);
        let bundle = opened(result, &supplier);
        let rejudged = rejudge(bundle.result(), &contract, &Suite::default(), &plan);
        assert!(rejudged.holds(), "{:?}", rejudged.sentences());
        let ask = Issue {
            issuer: "city.example".into(),
            system: None,
            word: Word::Observed,
            now: 1_796_112_000,
        };
        assert_eq!(issue(&bundle, &rejudged, &ask, &mut list).is_ok(), checks);
    }
}
