//! Seeded faults of systems that speak XML: each is found under its clause, and no way of writing the same is minded.

use super::seeded::{each, told};
use sluse::{
    clock::SystemClock,
    reference::xml::{
        Served,
        benign::{Variant, Variants},
        businesses, documents,
    },
    target::{
        Supplier,
        run::{Asked, Bench},
        subject::Subject,
    },
};
use sluse_conformance::{RunResult, result::RunOutcome};
use std::sync::Arc;

fn run(supplier: &Supplier, subject: &Subject) -> RunResult {
    let environment = |_: &str| None;
    let bench = Bench { supplier, subject, environment: &environment, clock: &SystemClock };
    bench.run(&Asked::default(), &|_| {})
}

fn documents(
    faults: documents::faults::Faults,
    variants: Variants,
    subject: &Subject,
) -> RunResult {
    let started = documents::start(faults, variants, Arc::new(SystemClock));
    let served: Served = started.expect("the system starts");
    run(&documents::supplier(&served).expect("a supplier's file"), subject)
}

fn businesses(
    faults: businesses::faults::Faults,
    variants: Variants,
    subject: &Subject,
) -> RunResult {
    let served = businesses::start(faults, variants).expect("the system starts");
    run(&businesses::supplier(&served).expect("a supplier's file"), subject)
}

/// Each way alone, and none.
fn ways() -> Vec<Variants> {
    let each = Variant::ALL.iter().map(|variant| Variants::from([*variant]));
    each.chain([Variants::new()]).collect()
}

/// A line where a run against a sound system finds anything.
fn alarm(variants: &Variants, result: &RunResult) -> Option<String> {
    let name: Vec<&str> = variants.iter().map(|variant| variant.word()).collect();
    let sound = result.outcome == RunOutcome::Conforms && told(result).is_empty();
    let first = result.cases.iter().find(|case| !case.differences.is_empty());
    let first = first.map(|case| (case.id.as_str(), &case.differences));
    (!sound).then(|| format!("{name:?}: {:?} {first:?}", result.reasons))
}

#[test]
fn every_seeded_fault_of_a_service_of_documents_is_told_under_its_clause() {
    use documents::{CONTRACT, faults::Fault};
    let wrong = |fault: &Fault, subject: &Subject| {
        let result = documents([*fault].into_iter().collect(), Variants::new(), subject);
        let told = told(&result);
        (!told.contains(&fault.clause()))
            .then(|| format!("{fault} ({}): told {told:?}", fault.clause()))
    };
    assert_eq!(each(CONTRACT, Fault::ALL, wrong), [""; 0]);
}

#[test]
fn no_way_of_writing_documents_is_minded() {
    let wrong = |variants: &Variants, subject: &Subject| {
        alarm(variants, &documents(Default::default(), variants.clone(), subject))
    };
    assert_eq!(each(documents::CONTRACT, &ways(), wrong), [""; 0]);
}

#[test]
fn every_seeded_fault_of_a_soap_service_is_told_under_its_clause() {
    use businesses::{CONTRACT, faults::Fault};
    let wrong = |fault: &Fault, subject: &Subject| {
        let result = businesses([*fault].into_iter().collect(), Variants::new(), subject);
        let told = told(&result);
        (!told.contains(&fault.clause()))
            .then(|| format!("{fault} ({}): told {told:?}", fault.clause()))
    };
    assert_eq!(each(CONTRACT, Fault::ALL, wrong), [""; 0]);
}

#[test]
fn no_way_of_writing_envelopes_is_minded() {
    let wrong = |variants: &Variants, subject: &Subject| {
        alarm(variants, &businesses(Default::default(), variants.clone(), subject))
    };
    assert_eq!(each(businesses::CONTRACT, &ways(), wrong), [""; 0]);
}
