//! Plans of whole contracts: what is sent, and that all of it is proved.

use super::*;
use crate::{library, suite};
use sluse_contracts::SchemaCache;

fn permits() -> (std::sync::Arc<Contract>, Suite) {
    let files = library::find("example.city/permits").unwrap().files();
    let (contract, _) = Contract::load(&files, &SchemaCache::default());
    let contract = contract.unwrap();
    let (suite, _) = suite::read(&files, &contract);
    (contract, suite)
}

#[test]
fn the_shipped_contract_gives_a_plan_that_reads_as_documentation() {
    let (contract, suite) = permits();
    let options = Options { suite: Some(&suite), ..Options::default() };
    let plan = plan(&contract, Role::Provider, &options);
    let cases = plan.cases.iter().map(|case| format!("{}\n    {}\n", case.id, case.sentence));
    let lacking = plan.constraints.iter().filter(|each| !(each.kept && each.broken));
    let lacking = lacking.map(|each| {
        format!(
            "{} kept: {} broken: {}\n    {}\n",
            each.place,
            each.kept,
            each.broken,
            each.reason.as_deref().unwrap_or_default()
        )
    });
    insta::assert_snapshot!("permits_cases", cases.collect::<String>());
    insta::assert_snapshot!("permits_lacking", lacking.collect::<String>());
}

#[test]
fn the_packs_have_two_requests_of_each_operation_with_a_body() {
    use crate::packs::Requests;
    let (contract, suite) = permits();
    let requests = ValidRequests::of(&contract, Some(&suite));
    let mut shown = String::new();
    for operation in requests.operations() {
        let valid = requests.valid(&operation).unwrap();
        shown += &format!("{operation} {}\n", serde_json::to_string(&valid).unwrap());
        if let Some(other) = requests.other(&operation) {
            shown += &format!("  other: {}\n", serde_json::to_string(&other.body).unwrap());
        }
    }
    insta::assert_snapshot!("permits_requests", shown);
}
