//! Requests by chance, over real sockets: the same seed sends the same, and what they find is worth a look.

use super::{Desk, PERMITS, options, reference};
use sluse::reference::{Options, faults::Fault};
use sluse_conformance::{
    derive::explore,
    result::CaseVerdict,
    run::{RunOptions, Runner},
};

/// The cases of a seed that a system with these faults does not answer as it must.
fn found(seed: u64, faults: &[Fault]) -> Vec<String> {
    let system = reference(Options { faults: faults.iter().copied().collect(), ..options() });
    let target = Desk::at(&system.url("127.0.0.1"), &system.token("own")).target();
    let options = RunOptions::default();
    let runner = Runner::new(&PERMITS.0, &target, &options);
    let cases = explore(&PERMITS.0, Some(&PERMITS.1), seed, 120);
    let results = cases.iter().map(|case| runner.run(case));
    let failed = results.filter(|result| {
        let reason = result.reason.as_ref();
        assert!(
            matches!(result.verdict, CaseVerdict::Passed | CaseVerdict::Failed),
            "{}: {reason:?}",
            result.id
        );
        result.verdict == CaseVerdict::Failed
    });
    failed.map(|result| result.id.to_string()).collect()
}

#[test]
fn requests_by_chance_find_nothing_in_a_sound_system() {
    for seed in [1, 7, 4_711] {
        assert_eq!(found(seed, &[]), [""; 0], "seed {seed}");
    }
}

#[test]
fn requests_by_chance_find_a_fault_again_with_the_same_seed() {
    let faults = [Fault::TakesUnknownMember, Fault::TakesMissingMember, Fault::TakesTextForNumber];
    let first = found(7, &faults);
    assert!(!first.is_empty());
    assert_eq!(found(7, &faults), first);
}
