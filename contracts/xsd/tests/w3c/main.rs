//! The tests of the World Wide Web Consortium for XML Schema 1.0, as far as they are at hand.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panics and print their counts"
)]

mod known;
mod ours;
mod peer;
mod suite;
mod validator;

use known::known;
use ours::Ours;
use peer::Peer;
use std::collections::BTreeMap;
use suite::{Row, Suite};
use validator::Disagreements;

/// How many of 10,000 tests must be decided as the suite says.
const AGREEING_PER_10_000_MIN: usize = 9_985;

#[test]
fn judges_as_the_suite_says() {
    let Some(suite) = Suite::get() else { return };
    let rows: Vec<&Row> = suite.rows.iter().collect();
    let found = validator::run::<Ours>(suite, &rows);
    let agreeing = report(suite, &found);
    for (id, faults) in &found {
        println!("{id}: {faults:?}");
    }
    assert!(agreeing * 10_000 >= rows.len() * AGREEING_PER_10_000_MIN, "{agreeing} agree");
    let listed: Vec<&str> = known().iter().map(|each| each.id).collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), listed, "known.tsv lists what disagrees");
}

#[test]
fn known_disagreements_say_what_others_say() {
    let Some(suite) = Suite::get() else { return };
    let failed_by_xerces = suite.failed_by_xerces();
    let known = known();
    let is_known = |row: &&Row| known.iter().any(|each| each.id == row.id);
    let rows: Vec<&Row> = suite.rows.iter().filter(is_known).collect();
    assert_eq!(rows.len(), known.len(), "known.tsv lists tests of the suite, each once");
    let failed_by_peer = validator::run::<Peer>(suite, &rows);
    for each in known {
        assert!(!each.kind.is_empty(), "{}", each.id);
        assert_eq!(each.peer_agrees, !failed_by_peer.contains_key(each.id), "{}", each.id);
        let xerces_agrees = !failed_by_xerces.iter().any(|id| id == each.id);
        assert_eq!(each.xerces_agrees, xerces_agrees, "{}", each.id);
    }
}

/// Prints how many tests of each contributor are decided as the suite says; gives all of them.
fn report(suite: &Suite, found: &Disagreements) -> usize {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for row in &suite.rows {
        let kind = if row.instance.is_some() { "instances" } else { "schemas" };
        let (agreeing, all) = counts.entry((&row.contributor, kind)).or_default();
        *all += 1;
        *agreeing += usize::from(!found.contains_key(&row.id));
    }
    for ((contributor, kind), (agreeing, all)) in &counts {
        println!("w3c {contributor} {kind}: {agreeing} of {all}");
    }
    let agreeing = counts.values().map(|(agreeing, _)| agreeing).sum();
    println!("w3c: {agreeing} of {}", suite.rows.len());
    agreeing
}
