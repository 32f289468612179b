//! Seeded faults: each is found under its clause, and no way of writing the same is minded.

use super::{options, reference, run};
use sluse::{
    reference::{CONTRACT, Options, benign::Variant, faults::Fault},
    target::{run::Asked, subject::Subject},
};
use sluse_conformance::{
    Role, RunResult,
    result::{CaseVerdict, RunOutcome},
};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// So many systems are tested at the same time.
const THREADS: usize = 4;

/// Runs the suite against each system, and gives a line for each that is not as it must be.
pub(super) fn each<T: Sync>(
    contract: &str,
    systems: &[T],
    wrong: impl Fn(&T, &Subject) -> Option<String> + Sync,
) -> Vec<String> {
    let subject = Subject::load(contract, Role::Provider).expect("the contract loads");
    at_once(THREADS, systems, |system| wrong(system, &subject))
}

/// The same of systems that mostly wait, all at the same time.
pub(super) fn all<T: Sync>(
    systems: &[T],
    wrong: impl Fn(&T) -> Option<String> + Sync,
) -> Vec<String> {
    at_once(systems.len(), systems, wrong)
}

fn at_once<T: Sync>(
    threads: usize,
    systems: &[T],
    wrong: impl Fn(&T) -> Option<String> + Sync,
) -> Vec<String> {
    let (next, lines) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(system) = systems.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let line = wrong(system);
                    lines.lock().expect("no thread has panicked").extend(line);
                }
            });
        }
    });
    lines.into_inner().expect("no thread has panicked")
}

/// The clauses of which something is told.
pub(super) fn told(result: &RunResult) -> Vec<&str> {
    let broken = |verdict| matches!(verdict, CaseVerdict::Failed | CaseVerdict::Warning);
    result.clauses.iter().filter(|it| broken(it.verdict)).map(|it| it.id.as_str()).collect()
}

#[test]
fn every_seeded_fault_is_told_under_its_clause() {
    let wrong = |fault: &Fault, subject: &Subject| {
        let faults = [*fault].into_iter().collect();
        let result = run(&reference(Options { faults, ..options() }), subject, &Asked::default());
        let told = told(&result);
        (!told.contains(&fault.clause()))
            .then(|| format!("{fault} ({}): told {told:?}", fault.clause()))
    };
    assert_eq!(each(CONTRACT, Fault::ALL, wrong), [""; 0]);
}

#[test]
fn no_way_of_writing_the_same_is_minded() {
    let variants: Vec<Option<Variant>> =
        Variant::ALL.iter().copied().map(Some).chain([None]).collect();
    let wrong = |variant: &Option<Variant>, subject: &Subject| {
        let variants = variant.iter().copied().collect();
        let result = run(&reference(Options { variants, ..options() }), subject, &Asked::default());
        let name = variant.map_or("none", Variant::word);
        (result.outcome != RunOutcome::Conforms).then(|| format!("{name}: {:?}", result.reasons))
    };
    assert_eq!(each(CONTRACT, &variants, wrong), [""; 0]);
}
