//! How a connection begins: a certificate that holds, no version of TLS that is out of use, and nothing without TLS.

use super::Packs;
use crate::{
    case::{Case, CaseId, Kind, Play, Role, Shake},
    suite::Tls,
};
use sluse_contracts::clauses::{Level, Target};

/// Each test: its word in ids, the word in the binding's `clauses`, its sentence, and how the connection is tried.
const TESTS: [(&str, &str, &str, Shake); 4] = [
    (
        "certificate",
        "certificate",
        "The system shows a certificate that holds: chain, name and dates.",
        Shake::Certificate,
    ),
    ("version-1-0", "old-versions", "A handshake with TLS 1.0 is refused.", Shake::Tls10),
    ("version-1-1", "old-versions", "A handshake with TLS 1.1 is refused.", Shake::Tls11),
    ("plain", "plain", "A request without TLS is refused, or redirected to https.", Shake::Plain),
];

pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let Some(bound) = &packs.suite.tls else { return Vec::new() };
    TESTS.iter().filter_map(|test| case(packs, bound, test)).collect()
}

fn case(
    packs: &Packs<'_>,
    bound: &Tls,
    (word, tested, sentence, shake): &(&str, &str, &str, Shake),
) -> Option<Case> {
    let place = format!("suite/suite.toml#tls/{tested}");
    let named = bound.clauses.get(*tested);
    let clause = named.and_then(|id| packs.contract.clauses().all().iter().find(|it| it.id == *id));
    if clause.is_some_and(|it| it.target == Target::Consumer || it.level == Level::May) {
        return None;
    }
    Some(Case {
        id: CaseId::of(&format!("tls.{word}"))?,
        sentence: (*sentence).to_owned(),
        clause: clause.map_or_else(|| place.clone(), |it| it.id.clone()),
        level: clause.map_or(Level::Must, |it| it.level),
        role: Role::Provider,
        kind: Kind::Tls,
        operation: None,
        constraint: Some(place),
        alone: false,
        play: Play::Shake(*shake),
    })
}
