//! Plans of whole contracts: what is sent, and that all of it is proved.

mod keywords;
mod naming;
mod properties;
mod refusals;

use super::*;
use crate::{
    case::{Body, Kind, Play, Request},
    library,
    packs::Requests,
    suite,
};
use sluse_contracts::{ContractFiles, SchemaCache};
use std::sync::Arc;

fn permits() -> (Arc<Contract>, Suite) {
    let files = library::find("example.city/permits").unwrap().files();
    let (contract, _) = Contract::load(&files, &SchemaCache::default());
    let contract = contract.unwrap();
    let (suite, _) = suite::read(&files, &contract);
    (contract, suite)
}

/// A contract of one description.
fn described(description: &str) -> Arc<Contract> {
    let mut files = ContractFiles::new("");
    let manifest = "id = 'test/api'\nversion = '1.0.0'\nstatus = 'in-force'\n\
                    title = { en = 'Test' }\nopenapi = 'api.yaml'\n";
    files.add("contract.toml", manifest.as_bytes());
    files.add("api.yaml", description.as_bytes().to_vec());
    let (contract, findings) = Contract::load(&files, &SchemaCache::default());
    contract.unwrap_or_else(|| panic!("{findings:?}"))
}

/// The request that a case tests.
fn tested(case: &Case) -> &Request {
    let Play::Call(steps) = &case.play else { panic!("{} calls nothing", case.id) };
    &steps.last().unwrap().requests[0]
}

/// The ids of a plan, its sentences, and the constraints that no case keeps and breaks.
fn shown(plan: &Plan) -> String {
    let cases = plan.cases.iter().map(|case| format!("{}\n    {}\n", case.id, case.sentence));
    let lacking = plan.constraints.iter().filter(|each| !(each.kept && each.broken));
    let lacking = lacking.map(|each| {
        let Constraint { place, kept, broken, reason, .. } = each;
        format!("{place} kept: {kept} broken: {broken}\n    {}\n", reason.as_deref().unwrap())
    });
    format!("{}--\n{}", cases.collect::<String>(), lacking.collect::<String>())
}

#[test]
fn the_shipped_contract_gives_a_plan_that_reads_as_documentation() {
    let (contract, suite) = permits();
    let options = Options { suite: Some(&suite), ..Options::default() };
    let plan = plan(&contract, Role::Provider, &options);
    let n = n_requests(&plan.cases);
    assert!(n <= 6 * REQUESTS_PER_OPERATION, "{n}");
    insta::assert_snapshot!("permits", shown(&plan));
}

#[test]
fn where_there_are_too_many_cases_values_at_bounds_are_sent_together() {
    let (contract, suite) = permits();
    let options = Options { suite: Some(&suite), requests_max: Some(250), ..Options::default() };
    let plan = plan(&contract, Role::Provider, &options);
    let n = n_requests(&plan.cases);
    assert!(n <= 250, "{n}");
    insta::assert_snapshot!("permits_few", shown(&plan));
}

#[test]
fn the_packs_have_two_requests_of_each_operation_with_a_body() {
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

#[test]
fn answers_of_the_shipped_contract_keep_to_it() {
    let (contract, _) = permits();
    let samples = sample_answers(&contract);
    let shown = samples.iter().map(|sample| {
        let SampleAnswer { operation, status, headers, body } = sample;
        format!("{operation} {status} {headers:?}\n    {}\n", body.as_deref().unwrap_or("no body"))
    });
    insta::assert_snapshot!("permits_answers", shown.collect::<String>());
    assert_eq!(samples.len(), described_answers(&contract).len());
    let answers = SampleAnswers::of(&contract);
    let statuses = [None, Some(409), Some(418)].map(|status| {
        crate::consumer::Answers::answer(&answers, "createPermit", status).map(|reply| reply.status)
    });
    assert_eq!(statuses, [Some(201), Some(409), None]);
}

#[test]
fn the_same_seed_explores_the_same() {
    let (contract, suite) = permits();
    let one = explore(&contract, Some(&suite), 7, 60);
    assert_eq!(one, explore(&contract, Some(&suite), 7, 60));
    assert_ne!(one, explore(&contract, Some(&suite), 8, 60));
    let good = one.iter().filter(|case| case.kind == Kind::Positive).count();
    assert!(good > 10 && one.len() - good > 10, "{good} of {}", one.len());
}

#[test]
fn the_same_contract_gives_the_same_plan() {
    let (contract, suite) = permits();
    let options = Options { suite: Some(&suite), ..Options::default() };
    let one = plan(&contract, Role::Provider, &options);
    let (contract, _) = permits();
    assert_eq!(one, plan(&contract, Role::Provider, &options));
}

#[test]
fn a_consumer_is_sent_nothing_and_bound_by_every_constraint() {
    let (contract, suite) = permits();
    let options = Options { suite: Some(&suite), ..Options::default() };
    let plan = plan(&contract, Role::Consumer, &options);
    assert_eq!(plan.cases, []);
    assert!(plan.constraints.len() > 30, "{}", plan.constraints.len());
}

const ORDERS: &str = r##"
openapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
paths:
  /orders/{year}/{tags}:
    parameters:
      - { name: year, in: path, required: true, example: 2024, schema: { type: integer, minimum: 2000 } }
      - { name: tags, in: path, required: true, style: matrix, explode: true, schema: { type: array, minItems: 1, items: { enum: [a, b] } } }
    get:
      operationId: find
      parameters:
        - { name: ids, in: query, explode: false, schema: { type: array, maxItems: 2, items: { type: integer } } }
        - { name: where, in: query, style: deepObject, schema: { type: object, properties: { from: { type: string, format: date } }, additionalProperties: false } }
        - { name: session, in: cookie, required: true, schema: { type: string, pattern: "^[0-9a-f]{8}$" } }
        - { name: filter, in: query, content: { application/json: { schema: { type: object, required: [a], properties: { a: { type: boolean } } } } } }
        - { name: X-Trace, in: header, schema: { type: string, format: uuid } }
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: array } } } }
        4XX: { description: bad }
  /orders:
    post:
      operationId: send
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [name, n]
              properties:
                name: { type: string, maxLength: 5 }
                n: { type: integer, maximum: 9 }
                ids: { type: array, items: { type: string }, maxItems: 2 }
      responses:
        default: { description: any }
    put:
      operationId: replace
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [id, name]
              properties:
                id: { type: integer, readOnly: true }
                name: { type: string }
            examples: { one: { value: { name: "Anna" } } }
      responses:
        "204": { description: done }
"##;

#[test]
fn parameters_are_written_in_their_styles_and_forms_as_fields() {
    let contract = described(ORDERS);
    let plan = plan(&contract, Role::Provider, &Options::default());
    let mut text = String::new();
    for case in &plan.cases {
        let Request { method, path, headers, body, .. } = tested(case);
        let body = match body {
            Body::None => String::new(),
            Body::Text(text) | Body::Coded(_, text) => text.to_string(),
            Body::Bytes(bytes) => format!("{} bytes", bytes.len()),
        };
        let headers =
            headers.iter().filter(|(name, _)| !["accept", "content-type"].contains(&&**name));
        let headers: Vec<String> =
            headers.map(|(name, value)| format!("{name}: {value}")).collect();
        text += &format!("{} | {method} {path} {} {body}\n", case.id, headers.join("; "));
    }
    insta::assert_snapshot!("styles", text);
}
