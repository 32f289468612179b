//! Small services, and those that are published: what is derived from each.

use super::operations;
use crate::{
    Case, Kind, Plan,
    case::{Body, Play},
    derive::corpora::{below, files, name, shared},
};
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, Message, Occasion, Outcome, Payload, SchemaCache,
    Severity, judge::RequestHead, payload::Limits,
};
use std::{fmt::Write as _, path::PathBuf, sync::Arc};

fn load(files: &ContractFiles) -> Option<Arc<Contract>> {
    Contract::load(files, &SchemaCache::new()).0
}

fn manifest(wsdl: &str) -> String {
    format!(
        "id = 'test/service'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Test' }}\nwsdl = '{wsdl}'\n"
    )
}

/// The errors, then the warnings, of a case's request, judged anew.
fn broken(contract: &Contract, case: &Case) -> (Vec<String>, Vec<String>) {
    let Play::Call(steps) = &case.play else { panic!("{}", case.id) };
    let request = &steps[0].requests[0];
    let bytes = match &request.body {
        Body::None => Vec::new(),
        Body::Text(template) => template.as_literal().unwrap().as_bytes().to_vec(),
        Body::Coded(coding, template) => coding.encode(template.as_literal().unwrap()),
        Body::Bytes(bytes) => bytes.clone(),
    };
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_literal().unwrap()))
        .collect();
    let media_type = headers.iter().find(|(name, _)| *name == "content-type").unwrap().1;
    let message = Message::new(media_type.parse().unwrap(), bytes);
    let payload = match Payload::parse(&message, &Limits::default()) {
        Ok(payload) => payload,
        Err(violation) => return (vec![violation.code.as_str().to_owned()], Vec::new()),
    };
    let head = RequestHead { method: "POST", path: "/", query: None, headers: &headers };
    let operation = case.operation.as_deref().unwrap();
    let occasion = Occasion::request(operation).of_type(&message.media_type).with_request(head);
    let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
    let called = |severity| {
        let of = verdict.violations.iter().filter(move |each| each.severity == severity);
        let called = of.map(|each| {
            format!("{} {}", each.rule.as_deref().unwrap_or(each.code.as_str()), each.path)
        });
        called.collect::<Vec<_>>()
    };
    let (errors, warnings) = (called(Severity::Error), called(Severity::Warning));
    assert_eq!(verdict.outcome == Outcome::Accepted, errors.is_empty());
    (errors, warnings)
}

/// Positives are taken, negatives have one fault; gives a line for each case.
fn page(contract: &Contract, plan: &Plan) -> String {
    let mut page = String::new();
    for case in &plan.cases {
        let (errors, warnings) = broken(contract, case);
        let found = match case.kind {
            Kind::Positive => {
                assert_eq!(errors, Vec::<String>::new(), "{}", case.id);
                String::new()
            }
            _ if case.id.as_str().ends_with("header.must-understand") => warnings.join(" "),
            _ => {
                assert_eq!(errors.len(), 1, "{} {errors:?}", case.id);
                errors.join(" ")
            }
        };
        let _ = writeln!(page, "{} | {} | {} | {found}", case.id, case.clause, case.sentence);
    }
    for each in plan.constraints.iter().filter(|each| !(each.kept && each.broken)) {
        let _ = writeln!(
            page,
            "{} {} {} {}",
            each.place,
            each.kept,
            each.broken,
            each.reason.as_deref().unwrap_or("")
        );
    }
    page
}

const SERVICE: &str = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t"
  xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/"
  xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
  <types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">
    <xs:element name="Ask"><xs:complexType><xs:sequence>
      <xs:element name="Number" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="Answer" type="xs:string"/></xs:schema></types>
  <message name="AskIn"><part name="body" element="t:Ask"/></message>
  <message name="AskOut"><part name="body" element="t:Answer"/></message>
  <message name="AddIn"><part name="a" type="xs:int"/><part name="b" type="xs:int"/></message>
  <message name="AddOut"><part name="sum" type="xs:int"/></message>
  <portType name="P"><operation name="ask"><input message="t:AskIn"/><output message="t:AskOut"/></operation>
    <operation name="add"><input message="t:AddIn"/><output message="t:AddOut"/></operation></portType>
  <binding name="B" type="t:P"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="ask"><s:operation soapAction="urn:t/ask"/><input><s:body use="literal"/></input>
      <output><s:body use="literal"/></output></operation>
    <operation name="add"><s:operation style="rpc" soapAction="urn:t/add"/><input><s:body use="literal" namespace="urn:t"/></input>
      <output><s:body use="literal" namespace="urn:t"/></output></operation></binding>
  <binding name="B12" type="t:P"><s12:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="ask"><s12:operation soapAction="urn:t/ask"/><input><s12:body use="literal"/></input>
      <output><s12:body use="literal"/></output></operation></binding>
</definitions>"#;

#[test]
fn a_service_of_two_operations() {
    let mut files = ContractFiles::new("");
    files.add("contract.toml", manifest("service.wsdl").into_bytes());
    files.add("service.wsdl", SERVICE.as_bytes().to_vec());
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let plan = operations(&contract, &files, None);
    let again = load(&files).unwrap();
    assert_eq!(plan, operations(&again, &files, None), "the same contract gives the same plan");
    insta::assert_snapshot!(page(&contract, &plan));
}

#[test]
fn each_case_of_published_services_is_what_it_says() {
    let Some(folder) = shared("corpora/serviceplatformen") else { return };
    let all = below(&folder);
    let is_wsdl = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "wsdl");
    let (mut n_services, mut n_cases, mut n_empty) = (0, 0, 0);
    for wsdl in all.iter().filter(is_wsdl) {
        let files = files(manifest(&name(wsdl, &folder)), &folder, "");
        let Some(contract) = load(&files) else { continue };
        let plan = operations(&contract, &files, None);
        page(&contract, &plan);
        println!(
            "{}: {} operations, {} cases",
            name(wsdl, &folder),
            contract.operations().len(),
            plan.cases.len()
        );
        (n_services, n_cases) = (n_services + 1, n_cases + plan.cases.len());
        n_empty += usize::from(plan.cases.is_empty());
    }
    println!("{n_services} services, {n_cases} cases, {n_empty} without any");
    assert!(n_services > 5 && n_empty * 5 < n_services, "{n_services} {n_empty}");
}
