//! The packs of the permits contract, as a person would list them.

use super::{Requests, cases};
use crate::{
    case::{Body, Case, Credentials, Play, Request, Statuses, Step},
    consumer, library, suite,
    template::Template,
};
use sluse_contracts::{Contract, SchemaCache};
use std::fmt::Write;

/// Requests of the permits contract, written by hand.
struct Permits;

const OPERATIONS: &[(&str, &str, &str, u16)] = &[
    ("listPermits", "GET", "/permits", 200),
    ("createPermit", "POST", "/permits", 201),
    ("getPermit", "GET", "/permits/{{captured:permit}}", 200),
    ("replacePermit", "PUT", "/permits/{{captured:permit}}", 200),
    ("withdrawPermit", "DELETE", "/permits/{{captured:permit}}", 204),
    ("listEvents", "GET", "/events", 200),
];

impl Permits {
    fn find(operation: &str) -> Option<&'static (&'static str, &'static str, &'static str, u16)> {
        OPERATIONS.iter().find(|each| each.0 == operation)
    }

    fn request(operation: &str, parcel: &str) -> Option<Request> {
        let (name, method, path, _) = Self::find(operation)?;
        let text = format!(
            r#"{{"reference": "REF-{{{{fresh:reference}}}}", "applicant": {{"name": "Å"}}, "parcel": "{parcel}"}}"#
        );
        let key = ("idempotency-key".to_owned(), Template::parse("{{fresh:key}}").unwrap());
        let headers = if *name == "createPermit" { vec![key] } else { Vec::new() };
        let with_body = matches!(*method, "POST" | "PUT");
        Some(Request {
            operation: Some((*name).to_owned()),
            method: (*method).to_owned(),
            path: Template::parse(path).unwrap(),
            headers,
            body: if with_body { Body::Text(Template::parse(&text).unwrap()) } else { Body::None },
            credentials: Credentials::Own,
        })
    }
}

impl Requests for Permits {
    fn operations(&self) -> Vec<String> {
        OPERATIONS.iter().map(|each| each.0.to_owned()).collect()
    }
    fn method(&self, operation: &str) -> Option<String> {
        Self::find(operation).map(|each| each.1.to_owned())
    }
    fn path(&self, operation: &str) -> Option<String> {
        Self::find(operation).map(|each| each.2.replace("{{captured:permit}}", "{permitId}"))
    }
    fn path_parameters(&self, operation: &str) -> Vec<String> {
        let named = Self::find(operation).is_some_and(|each| each.2.contains("{{"));
        if named { vec!["permitId".to_owned()] } else { Vec::new() }
    }
    fn valid(&self, operation: &str) -> Option<Request> {
        Self::request(operation, "17a")
    }
    fn other(&self, operation: &str) -> Option<Request> {
        Self::request(operation, "18b")
    }
    fn success(&self, operation: &str) -> Vec<Statuses> {
        Self::find(operation).map(|each| Statuses::only(each.3)).into_iter().collect()
    }
}

fn written(case: &Case) -> String {
    let steps: Vec<String> = match &case.play {
        Play::Call(steps) => steps.iter().map(step).collect(),
        Play::Shake(shake) => vec![format!("Test connect: {shake}")],
        Play::Listen(_) => panic!("a pack calls"),
    };
    format!("{} [{}]\n  {}", case.id, case.clause, steps.join("\n  "))
}

fn step(step: &Step) -> String {
    let mut text = format!("{:?} {}:", step.purpose, step.name);
    for request in &step.requests {
        write!(text, " {} {}", request.method, request.path).unwrap();
        for (name, value) in &request.headers {
            write!(text, " {name}={value}").unwrap();
        }
        if let Credentials::Named(name) = &request.credentials {
            write!(text, " as {name}").unwrap();
        }
    }
    let statuses: Vec<String> = step.expect.statuses.iter().map(|it| it.from.to_string()).collect();
    write!(text, " -> {}", statuses.join(",")).unwrap();
    if !step.expect.checks.is_empty() {
        write!(text, " and {} checks", step.expect.checks.len()).unwrap();
    }
    text
}

fn permits() -> Vec<Case> {
    let files = library::find("example.city/permits").unwrap().files();
    let contract = Contract::load(&files, &SchemaCache::default()).0.unwrap();
    let (suite, findings) = suite::read(&files, &contract);
    assert_eq!(findings, []);
    cases(&contract, &suite, &Permits)
}

#[test]
fn the_packs_of_a_suite_are_these() {
    let cases = permits();
    let own = |case: &&Case| !case.id.as_str().contains(".security.");
    let listed: Vec<String> = cases.iter().filter(own).map(written).collect();
    insta::assert_snapshot!(listed.join("\n"));
}

#[test]
fn security_asks_each_operation_with_each_token() {
    let cases = permits();
    let of = |word: &str| cases.iter().filter(|case| case.id.as_str().ends_with(word)).count();
    assert_eq!((of(".none"), of(".expired"), of(".wrong-scope")), (6, 6, 6));
    // Only what names a resource can be another's.
    assert_eq!(of(".security.other"), 3);
}

#[test]
fn every_clause_that_the_suite_names_has_a_case_and_every_id_is_its_own() {
    let cases = permits();
    let files = library::find("example.city/permits").unwrap().files();
    let contract = Contract::load(&files, &SchemaCache::default()).0.unwrap();
    let (suite, _) = suite::read(&files, &contract);
    let bound = suite.resources.iter().map(|it| &it.clauses);
    let bound = bound.chain(suite.idempotency.iter().map(|it| &it.clauses));
    let bound = bound.chain(suite.preconditions.iter().map(|it| &it.clauses));
    let bound = bound.chain(suite.paging.iter().map(|it| &it.clauses));
    let bound = bound.chain(suite.events.iter().map(|it| &it.clauses));
    let bound = bound.chain(suite.security.iter().map(|it| &it.clauses));
    let bound = bound.chain(suite.tls.iter().map(|it| &it.clauses));
    let bound = bound.chain(suite.behaviours.iter().map(|it| &it.clauses));
    let mut cases = cases;
    cases.extend(consumer::cases(&contract, &suite));
    for clause in bound.flat_map(|clauses| clauses.values()) {
        assert!(cases.iter().any(|case| case.clause == *clause), "{clause} has no case");
    }
    let mut ids: Vec<_> = cases.iter().map(|case| &case.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), cases.len());
}
