//! Workflows as people write them, and every fault of one at once.

use super::read;
use crate::{
    case::{Case, Play},
    derive::ValidRequests,
    library, suite,
};
use sluse_contracts::{Contract, SchemaCache};

const FILE: &str = "suite/appeal.arazzo.yaml";

const APPEAL: &str = r#"
arazzo: 1.1.0
info: { title: Appeals, version: 1.0.0 }
sourceDescriptions: [{ name: permits, url: ../openapi.yaml, type: openapi }]
workflows:
  - workflowId: change-and-read
    summary: What was changed is read as it was changed
    x-sluse-clauses: [PE-2.2, PE-4.1]
    steps:
      - stepId: make
        operationId: createPermit
        x-sluse-purpose: prepare
        outputs:
          id: $response.body#/id
          tag: $response.header.ETag
      - stepId: change
        operationId: replacePermit
        parameters:
          - { name: permitId, in: path, value: $steps.make.outputs.id }
          - { name: If-Match, in: header, value: $steps.make.outputs.tag }
        requestBody:
          payload:
            reference: "R-{$steps.make.outputs.id}"
            applicant: { name: $inputs.applicant }
            parcel: 17a
            kind: extension
            received: "2026-03-01"
        successCriteria:
          - condition: $statusCode == 200 && $response.body#/parcel == '17a'
      - stepId: read
        operationId: getPermit
        parameters:
          - { name: permitId, in: path, value: $steps.make.outputs.id }
        successCriteria:
          - condition: $statusCode >= 200 && $statusCode < 300
          - condition: $response.body#/applicant/name == $inputs.applicant
          - condition: $response.body#/note == null
"#;

fn cases(text: &str) -> (Vec<Case>, Vec<String>) {
    let mut files = library::find("example.city/permits").unwrap().files();
    files.add(FILE, text.as_bytes().to_vec());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let (suite, _) = suite::read(&files, &contract);
    let requests = ValidRequests::of(&contract, Some(&suite));
    let (cases, findings) = read(&files, &contract, &requests);
    let told = findings.iter().map(|each| {
        let hint = each.hint.as_deref().unwrap_or("-");
        format!("{}:{} {} {} | {hint}", each.line, each.column, each.code, each.sentence)
    });
    (cases, told.collect())
}

#[test]
fn a_workflow_becomes_a_case_for_each_of_its_clauses() {
    let (cases, findings) = cases(APPEAL);
    assert_eq!(findings, [""; 0]);
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["scenario.change-and-read.PE-2.2", "scenario.change-and-read.PE-4.1"]);
    let Play::Call(steps) = &cases[0].play else { panic!("a scenario calls") };
    insta::assert_snapshot!(serde_json::to_string_pretty(steps).unwrap());
}

#[test]
fn what_is_not_supported_is_refused_with_its_place() {
    let text = r#"
arazzo: 2.0.0
workflows:
  - workflowId: a
    x-sluse-clauses: [PE-2.3]
    dependsOn: [b]
    steps:
      - stepId: one
        operationId: createPermits
      - stepId: two
        operationId: getPermit
        onFailure: []
        x-sluse-purpose: tests
        parameters:
          - { name: permit, in: path, value: 17 }
          - { name: x, in: cookie, value: $url }
        successCriteria:
          - condition: $response.body#/id ~ 'a'
          - { condition: "^2", type: regex }
          - condition: $statusCode == 200 || $statusCode == 201
          - condition: $statusCode == 200 && $statusCode > 300
        outputs:
          all: $response.body
"#;
    let (cases, findings) = cases(text);
    assert_eq!(cases, []);
    insta::assert_snapshot!(findings.join("\n"));
}
