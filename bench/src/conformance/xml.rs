//! The systems of XML: a service of documents and a SOAP service, each fault and each benign way.

use super::{Row, failed, verdicts};
use crate::Fault as Trouble;
use sluse::{
    clock::SystemClock,
    reference::xml::{
        Served, StartFault,
        benign::{Variant, Variants},
        businesses, documents,
    },
    target::{
        Supplier,
        run::{Asked, Bench},
        subject::Subject,
    },
};
use sluse_conformance::{Role, RunResult};
use std::{sync::Arc, time::Instant};

/// A system to be started.
struct System {
    name: String,
    clause: Option<&'static str>,
    start: Box<dyn Fn() -> Result<Served, StartFault>>,
}

/// A row for each fault and each way of both systems, as each is known.
pub(super) fn rows(
    turns: usize,
    takes: &dyn Fn(&str) -> bool,
    tell: &dyn Fn(&Row),
) -> Result<Vec<Row>, Trouble> {
    let kept = |mut all: Vec<System>| {
        all.retain(|system| takes(&system.name));
        all
    };
    let (of_documents, of_businesses) = (kept(all_documents()), kept(all_businesses()));
    let mut rows = of(documents::CONTRACT, &of_documents, documents::supplier, turns, tell)?;
    rows.extend(of(businesses::CONTRACT, &of_businesses, businesses::supplier, turns, tell)?);
    Ok(rows)
}

/// Each way alone, and none.
fn ways() -> Vec<(String, Variants)> {
    let named = |variant: &Variant| (variant.word().to_owned(), Variants::from([*variant]));
    let all = Variant::ALL.iter().map(named);
    std::iter::once(("sound".to_owned(), Variants::new())).chain(all).collect()
}

fn all_documents() -> Vec<System> {
    let start = |faults: documents::faults::Faults, variants: Variants| {
        move || documents::start(faults.clone(), variants.clone(), Arc::new(SystemClock))
    };
    let ways = ways().into_iter().map(|(name, variants)| System {
        name: format!("documents: {name}"),
        clause: None,
        start: Box::new(start(Default::default(), variants)),
    });
    let faults = documents::faults::Fault::ALL.iter().map(|fault| System {
        name: format!("documents: {fault}"),
        clause: Some(fault.clause()),
        start: Box::new(start([*fault].into_iter().collect(), Variants::new())),
    });
    ways.chain(faults).collect()
}

fn all_businesses() -> Vec<System> {
    let start = |faults: businesses::faults::Faults, variants: Variants| {
        move || businesses::start(faults.clone(), variants.clone())
    };
    let ways = ways().into_iter().map(|(name, variants)| System {
        name: format!("soap: {name}"),
        clause: None,
        start: Box::new(start(Default::default(), variants)),
    });
    let faults = businesses::faults::Fault::ALL.iter().map(|fault| System {
        name: format!("soap: {fault}"),
        clause: Some(fault.clause()),
        start: Box::new(start([*fault].into_iter().collect(), Variants::new())),
    });
    ways.chain(faults).collect()
}

fn of(
    contract: &str,
    systems: &[System],
    supplier: fn(&Served) -> Option<Supplier>,
    turns: usize,
    tell: &dyn Fn(&Row),
) -> Result<Vec<Row>, Trouble> {
    if systems.is_empty() {
        return Ok(Vec::new());
    }
    let subject = Subject::load(contract, Role::Provider)
        .map_err(|fault| Trouble::from(format!("the contract: {fault:?}")))?;
    let mut rows = Vec::new();
    for system in systems {
        let row = row(system, &subject, supplier, turns)?;
        tell(&row);
        rows.push(row);
    }
    Ok(rows)
}

fn row(
    system: &System,
    subject: &Subject,
    supplier: fn(&Served) -> Option<Supplier>,
    turns: usize,
) -> Result<Row, Trouble> {
    let began = Instant::now();
    let mut first: Option<RunResult> = None;
    let (mut same, mut requests) = (true, 0);
    for _ in 0..turns.max(1) {
        let served =
            (system.start)().map_err(|fault| Trouble::from(format!("the system: {fault}")))?;
        let supplier =
            supplier(&served).ok_or_else(|| Trouble::from("no supplier's file".to_owned()))?;
        let environment = |_: &str| None;
        let bench =
            Bench { supplier: &supplier, subject, environment: &environment, clock: &SystemClock };
        let result = bench.run(&Asked::default(), &|_| {});
        requests = served.asked();
        same &= first.as_ref().is_none_or(|first| verdicts(first) == verdicts(&result));
        first.get_or_insert(result);
    }
    let seconds = began.elapsed().as_secs_f64() / turns.max(1) as f64;
    let result = first.ok_or_else(|| Trouble::from("no turn was run".to_owned()))?;
    Ok(Row {
        system: system.name.clone(),
        clause: system.clause,
        failed: failed(&result),
        outcome: result.outcome,
        same,
        requests,
        seconds,
        schemathesis: None,
        prism: None,
    })
}
