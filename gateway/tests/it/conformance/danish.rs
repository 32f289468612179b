//! Reports in Danish: what shipped contracts say in them has its Danish.

use sluse::target::subject::Subject;
use sluse_conformance::{Role, library, report::Language};
use std::collections::BTreeSet;

/// Sentences of all cases, and why constraints are not tested both ways, of every contract that ships with its suite.
fn sentences() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for shipped in library::ALL {
        for role in [Role::Provider, Role::Consumer] {
            let subject = Subject::of(&shipped.files(), role).expect("the contract loads");
            all.extend(subject.plan.cases.into_iter().map(|case| case.sentence));
            let reasons = subject.plan.constraints.into_iter().filter_map(|each| each.reason);
            // Names and numbers alone are the same in both languages.
            all.extend(reasons.filter(|reason| reason.contains(' ')));
        }
    }
    all
}

#[test]
fn every_sentence_of_a_shipped_contract_has_its_danish() {
    let all = sentences();
    assert!(all.len() > 500, "{}", all.len());
    let missing: Vec<&String> =
        all.iter().filter(|english| Language::Danish.sentence(english) == **english).collect();
    assert_eq!(missing, [""; 0]);
    // English words that a translated sentence would keep only where a part of it has no Danish.
    let words = [" the ", " which ", " refused", " accepted", " with ", " of "];
    let half: Vec<String> = all
        .iter()
        .map(|english| Language::Danish.sentence(english))
        .filter(|danish| {
            let plain: String = danish.split('`').step_by(2).collect();
            words.iter().any(|word| plain.contains(word))
        })
        .collect();
    assert_eq!(half, [""; 0]);
}
