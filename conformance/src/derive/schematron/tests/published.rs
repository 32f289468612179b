//! Published rule sets, with their publishers' examples: how many asserts are reached.

use crate::{
    Kind, Plan,
    derive::{
        corpora::{below, files, name, shared},
        xsd::{
            documents,
            tests::{body, stated},
        },
    },
};
use sluse_contracts::{
    Contract, JudgeOptions, Message, Occasion, Outcome, Payload, SchemaCache, payload::Limits,
};
use std::fs;

/// A contract of published files: a rule set and its examples, the first few of them that have this root.
fn plan(rules: &str, entry: &str, examples: &str, root: &str, examples_max: usize) -> Option<Plan> {
    let rules = shared(rules)?;
    let examples = shared(examples)?;
    let manifest = format!(
        "id = 'test/published'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Test' }}\n\
         [[operation]]\nname = 'send'\nkind = 'one-way'\n\
         request = {{ judge = [{{ schematron = 'schemas/{entry}' }}] }}\n"
    );
    let mut files = files(manifest, &rules, "schemas/");
    let mut count = 0;
    for path in below(&examples) {
        let bytes = fs::read(&path).unwrap();
        let document = crate::derive::xsd::proof::parse(&bytes);
        let is = document.is_some_and(|each| each.local(each.document_element()) == root);
        if is && count < examples_max {
            count += 1;
            let name = name(&path, &examples).replace('/', "-");
            files.add(&format!("examples/valid/{name}"), bytes);
        }
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let plan = documents(&contract, &files, None);
    check(&contract, &plan);
    Some(plan)
}

/// Positives are taken; negatives are refused, for the rule that they are of among others.
fn check(contract: &Contract, plan: &Plan) {
    for case in &plan.cases {
        let message = Message::new(stated(case), body(case));
        let verdict = match Payload::parse(&message, &Limits::default()) {
            Ok(payload) => {
                let occasion = Occasion::request("send").of_type(&message.media_type);
                contract.judge(Some(&payload), &occasion, &JudgeOptions::default())
            }
            Err(_) => {
                assert_eq!(case.kind, Kind::Negative, "{}", case.id);
                continue;
            }
        };
        match case.kind {
            Kind::Positive => assert_eq!(verdict.outcome, Outcome::Accepted, "{}", case.id),
            _ => {
                assert_eq!(verdict.outcome, Outcome::Rejected, "{}", case.id);
                let place = case.constraint.as_deref().unwrap_or_default();
                let rule =
                    place.split_once(".sch#").or(place.split_once(".xml#")).map(|each| each.1);
                let is_of = |rule: &str| {
                    verdict.violations.iter().any(|each| each.rule.as_deref() == Some(rule))
                };
                assert!(rule.is_none_or(|rule| is_of(rule) || rule == "root"), "{}", case.id);
            }
        }
    }
}

/// What was found, for who reads the log: the share, and how often each reason.
fn tell(plan: &Plan) {
    println!("{} cases; {}", plan.cases.len(), plan.notes.join("; "));
    for each in &plan.constraints {
        if let Some(reason) = each.reason.as_deref().filter(|_| !each.broken) {
            println!("  {}: {reason}", each.place);
        }
    }
}

#[test]
fn most_asserts_of_en_16931_are_reached() {
    let entry = "EN16931-UBL-validation-preprocessed.sch";
    let Some(plan) =
        plan("corpora/en16931/ubl", entry, "corpora/en16931/ubl/examples", "Invoice", 12)
    else {
        return;
    };
    tell(&plan);
    let broken =
        plan.constraints.iter().filter(|each| each.place.contains('#') && each.broken).count();
    assert!(broken > 100, "{broken}");
}

#[test]
fn most_asserts_of_peppol_are_reached() {
    let folder = "corpora/peppol-bis-billing3";
    let (rules, examples) = (format!("{folder}/sch"), format!("{folder}/examples"));
    let Some(plan) = plan(&rules, "PEPPOL-EN16931-UBL.sch", &examples, "Invoice", 12) else {
        return;
    };
    tell(&plan);
    let broken =
        plan.constraints.iter().filter(|each| each.place.contains('#') && each.broken).count();
    assert!(broken > 50, "{broken}");
}

#[test]
fn most_asserts_of_oioubl_are_reached() {
    let folder = "corpora/oioubl-2.1";
    let (rules, examples) = (format!("{folder}/sch"), format!("{folder}/examples"));
    let entry = "OIOUBL_Invoice_Schematron.xml";
    let Some(plan) = plan(&rules, entry, &examples, "Invoice", 12) else { return };
    tell(&plan);
    let broken =
        plan.constraints.iter().filter(|each| each.place.contains('#') && each.broken).count();
    assert!(broken > 100, "{broken}");
}
